"""The backend as tests drive it: its client, the world before it, the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.api.auth import ENVIRON_IDENTITY
from airuntime_backend.api.identity import Identity, Role
from airuntime_backend.app import create_app, services_of
from airuntime_backend.manifest import Manifest
from airuntime_backend.ports import AuditEntry, Docs, Metrics, Ticket
from airuntime_backend.settings import Settings
from flask.testing import FlaskClient

from .world import Clock, World, manifest


@dataclass
class Backend:
    """The app with all that a test moves or looks at."""

    client: FlaskClient
    world: World
    clock: Clock
    ledger: SqlLedger
    app: Any

    def tick(self, seconds: float = 0.0) -> None:
        """Let time pass, then let the worker do one pass."""
        self.clock.at += seconds
        services_of(self.app).worker.tick()

    def verify(self) -> None:
        """Let the worker look at the rollouts only."""
        services_of(self.app).worker.verify()

    def suggestion(self) -> dict[str, Any]:
        """The newest suggestion in full."""
        listed = self.client.get("/suggestions").get_json()["suggestions"]
        detail: dict[str, Any] = self.client.get(f"/suggestions/{listed[0]['id']}").get_json()
        return detail

    def move(self, verb: str, detail: dict[str, Any], **more: Any) -> Any:
        """Ask for a move of a suggestion at the revision that was read."""
        return self.client.post(f"/suggestions/{detail['id']}/{verb}", json={"revision": detail["revision"], **more})

    def queue(self, who: str = "alice") -> dict[str, Any]:
        """Let the newest suggestion wait for a person, as if somebody had asked for it; gives it in full."""
        record, now = self.ledger.suggestion(self.suggestion()["id"]), self.clock.now()
        ticket = Ticket(record.suggestion.id, now, who, "grafana", "person", "somebody else must approve it")
        entry = AuditEntry(now, who, "grafana", "queue", ticket.suggestion, "open", "queued", ticket.why)
        self.ledger.enqueue(record, ticket, entry, self.ledger.turn())
        return self.suggestion()


def settings(tmp_path: Path, **more: Any) -> Settings:
    """Settings of a test: a database of its own, short windows."""
    given: dict[str, Any] = {
        "database_url": f"sqlite:///{tmp_path}/state.db",
        "cache_dir": f"{tmp_path}/cache",
        "window_seconds": 60.0,
        "block_seconds": 20.0,
        "rollout_steps": "0.1,0.5",
        "rollout_settle_seconds": 10.0,
        "rollout_deadline_seconds": 600.0,
        "scrape_seconds": 5.0,
        "holdout_share": 0.0,
        "ledger_seconds": 10.0,
        "min_calls": 100,
        "source_roots": str(tmp_path),
    }
    return Settings(**(given | more))


@contextmanager
def shop(
    tmp_path: Path, world: World | None = None, *, metrics: Metrics | None = None, docs: Docs | None = None, **more: Any
) -> Iterator[Backend]:
    """A backend that knows the shop and its source; ``metrics`` stands in for the world, ``more`` are its settings."""
    source = tmp_path / "shop.py"
    source.write_text("import x\ndef build():\n    return CachePrimitive()\n", encoding="utf-8")
    world, clock, given = world or World(), Clock(), settings(tmp_path, **more)
    ledger = SqlLedger(given.database_url)
    app = create_app(given, metrics=metrics or world, ledger=ledger, docs=docs, clock=clock)
    ledger.put_manifest(Manifest.model_validate(manifest(str(source))), clock.now())
    with app.test_client() as client:
        yield Backend(client, world, clock, ledger, app)
    ledger.close()


TOKENS: Final = {role: f"{role}-token" for role in ("viewer", "operator", "service")}
"""A token for each role, and the settings that configure them."""
TOKEN_SETTINGS: Final[dict[str, Any]] = {f"{role}_token": token for role, token in TOKENS.items()}


def as_person(backend: Backend, name: str, role: Role = "operator") -> FlaskClient:
    """A client whose user Grafana has named."""
    client: FlaskClient = backend.app.test_client()
    cast("dict[str, Any]", client.environ_base)[ENVIRON_IDENTITY] = Identity(name, role, "grafana")
    return client


def client_of(backend: Backend, role: str | None) -> FlaskClient:
    """A client that sends the role's token, or none."""
    client: FlaskClient = backend.app.test_client()
    if role is not None:
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKENS[role]}"
    return client
