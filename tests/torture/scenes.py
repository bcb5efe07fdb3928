"""Scenes: rollouts that end in every way, each step of which is killed again and again until it is done.

They are played in turn with a tunable that is dealt call by call, by time blocks, and by key; one worker, or two at
once, look at them, while replicas and Prometheus die and clocks are set wrong around them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from ai_runtime_intelligent.contract.kinds import ArmName, TunableScope
from ai_runtime_intelligent.flow.growth import Growth
from airuntime_backend.adapters.ledger import SqlLedger
from airuntime_backend.api.runtime import config_view
from airuntime_backend.engine.apply import Changes
from airuntime_backend.engine.moves import Moves
from airuntime_backend.engine.pace import Pace
from airuntime_backend.engine.people import Asker
from airuntime_backend.engine.verify import Verifier
from airuntime_backend.errors import ConflictError
from airuntime_backend.manifest import Manifest
from experimenting.calls import Candidate
from rolling.house import OLD_VALUE, SERVICE, TUNABLE, Clock, Pricing, Seen, behaviour, manifest, suggestion, unguarded
from rolling.replicas import Behaviour, Replica

from .disorder import Disorder, WrongClock
from .killing import Job, killed
from .report import Kills

SCRAPE: Final = 15.0
_MOMENTS: Final = 40
"""About as many as the longest pass has: some children live."""

_MORTAL, _MORTAL_WHEN_LONG = 0.6, 0.15
"""Share of the passes that workers make who may die; less where one rollout takes a hundred passes."""
_AGAIN: Final = 0.02
"""Chance in each step that the worker which has lasted for long is another one."""
_TWO: Final = 0.3
"""Share of the passes that two workers make at once."""
_SCOPES: Final[tuple[TunableScope, ...]] = ("call", "process", "key")
_PACES: Final = {
    "call": (Growth((0.1, 0.5), 15.0, 240.0, 100), 60.0),
    "process": (Growth((0.1, 0.5), 15.0, 600.0, 100), 30.0),
    "key": (Growth((0.1, 0.5), 15.0, 600.0, 100), 30.0),
}
"""How fast it is rolled out, and the length of a time block in seconds, by the tunable's scope."""
_ENDS: Final = ("kept", "rolled_back")

Listener = Callable[[], None]


def declared(scope: TunableScope) -> Manifest:
    """The manifest of the house with its tunable of that scope."""
    told = manifest()
    return told.model_copy(update={"tunables": tuple(one.model_copy(update={"scope": scope}) for one in told.tunables)})


@dataclass
class Torture:
    """One database, replicas in simulated time, and workers that die."""

    url: str
    seed: int
    holdout: float = 0.0
    clock: Clock = field(default_factory=Clock)
    kills: Kills = field(default_factory=Counter)
    """By who died and the phase in which the newest rollout stood."""
    ends: Counter[str] = field(default_factory=Counter)
    """How many rollouts came to which end, by scope."""
    applied: int = 0
    resting: bool = False

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.seen = Seen()
        self.ledger = SqlLedger(self.url)
        self.replicas = [
            Replica(f"house-{number}", SERVICE, TUNABLE, OLD_VALUE, np.random.default_rng([self.seed, number]))
            for number in range(2)
        ]
        self.candidate: Behaviour = behaviour(Candidate())
        self.wrong = WrongClock(self.clock)
        self.disorder = Disorder(self.chance, self.wrong, self.replicas, self.seen, self.kills)
        self._declare("call")

    def _declare(self, scope: TunableScope) -> None:
        growth, block = _PACES[scope]
        self.scope = scope
        self.pace = Pace(growth, block, SCRAPE, 45.0, self.holdout)
        self.lasting = self._verifier(self.ledger)
        self.ledger.put_manifest(declared(scope), self.clock.now())

    def run(self, kills: int, after_each: Listener) -> None:
        """Play the scenes over and over until so many workers have died; ``after_each`` death is looked at."""
        self.after_each = after_each
        for scope, scene in self._program():
            if scope != self.scope:
                self._declare(scope)
            scene()
            if self.dead >= kills:
                break
        self.resting = True
        self.disorder.end()
        self.step()
        self.step()

    def _program(self) -> Iterator[tuple[TunableScope, Callable[[], None]]]:
        """All scenes in every scope, in a drawn order, again and again."""
        while True:
            scenes = [(scope, scene) for scope in _SCOPES for scene in self.scenes()]
            self.chance.shuffle(scenes)
            yield from scenes

    def scenes(self) -> tuple[Callable[[], None], ...]:
        """Kept and taken back by a person, harmful, undecided, stuck, out of sight, and undone while it is watched."""
        return self._kept, self._harmful, self._undecided, self._stuck, self._unseen, self._undone

    def _kept(self) -> None:
        self._roll(Candidate(seconds=0.5), *_ENDS)
        self.step()
        self._undo()

    def _harmful(self) -> None:
        self._roll(Candidate(errors=20.0), "rolled_back")
        self._undo()

    def _undecided(self) -> None:
        self._roll(Candidate(), *_ENDS)
        self._undo()

    def _stuck(self) -> None:
        with self._switched("polls"):
            self._roll(Candidate(), "stuck")
            self._undo()

    def _unseen(self) -> None:
        self._roll(Candidate(), "watching", *_ENDS)
        with self._switched("alive"):
            self._until(*_ENDS)
        self._undo()

    def _undone(self) -> None:
        self._roll(Candidate(), "watching", *_ENDS)
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
        ada = Asker("ada", "local")
        self._insist("backend", _asked(lambda ledger: self._changes(ledger).apply(f"suggestion_{name}", 1, ada)))
        self._until(*phases)

    def _until(self, *phases: str) -> None:
        for _ in range(200):
            if self.phase in phases:
                return
            self.step()
        raise AssertionError(f"{self.ledger.rollouts()[-1]} never came to {phases}")

    def _undo(self) -> None:
        """Take it back, where it has not gone back by itself."""
        last = self.ledger.audit(self.ledger.rollouts()[-1].change.suggestion)[-1]
        self.ends[f"{self.scope}: {last.action}"] += 1
        if self.phase == "rolled_back":
            return
        rollout = self.ledger.rollouts()[-1]
        record = self.ledger.suggestion(rollout.change.suggestion)
        of, ada = record.suggestion.id, Asker("ada", "local")
        self._insist("backend", _asked(lambda ledger: self._changes(ledger).rollback(of, record.revision, ada, "")))

    def step(self) -> None:
        """A scrape interval: calls, polls, scrapes, and workers that may die."""
        self.clock.at += SCRAPE
        if not self.resting:
            self.disorder.step(self.phase)
        config = config_view(self.ledger.config(SERVICE)).model_dump(mode="json")
        behaviours: dict[ArmName, Behaviour] = {"control": behaviour(Candidate()), "candidate": self.candidate}
        for one in self.replicas:
            if one.alive:
                one.serve(600, self.clock.at, behaviours)
                if one.polls:
                    one.poll(config)
                if not self.seen.scraped.down:
                    one.scrape(self.seen.scraped, self.clock.at)
        self.seen.scraped.gone = {one.name for one in self.replicas if not one.alive}
        self._look()

    def _insist(self, who: str, job: Job) -> None:
        """Let workers try until one lives or has done it all; each that dies is counted, and what it left looked at."""
        for _ in range(3):
            before = self.ledger.audit()
            phase = self.phase
            workers = 2 if self.chance.random() < _TWO else 1
            dead = killed(self.ledger, job, [self.chance.randint(1, _MOMENTS) for _ in range(workers)])
            self.kills[who, phase] += dead
            self.after_each()
            if dead < workers:
                return
            if self.ledger.audit() != before:
                return
        job(self.ledger)

    def _look(self) -> None:
        """One pass over the rollouts: by workers that may die, or by one that has lasted for long."""
        if self.chance.random() < _AGAIN:
            self.lasting = self._verifier(self.ledger)
        long = self.phase == "watching" and self.scope != "call"
        if self.chance.random() < (_MORTAL_WHEN_LONG if long else _MORTAL):
            self._insist("worker", lambda ledger: self._verifier(ledger).verify())
        else:
            self.lasting.verify()

    def _verifier(self, ledger: SqlLedger) -> Verifier:
        return Verifier(
            metrics=self.seen,
            ledger=ledger,
            pricing=Pricing(),
            clock=self.wrong,
            pace=self.pace,
            moves=Moves(ledger),
        )

    def _changes(self, ledger: SqlLedger) -> Changes:
        return Changes(
            metrics=self.seen,
            ledger=ledger,
            clock=self.wrong,
            pace=self.pace,
            moves=Moves(ledger),
            window_seconds=600.0,
            guard=unguarded(self.seen, ledger),
        )

    @property
    def dead(self) -> int:
        """How many workers and backends were killed."""
        return sum(count for (who, _), count in self.kills.items() if who in ("worker", "backend"))

    @property
    def phase(self) -> str:
        """Where the newest rollout stands."""
        rollouts = self.ledger.rollouts()
        return rollouts[-1].phase if rollouts else "open"


def _asked(job: Job) -> Job:
    """What a person asks for; of two who ask at once one is told that it is done."""

    def ask(ledger: SqlLedger) -> None:
        with suppress(ConflictError):
            job(ledger)

    return ask
