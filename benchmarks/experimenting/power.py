"""Power: how many calls a true change of 20 % takes, beside a test whose end was fixed before it began."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from math import ceil, inf, sqrt
from statistics import NormalDist, median
from typing import Final

from ai_runtime_intelligent.contract.kinds import Outcome
from ai_runtime_intelligent.flow.verdict import Policy, assess

from .calls import Candidate, moments, seeded
from .looks import EVERY, batch, stream

POWER: Final = 0.8
MOST: Final = 2.5
"""Times the calls of the fixed test, in the median."""

_LIMIT: Final = 4
_SHARE: Final = 0.5


@dataclass(frozen=True)
class Case:
    """A true change of one measure, and the verdict that is right on it."""

    what: str
    measure: str
    candidate: Candidate
    right: Outcome


CASES: Final = (
    Case("seconds -20 %", "seconds_mean", Candidate(seconds=0.8), "confirmed"),
    Case("seconds +20 %", "seconds_mean", Candidate(seconds=1.2), "refuted"),
    Case("errors -20 %", "error_ratio", Candidate(errors=0.8), "confirmed"),
    Case("errors +20 %", "error_ratio", Candidate(errors=1.2), "refuted"),
    Case("cost -20 %", "usd_per_call", Candidate(cost=0.8), "confirmed"),
    Case("cost +20 %", "usd_per_call", Candidate(cost=1.2), "refuted"),
    Case("over p95, seconds +20 %", "slow_p95_ratio", Candidate(seconds=1.2), "refuted"),
    Case("over p99, seconds +20 %", "slow_p99_ratio", Candidate(seconds=1.2), "refuted"),
)


@dataclass(frozen=True)
class Sped:
    """How long verdicts took. ``fixed`` is what the fixed test needs, ``reached`` the power that it then really has."""

    what: str
    alpha: float
    runs: int
    fixed: int
    reached: float
    calls: float
    right: int
    wrong: int

    @property
    def ratio(self) -> float:
        """The median calls to a verdict over those of the fixed test."""
        return self.calls / self.fixed

    @property
    def met(self) -> bool:
        """Whether the bar was met."""
        return self.ratio <= MOST


def measure(pool: Executor, case: Case, alpha: float, runs: int, seed: int) -> Sped:
    """Simulate one case."""
    fixed = fixed_calls(case, alpha)
    ended = list(pool.map(partial(_run, case, alpha, fixed, seed), range(runs), chunksize=2))
    outcomes = [outcome for _, outcome in ended]
    wrong = sum(outcome not in (case.right, "inconclusive") for outcome in outcomes)
    middle = median(calls for calls, _ in ended)
    reached = sum(pool.map(partial(_reached, case, alpha, fixed, seed), range(runs), chunksize=2)) / runs
    return Sped(case.what, alpha, runs, fixed, reached, middle, outcomes.count(case.right), wrong)


def _run(case: Case, alpha: float, fixed: int, seed: int, run: int) -> tuple[float, Outcome]:
    """The calls until there was a verdict, and which."""
    rng = seeded(seed, run, case.what)
    policy = Policy(case.measure, "lower", alpha=alpha)
    for control, candidate in stream(rng, _SHARE, case.candidate, _LIMIT * fixed):
        outcome = assess(policy, control, candidate).outcome
        if outcome != "inconclusive":
            return control.calls + candidate.calls, outcome
    return inf, "inconclusive"


def fixed_calls(case: Case, alpha: float) -> int:
    """The calls of both arms, one half each, that Welch's test at ``alpha`` needs for a power of 80 %."""
    normal = NormalDist()
    both = normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(POWER)
    (one, one_variance), (two, two_variance) = (moments(case.measure, of) for of in (Candidate(), case.candidate))
    per_arm = both**2 * (one_variance + two_variance) / (one - two) ** 2
    return ceil(2 * per_arm / EVERY) * EVERY


def _reached(case: Case, alpha: float, fixed: int, seed: int, run: int) -> bool:
    """Whether the fixed test finds the change at its end."""
    one, two = (
        arm.estimate(case.measure) for arm in batch(seeded(seed, run, case.what), _SHARE, case.candidate, fixed)
    )
    if one is None or two is None:
        return False
    error = sqrt(one.variance / one.n + two.variance / two.n)
    return abs(two.mean - one.mean) > NormalDist().inv_cdf(1 - alpha / 2) * error
