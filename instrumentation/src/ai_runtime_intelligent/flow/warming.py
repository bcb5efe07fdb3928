"""Warming: a hit ratio that is still on its way up is no state, however low it is.

A cache that was deployed or cleared fills at the pace of its traffic, which may take longer than any window. It is told
by its climb: from the window before to this one, or within this one from its first half to its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import asin, sqrt
from typing import Final

from .diagnosis import Clear, Diagnosis, Finding
from .patient import Pasts
from .signal import Signal, Subject

MEASURE: Final = "cache_hit_ratio"
_NAME: Final = "hit_regression"
_WITHIN: Final = 2.0
"""Standard deviations of chance by which the end of a window must lie above its first half."""
_SINCE: Final = 3.0
"""The same for a window and the one before it."""


@dataclass(frozen=True)
class Share:
    """A share of so many requests."""

    value: float
    n: int


def shares(signals: Iterable[Signal]) -> Mapping[Subject, Share]:
    """The hit ratios among these signals."""
    measured = (one for one in signals if one.measure == MEASURE and one.value is not None)
    return {one.subject: Share(one.value or 0.0, one.n) for one in measured}


def climb(one: Share, two: Share) -> float:
    """By how many standard deviations of chance the second share lies above the first."""
    if not one.n or not two.n:
        return 0.0
    return 2 * (_angle(two) - _angle(one)) / sqrt(1 / one.n + 1 / two.n)


def without_warming(diagnosis: Diagnosis, first: Iterable[Signal], last: Iterable[Signal], pasts: Pasts) -> Diagnosis:
    """Let go of low hit ratios that climb; ``first`` and ``last`` are the signals of two parts of the window."""
    begun, ended = shares(first), shares(last)
    warm = dict(_warming(diagnosis.findings, begun, ended, pasts))
    findings = tuple(one for one in diagnosis.findings if one.id not in warm)
    return replace(diagnosis, findings=findings, clear=(*diagnosis.clear, *warm.values()))


def _warming(
    findings: Iterable[Finding], begun: Mapping[Subject, Share], ended: Mapping[Subject, Share], pasts: Pasts
) -> Iterator[tuple[str, Clear]]:
    for one in findings:
        now = shares(one.signals).get(one.subject) if one.name == _NAME else None
        if now is None:
            continue
        before = pasts.of(one.subject, MEASURE).recent[-1:]
        since = climb(Share(before[0], now.n), now) if before else 0.0
        start, end = begun.get(one.subject), ended.get(one.subject)
        within = climb(start, end) if start and end else 0.0
        if since > _SINCE or within > _WITHIN:
            yield (
                one.id,
                Clear(one.subject, one.name, f"{one.summary}; but it climbs: it is not yet warm", measured=False),
            )


def _angle(share: Share) -> float:
    return asin(sqrt(min(1.0, max(0.0, share.value))))
