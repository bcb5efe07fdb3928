"""An OTLP receiver for tests, by gRPC and by HTTP, built on OpenTelemetry's own protocol definitions."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from .http_server import Quiet, serving

_REQUESTS: dict[str, Any] = {
    "/v1/traces": trace_service_pb2.ExportTraceServiceRequest,
    "/v1/metrics": metrics_service_pb2.ExportMetricsServiceRequest,
}


@dataclass(frozen=True)
class Received:
    """One request: how and where it came, with which headers, and what it held."""

    transport: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass
class Receiver:
    """Base URLs by transport, and all that came."""

    grpc: str = ""
    http: str = ""
    received: list[Received] = field(default_factory=list)

    def spans(self) -> dict[str, Any]:
        """Spans by name."""
        scopes = (scope for resource in self._of("/v1/traces", "resource_spans") for scope in resource.scope_spans)
        return {span.name: span for scope in scopes for span in scope.spans}

    def metrics(self) -> dict[str, Any]:
        """The latest of every metric, by name."""
        scopes = (scope for resource in self._of("/v1/metrics", "resource_metrics") for scope in resource.scope_metrics)
        return {metric.name: metric for scope in scopes for metric in scope.metrics}

    def resource(self) -> dict[str, str]:
        """What the last request with spans told of its service."""
        return attributes(list(self._of("/v1/traces", "resource_spans"))[-1].resource)

    def _of(self, path: str, name: str) -> Iterator[Any]:
        for request in list(self.received):
            if request.path == path:
                yield from getattr(request.body, name)


def attributes(holder: Any) -> dict[str, str]:
    """The attributes of a span, a point or a resource that are text."""
    return {pair.key: pair.value.string_value for pair in holder.attributes}


def _servicer(base: type[Any], path: str, response: type[Any], receiver: Receiver) -> Any:
    class Servicer(base):  # type: ignore[misc]
        def Export(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
            headers = {pair.key: str(pair.value) for pair in context.invocation_metadata()}
            receiver.received.append(Received("grpc", path, headers, request))
            return response()

    return Servicer()


@contextmanager
def _grpc(receiver: Receiver) -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(2))
    traces: Any = trace_service_pb2_grpc
    counts: Any = metrics_service_pb2_grpc
    answered: Any = (trace_service_pb2.ExportTraceServiceResponse, metrics_service_pb2.ExportMetricsServiceResponse)
    traces.add_TraceServiceServicer_to_server(
        _servicer(traces.TraceServiceServicer, "/v1/traces", answered[0], receiver), server
    )
    counts.add_MetricsServiceServicer_to_server(
        _servicer(counts.MetricsServiceServicer, "/v1/metrics", answered[1], receiver), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop(grace=None).wait()


@contextmanager
def _http(receiver: Receiver) -> Iterator[str]:
    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            request = _REQUESTS[self.path].FromString(body)
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received("http", self.path, headers, request))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with serving(Handler) as url:
        yield url


@contextmanager
def running() -> Iterator[Receiver]:
    """A receiver on two free ports."""
    receiver = Receiver()
    with _grpc(receiver) as by_grpc, _http(receiver) as by_http:
        receiver.grpc, receiver.http = by_grpc, by_http
        yield receiver
