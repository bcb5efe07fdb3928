"""Calls of an experiment's arms, and their totals, for tests."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

from ai_runtime_intelligent.flow.arm import ArmStats
from hypothesis import strategies as st

SLOW_P95, SLOW_P99 = 5.0, 10.0


@dataclass(frozen=True)
class Call:
    """One call: its seconds, whether it failed, its USD, its rating 0..1, whether a cache had it, and its attempts.

    ``touched`` says whether the arms' values tell it apart, where the primitive knows that, and ``expected`` what it
    would have cost with the control's.
    """

    seconds: float = 1.0
    failed: bool = False
    cost: float = 0.0
    quality: float = 1.0
    hit: bool = False
    attempts: int = 1
    touched: bool | None = None
    expected: float = 0.0


def totals(calls: Iterable[Call]) -> ArmStats:
    """What the counters of an arm would show."""
    return sum((_one(call) for call in calls), ArmStats())


def _one(call: Call) -> ArmStats:
    seconds, cost, quality = call.seconds, call.cost, call.quality
    touched_cost = cost if call.touched else 0.0
    return ArmStats(
        calls=1,
        errors=int(call.failed),
        slow_p95=int(seconds > SLOW_P95),
        slow_p99=int(seconds > SLOW_P99),
        seconds=seconds,
        squared_seconds=seconds**2,
        cubed_seconds=seconds**3,
        cost_usd=cost,
        squared_cost_usd=cost**2,
        cubed_cost_usd=cost**3,
        rated=1,
        quality=quality,
        squared_quality=quality**2,
        cubed_quality=quality**3,
        asked=1,
        hits=int(call.hit),
        tried=1,
        attempts=call.attempts,
        squared_attempts=call.attempts**2,
        cubed_attempts=call.attempts**3,
        weighed=int(call.touched is not None),
        touched=int(call.touched or False),
        expected_usd=call.expected if call.touched else 0.0,
        touched_cost_usd=touched_cost,
        squared_touched_cost_usd=touched_cost**2,
        cubed_touched_cost_usd=touched_cost**3,
    )


CALLS = st.builds(
    Call,
    st.floats(0.001, 100.0),
    st.booleans(),
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
    st.booleans(),
    st.integers(1, 9),
)
"""Any call."""


def lists(least: int = 2, most: int = 30) -> st.SearchStrategy[list[Call]]:
    """So many calls of one arm."""
    return st.lists(CALLS, min_size=least, max_size=most)


def skewed(chance: random.Random, n: int, factor: float = 1.0, errors: float = 0.01) -> ArmStats:
    """The totals of calls with log-normal seconds (sigma 1) and few errors."""
    seconds = [factor * chance.lognormvariate(0, 1) for _ in range(n)]
    failed = sum(chance.random() < errors for _ in range(n))
    slow = (sum(value > bound for value in seconds) for bound in (SLOW_P95, SLOW_P99))
    return ArmStats(n, failed, *slow, *(sum(value**power for value in seconds) for power in (1, 2, 3)))
