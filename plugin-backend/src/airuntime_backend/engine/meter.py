"""Meter: what a service called and spent in one window, as Prometheus counted it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.signal import Subject, Window

from airuntime_backend.ports import Metrics

from .sums import by_subject


@dataclass(frozen=True)
class Metered:
    """``usd`` is all that the service spent on models, None where it reported no cost; ``calls`` by primitive."""

    calls: Mapping[Subject, float]
    usd: float | None
    priced_ratio: float | None


class Meter:
    """Reads windows of one service; raises ``UpstreamError`` when Prometheus does not answer."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def now(self) -> float:
        """The time by Prometheus' clock, Unix seconds; infinity when it does not say."""
        return next((one.value for one in self._metrics.instant(promql.NOW)), inf)

    def read(self, service: str, window: Window) -> Metered:
        """Calls, spend and how much of it had a price."""
        scope, span = promql.Scope(promql.literal(service)), span_of(window)
        calls = by_subject(self._metrics.instant(promql.calls(scope, span), window.end))
        return Metered(
            {subject: value for subject, value in calls.items() if subject.service == service},
            self._one(promql.cost_usd(scope, span), service, window.end),
            self._one(promql.pricing_coverage(scope, span), service, window.end),
        )

    def _one(self, query: str, service: str, at: float) -> float | None:
        samples = self._metrics.instant(query, at)
        return next((one.value for one in samples if one.labels.get("service") == service), None)


def span_of(window: Window) -> str:
    """The window's length in PromQL; what an event cut is not of whole seconds."""
    seconds = window.seconds
    return f"{seconds:.0f}s" if seconds == int(seconds) else f"{max(1, round(seconds * 1000))}ms"
