"""A fake Elastic APM server: takes the intake protocol of Elastic's own agents and keeps what came."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from .http_server import Quiet, serving


@dataclass
class ApmServer:
    """Its URL, and the events that came, each under its kind: ``{"span": {...}}``."""

    url: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    authorizations: set[str | None] = field(default_factory=set)

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """Transactions or spans by name."""
        return {event[kind]["name"]: event[kind] for event in self.events if kind in event}


@contextmanager
def running() -> Iterator[ApmServer]:
    """The server on a free port."""
    kept = ApmServer()

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or _chunks(self.rfile)
            kept.authorizations.add(self.headers.get("Authorization"))
            if self.path.startswith("/intake"):
                lines = _inflated(body, self.headers.get("Content-Encoding")).splitlines()
                kept.events.extend(json.loads(line) for line in lines if line)
            self._answer(202, b"")

        def do_GET(self) -> None:
            self._answer(200, json.dumps({"version": "8.17.0"}).encode() if self.path == "/" else b"{}")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with serving(Handler) as kept.url:
        yield kept


def _chunks(stream: Any) -> bytes:
    parts = []
    while size := int(stream.readline().strip() or b"0", 16):
        parts.append(stream.read(size))
        stream.readline()
    return b"".join(parts)


def _inflated(body: bytes, encoding: str | None) -> bytes:
    return gzip.decompress(body) if encoding == "gzip" else zlib.decompress(body) if encoding == "deflate" else body
