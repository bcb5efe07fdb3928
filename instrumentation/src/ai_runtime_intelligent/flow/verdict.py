"""Verdict: what the measurements say of a change, valid at whatever moment they are looked at."""

from __future__ import annotations

from dataclasses import dataclass

from ai_runtime_intelligent.contract.kinds import Outcome

from .arm import Arm, ArmStats, Blocks, Estimate
from .difference import Bounds, difference
from .identity import identify
from .suggestion import Direction, Guardrail

__all__ = ["Arm", "ArmStats", "Blocks", "Effect", "Estimate", "Policy", "Verdict", "assess", "compare"]


@dataclass(frozen=True)
class Policy:
    """By what a change is judged.

    ``alpha`` is the probability, 0..1, of a wrong verdict over all looks and all measures together. Without guardrails
    it is the goal's; with them one half is the goal's and the other is shared by the guardrails (Bonferroni). ``also``
    names measures whose effect is reported, each at ``alpha``, without judging by it.
    """

    goal: str
    direction: Direction
    guardrails: tuple[Guardrail, ...] = ()
    also: tuple[str, ...] = ()
    alpha: float = 0.05
    min_n: int = 0
    """Observations a side below which nothing is confirmed; each kind of arm has its own least number beside it."""
    cleared: bool = False
    """Whether ``confirmed`` also needs each guardrail that allows something to be shown to hold."""

    @property
    def goal_alpha(self) -> float:
        """The goal's part of ``alpha``."""
        return self.alpha / 2 if self.guardrails else self.alpha

    @property
    def rail_alpha(self) -> float:
        """The level of one guardrail's interval. Only one of its ends can give a wrong verdict: half of the level."""
        return self.alpha / max(1, len(self.guardrails))


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
    """What was decided and on which numbers; the first effect is the goal's.

    ``safe_share`` is the largest share of calls, 0..1, that the candidate may have without the whole service's
    guardrails being broken, were each effect at the bad end of its interval.
    """

    id: str
    outcome: Outcome
    reason: str
    effects: tuple[Effect, ...]
    queries: tuple[str, ...]
    safe_share: float = 0.0

    @property
    def goal(self) -> Effect | None:
        """The effect on the goal; None when it could not be measured."""
        return self.effects[0] if self.effects else None


@dataclass(frozen=True)
class _Harm:
    """How far a guardrail was moved the wrong way: somewhere in ``low``..``high``, of which ``allowed`` may be."""

    rail: Guardrail
    low: float
    high: float
    allowed: float

    @property
    def broken(self) -> bool:
        return self.low > self.allowed

    @property
    def cleared(self) -> bool:
        return self.high <= self.allowed or self.allowed <= 0

    @property
    def safe_share(self) -> float:
        """Harm is diluted by the calls that stay on the old value."""
        return 1.0 if self.cleared or self.rail.shown == "never" else self.allowed / self.high


def assess(policy: Policy, control: Arm, candidate: Arm, queries: tuple[str, ...] = ()) -> Verdict:
    """Judge the candidate against the control.

    Outcomes: ``confirmed`` the goal moved as claimed and no guardrail broke; ``refuted`` it moved the other way or a
    guardrail broke; ``inconclusive`` the interval cannot tell; ``error`` the goal could not be measured.
    """
    effects = {name: compare(name, control, candidate, alpha) for name, alpha in _levels(policy).items()}
    harms = [_harm(rail, control, candidate, policy.rail_alpha) for rail in policy.guardrails]
    goal = effects[policy.goal]
    if goal is None:
        reason = f"{policy.goal} could not be measured on both sides"
        return Verdict(identify("verdict", policy, ()), "error", reason, (), queries)
    known = tuple(effect for effect in effects.values() if effect is not None)
    outcome, reason = _judge(policy, goal, _needed(policy, control, candidate), harms)
    required = zip(policy.guardrails, harms, strict=True)
    safe_share = min(
        (harm.safe_share if harm else float(rail.shown == "never") for rail, harm in required), default=1.0
    )
    return Verdict(identify("verdict", policy, known), outcome, reason, known, queries, safe_share)


def _levels(policy: Policy) -> dict[str, float]:
    """The level of each measure's interval, the goal first; a measure that is named twice has its first level."""
    levels = {policy.goal: policy.goal_alpha}
    for rail in policy.guardrails:
        levels.setdefault(rail.measure, policy.rail_alpha)
    for measure in policy.also:
        levels.setdefault(measure, policy.alpha)
    return levels


def compare(measure: str, control: Arm, candidate: Arm, alpha: float) -> Effect | None:
    """The difference of two arms with an interval that holds at all looks together with probability 1 - alpha.

    None when one of them did not measure it. See :func:`~.difference.difference` for the method.
    """
    one, two = control.estimate(measure), candidate.estimate(measure)
    if one is None or two is None:
        return None
    low, high = difference(one, two, alpha)
    return Effect(measure, one.mean, two.mean, low, high, one.n, two.n)


def _harm(rail: Guardrail, control: Arm, candidate: Arm, alpha: float) -> _Harm | None:
    one, two = control.estimate(rail.measure), candidate.estimate(rail.measure)
    if one is None or two is None:
        return None
    sign = 1 if rail.worse == "higher" else -1
    if not rail.relative:
        low, high = _signed(difference(one, two, alpha), sign)
        return _Harm(rail, low, high, rail.max_increase)
    # The control's mean is itself a guess: the interval is of the difference to the moved control.
    allowed = abs(one.mean) * rail.max_increase
    low, high = _signed(difference(one, two, alpha, 1 + sign * rail.max_increase), sign)
    return _Harm(rail, low + allowed, high + allowed, allowed)


def _signed(bounds: Bounds, sign: int) -> Bounds:
    low, high = bounds
    return (low, high) if sign > 0 else (-high, -low)


def _needed(policy: Policy, control: Arm, candidate: Arm) -> int:
    arms = (control.estimate(policy.goal), candidate.estimate(policy.goal))
    return max(policy.min_n, *(estimate.needed for estimate in arms if estimate))


def _judge(policy: Policy, goal: Effect, needed: int, harms: list[_Harm | None]) -> tuple[Outcome, str]:
    for harm in harms:
        if harm is not None and harm.broken:
            moved = "rose" if harm.rail.worse == "higher" else "fell"
            told = f"{harm.rail.measure} {moved} by at least {harm.low:.3g}, {harm.allowed:.3g} is allowed"
            return "refuted", told
    if min(goal.n_before, goal.n_after) < needed:
        return "inconclusive", f"{goal.n_before} and {goal.n_after} observations, {needed} a side are needed"
    outcome, reason = _by_goal(policy.direction, goal)
    open_rails = [
        rail.measure
        for rail, harm in zip(policy.guardrails, harms, strict=True)
        if rail.shown == "kept" and not (harm and harm.cleared)
    ]
    if outcome == "confirmed" and policy.cleared and open_rails:
        return "inconclusive", f"{reason}; it is not shown yet that {', '.join(open_rails)} holds"
    return outcome, reason


def _by_goal(direction: Direction, goal: Effect) -> tuple[Outcome, str]:
    best, worst = (goal.high, goal.low) if direction == "lower" else (-goal.low, -goal.high)
    span = f"{goal.measure} went from {goal.before:.4g} to {goal.after:.4g} ({goal.low:+.3g} to {goal.high:+.3g})"
    if best < 0:
        return "confirmed", span
    if worst > 0:
        return "refuted", f"{span}: the wrong way"
    return "inconclusive", f"{span}: the interval has both signs"
