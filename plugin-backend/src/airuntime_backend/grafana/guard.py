"""The door: no call of Grafana's protocol but for metrics reaches a service before its secret was checked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, Final

import grpc

from airuntime_backend.errors import BackendError, ForbiddenError, UnauthorizedError

from . import pluginv2_pb2 as pb
from .context import refusal
from .resource import refused_call

_log = logging.getLogger(__name__)
_GUARDED: Final = "/pluginv2."
_OPEN: Final = "/pluginv2.Diagnostics/CollectMetrics"
"""Grafana asks it for no instance, so that no secret can come with it; over HTTP ``/metrics`` is as open."""


_Answer = Callable[[Any, BackendError], Any]
"""Makes the answer to a refused request."""


class Guard:
    """A gRPC server interceptor. It stands before all services, so that a new one cannot forget it."""

    def __init__(self, secret: str | None) -> None:
        self._secret = secret

    def intercept_service(self, proceed: Callable[[Any], Any], details: Any) -> Any:
        """The handler that Grafana's call gets: the service's own, behind the check."""
        handler = proceed(details)
        if handler is None or details.method == _OPEN or not details.method.startswith(_GUARDED):
            return handler
        answer = _ANSWERS.get(details.method)
        if handler.response_streaming:
            return _replaced(grpc.unary_stream_rpc_method_handler, handler, self._stream(handler.unary_stream, answer))
        return _replaced(grpc.unary_unary_rpc_method_handler, handler, self._unary(handler.unary_unary, answer))

    def _unary(self, serve: Callable[[Any, Any], Any], answer: _Answer | None) -> Callable[[Any, Any], Any]:
        def guarded(request: Any, context: Any) -> Any:
            refused = self._refusal(request)
            if refused is None:
                return serve(request, context)
            return answer(request, refused) if answer else _abort(context, refused)

        return guarded

    def _stream(
        self, serve: Callable[[Any, Any], Iterator[Any]], answer: _Answer | None
    ) -> Callable[[Any, Any], Iterator[Any]]:
        def guarded(request: Any, context: Any) -> Iterator[Any]:
            refused = self._refusal(request)
            if refused is None:
                yield from serve(request, context)
            elif answer:
                yield answer(request, refused)
            else:
                _abort(context, refused)

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


def _unhealthy(_: Any, refused: BackendError) -> Any:
    return pb.CheckHealthResponse(status=pb.CheckHealthResponse.ERROR, message=refused.message)


def _unanswered(request: Any, refused: BackendError) -> Any:
    failed = pb.DataResponse(error=refused.message, status=refused.status, errorSource=refused.source)
    return pb.QueryDataResponse(responses={query.refId: failed for query in request.queries})


def _forbidden(_: Any, refused: BackendError) -> Any:
    # Grafana's pages take 401 for their own: they would have the person log in again.
    return refused_call(ForbiddenError(refused.message))


_ANSWERS: Final[dict[str, _Answer]] = {
    "/pluginv2.Diagnostics/CheckHealth": _unhealthy,
    "/pluginv2.Data/QueryData": _unanswered,
    "/pluginv2.Resource/CallResource": _forbidden,
}
"""Where a refusal is an answer: of a call that fails Grafana tells no more than that "an error occurred"."""
