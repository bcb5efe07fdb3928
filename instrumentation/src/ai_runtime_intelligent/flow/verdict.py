"""Verdict: what the measurements say of a change, valid at whatever moment they are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, log, sqrt
from statistics import fmean, variance
from typing import Protocol

from ai_runtime_intelligent.contract.kinds import Outcome

from .identity import identify
from .suggestion import Direction, Guardrail


@dataclass(frozen=True)
class Estimate:
    """A mean with the variance of one observation and the number of observations behind it."""

    n: int
    mean: float
    variance: float


class Arm(Protocol):
    """One side of a comparison."""

    def estimate(self, measure: str) -> Estimate | None:
        """The estimate of a measure; None when it was not measured."""


@dataclass(frozen=True)
class Blocks:
    """An arm measured in blocks of time: one value a block and measure.

    Block values of a busy service are close to independent and normal even where single calls are not: the method
    of batch means (Law and Kelton, *Simulation Modeling and Analysis*, section 9.5.3).
    """

    values: Mapping[str, tuple[float, ...]]

    def estimate(self, measure: str) -> Estimate | None:
        """The estimate over the blocks that were measured; at least two are needed."""
        seen = [value for value in self.values.get(measure, ()) if isfinite(value)]
        return Estimate(len(seen), fmean(seen), variance(seen)) if len(seen) > 1 else None


@dataclass(frozen=True)
class ArmStats:
    """Totals of one arm whose calls ran beside the other arm's; totals of several processes add up.

    ``seconds`` and ``squared_seconds`` are sums over calls of s and s squared, ``cost`` is in USD, ``quality`` a sum
    of scores 0..1.
    """

    calls: int = 0
    errors: int = 0
    seconds: float = 0.0
    squared_seconds: float = 0.0
    cost: float = 0.0
    quality: float = 0.0

    def __add__(self, other: ArmStats) -> ArmStats:
        return ArmStats(
            self.calls + other.calls,
            self.errors + other.errors,
            self.seconds + other.seconds,
            self.squared_seconds + other.squared_seconds,
            self.cost + other.cost,
            self.quality + other.quality,
        )

    def estimate(self, measure: str) -> Estimate | None:
        """The estimate of ``seconds_mean`` or ``error_ratio`` over the calls; at least two are needed."""
        if self.calls < 2:  # noqa: PLR2004 - a variance needs two
            return None
        if measure == "seconds_mean":
            mean = self.seconds / self.calls
            spread = max(0.0, self.squared_seconds - self.calls * mean * mean) / (self.calls - 1)
            return Estimate(self.calls, mean, spread)
        if measure == "error_ratio":
            share = self.errors / self.calls
            return Estimate(self.calls, share, share * (1 - share))
        return None


@dataclass(frozen=True)
class Policy:
    """By what a change is judged.

    ``alpha`` is the probability, 0..1, of a wrong verdict over all looks together; ``also`` names measures whose
    effect is reported without judging by it.
    """

    goal: str
    direction: Direction
    guardrails: tuple[Guardrail, ...] = ()
    also: tuple[str, ...] = ()
    alpha: float = 0.05
    min_n: int = 6
    """Fewer say too little of a skewed measure: with 4, more than 5 % of idle changes got a verdict."""


@dataclass(frozen=True)
class Effect:
    """How one measure differs: candidate minus control lies in ``low``..``high``."""

    measure: str
    before: float
    after: float
    low: float
    high: float
    n_before: int
    n_after: int

    @property
    def difference(self) -> float:
        """Candidate minus control, in the unit of the measure."""
        return self.after - self.before


@dataclass(frozen=True)
class Verdict:
    """What was decided and on which numbers; the first effect is the goal's."""

    id: str
    outcome: Outcome
    reason: str
    effects: tuple[Effect, ...]
    queries: tuple[str, ...]

    @property
    def goal(self) -> Effect | None:
        """The effect on the goal; None when it could not be measured."""
        return self.effects[0] if self.effects else None


def assess(policy: Policy, control: Arm, candidate: Arm, queries: tuple[str, ...] = ()) -> Verdict:
    """Judge the candidate against the control.

    Outcomes: ``confirmed`` the goal moved as claimed and no guardrail broke; ``refuted`` it moved the other way or a
    guardrail broke; ``inconclusive`` the interval cannot tell; ``error`` the goal could not be measured.
    """
    wanted = (policy.goal, *(rail.measure for rail in policy.guardrails), *policy.also)
    effects = {measure: compare(measure, control, candidate, policy.alpha) for measure in dict.fromkeys(wanted)}
    known = tuple(effect for effect in effects.values() if effect is not None)
    outcome, reason = _judge(policy, effects)
    if effects[policy.goal] is None:
        known = ()
    return Verdict(identify("verdict", policy, known), outcome, reason, known, queries)


def compare(measure: str, control: Arm, candidate: Arm, alpha: float) -> Effect | None:
    """The difference of two means with an interval that holds at all looks together with probability 1 - alpha.

    Asymptotic confidence sequence with Robbins' normal mixture boundary (Waudby-Smith, Arbour, Sinha, Kennedy,
    Ramdas, *Time-uniform central limit theory and asymptotic confidence sequences*, Annals of Statistics 2024,
    theorem 2.2), applied to the difference of two independent means. Where few observations estimate the variance,
    the boundary is widened to the Student quantile of the same tail, with Welch and Satterthwaite's degrees of freedom.
    """
    one, two = control.estimate(measure), candidate.estimate(measure)
    if one is None or two is None:
        return None
    half = _half_width(one, two, alpha)
    difference = two.mean - one.mean
    return Effect(measure, one.mean, two.mean, difference - half, difference + half, one.n, two.n)


_RHO_SQUARED = 0.5  # narrowest near 10 to 30 observations, where blocks are compared


def _half_width(one: Estimate, two: Estimate, alpha: float) -> float:
    parts = (one.variance / one.n, two.variance / two.n)
    if sum(parts) == 0:
        return 0.0
    scaled = (one.n + two.n) * _RHO_SQUARED
    boundary = sqrt(2 * (scaled + 1) / scaled * log(sqrt(scaled + 1) / alpha))
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (one.n - 1) + parts[1] ** 2 / (two.n - 1))
    return _student(boundary, freedom) * sqrt(sum(parts))


def _student(z: float, freedom: float) -> float:
    """The Student quantile whose tail is the normal's at z (Abramowitz and Stegun, 26.7.5, to the second order)."""
    first = (z**3 + z) / (4 * freedom)
    return z + first + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def _judge(policy: Policy, effects: Mapping[str, Effect | None]) -> tuple[Outcome, str]:
    goal = effects[policy.goal]
    if goal is None:
        return "error", f"{policy.goal} could not be measured on both sides"
    for rail in policy.guardrails:
        effect = effects[rail.measure]
        if effect is not None and effect.low > rail.max_increase:
            return "refuted", f"{rail.measure} rose by at least {effect.low:.3g}, {rail.max_increase:g} is allowed"
    if min(goal.n_before, goal.n_after) < policy.min_n:
        return "inconclusive", f"{goal.n_before} and {goal.n_after} observations, {policy.min_n} a side are needed"
    return _by_goal(policy.direction, goal)


def _by_goal(direction: Direction, goal: Effect) -> tuple[Outcome, str]:
    best, worst = (goal.high, goal.low) if direction == "lower" else (-goal.low, -goal.high)
    span = f"{goal.measure} went from {goal.before:.4g} to {goal.after:.4g} ({goal.low:+.3g} to {goal.high:+.3g})"
    if best < 0:
        return "confirmed", span
    if worst > 0:
        return "refuted", f"{span}: the wrong way"
    return "inconclusive", f"{span}: the interval has both signs"
