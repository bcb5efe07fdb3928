"""Grafana's part, played by a gRPC client: it asks as Grafana asks, and reads as Grafana reads."""

from __future__ import annotations

import json
import urllib.parse
from dataclasses import dataclass
from typing import Any, Final, Self

import grpc
from airuntime_backend.grafana import pluginv2_pb2 as pb
from airuntime_backend.grafana import pluginv2_pb2_grpc as stubs
from grpc_health.v1 import health_pb2, health_pb2_grpc
from pyarrow import ipc

SECRET: Final = "the shared secret"
SECONDS: Final = 30
"""Longest wait for one call."""


@dataclass(frozen=True)
class Person:
    """Who is logged in, and the secret of the instance through which the call comes; None = none is set."""

    login: str = "ada"
    role: str = "Admin"
    secret: str | None = SECRET
    through: str = "app"

    def context(self) -> Any:
        """The plugin context of a call."""
        carried = {} if self.secret is None else {"secret": self.secret}
        context = pb.PluginContext(orgId=1, user=pb.User(login=self.login, role=self.role))
        if self.through == "app":
            context.appInstanceSettings.decryptedSecureJsonData.update(carried)
        else:
            context.dataSourceInstanceSettings.decryptedSecureJsonData.update(carried)
        return context


@dataclass(frozen=True)
class Handshake:
    """What a plugin's executable says in its one line."""

    core: int
    protocol: int
    network: str
    address: str
    transport: str

    @classmethod
    def read(cls, line: str) -> Self:
        """Read the line as Grafana does. Raises ValueError when it is not of five parts."""
        core, protocol, network, address, transport = line.strip().split("|")
        return cls(int(core), int(protocol), network, address, transport)


@dataclass(frozen=True)
class Answer:
    """A resource's answer, put together from its pieces."""

    status: int
    headers: dict[str, list[str]]
    body: bytes
    pieces: int

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


class Grafana:
    """A client of one address; close it after use, or use it as a context manager."""

    def __init__(self, address: str) -> None:
        self._channel = grpc.insecure_channel(address, options=(("grpc.enable_http_proxy", 0),))
        self.data = stubs.DataStub(self._channel)
        self.resource = stubs.ResourceStub(self._channel)
        self.diagnostics = stubs.DiagnosticsStub(self._channel)
        self.stream = stubs.StreamStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()

    def serving(self) -> bool:
        """Whether the standard health service says that ``plugin`` serves."""
        stub = health_pb2_grpc.HealthStub(self._channel)
        answer = stub.Check(health_pb2.HealthCheckRequest(service="plugin"), timeout=SECONDS, wait_for_ready=True)
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)

    def query(self, person: Person, *queries: Any) -> dict[str, Any]:
        """The response of each query."""
        request = pb.QueryDataRequest(pluginContext=person.context(), queries=queries)
        return dict(self.data.QueryData(request, timeout=SECONDS).responses)

    def call(
        self, person: Person, method: str, url: str, *, body: object = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """A resource call, as the browser's request to the plugin's resources becomes one."""
        request = pb.CallResourceRequest(
            pluginContext=person.context(),
            path=urllib.parse.unquote(url.partition("?")[0]),
            method=method,
            url=url,
            headers={name: pb.StringList(values=[value]) for name, value in (headers or {}).items()}
            | {"Content-Type": pb.StringList(values=["application/json"])},
            body=b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode(),
        )
        pieces = list(self.resource.CallResource(request, timeout=SECONDS))
        told = {name: list(pieces[0].headers[name].values) for name in pieces[0].headers}
        return Answer(pieces[0].code, told, b"".join(piece.body for piece in pieces), len(pieces))

    def health(self, person: Person) -> Any:
        """The answer to "Save & test"."""
        return self.diagnostics.CheckHealth(pb.CheckHealthRequest(pluginContext=person.context()), timeout=SECONDS)


def query(ref_id: str, type_: str, *, start: int = 1_000_000, end: int = 1_060_000, **fields: object) -> Any:
    """A query as a panel sends it; times in epoch milliseconds."""
    return pb.DataQuery(
        refId=ref_id,
        maxDataPoints=100,
        intervalMS=15_000,
        timeRange=pb.TimeRange(fromEpochMS=start, toEpochMS=end),
        json=json.dumps({"type": type_, **fields}).encode(),
    )


def table(frame: bytes) -> Any:
    """A frame as an Arrow table."""
    return ipc.open_file(frame).read_all()
