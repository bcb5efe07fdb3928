"""The backend's two routes for one service, as a small server that a test fills; a fake behind the real client."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

from . import http_server
from .http_server import Quiet


class ConfigBackend:
    """The backend's two routes for one service, and what was asked of them."""

    def __init__(self) -> None:
        self.body: bytes = b""
        self.status = 200
        self.manifest_status = 204
        self.asked: list[tuple[str, str, str | None, int]] = []
        self.manifests: list[dict[str, Any]] = []
        self.tokens: set[str | None] = set()
        self.config()

    def config(self, generation: int = 1, **values: object) -> None:
        """Serve these values."""
        tunables = {name.replace("__", "."): {"value": v, "rollout": None} for name, v in values.items()}
        self.body = json.dumps({"service": "svc", "generation": generation, "tunables": tunables}).encode()

    @property
    def etag(self) -> str:
        """Changes with what is served."""
        return f'"{hash(self.body)}"'

    def polls(self, status: int | None = None) -> int:
        """Config requests so far, of all or of one answer."""
        return sum(1 for method, _, _, code in self.asked if method == "GET" and status in (None, code))

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer a request as the backend does."""
        self.tokens.add(request.headers["Authorization"])
        known = request.headers["If-None-Match"]
        if request.command == "PUT":
            length = int(request.headers["Content-Length"])
            self.manifests.append(json.loads(request.rfile.read(length)))
            code = self.manifest_status
        else:
            code = 304 if self.status == 200 and known == self.etag else self.status
        self.asked.append((request.command, request.path, known, code))
        body = self.body if request.command == "GET" and code != 304 else b""
        request.send_response(code)
        request.send_header("ETag", self.etag)
        if code not in (204, 304):
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        with suppress(ConnectionError):  # who asked may have read enough
            request.wfile.write(body)


@contextmanager
def serving(backend: ConfigBackend, port: int = 0) -> Iterator[int]:
    """Serve `backend` on loopback and give the port."""

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            backend.answer(self)

        do_PUT = do_GET  # noqa: N815 - the name that the server looks for

    with http_server.serving(Handler, port) as url:
        yield int(url.rpartition(":")[2])


def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether `condition` comes true within that time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return condition()
