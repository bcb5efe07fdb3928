"""A run: two lanes of rollouts, a killer between them, and audits until enough have died and all is well again."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from airuntime_backend.adapters.ledger import SqlLedger

from torture.audit import check
from torture.report import Report, Say

from .audit import check_books, check_fleet, check_values, settled
from .house import House
from .killer import Killer
from .lane import Lane
from .shop import KNOBS

_TICK: Final = 0.1
_AUDIT_EVERY: Final = 2.0
_BOOKED: Final = 12.0
"""Seconds until all that ran is booked."""
_SECONDS: Final = 2.0
"""About how often something is killed."""
_RECOVERY: Final = 90.0
"""Seconds that it may take until all is well after the last kill."""


@dataclass
class Live:
    """A run on one database."""

    house: House
    ledger: SqlLedger
    killer: Killer
    lanes: list[Lane]
    audits: int = 0

    def run(self, kills: int, say: Say) -> None:
        """Until so many were killed; then let the scenes end, everything recover, and audit. Raises AssertionError."""
        plays = [lane.play() for lane in self.lanes]
        audit = time.monotonic()
        while plays:
            self.house.keep()
            if self.killer.dead < kills:
                self.killer.act(rest=any(lane.overdue for lane in self.lanes))
            else:
                self._rest()
            plays = [play for play in plays if next(play, self) is not self]
            if time.monotonic() >= audit:
                audit = time.monotonic() + _AUDIT_EVERY
                self.audit()
                say(f"{self.killer.dead} killed, {self.audits} audits, {' '.join(self.phases())}")
            time.sleep(_TICK)
        self._recovered()
        self.audit()

    def phases(self) -> list[str]:
        """Where the rollouts of the lanes stand."""
        return [lane.phase for lane in self.lanes]

    def audit(self) -> None:
        """Look whether all is whole."""
        settled(self.ledger, check)
        check_values(self.house)
        self.audits += 1

    def _rest(self) -> None:
        if not self.lanes[0].resting:
            self.house.recover()
        for lane in self.lanes:
            lane.resting = True

    def _recovered(self) -> None:
        """Wait until every part runs and every replica obeys; the last reason why not is told."""
        end = time.monotonic() + _RECOVERY
        while True:
            self.house.keep()
            try:
                assert all(self.house.answers(name) for name in self.house.parts)
                check_fleet(self.ledger, self.house)
            except (AssertionError, OSError):
                if time.monotonic() >= end:
                    raise
                time.sleep(0.5)
            else:
                return


@dataclass(frozen=True)
class _Terms:
    """How many to kill, about every how many seconds, who is told of it, and which scenes are played."""

    kills: int
    seconds: float
    say: Say
    scenes: tuple[str, ...]


def torture_house(url: str, kills: int, seed: int, say: Say, scenes: tuple[str, ...] = ()) -> Report:
    """Kill so many parts of a real house, in all scenes or in those that are named; gives what came of it.

    Raises AssertionError when an audit finds something; then the folder with the logs stays, and is named in it.
    """
    folder, ledger = Path(tempfile.mkdtemp(prefix="torture-")), SqlLedger(url)
    try:
        found = _tortured(House(folder, url), ledger, random.Random(seed), _Terms(kills, _SECONDS, say, scenes))
    except AssertionError as error:
        error.add_note(f"the logs are in {folder}; at the end of those of the backends is where they were just then")
        raise
    finally:
        ledger.close()
    shutil.rmtree(folder)
    return found


def _tortured(house: House, ledger: SqlLedger, chance: random.Random, terms: _Terms) -> Report:
    began = time.monotonic()
    with ThreadPoolExecutor(len(KNOBS)) as pool, house:
        lanes = [Lane(knob, house, ledger, random.Random(chance.random()), pool, only=terms.scenes) for knob in KNOBS]
        killer = Killer(house, chance, terms.seconds, lambda: [lane.phase for lane in lanes])
        live = Live(house, ledger, killer, lanes)
        try:
            live.run(terms.kills, terms.say)
        except AssertionError:
            house.tell()
            raise
        time.sleep(0.0 if terms.scenes else _BOOKED)
        return _report(live, check_books(ledger), time.monotonic() - began)


def _report(live: Live, booked: int, seconds: float) -> Report:
    ends = sum((lane.ends for lane in live.lanes), Counter[str]())
    numbers = {
        "clocks set": live.killer.clocks_set,
        "ended by themselves": sum(part.ended for part in live.house.parts.values()),
        "rollouts": len(live.ledger.rollouts()),
        "entries in the audit trail": len(live.ledger.audit()),
        "bookings": booked,
        "audits": live.audits,
        "seconds": round(seconds),
    }
    return Report("a real house", live.killer.dead, live.killer.kills, ends, numbers)
