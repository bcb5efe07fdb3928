"""One place that takes OTLP: its address, its protocol, what it must be told, and how it wants its counts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.contract.env import Variable
from ai_runtime_intelligent.quiet import log_once

Protocol = Literal["http/protobuf", "grpc"]
Signal = Literal["traces", "metrics"]

PROTOCOLS: Final[tuple[Protocol, ...]] = get_args(Protocol)

_ENDPOINTS: Final[Mapping[Signal, Variable]] = {
    "traces": env.OTLP_TRACES_ENDPOINT,
    "metrics": env.OTLP_METRICS_ENDPOINT,
}
_PROTOCOLS: Final[Mapping[Signal, Variable]] = {
    "traces": env.OTLP_TRACES_PROTOCOL,
    "metrics": env.OTLP_METRICS_PROTOCOL,
}


@dataclass(frozen=True)
class Destination:
    """Where telemetry is sent.

    ``endpoint`` is the base address, ``grpc_endpoint`` that for gRPC where it is another one; None leaves it to
    OpenTelemetry's own variables. ``headers`` may hold keys. ``resource`` is told of the service. With ``delta`` every
    push holds what came since the last one.
    """

    endpoint: str | None = None
    grpc_endpoint: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    resource: Mapping[str, str] = field(default_factory=dict)
    delta: bool = False
    http_only: bool = False

    def protocol(self, signal: Signal) -> Protocol:
        """The protocol for ``signal``, as the environment has it.

        HTTP without a word, and, with a log line, for one that is not known or that the place does not take.
        """
        variable = _PROTOCOLS[signal] if os.environ.get(_PROTOCOLS[signal].name) else env.OTLP_PROTOCOL
        given = os.environ.get(variable.name) or PROTOCOLS[0]
        known = PROTOCOLS[:1] if self.http_only else PROTOCOLS
        for protocol in known:
            if given == protocol:
                return protocol
        log_once(
            f"env:{variable.name}:{given[:100]}",
            "%s must be %s here, got %r; %s is used",
            variable.name,
            " or ".join(known),
            given[:100],
            PROTOCOLS[0],
        )
        return PROTOCOLS[0]

    def address(self, signal: Signal) -> str | None:
        """The base address for ``signal``; None when OpenTelemetry's own variables name one."""
        if os.environ.get(_ENDPOINTS[signal].name):
            return None
        return self.grpc_endpoint or self.endpoint if self.protocol(signal) == "grpc" else self.endpoint


def has_endpoint(signal: Signal) -> bool:
    """Whether OpenTelemetry's own variables say where ``signal`` goes."""
    return any(os.environ.get(variable.name) for variable in (env.OTLP_ENDPOINT, _ENDPOINTS[signal]))


def resource_of(service_version: str | None, environment: str | None) -> dict[str, str]:
    """Version and environment as resource attributes; the environment under its old name too, which vendors read."""
    found = {
        "service.version": service_version,
        "deployment.environment.name": environment,
        "deployment.environment": environment,
    }
    return {name: value for name, value in found.items() if value}
