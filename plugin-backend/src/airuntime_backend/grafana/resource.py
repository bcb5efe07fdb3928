"""``CallResource``: an HTTP request in a message, handed to the Flask app, its answer streamed back."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from airuntime_backend.api.identity import Identity
from airuntime_backend.errors import BackendError, BadRequestError, ForbiddenError

from . import pluginv2_pb2 as pb
from . import wsgi
from .context import identity_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = logging.getLogger(__name__)

_PASSED: Final = frozenset(
    {"accept", "accept-language", "content-type", "if-match", "if-none-match", "traceparent", "x-grafana-action"}
)
"""Headers that the app gets. All others stay out, for one of them might speak of who asks."""

_KEPT_BACK: Final = frozenset({"connection", "keep-alive", "server", "set-cookie", "transfer-encoding"})
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS: Final = _SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
_READING_POSTS: Final = frozenset({"/api/query", "/api/annotations"})
_NOT_IN_A_PATH: Final = re.compile(r"[\x00-\x1f\x7f\\]|%(?:2e|2f|5c|00)", re.IGNORECASE)
_CHUNK_BYTES: Final = 1 << 20


class ResourceService:
    """The service ``Resource`` of Grafana's protocol."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def CallResource(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802 - Grafana's name
        """The app's answer in pieces: code and headers with the first, the body over all."""
        del context
        try:
            reply = wsgi.call(self._app, _request(request))
        except BackendError as error:
            yield refused_call(error)
            return
        except Exception:  # noqa: BLE001 - whatever it is, Grafana gets an answer in the one shape
            _log.exception("%s %s failed", request.method, request.path)
            yield refused_call(BackendError("the backend failed unexpectedly: its log says more"))
            return
        yield from _stream(reply)


def _request(message: Any) -> wsgi.Request:
    """The request that the app gets. Raises BackendError when it must not get it."""
    path = _path(message.path)
    method = message.method.upper() or "GET"
    who = identity_of(message.pluginContext)
    _check_allowed(who, method, path)
    return wsgi.Request(path, method, _query(message.url), _headers(message.headers), message.body, who)


def _path(given: str) -> str:
    """The path with one slash before it. Raises BadRequestError when two readers could understand it differently."""
    inner = given.removeprefix("/")
    segments = inner.removesuffix("/").split("/") if inner else []
    if _NOT_IN_A_PATH.search(inner) or any(segment in {"", ".", ".."} for segment in segments):
        raise BadRequestError("the path is not plain: write it without '//', '..', '\\' or escaped slashes")
    return f"/{inner}"


def _query(url: str) -> str:
    query = url.partition("?")[2].partition("#")[0]
    return query.encode("ascii", "ignore").decode("ascii")


def _headers(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: ", ".join(given[name].values) for name in given if name.lower() in _PASSED}


def _check_allowed(who: Identity, method: str, path: str) -> None:
    if method not in _METHODS:
        raise BadRequestError(f"{method[:20]!r} is not a method that is served here")
    reads = method in _SAFE_METHODS or (method == "POST" and path in _READING_POSTS)
    if who.role == "viewer" and not reads:
        raise ForbiddenError(f"{who.name} may only look in Grafana: this needs the role Editor or Admin")


def _stream(reply: wsgi.Reply) -> Iterator[Any]:
    first = True
    for chunk in reply.body:
        for start in range(0, max(len(chunk), 1), _CHUNK_BYTES):
            piece = chunk[start : start + _CHUNK_BYTES]
            yield _opening(reply, piece) if first else pb.CallResourceResponse(body=piece)
            first = False


def _opening(reply: wsgi.Reply, body: bytes) -> Any:
    headers: dict[str, list[str]] = {}
    for name, value in reply.headers:
        if name.lower() not in _KEPT_BACK:
            headers.setdefault(name, []).append(value)
    return _response(reply.status, headers, body)


def refused_call(error: BackendError) -> Any:
    """The whole answer to a call that is refused, in the one shape of errors."""
    detail = {"code": error.code, "message": error.message, "field": None, "value": None, "expected": None}
    body = json.dumps({"error": detail}).encode()
    return _response(error.status, {"Content-Type": ["application/json"]}, body)


def _response(code: int, headers: Mapping[str, list[str]], body: bytes) -> Any:
    lists = {name: pb.StringList(values=values) for name, values in headers.items()}
    return pb.CallResourceResponse(code=code, headers=lists, body=body)
