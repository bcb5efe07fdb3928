"""Settling: every dollar once, among changes that touch the same calls at the same time.

Changes are counted in the order in which they were applied: the first with all that it saved before another one touched
its calls, the next with what it saved on top, and so on. That telescopes: the sum is the bill without any of them less
the bill with all of them, whatever they do to one another. Arms that run on behind a later change measure something
else, what would be lost if only this change were taken back, and those amounts do not add up: of two caches that each
would do alone, both would earn nothing; of two halves of one repair, both everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .booking import Amounts
from .graph import Graph
from .interval import Interval
from .signal import Subject


@dataclass(frozen=True)
class Claim:
    """What one change says that it saved in a window.

    ``now`` is by its arms, with every other change in place, or by its own estimate. ``before`` is by what it saved
    until a later change touched its calls; None when there is no such change.
    """

    now: Amounts
    before: Amounts | None = None


def settle(claims: Sequence[Claim], metered_usd: float | None) -> tuple[Amounts, ...]:
    """What counts of each claim, given in the order of application.

    Claims that no later change touches count whole: they are differences that were metered side by side. What the
    others were worth before counts as long as the sum stays within ``metered_usd``, by which the bill is smaller than
    it was before all of these changes, the earliest first. Where that is unknown, and for seconds and errors, the
    smaller of both claims counts: that never says too much of changes that add up, multiply or stand in for another.
    """
    usd = _settled([claim.now.usd for claim in claims], [_before(claim, "usd") for claim in claims], metered_usd)
    return tuple(
        Amounts(one, _least(claim, "seconds"), _least(claim, "errors")) for claim, one in zip(claims, usd, strict=True)
    )


def _before(claim: Claim, name: str) -> Interval | None:
    return None if claim.before is None else getattr(claim.before, name)


def _settled(now: list[Interval | None], before: list[Interval | None], metered: float | None) -> list[Interval | None]:
    if metered is None:
        return [_smaller(one, two) for one, two in zip(now, before, strict=True)]
    rest = metered - sum(one.mid for one, two in zip(now, before, strict=True) if one is not None and two is None)
    settled: list[Interval | None] = []
    for one, two in zip(now, before, strict=True):
        counted = one if two is None else two.at_most(max(0.0, rest))
        if two is not None and counted is not None:
            rest -= max(0.0, counted.mid)
        settled.append(counted)
    return settled


def _least(claim: Claim, name: str) -> Interval | None:
    return _smaller(getattr(claim.now, name), _before(claim, name))


def _smaller(now: Interval | None, before: Interval | None) -> Interval | None:
    if now is None or before is None:
        return now if before is None else before
    return min(now, before, key=lambda one: one.mid)


def overlap(graph: Graph, one: Subject, two: Subject) -> bool:
    """Whether changes of these primitives touch the same calls: it is one primitive, or one calls the other."""
    return one == two or two in reached(graph, one) or one in reached(graph, two)


def reached(graph: Graph, start: Subject) -> set[Subject]:
    """All that a primitive calls, directly and through others; itself only where it calls itself."""
    seen: set[Subject] = set()
    waiting = [start]
    while waiting:
        new = [callee for callee in graph.get(waiting.pop(), ()) if callee not in seen]
        seen.update(new)
        waiting += new
    return seen
