"""States that earlier versions wrote: opened, migrated forward, nothing lost, and rollouts that go on or go back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from airuntime_backend.adapters.ledger import SqlBooks, SqlLedger
from airuntime_backend.adapters.ledger.engine import migrate, revisions
from airuntime_backend.app import create_app, services_of
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, make_url, text
from support import postgres
from support.backend import Backend, settings
from support.world import TTL, Clock, World

STATES: Final = sorted((Path(__file__).parents[1] / "data" / "states").glob("*.sql"))
_OF_THE_SCHEMA: Final = frozenset({"alembic_version", "gate"})
"""Tables whose rows the migrations make."""
LATER: Final = 20_000.0
"""After all that is in the files."""

Rows = dict[str, int]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL."""
    with postgres.running() as url:
        yield url


def _cases() -> Iterator[Any]:
    """Every state on SQLite, the first and the last of those kept on PostgreSQL too."""
    kept = [state for state in STATES if state.stem.endswith("kept")]
    for name, states in (("sqlite", STATES), ("postgresql", (kept[0], kept[-1]))):
        yield from (pytest.param(name, state, id=f"{name}-{state.stem}") for state in states)


every_state: Final = pytest.mark.parametrize(("name", "state"), list(_cases()))


@pytest.fixture
def database(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that is empty."""
    if name == "sqlite":
        return f"sqlite:///{tmp_path}/migrated.db"
    url = make_url(request.getfixturevalue("server"))
    made = f"state_{abs(hash(tmp_path))}"
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {made}")
    return url.set(database=made).render_as_string(hide_password=False)


def written(state: Path, database: str, folder: Path) -> Rows:
    """Fill a database with what the file has, as that version did; gives the rows by table."""
    old = folder / "old.db"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(state.read_text(encoding="utf-8"))
    source, target = create_engine(f"sqlite:///{old}"), create_engine(database)
    migrate(target, state.stem.partition("-")[0])
    count = _copied(source, target)
    for engine in (source, target):
        engine.dispose()
    return count


def _copied(source: Engine, target: Engine) -> Rows:
    """Copy all rows of all tables, those that others point to first."""
    told, kept = MetaData(), MetaData()
    told.reflect(source)
    kept.reflect(target)
    count = {}
    with source.connect() as reading, target.begin() as writing:
        for table in told.sorted_tables:
            rows = [dict(row) for row in reading.execute(table.select()).mappings()]
            if table.name in _OF_THE_SCHEMA or not rows:
                continue
            writing.execute(kept.tables[table.name].insert(), rows)
            count[table.name] = len(rows)
            if target.dialect.name == "postgresql" and kept.tables[table.name].autoincrement_column is not None:
                _count_on(writing, table.name)
    return count


def _count_on(connection: Connection, name: str) -> None:
    """Let PostgreSQL number new rows after these."""
    if connection.scalar(text(f"SELECT pg_get_serial_sequence('{name}', 'id')")):
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"))  # noqa: S608


@contextmanager
def opened(database: str, tmp_path: Path) -> Iterator[Backend]:
    """This version's backend on a database."""
    world, clock = World(), Clock(at=LATER)
    ledger = SqlLedger(database)
    app = create_app(settings(tmp_path, database_url=database), metrics=world, ledger=ledger, clock=clock)
    with app.test_client() as client:
        yield Backend(client, world, clock, ledger, app)
    ledger.close()


def rows_of(engine: Engine, names: Rows) -> Rows:
    """How many rows the tables of these names have."""
    with engine.connect() as connection:
        return {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names}  # noqa: S608


def test_there_is_a_state_of_every_schema() -> None:
    """Whoever adds a revision adds what is written with it: ``tools/dump_states.py`` does."""
    known = {state.stem for state in STATES}

    assert known == {f"{revision}-{end}" for revision in revisions() for end in ("watching", "kept")}


@every_state
def test_nothing_of_it_is_lost(state: Path, database: str, tmp_path: Path) -> None:
    """Every row is there, every record can be read, and every page of the API shows it."""
    count = written(state, database, tmp_path)

    with opened(database, tmp_path) as backend:
        ledger = backend.ledger
        assert rows_of(ledger.engine, count) == count
        assert inspect(ledger.engine).has_table("ticket")
        (rollout,) = ledger.rollouts()
        told = ledger.suggestion(rollout.change.suggestion)
        trail = ledger.audit(told.suggestion.id)
        assert (rollout.phase, trail[-1].after) == (state.stem.partition("-")[2],) * 2
        assert told.status == ("kept" if rollout.phase == "kept" else "applied")
        assert set(ledger.verdicts()) == ({rollout.id} if rollout.phase == "kept" else set())
        assert len(SqlBooks(ledger.engine).entries(0.0, LATER)) == count.get("booking", 0)
        detail: dict[str, Any] = backend.client.get(f"/suggestions/{told.suggestion.id}").get_json()
        assert (detail["status"], len(detail["history"])) == (told.status, len(trail))
        assert backend.client.get("/suggestions").status_code == 200
        assert backend.client.get("/metrics").status_code == 200


@every_state
def test_what_runs_goes_back_and_what_is_kept_can_be_taken_back(state: Path, database: str, tmp_path: Path) -> None:
    """Nobody is left on a value that nobody watches, and the service is told its old value, once."""
    written(state, database, tmp_path)

    with opened(database, tmp_path) as backend:
        (before,) = backend.ledger.rollouts()
        generation = backend.ledger.config("shop").generation
        services_of(backend.app).worker.verify()
        detail = backend.client.get(f"/suggestions/{before.change.suggestion}").get_json()
        if detail["status"] != "rolled_back":
            assert backend.move("rollback", detail).status_code == 200
        (after,) = backend.ledger.rollouts()
        config = backend.ledger.config("shop")
        assert (after.phase, after.revision >= before.revision + 1) == ("rolled_back", True)
        assert (config.settings, config.experiments, config.generation) == ((), (), generation + 1)
        assert TTL not in config.obeyed()
