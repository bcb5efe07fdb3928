"""Shift: how far one metric has moved away from its own past, in units of its usual spread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, inf, isfinite
from statistics import median

MIN_BEFORE = 5
"""Values before, below which normal is unknown."""
LASTING = 0.3
"""Share of the values after that must have moved: a lone outlier is no shift, half an incident is one."""
TAIL = ((0.95, 1.645), (0.99, 4.0))
"""Quantiles of the past, and the spreads at which they may lie. Tails of real latencies are longer than a normal
distribution's, so four spreads must leave the range in which 99 % of the past lay, and need not double it."""
RELATIVE_FLOOR = 0.02
"""Smallest spread as a share of the median: a change of a few percent is nobody's alarm."""

Values = Sequence[float | None]


@dataclass(frozen=True)
class Shift:
    """The values after, as distances from the median before, in the direction that was asked for.

    ``moved`` has None where a value is missing, so that the windows of several nodes stay aligned.
    """

    moved: tuple[float | None, ...]
    spread: float

    def excess(self, quiet: Iterable[int] = ()) -> float:
        """How far a lasting part of the window has moved, in the unit of the metric.

        ``quiet`` are positions at which the alarm was not there: what had moved at those has another reason, and is
        taken off (a difference in differences).
        """
        seen = sorted(finite(self.moved), reverse=True)
        lasting = seen[min(len(seen), max(2, ceil(LASTING * len(self.moved)))) - 1]
        calm = finite(self.moved[at] for at in quiet if at < len(self.moved))
        return lasting - max(0.0, median(calm)) if calm else lasting

    def severity(self, quiet: Iterable[int] = ()) -> float:
        """The excess in spreads; infinite where the past never moved at all."""
        excess = self.excess(quiet)
        return excess / self.spread if self.spread else (inf if excess > 0 else 0.0)

    def quiet(self) -> tuple[int, ...]:
        """Positions of the window that have next to nothing of this shift; none if there is no shift."""
        excess = self.excess()
        if excess <= self.spread / 2:
            return ()
        return tuple(at for at, distance in enumerate(self.moved) if distance is not None and distance < excess / 4)


def shift(before: Values, after: Values, floor: float = 0.0, *, down: bool = False) -> Shift | None:
    """Measure how ``after`` lies above ``before``, or below it; None when too few values are finite.

    The spread is the larger of the scaled quantiles of :data:`TAIL` on that side of the median, so a skewed, seasonal
    or spiky past counts as a wide one and outliers hardly do; quantiles of the two windows are what
    *epsilon-Diagnosis* (Shan et al., 2019) compares. ``floor`` is the smallest spread, in the unit of the metric.
    """
    past = finite(before)
    if len(past) < MIN_BEFORE or not finite(after):
        return None
    sign, middle = (-1 if down else 1), median(past)
    away = sorted(sign * (value - middle) for value in past)
    tails = (away[min(len(away) - 1, int(share * len(away)))] / spreads for share, spreads in TAIL)
    usual = max(tails)
    few = 1 + MIN_BEFORE / len(away)
    moved = tuple(None if value is None or not isfinite(value) else sign * (value - middle) for value in after)
    return Shift(moved, max(few * usual, floor, RELATIVE_FLOOR * abs(middle)))


def finite(values: Iterable[float | None]) -> list[float]:
    """The values that are numbers."""
    return [value for value in values if value is not None and isfinite(value)]
