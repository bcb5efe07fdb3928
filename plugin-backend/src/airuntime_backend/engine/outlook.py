"""Outlook: where hit rates, latencies and costs are going, and when they will break their limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.baseline import baseline
from ai_runtime_intelligent.flow.forecast import Forecast, breach, foresee
from ai_runtime_intelligent.flow.limits import Limits
from ai_runtime_intelligent.flow.signal import Signal, Subject

from .history import DAY, RECENT, USD, History, service_as_subject

_MOST: Final = 100
"""Forecasts of one measure: those of the primitives with the most wall time."""
_UNUSUAL: Final = 2.0
"""Spreads beyond the same time on other days, from which a move is not just the time of day."""
_HOUR: Final = 3600.0


@dataclass(frozen=True)
class _Target:
    subject: Subject
    measure: str
    unit: str
    query: str
    limit: float | None
    down: bool = False
    bounds: tuple[float, float] = (0.0, float("inf"))
    scale: float = 1.0
    n: int = 0
    """Observations behind the present number; 0 where it is no mean and no share of any."""


class Outlook:
    """Foretells from the history of windows of ``window_seconds``."""

    def __init__(self, history: History, window_seconds: float, limits: Limits) -> None:
        self._history = history
        self._seconds = window_seconds
        self._limits = limits

    def ahead(self, signals: Iterable[Signal], end: float) -> tuple[Forecast, ...]:
        """The forecasts of what the present signals are about, half as far ahead as the history reaches back."""
        found = (self._forecast(target, end) for target in self._targets(tuple(signals), end))
        return tuple(one for one in found if one is not None)

    def _targets(self, signals: tuple[Signal, ...], end: float) -> Iterator[_Target]:
        weights = {one.subject: one.value or 0.0 for one in signals if one.measure == "wall_share"}
        for measure, limit, down in (
            ("cache_hit_ratio", self._limits.hit_ratio, True),
            ("seconds_mean", self._limits.slow_seconds, False),
        ):
            of_measure = [one for one in signals if one.measure == measure and one.value is not None]
            of_measure.sort(key=lambda one: -weights.get(one.subject, 0.0))
            bounds = (0.0, 1.0) if down else (0.0, float("inf"))
            for one in of_measure[:_MOST]:
                yield _Target(one.subject, measure, one.unit, one.query, limit, down, bounds, n=one.n)
        span = f"{round(self._seconds)}s"
        query = promql.cost_usd_per_hour(promql.EVERYTHING, span, ("service",))
        for service in sorted({one.subject.service for one in signals})[:_MOST]:
            whole = service_as_subject(service)
            if self._history.points(whole, USD, end):
                scale = _HOUR / self._seconds
                yield _Target(whole, "usd_per_hour", "USD/h", query, self._limits.usd_per_hour, scale=scale)

    def _forecast(self, target: _Target, end: float) -> Forecast | None:
        name = USD if target.measure == "usd_per_hour" else target.measure
        points = self._points(target, name, end)
        yesterday = self._points(target, name, end, DAY)
        horizon = self._seconds * RECENT / 2
        seen = foresee(points, horizon, yesterday, bounds=target.bounds)
        if seen is None:
            return None
        low, middle, high, error, trials, through = seen
        now, since = points[-1][1], points[-1][0]
        told = None
        if target.limit is not None and self._unusual(target, now, end):
            told = breach(through, now, target.limit, error, down=target.down, within=2 * self._seconds * RECENT)
        return Forecast(
            target.subject, target.measure, target.unit, now, since, since + horizon, low, middle, high, error, trials,
            target.limit, told, target.query,
        )  # fmt: skip

    def _points(self, target: _Target, name: str, end: float, ago: float = 0.0) -> tuple[tuple[float, float], ...]:
        return tuple((at, value * target.scale) for at, value in self._history.points(target.subject, name, end, ago))

    def _unusual(self, target: _Target, now: float, end: float) -> bool:
        """Whether it is somewhere where it is not at this time of other days; without those nobody can tell."""
        past = self._history.past(target.subject, target.measure, end)
        usual = baseline(past) if past.days else None
        if usual is None:
            return target.measure == "usd_per_hour"
        sign = -1 if target.down else 1
        chance = sign * usual.sigmas(now, target.n, ratio=target.measure == "cache_hit_ratio")
        return sign * usual.spreads(now) > _UNUSUAL and chance > self._limits.sigmas
