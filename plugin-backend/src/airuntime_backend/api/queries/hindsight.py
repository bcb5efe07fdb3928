"""Query type ``forecast`` as ``series``: the cache hit rate as it was foretold, with its band and its past error."""

from __future__ import annotations

import math
from typing import Final

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.hindsight import AHEAD, SEEN, Hindsight, look_back

from airuntime_backend.api.frames import Field, Frame
from airuntime_backend.api.query import QuerySpec, Span
from airuntime_backend.ports import Metrics

from .table import scope_of

_POINTS: Final = 60
"""Predictions within the span: each is the line through the points of two fifths of the span before it."""
_MINUTES: Final = 120.0
"""Seconds from which they are told in minutes."""
_BOUNDS: Final = (0.0, 1.0)


class CacheHindsight:
    """What was foretold of the hit rate of all caches that are asked about, over the span and a little beyond."""

    def __init__(self, metrics: Metrics, scrape_seconds: float) -> None:
        self._metrics = metrics
        self._scrape_seconds = scrape_seconds

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """One frame: time, what was foretold, and the edges of its band; none before there is a past to go by."""
        step = float(math.ceil(max(span.seconds / _POINTS, self._scrape_seconds)))
        end = math.floor(span.end / step) * step
        start = math.floor(span.start / step) * step - (SEEN + AHEAD) * step
        window = f"{math.ceil(max(step + self._scrape_seconds, 4 * self._scrape_seconds))}s"
        query = promql.cache_hit_ratio(scope_of(spec), window, ())
        found = self._metrics.range(query, start, end, step)
        points = [point for series in found for point in series.points if math.isfinite(point[1])]
        back = look_back(points, step, _BOUNDS)
        return (_frame(back, span, step),) if back.foretold else ()


def _frame(back: Hindsight, span: Span, step: float) -> Frame:
    shown = [one for one in back.foretold if one.at >= span.start]
    return Frame(
        "forecast",
        (
            Field("time", "time", tuple(round(one.at * 1000) for one in shown)),
            _line("foretold", [one.middle for one in shown], _told(back, step)),
            _line("low", [one.low for one in shown], "Band: at least"),
            _line("high", [one.high for one in shown], "Band: at most"),
        ),
    )


def _line(name: str, values: list[float | None], shown: str) -> Field:
    return Field(name, "number", tuple(values), config={"unit": "percentunit", "displayNameFromDS": shown})


def _told(back: Hindsight, step: float) -> str:
    """The name of the line, with how wrong such predictions were."""
    ahead = AHEAD * step
    when = f"{ahead / 60:.0f} min" if ahead >= _MINUTES else f"{ahead:.0f} s"
    if back.error is None:
        return f"Foretold {when} before"
    return f"Foretold {when} before, usually wrong by {100 * back.error:.1f} points"
