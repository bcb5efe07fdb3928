"""The gRPC service that Grafana's launcher points to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from . import pluginv2_pb2_grpc as services
from .data import Answer, DataService
from .diagnostics import DiagnosticsService
from .guard import Guard
from .resource import ResourceService
from .stream import StreamService

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HEALTH_NAME: Final = "plugin"
"""The name that Grafana asks the standard health service for."""

_THREADS: Final = 16
_MAX_RECEIVE_BYTES: Final = 16 << 20
_MAX_SEND_BYTES: Final = 64 << 20
_GRACE_SECONDS: Final = 2.0


@dataclass(frozen=True)
class Running:
    """A service that listens on ``port`` until ``stop()`` is called."""

    port: int
    stop: Callable[[], None]


def start(app: WSGIApplication, answer: Answer, *, secret: str | None, host: str, port: int) -> Running:
    """Serve Grafana's protocol; port 0 takes any free one. Without a secret every call is refused.

    Args:
        app: the HTTP API, to which ``CallResource`` is handed.
        answer: the query implementation, which ``QueryData`` asks.
        secret: what the app and the data source must carry as ``secureJsonData.secret``.
        host: address on which to listen.
        port: port on which to listen.

    Raises:
        RuntimeError: the address cannot be listened on.
    """
    server = _server(secret)
    services.add_DataServicer_to_server(DataService(answer), server)
    services.add_ResourceServicer_to_server(ResourceService(app), server)
    services.add_DiagnosticsServicer_to_server(DiagnosticsService(app), server)
    services.add_StreamServicer_to_server(StreamService(app), server)
    health_pb2_grpc.add_HealthServicer_to_server(_health(), server)
    bound = server.add_insecure_port(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    server.start()
    return Running(bound, lambda: _stop(server))


def _server(secret: str | None) -> Any:
    interceptors: Any = [Guard(secret)]
    return grpc.server(
        futures.ThreadPoolExecutor(_THREADS, thread_name_prefix="grafana"),
        interceptors=interceptors,
        options=(
            ("grpc.max_receive_message_length", _MAX_RECEIVE_BYTES),
            ("grpc.max_send_message_length", _MAX_SEND_BYTES),
            # Two backends on one port would share the calls between them, unseen.
            ("grpc.so_reuseport", 0),
        ),
    )


def _health() -> Any:
    serving = health.HealthServicer()
    serving.set(HEALTH_NAME, health_pb2.HealthCheckResponse.SERVING)
    return serving


def _stop(server: Any) -> None:
    server.stop(_GRACE_SECONDS).wait()
