"""The door: no call of Grafana's protocol but for metrics reaches a service before its secret was checked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, Final

import grpc

from airuntime_backend.errors import BackendError, UnauthorizedError

from . import pluginv2_pb2 as pb
from .context import refusal

_log = logging.getLogger(__name__)
_GUARDED: Final = "/pluginv2."
_HEALTH: Final = "/pluginv2.Diagnostics/CheckHealth"
_OPEN: Final = "/pluginv2.Diagnostics/CollectMetrics"
"""Grafana asks it for no instance, so that no secret can come with it; over HTTP ``/metrics`` is as open."""


class Guard:
    """A gRPC server interceptor. It stands before all services, so that a new one cannot forget it."""

    def __init__(self, secret: str | None) -> None:
        self._secret = secret

    def intercept_service(self, proceed: Callable[[Any], Any], details: Any) -> Any:
        """The handler that Grafana's call gets: the service's own, behind the check."""
        handler = proceed(details)
        if handler is None or details.method == _OPEN or not details.method.startswith(_GUARDED):
            return handler
        if handler.response_streaming:
            return _replaced(grpc.unary_stream_rpc_method_handler, handler, self._stream(handler.unary_stream))
        return _replaced(
            grpc.unary_unary_rpc_method_handler, handler, self._unary(handler.unary_unary, details.method == _HEALTH)
        )

    def _unary(self, serve: Callable[[Any, Any], Any], health: bool) -> Callable[[Any, Any], Any]:  # noqa: FBT001
        def guarded(request: Any, context: Any) -> Any:
            refused = self._refusal(request)
            if refused is None:
                return serve(request, context)
            # Of a failed health check Grafana shows a message only if there is an answer.
            return _unhealthy(refused) if health else _abort(context, refused)

        return guarded

    def _stream(self, serve: Callable[[Any, Any], Iterator[Any]]) -> Callable[[Any, Any], Iterator[Any]]:
        def guarded(request: Any, context: Any) -> Iterator[Any]:
            refused = self._refusal(request)
            if refused is not None:
                _abort(context, refused)
            yield from serve(request, context)

        return guarded

    def _refusal(self, request: Any) -> BackendError | None:
        refused = refusal(request.pluginContext, self._secret)
        if refused is not None:
            _log.warning("a call from Grafana was refused: %s", refused.message)
        return refused


def _replaced(make: Callable[..., Any], handler: Any, behaviour: Callable[[Any, Any], Any]) -> Any:
    return make(
        behaviour,
        request_deserializer=handler.request_deserializer,
        response_serializer=handler.response_serializer,
    )


def _abort(context: Any, refused: BackendError) -> None:
    code = (
        grpc.StatusCode.UNAUTHENTICATED if isinstance(refused, UnauthorizedError) else grpc.StatusCode.PERMISSION_DENIED
    )
    context.abort(code, refused.message)


def _unhealthy(refused: BackendError) -> Any:
    return pb.CheckHealthResponse(status=pb.CheckHealthResponse.ERROR, message=refused.message)
