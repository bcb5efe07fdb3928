"""A lane: the rollouts of one tunable, one after the other, each of which ends in its own way."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Final

import requests
from ai_runtime_intelligent.flow.rollout import RUNNING, Rollout
from airuntime_backend.adapters.ledger import SqlLedger

from .audit import check_counts
from .house import BACKENDS, PROMETHEUS, REPLICAS, House
from .shop import GOOD, HARMFUL, NULL, Knob, suggestion

_PATIENCE: Final = 240.0
"""Seconds after which a rollout that is not where it should be is lost: many times what it takes undisturbed."""
_OVERDUE: Final = 60.0
"""Seconds after which the killer lets a lane take its breath: on a busy machine a start may take a quarter of them."""
_ENDS: Final = ("kept", "rolled_back")

Play = Iterator[None]


@dataclass
class Lane:
    """Plays scene after scene; each is a generator that yields whenever others may do something."""

    knob: Knob
    house: House
    ledger: SqlLedger
    chance: random.Random
    pool: Executor
    ends: Counter[str] = field(default_factory=Counter)
    """How many rollouts of which kind ended how."""
    only: tuple[str, ...] = ()
    """Names of the scenes that are played, if not all are."""
    offered: int = 0
    waits_since: float = field(default_factory=time.monotonic)
    """Since when it waits for something, monotonic seconds."""
    resting: bool = False
    """Whether no further scene is wanted."""

    def play(self) -> Play:
        """All scenes in a drawn order, again and again."""
        while not self.resting:
            scenes = [scene for name, scene in self._scenes() if name in self.only or not self.only]
            self.chance.shuffle(scenes)
            for scene in scenes:
                if self.resting:
                    return
                yield from scene()

    def _scenes(self) -> Iterator[tuple[str, Callable[[], Play]]]:
        yield "good", self._good
        yield "better", self._good
        yield "harmful", self._harmful
        yield "null", self._null
        yield "undone", self._undone
        yield "stuck", self._stuck
        yield "unseen", self._unseen

    def _good(self) -> Play:
        yield from self._roll(GOOD)
        yield from self._until(*_ENDS)
        if self._newest().phase == "kept":
            yield from self._pause(self.chance.uniform(2.0, 8.0))
            yield from self._undo()

    def _harmful(self) -> Play:
        yield from self._roll(HARMFUL)
        yield from self._until("rolled_back")

    def _null(self) -> Play:
        yield from self._roll(NULL)
        yield from self._until(*_ENDS)
        if self._newest().phase == "kept":
            yield from self._undo()

    def _undone(self) -> Play:
        yield from self._roll(self.chance.choice((GOOD, NULL)))
        yield from self._pause(self.chance.uniform(0.0, 8.0))
        yield from self._undo()

    def _stuck(self) -> Play:
        """No replica is there, until the rollout says so; then they come back, and it goes on."""
        yield from self._roll(GOOD)  # nobody can apply what no replica calls
        yield from self._without(REPLICAS, self._until("stuck", "watching", *_ENDS))
        yield from self._until("watching", *_ENDS)
        yield from self._undo()

    def _unseen(self) -> Play:
        """Prometheus is away for as long as it takes until the change goes back."""
        yield from self._roll(NULL)
        yield from self._until("watching", *_ENDS)
        yield from self._without((PROMETHEUS,), self._until("rolled_back", "kept"))

    def _without(self, names: tuple[str, ...], scene: Play) -> Play:
        for name in names:
            self.house.parts[name].kill(None)
        for _ in scene:
            for name in names:
                self.house.parts[name].due = None  # whoever killed it meanwhile did not mean to bring it back
            yield
        for name in names:
            self.house.parts[name].due = time.monotonic()

    def _roll(self, value: float) -> Play:
        """Offer a suggestion and apply it, however often that takes; every change is applied once."""
        self._before = self.house.calls(self.knob)
        while True:
            self.offered += 1
            name = f"{self.knob.primitive}_{self.offered}"
            self.ledger.add_suggestion(suggestion(self.knob, name, value, time.time()), time.time())
            self._current = f"suggestion_{name}"
            yield from self._asked("apply", lambda: self._status() in ("open", "queued"))
            if self._status() != "expired":
                return

    def _undo(self) -> Play:
        yield from self._asked("rollback", lambda: self._newest().phase != "rolled_back")
        yield from self._until("rolled_back")

    def _asked(self, verb: str, wanted: Callable[[], bool]) -> Play:
        """Ask one backend or the other until it is done; one that dies on the way may have done it, or not."""
        for _ in self._waiting(f"asked to {verb}"):
            if not wanted():
                return
            asked = self.pool.submit(self._ask, verb, self.chance.choice(BACKENDS))
            yield from self._answered(asked)
            yield from self._pause(0.3)

    def _ask(self, verb: str, backend: str) -> None:
        url = f"{self.house.url(backend)}/suggestions/{self._current}/{verb}"
        revision = self.ledger.suggestion(self._current).revision
        try:
            requests.post(url, json={"revision": revision}, timeout=10)
        except requests.RequestException:
            return

    def _answered(self, asked: Future[None]) -> Play:
        while not asked.done():
            yield
        asked.result()

    def _until(self, *phases: str) -> Play:
        for _ in self._waiting(f"to be {' or '.join(phases)}"):
            rollout = self._newest()
            if rollout.phase in phases:
                self._note(rollout)
                return
            yield

    def _note(self, rollout: Rollout) -> None:
        if rollout.phase not in _ENDS:
            return
        kind = {GOOD: "good", NULL: "null", HARMFUL: "harmful"}[rollout.change.after]
        assert (kind, rollout.phase) != ("harmful", "kept"), rollout
        by = self.ledger.audit(self._current)[-1].action
        self.ends[f"{self.knob.scope}: {kind}, {by}"] += 1
        check_counts(self.ledger, rollout, self.house.calls(self.knob), self._before)

    def _pause(self, seconds: float) -> Play:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            yield

    @property
    def overdue(self) -> bool:
        """Whether it has waited for long."""
        return time.monotonic() - self.waits_since > _OVERDUE

    def _waiting(self, what: str) -> Iterator[None]:
        self.waits_since = time.monotonic()
        end = self.waits_since + _PATIENCE
        while time.monotonic() < end:
            yield
        raise AssertionError(f"for {_PATIENCE:.0f} s {self._current} was {what}, but is {self._newest()}")

    def _status(self) -> str:
        return self.ledger.suggestion(self._current).status

    def _newest(self) -> Rollout:
        """The rollout of the present suggestion."""
        for rollout in self.ledger.rollouts():
            if rollout.change.suggestion == self._current:
                return rollout
        raise AssertionError(f"{self._current} is {self._status()}, and has no rollout")

    @property
    def phase(self) -> str:
        """Where its running rollout stands."""
        mine = [one for one in self.ledger.rollouts() if one.change.forward.tunable == self.knob.tunable]
        running = [one.phase for one in mine if one.phase in RUNNING]
        return running[0] if running else mine[-1].phase if mine else "open"
