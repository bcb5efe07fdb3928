"""Baseline: what a number usually is, from windows that have passed, and how far one is away from that.

Median and interquartile range, so that a few bad windows in the past neither move nor widen what is normal. Windows
at the same time of day on other days say what is usual now; where there are too few of them, the latest windows do,
and must then be left behind by far more, since the day may simply have begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

MIN_DAYS: Final = 3
"""Windows at the same time of day from which they say what is usual."""
MIN_RECENT: Final = 6
"""Latest windows from which they say what is usual where no days are known."""
_IQR_OF_NORMAL: Final = 1.349
_UNSEASONED: Final = 2.0
"""How much further a number must be away when the time of day is not known."""
_FLOOR: Final = 0.05
"""Smallest spread, as a share of the median."""


@dataclass(frozen=True)
class Past:
    """The same number in windows that have passed: at this time on other days, and lately, oldest first."""

    days: tuple[float, ...] = ()
    recent: tuple[float, ...] = ()

    def held(self, value: float, skip: int, *, down: bool = False) -> bool:
        """Whether the past was as bad as this at some time of any day, the ``skip`` latest windows aside."""
        seen = (*self.days, *self.recent[: len(self.recent) - skip])
        if len(seen) < MIN_DAYS:
            return False
        return min(seen) <= value if down else value <= max(seen)


@dataclass(frozen=True)
class Baseline:
    """What is usual: the middle, one spread (what a standard deviation is to a normal distribution), how many windows.

    ``reach`` is by how much more than usual a number must be away to count.
    """

    middle: float
    spread: float
    windows: int
    reach: float

    def spreads(self, value: float, noise: float = 0.0) -> float:
        """How far ``value`` is above the middle; ``noise`` is its own sampling error (one standard deviation)."""
        spread = max(self.spread, noise)
        if not spread:
            return 0.0 if value == self.middle else float("inf") * (1 if value > self.middle else -1)
        return (value - self.middle) / (spread * self.reach)


def baseline(past: Past, skip: int = 0) -> Baseline | None:
    """What is usual now; None when too little of the past is known.

    ``skip`` leaves out so many of the latest windows: they may belong to what is judged.
    """
    recent = past.recent[: len(past.recent) - skip] if skip else past.recent
    if len(past.days) >= MIN_DAYS:
        return _made(past.days, 1.0)
    return _made(recent, _UNSEASONED) if len(recent) >= MIN_RECENT else None


def _made(values: Sequence[float], reach: float) -> Baseline:
    middle = median(values)
    low, _, high = quantiles(values, n=4, method="inclusive")
    few = 1 + 2 / len(values)
    spread = max(few * (high - low) / _IQR_OF_NORMAL, _FLOOR * abs(middle))
    return Baseline(middle, spread, len(values), reach)
