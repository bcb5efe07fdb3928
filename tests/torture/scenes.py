"""Scenes: rollouts that end in every way, each step of which is killed again and again until it is done."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from ai_runtime_intelligent.contract.kinds import ArmName
from ai_runtime_intelligent.flow.growth import Growth
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.api.runtime import config_view
from airuntime_backend.engine.apply import Changes
from airuntime_backend.engine.moves import Moves
from airuntime_backend.engine.pace import Pace
from airuntime_backend.engine.people import Asker
from airuntime_backend.engine.verify import Verifier
from experimenting.calls import Candidate
from rolling.house import OLD_VALUE, SERVICE, TUNABLE, Clock, Pricing, Seen, behaviour, manifest, suggestion, unguarded
from rolling.replicas import Behaviour, Replica

from .killing import killed

SCRAPE: Final = 15.0
_MOMENTS: Final = 40
"""About as many as the longest pass has: some children live."""

Listener = Callable[[], None]


@dataclass
class Torture:
    """One database, replicas in simulated time, and workers that die."""

    url: str
    seed: int
    holdout: float = 0.0
    clock: Clock = field(default_factory=Clock)
    kills: Counter[str] = field(default_factory=Counter)
    """By the phase in which the newest rollout stood."""
    applied: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.seen = Seen()
        self.ledger = SqlLedger(self.url)
        self.pace = Pace(Growth((0.1, 0.5), 15.0, 240.0, 100), 60.0, SCRAPE, 45.0, self.holdout)
        self.ledger.put_manifest(manifest(), self.clock.now())
        self.replicas = [
            Replica(f"house-{number}", SERVICE, TUNABLE, OLD_VALUE, np.random.default_rng([self.seed, number]))
            for number in range(2)
        ]
        self.candidate: Behaviour = behaviour(Candidate())

    def run(self, kills: int, after_each: Listener) -> None:
        """Play the scenes over and over until so many workers have died; ``after_each`` death is looked at."""
        self.after_each = after_each
        while True:
            for scene in self.scenes():
                scene()
                if self.kills.total() >= kills:
                    self.step()
                    self.step()
                    return

    def scenes(self) -> tuple[Callable[[], None], ...]:
        """Kept and taken back by a person, harmful, undecided, stuck, out of sight, and undone while it is watched."""
        return self._kept, self._harmful, self._undecided, self._stuck, self._unseen, self._undone

    def _kept(self) -> None:
        self._roll(Candidate(seconds=0.5), "kept")
        self.step()
        self._undo()

    def _harmful(self) -> None:
        self._roll(Candidate(errors=20.0), "rolled_back")

    def _undecided(self) -> None:
        self._roll(Candidate(), "rolled_back", "kept")
        if self.phase == "kept":
            self._undo()

    def _stuck(self) -> None:
        with self._switched("polls"):
            self._roll(Candidate(), "stuck")
            self._undo()

    def _unseen(self) -> None:
        self._roll(Candidate(), "watching")
        with self._switched("alive"):
            self._until("rolled_back")

    def _undone(self) -> None:
        self._roll(Candidate(), "watching")
        self._undo()

    @contextmanager
    def _switched(self, what: str) -> Iterator[None]:
        """Without that for a while."""
        for one in self.replicas:
            setattr(one, what, False)
        yield
        for one in self.replicas:
            setattr(one, what, True)
        self.step()

    def _roll(self, of: Candidate, *phases: str) -> None:
        self.candidate = behaviour(of)
        self.step()
        self.applied += 1
        name = f"{self.seed}_{self.applied}"
        self.ledger.add_suggestion(suggestion(name, self.clock.now(), ()), self.clock.now())
        self._insist(lambda ledger: self._changes(ledger).apply(f"suggestion_{name}", 1, Asker("ada", "local")))
        self._until(*phases)

    def _until(self, *phases: str) -> None:
        for _ in range(200):
            if self.phase in phases:
                return
            self.step()
        raise AssertionError(f"{self.ledger.rollouts()[-1]} never came to {phases}")

    def _undo(self) -> None:
        rollout = self.ledger.rollouts()[-1]
        record = self.ledger.suggestion(rollout.change.suggestion)
        self._insist(
            lambda ledger: self._changes(ledger).rollback(
                record.suggestion.id, record.revision, Asker("ada", "local"), ""
            )
        )

    def step(self) -> None:
        """A scrape interval: calls, polls, scrapes, and a worker that may die."""
        self.clock.at += SCRAPE
        config = config_view(self.ledger.config(SERVICE)).model_dump(mode="json")
        behaviours: dict[ArmName, Behaviour] = {"control": behaviour(Candidate()), "candidate": self.candidate}
        for one in self.replicas:
            if one.alive:
                one.serve(600, self.clock.at, behaviours)
                if one.polls:
                    one.poll(config)
                one.scrape(self.seen.scraped, self.clock.at)
        self.seen.scraped.gone = {one.name for one in self.replicas if not one.alive}
        self._insist(self._verify)

    def _insist(self, job: Callable[[SqlLedger], None]) -> None:
        """Let workers try until one lives or has done it all; each that dies is counted, and what it left looked at."""
        for _ in range(3):
            before = self.ledger.audit()
            phase = self.phase
            if not killed(self.ledger, job, self.chance.randint(1, _MOMENTS)):
                return
            self.kills[phase] += 1
            self.after_each()
            if self.ledger.audit() != before:
                return
        job(self.ledger)

    def _verify(self, ledger: SqlLedger) -> None:
        Verifier(
            metrics=self.seen,
            ledger=ledger,
            pricing=Pricing(),
            clock=self.clock,
            pace=self.pace,
            moves=Moves(ledger),
        ).verify()

    def _changes(self, ledger: SqlLedger) -> Changes:
        return Changes(
            metrics=self.seen,
            ledger=ledger,
            clock=self.clock,
            pace=self.pace,
            moves=Moves(ledger),
            window_seconds=600.0,
            guard=unguarded(self.seen, ledger),
        )

    @property
    def phase(self) -> str:
        """Where the newest rollout stands."""
        rollouts = self.ledger.rollouts()
        return rollouts[-1].phase if rollouts else "open"
