"""Disorder: what else goes wrong around the workers. Replicas die, Prometheus dies, and clocks are set wrong."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Final

from rolling.house import Clock, Seen
from rolling.replicas import Replica

from .report import Kills

_REPLICA, _PROMETHEUS, _CLOCK = 0.03, 0.02, 0.03
"""Chance in each scrape interval that one dies, or is set."""
_STEPS: Final = 4
"""For how many scrape intervals at most."""
_WRONG: Final = (0.5, 86_400.0)
"""Seconds by which a clock is set back or forth, drawn evenly by their logarithm."""


@dataclass
class WrongClock:
    """A worker's clock: the wall clock is ``wrong`` seconds ahead of the true one, the monotonic clock is right."""

    true: Clock
    wrong: float = 0.0

    def now(self) -> float:
        """Unix seconds."""
        return self.true.now() + self.wrong

    def steady(self) -> float:
        """Seconds that no setting touches."""
        return self.true.steady()


@dataclass
class Disorder:
    """Draws what goes wrong in each step; ``kills`` and ``clocks_set`` are how often what did."""

    chance: random.Random
    clock: WrongClock
    replicas: list[Replica]
    seen: Seen
    kills: Kills
    clocks_set: int = 0
    _until: dict[str, int] = field(default_factory=dict)
    _step: int = 0

    def step(self, phase: str) -> None:
        """One scrape interval, in which the newest rollout stands in that phase."""
        self._step += 1
        for name in [name for name, until in self._until.items() if self._step >= until]:
            del self._until[name]
            self._mend(name)
        for one in self.replicas:
            if one.alive and self._drawn(_REPLICA, one.name):
                one.restart()
                one.alive = False
                self.kills["replica", phase] += 1
        if self._drawn(_PROMETHEUS, "prometheus"):
            self.seen.scraped.down = True
            self.kills["prometheus", phase] += 1
        if self._drawn(_CLOCK, "clock"):
            low, high = _WRONG
            self.clock.wrong = low * (high / low) ** self.chance.random() * self.chance.choice((-1, 1))
            self.clocks_set += 1

    def end(self) -> None:
        """All is well again."""
        for name in list(self._until):
            del self._until[name]
            self._mend(name)

    def _drawn(self, chance: float, name: str) -> bool:
        """Whether that goes wrong now, for some steps; not while it does already."""
        if self.chance.random() >= chance or name in self._until:
            return False
        self._until[name] = self._step + self.chance.randint(1, _STEPS)
        return True

    def _mend(self, name: str) -> None:
        if name == "prometheus":
            self.seen.scraped.down = False
        elif name == "clock":
            self.clock.wrong = 0.0
        for one in self.replicas:
            if one.name == name:
                one.alive = True
