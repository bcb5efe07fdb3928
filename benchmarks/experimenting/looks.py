"""The totals of both arms as they stand at each look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from ai_runtime_intelligent.flow.arm import ArmStats
from numpy.typing import NDArray

from .calls import P95, P99, Calls, Candidate, Numbers, draw

EVERY: Final = 100
"""Calls of both arms together between two looks."""

Arms = tuple[ArmStats, ArmStats]


def looks(rng: np.random.Generator, shares: Numbers, of: Candidate) -> Iterator[Arms]:
    """Control and candidate after every hundred calls, with a share of the candidate for each call."""
    calls = draw(rng, shares, of)
    totals = _totals(calls)
    control, candidate = _running(totals, ~calls.candidate), _running(totals, calls.candidate)
    for one, two in zip(control, candidate, strict=True):
        yield _stats(one), _stats(two)


def stream(rng: np.random.Generator, share: float, of: Candidate, limit: int) -> Iterator[Arms]:
    """The same with a share that stays, for up to ``limit`` calls, drawn as they are needed."""
    before = ArmStats(), ArmStats()
    last = before
    for _ in range(0, limit, _CHUNK):
        for one, two in looks(rng, np.full(_CHUNK, share), of):
            last = before[0] + one, before[1] + two
            yield last
        before = last


_CHUNK: Final = 5000


def batch(rng: np.random.Generator, share: float, of: Candidate, calls: int) -> Arms:
    """The totals of so many calls."""
    *_, last = looks(rng, np.full(calls, share), of)
    return last


def _totals(calls: Calls) -> Numbers:
    """A column for each field of ``ArmStats``, in its order."""
    ones = np.ones(len(calls.seconds))
    columns = (
        ones,
        calls.failed,
        calls.seconds > P95,
        calls.seconds > P99,
        *(calls.seconds**power for power in (1, 2, 3)),
        *(calls.cost**power for power in (1, 2, 3)),
        ones,
        *(calls.quality**power for power in (1, 2, 3)),
    )
    return np.stack([np.asarray(column, dtype=float) for column in columns], axis=1)


def _running(totals: Numbers, of_arm: NDArray[np.bool_]) -> Numbers:
    mine = totals * of_arm[:, None]
    return np.cumsum(mine.reshape(-1, EVERY, mine.shape[1]).sum(axis=1), axis=0)


_WHOLE: Final = (0, 1, 2, 3, 10)
"""The columns that count."""


def _stats(row: Numbers) -> ArmStats:
    values = row.tolist()
    for column in _WHOLE:
        values[column] = int(values[column])
    return ArmStats(*values)
