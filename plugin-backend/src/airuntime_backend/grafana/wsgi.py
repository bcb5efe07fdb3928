"""A WSGI app called without a socket: a request in, status, headers and a stream of bytes out."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from airuntime_backend.api.auth import ENVIRON_IDENTITY
from airuntime_backend.api.identity import Identity

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST: Final = "grafana.invalid"
"""The host that the app sees: no address of this machine, so that nothing is granted for being on loopback."""

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


@dataclass(frozen=True)
class Request:
    """One HTTP request; ``path`` is decoded, ``query`` is not. ``identity`` is who asks, if anyone does."""

    path: str
    method: str = "GET"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    identity: Identity | None = None


@dataclass(frozen=True)
class Reply:
    """The app's answer. ``body`` must be read to its end, or closed."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: Iterator[bytes]


def call(app: WSGIApplication, request: Request) -> Reply:
    """Ask the app. Raises whatever the app raises instead of answering."""
    started = _Started()
    result = app(_environ(request), started)
    chunks = _chunks(result, started)
    # An app may start its answer only when its first chunk is asked for.
    first = next(chunks, b"")
    return Reply(started.status, tuple(started.headers), _rest(first, chunks))


class _Started:
    """WSGI's ``start_response``: remembers status and headers."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[str, str]] = []
        self.written: list[bytes] = []

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: _ExcInfo | None = None, /) -> Any:
        del exc_info  # nothing was sent yet, so a second start simply replaces the first
        self.status, self.headers = int(status.split(" ", 1)[0]), headers
        return self.written.append


def _chunks(result: Iterable[bytes], started: _Started) -> Iterator[bytes]:
    try:
        for chunk in result:
            yield from started.written
            started.written.clear()
            if chunk:
                yield chunk
        yield from started.written
    finally:
        close = getattr(result, "close", None)
        if close is not None:
            close()


def _rest(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks


def _environ(request: Request) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode().decode("latin-1"),
        "QUERY_STRING": request.query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    environ |= {_variable(name): value for name, value in request.headers.items()}
    if request.identity is not None:
        environ[ENVIRON_IDENTITY] = request.identity
    return environ


def _variable(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name == "CONTENT_TYPE" else f"HTTP_{name}"
