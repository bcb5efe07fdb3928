"""Forecast: where a number is going, with a band as wide as its forecasts have been wrong before.

The line is Theil and Sen's (Sen, 1968): the median of the slopes between all pairs of points, which a few outliers do
not turn. Where the same time on other days is known, and has predicted better, the day's course is followed instead.
Each way of forecasting is tried on the past first (a rolling origin): the errors that it would have made are shown
beside it, and are the band.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite
from statistics import median
from typing import Final

from .signal import Subject

MIN_POINTS: Final = 12
"""Points below which nothing is foretold."""
BAND: Final = 0.9
"""Share of past errors that the band would have held."""
_TRIALS: Final = 8

Point = tuple[float, float]
"""Unix seconds and value."""


@dataclass(frozen=True)
class Forecast:
    """One number ahead of ``since``: at ``at`` it should be within ``low``..``high``, most likely ``middle``.

    Both times are Unix seconds.

    ``error`` is the median of the errors that such forecasts of this very series made, in its unit. ``breach_seconds``
    is when it will break ``limit`` if it goes on so; None when it is not on the way there, or nothing surer than its
    past errors says so.
    """

    subject: Subject
    measure: str
    unit: str
    now: float
    since: float
    at: float
    low: float
    middle: float
    high: float
    error: float
    trials: int
    limit: float | None = None
    breach_seconds: float | None = None
    query: str = ""

    @property
    def told(self) -> str:
        """The breach in words; empty when there is none."""
        if self.breach_seconds is None or self.limit is None:
            return ""
        hours = self.breach_seconds / 3600
        when = f"{hours:.1f} hours" if hours >= 1 else f"{hours * 60:.0f} minutes"
        return f"{self.measure} is {self.now:.3g} and breaches its limit of {self.limit:g} in about {when}"


@dataclass(frozen=True)
class Line:
    """A straight line through time."""

    at: float
    value: float
    slope: float

    def __call__(self, at: float) -> float:
        """Its value then."""
        return self.value + self.slope * (at - self.at)


def line(points: Sequence[Point]) -> Line:
    """Theil and Sen's line through at least two points of different times, anchored at the last one's time."""
    slopes = [(two[1] - one[1]) / (two[0] - one[0]) for one, two in combinations(points, 2) if two[0] > one[0]]
    slope, last = median(slopes), points[-1][0]
    return Line(last, median(value - slope * (at - last) for at, value in points), slope)


def foresee(
    points: Sequence[Point], horizon: float, day: Sequence[Point] = (), *, bounds: tuple[float, float]
) -> tuple[float, float, float, float, int, Line] | None:
    """Foresee a series ``horizon`` seconds beyond its last point.

    ``day`` is the same series one day earlier, as far ahead as is asked for. Returns low, middle, high, the median
    past error, how many forecasts it was taken from, and the line; None with too few points.
    """
    if len(points) < MIN_POINTS:
        return None
    ways: list[Callable[[Sequence[Point], float], float | None]] = [lambda seen, at: line(seen)(at)]
    if day:
        ways.append(lambda seen, at: _as_yesterday(seen, at, day))
    tried = [(errors, way) for way in ways if (errors := _errors(way, points, horizon))]
    if not tried:
        return None
    errors, way = min(tried, key=lambda one: median(one[0]))
    middle = way(points, points[-1][0] + horizon)
    if middle is None or not isfinite(middle):
        return None
    band = sorted(errors)[min(len(errors) - 1, int(BAND * len(errors)))]
    low, high = bounds
    ahead = (max(low, min(high, value)) for value in (middle - band, middle, middle + band))
    return (*ahead, median(errors), len(errors), line(points))  # type: ignore[return-value]  # three of three


def _as_yesterday(seen: Sequence[Point], at: float, day: Sequence[Point]) -> float | None:
    """As much above or below now as it went yesterday."""
    now = _nearest(day, seen[-1][0] - 86_400)
    then = _nearest(day, at - 86_400)
    return None if now is None or then is None else seen[-1][1] + then - now


def _nearest(points: Sequence[Point], at: float) -> float | None:
    found = min(points, key=lambda point: abs(point[0] - at), default=None)
    step = abs(points[1][0] - points[0][0]) if len(points) > 1 else 0.0
    return None if found is None or abs(found[0] - at) > step else found[1]


def _errors(
    way: Callable[[Sequence[Point], float], float | None], points: Sequence[Point], horizon: float
) -> list[float]:
    """What forecasts from earlier origins, as far ahead, would have missed by."""
    found: list[float] = []
    for origin in range(len(points) - 1, MIN_POINTS // 2 - 1, -1):
        at, value = _first_after(points, points[origin - 1][0] + horizon)
        if at is None or len(found) >= _TRIALS:
            continue
        guessed = way(points[:origin], at)
        if guessed is not None:
            found.append(abs(guessed - value))
    return found


def _first_after(points: Sequence[Point], at: float) -> tuple[float | None, float]:
    return next(((when, value) for when, value in points if when >= at - 1), (None, 0.0))


def breach(through: Line, now: float, limit: float, error: float, *, down: bool, within: float) -> float | None:
    """Seconds until the line breaks the limit; None when it does not within so many seconds.

    The move until the end of ``within`` must be surer than twice the usual past error, or it is noise.
    """
    toward = -through.slope if down else through.slope
    distance = now - limit if down else limit - now
    if toward <= 0 or distance <= 0 or toward * within <= 2 * error:
        return None
    seconds = distance / toward
    return seconds if seconds <= within else None
