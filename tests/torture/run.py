"""The whole torture of one database: kills without number, and an audit after each.

First workers and backends die between any two statements, in simulated time, with replicas, Prometheus and clocks that
fail around them. Then parts of a real house die: two backends, their workers, three replicas, Prometheus.

``PYTHONPATH=tests:benchmarks python -m torture.run --database postgresql --seed 8``
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from support.postgres import running

from .audit import check, check_replicas
from .live.run import torture_house
from .report import Report, Say
from .scenes import Torture

_EVERY: Final = 10.0
"""Seconds between two lines of progress where there is no terminal."""


def torture(url: str, kills: int, seed: int, holdout: float = 0.0, say: Say = lambda _: None) -> Report:
    """Kill so many workers and backends, audit after each pass and at the end. Raises AssertionError."""
    began, victim, audits = time.monotonic(), Torture(url, seed, holdout), 0

    def after_each() -> None:
        nonlocal audits
        check(victim.ledger)
        audits += 1
        say(f"in simulated time: {victim.dead} killed, {audits} audits")

    victim.run(kills, after_each)
    check(victim.ledger)
    check_replicas(victim.ledger, victim.replicas)
    numbers = {
        "clocks set": victim.disorder.clocks_set,
        "rollouts": len(victim.ledger.rollouts()),
        "entries in the audit trail": len(victim.ledger.audit()),
        "audits": audits + 1,
        "seconds": round(time.monotonic() - began),
    }
    victim.ledger.close()
    return Report("simulated time", victim.dead, victim.kills, victim.ends, numbers)


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
    """Kill, audit, and print how many died where; ends with 1 when an audit finds something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=7, help="of everything that is drawn (7)")
    parser.add_argument("--kills", type=int, default=200, help="workers and backends that die in simulated time (200)")
    parser.add_argument("--real", type=int, default=100, help="parts of a real house that die; 0 for none (100)")
    parser.add_argument("--holdout", type=float, default=0.02, help="share held out of kept changes, 0..0.5 (0.02)")
    parser.add_argument("--json", action="store_true", help="print one line of JSON instead of tables")
    options = parser.parse_args()
    logging.basicConfig(level=logging.CRITICAL)
    reports = list(_reports(options))
    sys.stderr.write("\n")
    if options.json:
        parts = {one.of.replace(" ", "_"): one.to_json() for one in reports}
        told = {"database": options.database, "seed": options.seed, **parts, "audit": "whole"}
        sys.stdout.write(f"{json.dumps(told)}\n")
        return
    sys.stdout.write(f"{options.database}, seed {options.seed}: the audit found everything whole\n")
    sys.stdout.writelines(f"{line}\n" for report in reports for line in report.lines())


def _reports(options: argparse.Namespace) -> Iterator[Report]:
    say = _Progress()
    with database(options.database) as url:
        yield torture(url, options.kills, options.seed, options.holdout, say)
    if options.real:
        with database(options.database) as url:
            yield torture_house(url, options.real, options.seed, say)


class _Progress:
    """Lines that overwrite one another on a terminal; elsewhere one now and then."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, text: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{text:<100}")
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
