"""``CheckHealth`` and ``CollectMetrics``: what the app says of itself, passed on."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import grpc

from . import pluginv2_pb2 as pb
from . import wsgi

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = logging.getLogger(__name__)


class DiagnosticsService:
    """The service ``Diagnostics`` of Grafana's protocol."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def CheckHealth(self, request: Any, context: Any) -> Any:  # noqa: N802 - Grafana's name
        """OK when every configured dependency is; each one is told in the details."""
        del request, context
        status, body = self._get("/healthz")
        if status != 200:  # noqa: PLR2004 - HTTP's own number
            return _health(pb.CheckHealthResponse.ERROR, f"the backend's /healthz answers {status}", b"")
        told = json.loads(body)
        state = pb.CheckHealthResponse.OK if told["ok"] else pb.CheckHealthResponse.ERROR
        return _health(state, _sentence(told["dependencies"]), body)

    def CollectMetrics(self, request: Any, context: Any) -> Any:  # noqa: N802 - Grafana's name
        """The backend's own metrics in Prometheus' text format."""
        del request
        status, body = self._get("/metrics")
        if status != 200:  # noqa: PLR2004 - HTTP's own number
            context.abort(grpc.StatusCode.UNAVAILABLE, f"the backend's /metrics answers {status}")
        return pb.CollectMetricsResponse(metrics=pb.CollectMetricsResponse.Payload(prometheus=body))

    def _get(self, path: str) -> tuple[int, bytes]:
        try:
            reply = wsgi.call(self._app, wsgi.Request(path))
            return reply.status, b"".join(reply.body)
        except Exception:  # noqa: BLE001 - gRPC would tell the caller the exception's own words
            _log.exception("%s failed", path)
            return 500, b""


def _sentence(dependencies: dict[str, dict[str, Any]]) -> str:
    """What a person reads below "Save & test": the troubles, or that there are none."""
    troubles = [f"{name}: {one['detail']}" for name, one in dependencies.items() if one["configured"] and not one["ok"]]
    return "; ".join(troubles) or "the backend answers, and so does everything it needs"


def _health(status: Any, message: str, details: bytes) -> Any:
    return pb.CheckHealthResponse(status=status, message=message, jsonDetails=details)
