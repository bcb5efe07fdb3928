"""Workers that are killed at seeded moments leave every change whole: not lost, not doubled, not half done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from airuntime_backend.adapters.ledger import SqlLedger

from .audit import check
from .live.run import torture_house
from .run import database, torture

_COLUMNS = "at, who, via, action, subject, before, after, why"


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_whoever_dies_leaves_the_records_whole(name: str) -> None:
    """Audited after each death; every running replica is on a value that the ledger knows."""
    with database(name) as url:
        found = torture(url, 25, seed=7)

    assert found.killed >= 25
    assert {"applying", "watching"} <= {phase for _, phase in found.kills}


def test_a_real_house_is_whole_whoever_dies() -> None:
    """Prometheus, two backends and their workers, and replicas: every call obeyed a value that was told."""
    with database("sqlite") as url:
        found = torture_house(url, 5, seed=5, say=lambda _: None, scenes=("undone",))

    assert found.killed >= 5
    assert found.ends
    assert found.numbers["rollouts"] >= 2


def test_the_audit_sees_what_is_missing_doubled_and_half_done() -> None:
    """It is worth something: each of these would be found."""
    with database("sqlite") as url:
        torture(url, 8, seed=3)
        ledger = SqlLedger(url)
        check(ledger)
        for statement in (
            "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)",
            f"INSERT INTO audit ({_COLUMNS}) SELECT {_COLUMNS} FROM audit WHERE id = 1",  # noqa: S608 - our own words
            "UPDATE service SET generation = generation + 1",
            "UPDATE suggestion SET status = 'open' WHERE id = (SELECT max(id) FROM suggestion WHERE status != 'open')",
        ):
            with pytest.raises(AssertionError), spoilt(ledger, statement):
                check(ledger)
        check(ledger)
        ledger.close()


@contextmanager
def spoilt(ledger: SqlLedger, statement: str) -> Iterator[None]:
    """With one thing wrong, which is put right again."""
    (path,) = [row[2] for row in ledger.engine.raw_connection().execute("PRAGMA database_list")]
    saved = f"{path}.saved"
    with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(saved)) as copy:
        live.backup(copy)
    with closing(sqlite3.connect(path)) as hand, hand:  # which asks for no foreign keys
        hand.execute(statement)
    try:
        yield
    finally:
        with closing(sqlite3.connect(saved)) as copy, closing(sqlite3.connect(path)) as live:
            copy.backup(live)
