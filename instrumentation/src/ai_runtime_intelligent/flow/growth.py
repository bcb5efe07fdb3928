"""Growth: how a candidate's share of the calls rises, holds or falls by what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import floor
from typing import Final

from .rollout import EventKind
from .verdict import Verdict


@dataclass(frozen=True)
class Growth:
    """By which steps a candidate's share grows.

    ``steps`` are shares of the calls, or of the time blocks, 0..1 in rising order; beyond the last one only ``kept``
    follows. At each share the rollout stays at least ``settle_seconds``, and at most ``deadline_seconds`` without a
    verdict, unless it is known by then that a part of the next step is safe, at least twice the present share: that
    part is a step of its own. ``min_n`` observations of the candidate are needed before its share grows at all.

    Raises ValueError when the steps do not rise within 0..1, or a deadline comes before its step has settled.
    """

    steps: tuple[float, ...] = (0.01, 0.1, 0.5)
    settle_seconds: float = 30.0
    deadline_seconds: float = 3600.0
    min_n: int = 100

    def __post_init__(self) -> None:
        if not self.steps or not all(low < high for low, high in pairwise((0.0, *self.steps, 1.0))):
            raise ValueError(f"steps must rise between 0 and 1, got {self.steps!r}")
        if not 0 <= self.settle_seconds < self.deadline_seconds:
            raise ValueError(
                f"settle_seconds must be from 0 to below deadline_seconds ({self.deadline_seconds:g}), "
                f"got {self.settle_seconds!r}"
            )


@dataclass(frozen=True)
class Step:
    """What follows: the candidate's ``share`` from now on, and the rollout's event; None when nothing happens."""

    share: float
    event: EventKind | None
    why: str


def next_share(policy: Growth, verdict: Verdict, share: float, elapsed: float) -> Step:
    """The share that the verdict allows, ``elapsed`` seconds after the present ``share`` was set.

    Harm takes it to 0 at once. It grows one step at a time, and only as far as the bad end of each guardrail's interval
    would still leave the whole service within what is allowed. A confirmed change is kept from the last step. Without a
    verdict by the deadline it goes back to 0, or grows by a part of the step where so much is safe.
    """
    if verdict.outcome == "refuted":
        return Step(0.0, "refuted", verdict.reason)
    if verdict.outcome == "confirmed" and share >= policy.steps[-1]:
        return Step(1.0, "confirmed", verdict.reason)
    following = next((step for step in policy.steps if step > share), None)
    late = elapsed >= policy.deadline_seconds
    part = _part(policy, verdict, share, following) if late else None
    if part is not None:
        return Step(
            part, "grown", f"no verdict at a share of {share:g}, but {verdict.safe_share:.3g} is safe: a part step"
        )
    if late:
        ended: EventKind = "error" if verdict.outcome == "error" else "inconclusive"
        return Step(
            0.0, ended, f"no verdict within {policy.deadline_seconds:g} s at a share of {share:g}: {verdict.reason}"
        )
    held = _held(policy, verdict, following, elapsed)
    if held is not None or following is None:
        return Step(share, None, held or verdict.reason)
    return Step(following, "grown", f"up to a share of {verdict.safe_share:.3g} no guardrail can be broken")


def _part(policy: Growth, verdict: Verdict, share: float, following: float | None) -> float | None:
    """How far the next step is safe, in thousandths; None when that is less than twice the share, or unmeasured."""
    if following is None or verdict.goal is None or verdict.goal.n_after < policy.min_n:
        return None
    part = min(following, floor(_PARTS * verdict.safe_share) / _PARTS)
    return part if part >= _WORTH * share else None


_PARTS: Final = 1000
_WORTH: Final = 2.0


def _held(policy: Growth, verdict: Verdict, following: float | None, elapsed: float) -> str | None:
    """Why the share does not grow now; None when it may."""
    if verdict.goal is None or following is None:
        return verdict.reason
    if elapsed < policy.settle_seconds:
        return f"{elapsed:.0f} s at this share, {policy.settle_seconds:g} s are needed"
    if verdict.goal.n_after < policy.min_n:
        return f"{verdict.goal.n_after} observations of the candidate, {policy.min_n} are needed"
    if verdict.safe_share < following:
        return f"known to be safe up to a share of {verdict.safe_share:.3g}, the next step is {following:g}"
    return None
