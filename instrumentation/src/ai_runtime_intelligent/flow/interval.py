"""Interval: a number and how far off it may be, and how such numbers add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot


@dataclass(frozen=True)
class Interval:
    """A number that lies in ``low``..``high``; ``mid`` is the best guess."""

    low: float
    mid: float
    high: float

    def __add__(self, other: Interval) -> Interval:
        """The sum of two numbers, however they depend on each other: the ends add up."""
        return Interval(self.low + other.low, self.mid + other.mid, self.high + other.high)

    def times(self, factor: float) -> Interval:
        """The number that many times."""
        one, two = self.low * factor, self.high * factor
        return Interval(min(one, two), self.mid * factor, max(one, two))

    def shifted(self, by: float) -> Interval:
        """The number and a known one."""
        return Interval(self.low + by, self.mid + by, self.high + by)

    def widened(self, factor: float) -> Interval:
        """The same guess, both ends that many times as far from it."""
        return Interval(self.mid - factor * (self.mid - self.low), self.mid, self.mid + factor * (self.high - self.mid))

    def at_most(self, most: float) -> Interval:
        """The number where it cannot be more than this."""
        return Interval(min(self.low, most), min(self.mid, most), min(self.high, most))


NOTHING = Interval(0.0, 0.0, 0.0)


def together(intervals: Iterable[Interval]) -> Interval:
    """The sum of numbers that may depend on one another."""
    return sum(intervals, NOTHING)


def independent(intervals: Iterable[Interval]) -> Interval:
    """The sum of numbers that were measured apart: their distances to the ends add up by their squares.

    That is the method of variance estimates recovery (Zou and Donner, *Construction of confidence limits about effect
    measures*, Statistics in Medicine 2008), which keeps skewed intervals skewed.
    """
    held = tuple(intervals)
    mid = sum(one.mid for one in held)
    down, up = hypot(*(one.mid - one.low for one in held)), hypot(*(one.high - one.mid for one in held))
    return Interval(mid - down, mid, mid + up)
