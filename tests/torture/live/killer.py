"""The killer: whom it kills, when, and which clock it sets how wrong, all drawn from a seed."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from torture.report import Kills

from .house import BACKENDS, PROMETHEUS, REPLICAS, House

_SOON, _LATER = 2.0, 9.0
_WRONG: Final = (0.5, 7200.0)
"""Seconds by which a clock is set back or forth, drawn evenly by their logarithm."""
_LONGEST: Final = 12.0
_EVERY_JUMP: Final = 8.0

VICTIMS: Final = {
    **{(name, "backend"): 2 for name in BACKENDS},
    **{(name, "worker"): 2 for name in BACKENDS},
    **{(name, "main"): 1 for name in BACKENDS},
    **{(name, "replica"): 3 for name in REPLICAS},
    (PROMETHEUS, "prometheus"): 4,
}
"""What is killed, by part and way, and how often: a whole backend, its worker process, its first process alone."""


@dataclass
class Killer:
    """Kills about every ``seconds``; ``where`` tells the phases in which rollouts stand just then."""

    house: House
    chance: random.Random
    seconds: float
    where: Callable[[], list[str]]
    kills: Kills = field(default_factory=Counter)
    """By who died and the phases in which rollouts stood; one that died beside two rollouts is there twice."""
    dead: int = 0
    clocks_set: int = 0

    def __post_init__(self) -> None:
        self._next = time.monotonic() + 8.0
        self._jump = time.monotonic() + _EVERY_JUMP
        self._right: dict[str, float] = {}

    def act(self, *, rest: bool) -> None:
        """Do what is due; while it rests nobody is killed, and clocks are set right only."""
        now = time.monotonic()
        if now >= self._next and not rest:
            self._next = now + self.chance.expovariate(1 / self.seconds)
            self._kill()
        if now >= self._jump and not rest:
            self._jump = now + self.chance.expovariate(1 / _EVERY_JUMP)
            self._set_wrong(now)
        for name in [name for name, until in self._right.items() if now >= until]:
            del self._right[name]
            self.house.skews[name].seconds = 0.0

    def _kill(self) -> None:
        ((name, way),) = self.chance.choices(list(VICTIMS), list(VICTIMS.values()))
        again = self.chance.uniform(0.0, _LATER if self.chance.random() < 0.2 else _SOON)
        part = self.house.parts[name]
        if not part.alive:
            return
        if way == "worker":
            if not part.kill_child():
                return
        elif way == "main":
            part.kill_main(again)
        else:
            part.kill(again)
        self.dead += 1
        for phase in self.where():
            self.kills[way, phase] += 1

    def _set_wrong(self, now: float) -> None:
        name = self.chance.choice((*BACKENDS, *BACKENDS, *REPLICAS))
        low, high = _WRONG
        wrong = low * (high / low) ** self.chance.random() * self.chance.choice((-1, 1))
        self.house.skews[name].seconds = wrong
        self._right[name] = now + self.chance.uniform(1.0, _LONGEST)
        self.clocks_set += 1
