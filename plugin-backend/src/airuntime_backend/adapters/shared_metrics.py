"""Answers shared by viewers: what several panels or people ask within a scrape goes to Prometheus once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from math import ceil, floor
from threading import Lock
from typing import Final, TypeVar, cast

from ai_runtime_intelligent.context7.flights import Flights
from cachetools import TTLCache

from airuntime_backend.ports import Metrics, Sample, Series

_MOST_POINTS: Final = 4_000_000
"""Points that are kept at most; each is two floats, so that this is some hundred megabytes."""

T = TypeVar("T")


class SharedMetrics:
    """Metrics whose answers are kept for ``scrape_seconds``, for until then there is nothing new to be had.

    Moments are rounded down to a scrape: otherwise no two viewers would ask the same. A range ends there too and counts
    its steps back from it: rounded to a step, as Grafana's own Prometheus data source does, thirty days would end
    hours ago. Errors are told to all who wait, and not kept.
    """

    def __init__(self, metrics: Metrics, scrape_seconds: float) -> None:
        self._metrics = metrics
        self._grid = scrape_seconds
        self._kept: TTLCache[Hashable, tuple[object, ...]] = TTLCache(_MOST_POINTS, scrape_seconds, getsizeof=_points)
        self._lock = Lock()
        self._flights: Flights[tuple[object, ...]] = Flights()

    def instant(self, query: str, at: float | None = None) -> tuple[Sample, ...]:
        """Evaluate a query at one moment (Unix seconds; without one now, which is never kept). Raises as Prometheus."""
        if at is None:
            return self._metrics.instant(query)
        moment = _down(at, self._grid)
        return self._answer((query, moment), lambda: self._metrics.instant(query, moment))

    def range(self, query: str, start: float, end: float, step: float) -> tuple[Series, ...]:
        """Evaluate a query from start to end (Unix seconds) at every step (seconds). Raises as Prometheus."""
        last = _down(end, min(self._grid, step))
        first = last - ceil((last - start) / step) * step
        return self._answer((query, first, last, step), lambda: self._metrics.range(query, first, last, step))

    def samples(self, selector: str, start: float, end: float) -> tuple[Series, ...]:
        """The samples themselves; no panel asks for them, so they are not kept. Raises as Prometheus."""
        return self._metrics.samples(selector, start, end)

    def _answer(self, question: Hashable, ask: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        with self._lock:
            kept = self._kept.get(question)
        if kept is None:
            kept = self._flights.fly(question, lambda: self._keep(question, ask()))
        return cast("tuple[T, ...]", kept)

    def _keep(self, question: Hashable, answer: tuple[object, ...]) -> tuple[object, ...]:
        if _points(answer) <= _MOST_POINTS:
            with self._lock:
                self._kept[question] = answer
        return answer


def _down(moment: float, grid: float) -> float:
    return floor(moment / grid) * grid


def _points(answer: tuple[object, ...]) -> int:
    return 1 + sum(len(one.points) if isinstance(one, Series) else 1 for one in answer)
