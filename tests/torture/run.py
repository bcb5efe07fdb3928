"""The whole torture by a command: so many workers killed on a database, and an audit after each.

``PYTHONPATH=tests:benchmarks python -m torture.run --kills 200 --database postgresql``
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from support.postgres import running

from .audit import check, check_replicas
from .scenes import Torture


def torture(url: str, kills: int, seed: int, holdout: float = 0.0) -> Counter[str]:
    """Kill so many workers, audit after each and at the end; gives the kills by phase. Raises AssertionError."""
    victim = Torture(url, seed, holdout)

    def after_each() -> None:
        check(victim.ledger)
        sys.stderr.write(f"\r{victim.kills.total()} killed")

    victim.run(kills, after_each)
    check(victim.ledger)
    check_replicas(victim.ledger, victim.replicas)
    victim.ledger.close()
    sys.stderr.write("\n")
    return victim.kills


@contextmanager
def database(name: str) -> Iterator[str]:
    """The URL of an empty one."""
    if name == "postgresql":
        with running() as url:
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        yield f"sqlite:///{folder}/state.db"


def main() -> None:
    """Kill, audit, and print how many died where."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="workers that die")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with database(options.database) as url:
        found = torture(url, options.kills, options.seed)
    told = {"database": options.database, "kills": found.total(), "by_phase": dict(found), "audit": "whole"}
    sys.stdout.write(f"{json.dumps(told)}\n")


if __name__ == "__main__":
    main()
