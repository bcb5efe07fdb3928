"""A/A: the candidate is the old value, and every verdict on it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache, partial
from math import sqrt
from typing import Final

import numpy as np
from ai_runtime_intelligent.contract.kinds import ARM_MEASURES
from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.suggestion import Guardrail
from ai_runtime_intelligent.flow.verdict import Policy, assess

from .calls import Candidate, Numbers, seeded
from .looks import looks

CALLS: Final = 20_000
ALPHAS: Final = (0.05, 0.01)

SHARES: Final[dict[str, Numbers]] = {
    "50 %": np.full(CALLS, 0.5),
    "10 %": np.full(CALLS, 0.1),
    "1 %": np.full(CALLS, 0.01),
    "1, 10, 50 %": np.repeat((0.01, 0.1, 0.5), (4000, 6000, 10_000)),
}
"""The candidate's share of each call in turn."""

SAME: Final = Candidate()
SAME_MEAN: Final = Candidate(tail_seconds=16.0)
"""Every hundredth call 16 times slower, the others 15 % faster: no mean moves, but the tail does."""

MEASURES: Final = ARM_MEASURES[:6]
"""Those that any call has."""

TOGETHER: Final = "all six together"


def rare(wrong: int, runs: int, alpha: float) -> bool:
    """Whether so many runs are no more than alpha allows; few of them tell it to three standard deviations only."""
    return wrong <= alpha * runs + (0.0 if runs >= ENOUGH else 3 * sqrt(alpha * runs))


ENOUGH: Final = 1000
"""Runs, beyond which no chance is granted."""


@dataclass(frozen=True)
class Wrong:
    """How often nothing was taken for something."""

    measure: str
    shares: str
    alpha: float
    runs: int
    wrong: int

    @property
    def met(self) -> bool:
        """Whether that is no oftener than alpha."""
        return rare(self.wrong, self.runs, self.alpha)


def measure(pool: Executor, shares: str, runs: int, seed: int) -> Iterator[Wrong]:
    """A line for each measure and alpha."""
    yield from _count(pool, shares, runs=runs, seed=seed, names=(*MEASURES, TOGETHER), of=SAME)


def measure_tail(pool: Executor, shares: str, runs: int, seed: int) -> Iterator[Wrong]:
    """The lines of the mean seconds when only their tail differs."""
    yield from _count(pool, shares, runs=runs, seed=seed, names=("seconds_mean",), of=SAME_MEAN)


def _count(
    pool: Executor, shares: str, *, runs: int, seed: int, names: tuple[str, ...], of: Candidate
) -> Iterator[Wrong]:
    found = list(pool.map(partial(_run, shares, seed, names, of), range(runs), chunksize=5))
    for name in names:
        for alpha in ALPHAS:
            yield Wrong(name, shares, alpha, runs, sum((name, alpha) in wrong for wrong in found))


def _run(shares: str, seed: int, names: tuple[str, ...], of: Candidate, run: int) -> set[tuple[str, float]]:
    """The measures and levels that had a verdict at any of the looks."""
    wrong: set[tuple[str, float]] = set()
    for control, candidate in looks(seeded(seed, run, shares), SHARES[shares], of):
        for name in names:
            wrong |= {(name, alpha) for alpha in _decided(name, control, candidate)}
    return wrong


def _decided(name: str, control: ArmStats, candidate: ArmStats) -> Iterator[float]:
    """The levels at which there is a verdict. A smaller level has a wider interval: it decides nothing before."""
    for alpha in ALPHAS:
        if assess(_policy(name, alpha), control, candidate).outcome not in ("confirmed", "refuted"):
            return
        yield alpha


@cache
def _policy(name: str, alpha: float) -> Policy:
    if name != TOGETHER:
        return Policy(name, "lower", alpha=alpha)
    goal, *others = MEASURES
    rails = (Guardrail(other, 0.0, worse="lower" if other == "quality_mean" else "higher") for other in others)
    return Policy(goal, "lower", tuple(rails), alpha=alpha)
