"""Keys: calls of one key are alike, and few keys have most of the calls: what deals keys must not count calls."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from ai_runtime_intelligent.flow.arm import ArmStats, Paired
from ai_runtime_intelligent.flow.verdict import Arm, Policy, assess
from ai_runtime_intelligent.runtime.arms import Experiment

from .calls import Numbers, seeded
from .nulls import rare

KEYS: Final = 300
"""Popular by Zipf's law: the first one has a sixth of the calls."""

BLOCK_CALLS: Final = 500
BLOCKS: Final = 40
CALLS: Final = BLOCK_CALLS * BLOCKS
ALPHA: Final = 0.05

ONCE: Final = "keys dealt once, judged by call"
ANEW: Final = "keys dealt anew in each block, judged by call"
BY_BLOCK: Final = "keys dealt anew in each block, judged by block"

WAYS: Final = (ONCE, ANEW, BY_BLOCK)

_POLICY: Final = Policy("seconds_mean", "lower", alpha=ALPHA)


@dataclass(frozen=True)
class Keyed:
    """How often nothing was taken for something, and how often 20 % less was found, in one way of judging."""

    what: str
    runs: int
    wrong: int
    found: int

    @property
    def met(self) -> bool:
        """Whether wrong verdicts are no oftener than alpha; only of judging by block it is promised."""
        return self.what != BY_BLOCK or rare(self.wrong, self.runs, ALPHA)


def measure(pool: Executor, what: str, runs: int, seed: int) -> Keyed:
    """Simulate one way of judging."""
    wrong, found = (sum(pool.map(partial(_run, what, factor, seed), range(runs), chunksize=5)) for factor in (1.0, 0.8))
    return Keyed(what, runs, wrong, found)


def _run(what: str, factor: float, seed: int, run: int) -> bool:
    """Whether there was a verdict at the end of any block: a wrong one without a change, else the right one."""
    wanted = ("confirmed", "refuted") if factor == 1 else ("confirmed",)
    return any(assess(_POLICY, *arms).outcome in wanted for arms in _arms(what, factor, seed, run))


def _arms(what: str, factor: float, seed: int, run: int) -> Iterator[tuple[Arm, Arm]]:
    rng = seeded(seed, run, f"{what} {factor}")
    experiment = Experiment("t", f"rollout_{seed}_{run}", 1.0, 0.5, block_seconds=None if what == ONCE else 1.0)
    popularity = 1 / np.arange(1, KEYS + 1)
    popularity /= popularity.sum()
    slowness = rng.lognormal(0.0, 0.7, KEYS)
    blocks: tuple[list[ArmStats], list[ArmStats]] = ([], [])
    for block in range(BLOCKS):
        keys = rng.choice(KEYS, size=BLOCK_CALLS, p=popularity)
        dealt = np.array([experiment.arm(key, float(block)) == "candidate" for key in range(KEYS)])[keys]
        seconds = slowness[keys] * rng.lognormal(0.0, 0.5, BLOCK_CALLS) * np.where(dealt, factor, 1.0)
        blocks[0].append(_stats(seconds[~dealt]))
        blocks[1].append(_stats(seconds[dealt]))
        if what == BY_BLOCK:
            yield Paired.of(*blocks)
        else:
            yield sum(blocks[0], ArmStats()), sum(blocks[1], ArmStats())


def _stats(seconds: Numbers) -> ArmStats:
    return ArmStats(
        calls=len(seconds),
        seconds=float(seconds.sum()),
        squared_seconds=float((seconds**2).sum()),
        cubed_seconds=float((seconds**3).sum()),
    )
