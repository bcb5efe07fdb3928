"""Baseline: what a number usually is, from windows that have passed, and how far one is away from that.

Median and interquartile range, so that a few bad windows in the past neither move nor widen what is normal. Windows
at the same time of day on other days say what is usual now; where there are too few of them, the latest windows do,
and must then be left behind by far more, since the day may simply have begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, inf, pi, sqrt
from statistics import median, quantiles
from typing import Final

MIN_DAYS: Final = 3
"""Windows at the same time of day from which they say what is usual."""
MIN_RECENT: Final = 6
"""Latest windows from which they say what is usual where no days are known."""
SKIP: Final = 2
"""The latest windows, which may already be those of the trouble."""
_IQR_OF_NORMAL: Final = 1.349
_DIFFERENCE_OF_NORMAL: Final = 0.954
"""Median distance of two normal numbers, in their standard deviations."""
_OF_MEDIAN: Final = pi / 2
"""Variance of a median of normal numbers, as a multiple of their mean's."""
_UNSEASONED: Final = 2.0
"""How much further a number must be away when the time of day is not known."""
_FLOOR: Final = 0.05
"""Smallest spread, as a share of the median."""


@dataclass(frozen=True)
class Past:
    """The same number in windows that have passed: at this time on other days, and lately, oldest first.

    ``near`` are the windows beside those of the other days: what comes every day does not come to the minute.
    """

    days: tuple[float, ...] = ()
    recent: tuple[float, ...] = ()
    near: tuple[float, ...] = ()

    def held(self, value: float, *, down: bool = False) -> bool:
        """Whether the past was as bad as this at some time of any day."""
        seen = (*self.days, *self.near, *self.recent)
        if len(seen) < MIN_DAYS:
            return False
        return min(seen) <= value if down else value <= max(seen)

    def before(self, value: float) -> Past:
        """The past without the latest windows that belong to what is judged: trouble is not its own excuse.

        These are at least :data:`SKIP`, and as many before them as lie nearer to ``value`` than to what was usual until
        then; one alone among them that does not is chance, two in a row are the time before.
        """
        left = self.recent[: max(0, len(self.recent) - SKIP)]
        usual = self._usual()
        if usual is not None:
            while any(abs(one - value) < abs(one - usual) for one in left[-2:]):
                left = left[:-1]
        return Past(self.days, left, self.near)

    def _usual(self) -> float | None:
        """What was usual before any trouble that is still going on: on other days, or in the earlier recent windows."""
        earlier = self.recent[: len(self.recent) // 2]
        seen = self.days if len(self.days) >= MIN_DAYS else earlier
        return median(seen) if seen else None


@dataclass(frozen=True)
class Baseline:
    """What is usual: the middle, one spread (what a standard deviation is to a normal distribution), how many windows.

    ``reach`` is by how much more than usual a number must be away to count.
    """

    middle: float
    spread: float
    windows: int
    reach: float

    def spreads(self, value: float) -> float:
        """How far ``value`` is above the middle."""
        if not self.spread:
            return 0.0 if value == self.middle else float("inf") * (1 if value > self.middle else -1)
        return (value - self.middle) / (self.spread * self.reach)

    def sigmas(self, value: float, n: int, *, ratio: bool) -> float:
        """How far ``value``, measured on ``n`` observations, is above the middle in standard deviations of chance.

        The middle has an error of its own, the larger the fewer windows it is made of. Shares are compared by angles
        whose spread is the same for all (Anscombe, 1948), means as those of numbers about as wide as they are large.
        """
        doubt = sqrt(1 + _OF_MEDIAN / self.windows)
        if ratio:
            return 2 * sqrt(n + 0.5) * (_angle(value, n) - _angle(self.middle, n)) / doubt
        noise = abs(self.middle) * doubt / sqrt(max(1, n))
        if not noise:
            return inf if value > self.middle else 0.0
        return (value - self.middle) / noise


def baseline(past: Past) -> Baseline | None:
    """What is usual now; None when too little of the past is known."""
    if len(past.days) >= MIN_DAYS:
        return _made(past.days, 1.0, _jitter(past.recent))
    return _made(past.recent, _UNSEASONED) if len(past.recent) >= MIN_RECENT else None


def _angle(share: float, n: int) -> float:
    return asin(sqrt((n * min(1.0, max(0.0, share)) + 0.375) / (n + 0.75)))


def _jitter(recent: Sequence[float]) -> float:
    """By how much two windows in a row usually differ, as a standard deviation: few days cannot tell what is noise."""
    if len(recent) < MIN_RECENT:
        return 0.0
    return median(abs(two - one) for one, two in pairwise(recent)) / _DIFFERENCE_OF_NORMAL


def _made(values: Sequence[float], reach: float, least: float = 0.0) -> Baseline:
    middle = median(values)
    low, _, high = quantiles(values, n=4, method="inclusive")
    few = 1 + 2 / len(values)
    spread = max(few * (high - low) / _IQR_OF_NORMAL, _FLOOR * abs(middle), least)
    return Baseline(middle, spread, len(values), reach)
