"""A backup that is taken while changes are rolled out: restored onto a fresh database, they go on from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.adapters.ledger.archive import read, write
from airuntime_backend.app import create_app
from support import postgres
from support.backend import Backend, settings
from support.fleet import Fleet
from torture.audit import check

PLACES: Final = ("applying", "stuck", "watching", "growing", "held", "kept")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL, whose database is filled anew by each test."""
    with postgres.running() as url:
        yield url


def bring(fleet: Fleet, place: str) -> None:
    """Bring a rollout to that place."""
    fleet.step()
    fleet.backend.tick()
    for one in fleet.replicas:
        one.polls = place not in {"applying", "stuck"}
    fleet.backend.move("apply", fleet.backend.suggestion())
    ledger = fleet.backend.ledger
    if place in {"stuck", "watching", "kept"}:
        fleet.until(place)
    elif place == "growing":
        fleet.wait(lambda: ledger.rollouts()[-1].share > 0.1)
    elif place == "held":
        fleet.until("watching")
        fleet.scraped.down = True
        fleet.wait(lambda: ledger.rollouts()[-1].held is not None)


@contextmanager
def restored(fleet: Fleet, file: Path, url: str, tmp_path: Path) -> Iterator[Fleet]:
    """The same fleet before another backend, whose database came from the file."""
    held, ledger = fleet.backend, SqlLedger(url)
    read(ledger.engine, file, force=True)
    app = create_app(settings(tmp_path, database_url=url), metrics=held.world, ledger=ledger, clock=held.clock)
    with app.test_client() as client:
        fleet.backend = Backend(client, held.world, held.clock, ledger, app)
        yield fleet
    fleet.backend = held
    ledger.close()


def database(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where it is restored."""
    return str(request.getfixturevalue("server")) if name == "postgresql" else f"sqlite:///{tmp_path}/fresh.db"


@pytest.mark.parametrize(
    ("place", "name"), [*((place, "sqlite") for place in PLACES), ("watching", "postgresql"), ("held", "postgresql")]
)
def test_a_restored_rollout_goes_on(
    place: str, name: str, fleet: Fleet, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Nothing is lost or doubled on the way, it comes to its end, and the replicas obey it."""
    bring(fleet, place)
    before, file = fleet.backend.ledger.rollouts(), tmp_path / "backup.jsonl"
    config = fleet.backend.ledger.config("shop")
    write(fleet.backend.ledger.engine, file)

    with restored(fleet, file, database(name, request, tmp_path), tmp_path):
        ledger = fleet.backend.ledger
        assert (ledger.rollouts(), ledger.config("shop")) == (before, config)
        check(ledger)
        fleet.scraped.down = False
        for one in fleet.replicas:
            one.polls = True
        fleet.until("kept")
        fleet.step()
        check(ledger)
        assert {one.value for one in fleet.replicas} == {before[-1].change.after}


@pytest.mark.parametrize(
    "lost",
    [lambda fleet: fleet.until("kept"), lambda fleet: fleet.wait(lambda: fleet.replicas[0].experiment.share > 0.1)],
    ids=["kept", "grown"],
)
def test_what_happened_after_the_backup_is_read_back(
    lost: Callable[[Fleet], None], fleet: Fleet, tmp_path: Path
) -> None:
    """The replicas obey a newer config than the one restored; they are told the older one, and it goes on."""
    bring(fleet, "watching")
    file = tmp_path / "backup.jsonl"
    write(fleet.backend.ledger.engine, file)
    lost(fleet)

    with restored(fleet, file, f"sqlite:///{tmp_path}/fresh.db", tmp_path):
        ledger = fleet.backend.ledger
        fleet.step()
        (rollout,) = ledger.rollouts()
        assert rollout.phase == "watching"
        assert [one.experiment.share for one in fleet.replicas if one.experiment] == [0.1, 0.1]
        fleet.until("kept")
        fleet.step()
        check(ledger)
        assert {one.value for one in fleet.replicas} == {rollout.change.after}
