"""Hindsight: what would have been foretold, at each moment of a series that has passed, from what was known before.

Each prediction is the line through the points that were there ``AHEAD`` steps earlier. Its band is as wide as nine of
ten of the predictions that had come true or false by then were wrong; so nothing of it knows what came later, and one
can see how far predictions of this very series are to be believed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from .forecast import BAND, Point, line

AHEAD: Final = 4
"""Steps between the moment that is foretold and the last one that was known."""
SEEN: Final = 24
"""Points through which a line is drawn, at most."""
LEAST: Final = 6
"""Points below which no line is drawn, and errors below which there is no band."""


@dataclass(frozen=True)
class Foretold:
    """What was foretold for a moment, Unix seconds; no band where too few predictions had come to their day by then."""

    at: float
    middle: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Hindsight:
    """The predictions of a series, oldest first, the last ones of moments that have not come.

    ``error`` is the median of the ``trials`` errors so far, None where nothing has been held against what came.
    """

    foretold: tuple[Foretold, ...]
    error: float | None
    trials: int


def look_back(points: Sequence[Point], step: float, bounds: tuple[float, float]) -> Hindsight:
    """Foretell each point of a series of that step (seconds), oldest first, and ``AHEAD`` steps beyond its last one.

    ``bounds`` are the least and the greatest value that there can be.
    """
    if not points:
        return Hindsight((), None, 0)
    times = [at for at, _ in points]
    future = [times[-1] + step * ahead for ahead in range(1, AHEAD + 1)]
    came = dict(points)
    found: list[Foretold] = []
    errors: list[tuple[float, float]] = []
    for at in (*times, *future):
        known = points[: bisect_right(times, at - AHEAD * step + step / 2)][-SEEN:]
        if len(known) < LEAST:
            continue
        middle = _within(line(known)(at), bounds)
        found.append(_banded(at, middle, [error for when, error in errors if when <= known[-1][0]], bounds))
        if at in came:
            errors.append((at, abs(came[at] - middle)))
    held = [error for _, error in errors]
    return Hindsight(tuple(found), median(held) if held else None, len(held))


def _banded(at: float, middle: float, errors: list[float], bounds: tuple[float, float]) -> Foretold:
    if len(errors) < LEAST:
        return Foretold(at, middle, None, None)
    band = sorted(errors)[min(len(errors) - 1, int(BAND * len(errors)))]
    return Foretold(at, middle, _within(middle - band, bounds), _within(middle + band, bounds))


def _within(value: float, bounds: tuple[float, float]) -> float:
    return max(bounds[0], min(bounds[1], value))
