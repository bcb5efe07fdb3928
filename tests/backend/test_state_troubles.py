"""A database that is locked, full or read-only: each is told, nothing is half done, and the next click works."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

import pytest
from airuntime_backend.app import services_of
from sqlalchemy import Engine, event
from support.backend import Backend
from support.errors import assert_canonical_error


@contextmanager
def pragma(engine: Engine, *words: str) -> Iterator[None]:
    """Every connection is opened with these until the end."""

    def say(connection: Any, _record: object) -> None:
        for word in ("busy_timeout=10", *words):
            connection.execute(f"PRAGMA {word}")

    event.listen(engine, "connect", say)
    engine.dispose()
    yield
    event.remove(engine, "connect", say)
    engine.dispose()


@contextmanager
def locked(engine: Engine) -> Iterator[None]:
    """Another process writes, and does not come to an end."""
    other = sqlite3.connect(str(engine.url.database), isolation_level=None)
    with pragma(engine):
        other.execute("BEGIN EXCLUSIVE")
        yield
    other.close()


TROUBLES: Final[dict[str, Callable[[Engine], AbstractContextManager[None]]]] = {
    "database is locked": locked,
    "attempt to write a readonly database": lambda engine: pragma(engine, "query_only=ON"),
    "database or disk is full": lambda engine: pragma(engine, "max_page_count=1"),
}


@pytest.mark.parametrize("words", TROUBLES)
def test_a_click_that_cannot_be_written_is_told_and_can_be_repeated(backend: Backend, words: str) -> None:
    """Nothing of it is on record; once the database is well it is done, once."""
    backend.tick()
    suggestion = backend.suggestion()
    _pack(backend)

    with TROUBLES[words](backend.ledger.engine):
        error = assert_canonical_error(backend.move("apply", suggestion), 503, "state_unavailable")

    assert f"cannot be read or written now ({words})" in error["message"]
    assert backend.ledger.rollouts() == ()
    assert backend.move("apply", suggestion).status_code == 200
    assert len(backend.ledger.rollouts()) == 1


def test_the_worker_tells_it_in_a_line(backend: Backend, caplog: pytest.LogCaptureFixture) -> None:
    """A disk that is full for a night does not fill the log as well."""
    with pragma(backend.ledger.engine, "query_only=ON"), caplog.at_level(logging.ERROR):
        services_of(backend.app).worker.analyse()

    told = [record for record in caplog.records if "Analyser.analyse was not done" in record.message]
    assert len(told) == 1
    assert told[0].exc_info is None


def _pack(backend: Backend) -> None:
    """Leave no free page in the file, so that more rows need another one."""
    with sqlite3.connect(str(backend.ledger.engine.url.database)) as connection:
        connection.execute("VACUUM")
