"""The whole that Grafana meets: launcher, gRPC service, HTTP API, and the shop behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airuntime_backend.app import services_of
from airuntime_backend.grafana import server

from .backend import Backend, shop
from .grafana import SECRET, Grafana, Handshake
from .launcher import LAUNCHER, launched
from .world import World


@dataclass
class Witness:
    """A WSGI app that lets every request through and remembers it."""

    app: Any
    requests: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Pass the request on."""
        self.requests.append(dict(environ))
        answer: Iterable[bytes] = self.app(environ, start_response)
        return answer


@dataclass
class Stage:
    """All parts, and Grafana's client before them."""

    backend: Backend
    witness: Witness
    handshake: Handshake
    grafana: Grafana


@contextmanager
def staged(tmp_path: Path, world: World | None = None, *, secret: str | None = SECRET, **more: Any) -> Iterator[Stage]:
    """Start everything as in production, connect where the launcher points to, and stop it all again."""
    with shop(tmp_path, world, **more) as backend:
        witness = Witness(backend.app)
        answer = services_of(backend.app).queries.answer
        running = server.start(witness, answer, secret=secret, host="127.0.0.1", port=0)
        try:
            with launched((str(LAUNCHER),), f"127.0.0.1:{running.port}") as launcher:
                handshake = Handshake.read(launcher.line(5) or "")
                with Grafana(handshake.address) as grafana:
                    yield Stage(backend, witness, handshake, grafana)
        finally:
            running.stop()
