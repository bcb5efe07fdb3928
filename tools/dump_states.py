"""Dump what this version writes, when it has a new migration: a shop whose change is watched, and one that kept it.

``PYTHONPATH=tests:benchmarks python tools/dump_states.py`` writes two files to ``tests/data/states``, named after the
newest revision of the schema; ``tests/backend/test_old_states.py`` opens them with every later version.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from airuntime_backend.adapters.ledger.engine import revisions
from rolling.scraped import Scraped
from support.backend import shop
from support.fleet import Fleet, FleetWorld

_STATES = Path(__file__).resolve().parents[1] / "tests" / "data" / "states"
_AFTER = 6
"""Scrapes after the end, in which it is looked back and booked."""


def dump(end: str, folder: Path) -> str:
    """The SQL of a shop whose rollout has come that far."""
    scraped = Scraped()
    with shop(folder, FleetWorld(scraped)) as backend:
        fleet = Fleet(backend, scraped)
        fleet.step()
        backend.tick()
        backend.move("apply", backend.suggestion())
        fleet.until(end)
        for _ in range(_AFTER if end == "kept" else 1):
            fleet.step()
        backend.tick()
        told = backend.ledger.rollouts()[-1].phase
    if told != end:
        raise SystemExit(f"the rollout is {told}, it was to be {end}")
    with closing(sqlite3.connect(folder / "state.db")) as connection:
        return "\n".join(connection.iterdump()).replace(str(folder), "/srv/shop") + "\n"


def main() -> None:
    """Write both files."""
    for end in ("watching", "kept"):
        file = _STATES / f"{revisions()[0]}-{end}.sql"
        with tempfile.TemporaryDirectory() as folder:
            file.write_text(dump(end, Path(folder)), encoding="utf-8")
        sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main()
