"""Tail: how surprising a number is after the ones of the same kind that came before it."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from math import log, log10
from statistics import fmean

IMPOSSIBLE = 99.0
"""Surprise of what lies beyond anything the past allows."""


class Tail:
    """The latest numbers, and the probability that the next is as large.

    Peaks over threshold: the largest :attr:`SHARE` of the past are fitted with a generalised Pareto distribution by
    the method of moments (Siffer et al., *Anomaly Detection in Streams with Extreme Value Theory*, 2017; Hosking and
    Wallis, 1987), so heavy tails are told from light ones without a threshold for the series.
    """

    SIZE = 4000
    """Numbers remembered."""
    SHARE = 0.05
    """Share of them that the tail is fitted to."""
    MIN_TAIL = 8
    """Fewest numbers that a tail is fitted to."""
    MIN_SEEN = 40
    """Numbers before which nothing surprises."""
    REFIT = 50
    """Numbers between two fits."""
    SHAPES = (-0.2, 0.5)
    """Shapes allowed: few numbers give wild ones."""

    def __init__(self) -> None:
        self._recent = array("d")
        self._oldest = 0
        self._sorted = array("d")
        self._until_fit = self.MIN_SEEN
        self._start = float("inf")
        self._scale = self._shape = 0.0
        self._log_share = 0.0

    def surprise(self, number: float) -> float:
        """Minus the decimal logarithm of the probability of a number this large; 0 for the usual ones."""
        beyond = number - self._start
        if beyond <= 0:
            return 0.0
        if not self._scale:
            return IMPOSSIBLE
        beyond /= self._scale
        stretched = 1 + self._shape * beyond
        if stretched <= 0:
            return IMPOSSIBLE
        exponent = log(stretched) / self._shape if self._shape else beyond
        return min(IMPOSSIBLE, exponent / log(10) - self._log_share)

    @property
    def largest(self) -> float:
        """The largest number remembered."""
        return self._sorted[-1] if self._sorted else float("inf")

    def add(self, number: float) -> None:
        """Remember a number and forget the oldest."""
        insort(self._sorted, number)
        if len(self._recent) < self.SIZE:
            self._recent.append(number)
        else:
            del self._sorted[bisect_left(self._sorted, self._recent[self._oldest])]
            self._recent[self._oldest] = number
            self._oldest = (self._oldest + 1) % self.SIZE
        self._until_fit -= 1
        if self._until_fit <= 0:
            self._until_fit = self.REFIT
            self._fit()

    def _fit(self) -> None:
        seen = len(self._sorted)
        size = max(self.MIN_TAIL, int(self.SHARE * seen))
        self._start = self._sorted[seen - size - 1]
        self._log_share = log10(size / seen)
        excesses = [number - self._start for number in self._sorted[seen - size :]]
        mean = fmean(excesses)
        spread = sum((excess - mean) ** 2 for excess in excesses) / (size - 1)
        shape = 0.5 * (1 - mean * mean / spread) if spread > 0 else self.SHAPES[0]
        low, high = self.SHAPES
        self._shape = min(high, max(low, shape))
        self._scale = mean * (1 - self._shape)

    def gap(self, number: float, neighbours: int) -> float:
        """How far a number lies from the nearest that were seen, so many of them on one side; 0 with few seen."""
        seen = len(self._sorted)
        if seen < self.MIN_SEEN:
            return 0.0
        at = bisect_left(self._sorted, number)
        below, above = at - neighbours, at + neighbours - 1
        return min(
            number - self._sorted[below] if below >= 0 else float("inf"),
            self._sorted[above] - number if above < seen else float("inf"),
        )
