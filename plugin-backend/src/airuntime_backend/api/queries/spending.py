"""Query type ``cost``: spend by model and route beside what the default route would have cost."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.contract import promql

from airuntime_backend.api.frames import Frame
from airuntime_backend.api.query import QuerySpec, Span
from airuntime_backend.ports import Metrics

from .table import Column, number, table, wanted

_BY: Final = ("service", "model", "route")
_HOUR: Final = 3600.0


class Cost:
    """USD in the span, and an hour at its mean rate."""

    _COLUMNS: Final = (
        Column("service"),
        Column("model"),
        Column("route"),
        number("usd_per_hour", "currencyUSD"),
        number("baseline_usd_per_hour", "currencyUSD"),
        number("saved_usd_per_hour", "currencyUSD"),
        number("usd", "currencyUSD"),
        number("baseline_usd", "currencyUSD"),
        number("saved_usd", "currencyUSD"),
    )

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """One row for each service, model and route, the dearest first."""
        window = f"{max(1, round(span.seconds))}s"
        cost = self._ask(promql.cost_usd_per_hour(promql.EVERYTHING, window, _BY), span)
        baseline = self._ask(promql.baseline_cost_usd_per_hour(promql.EVERYTHING, window, _BY), span)
        rows = [
            (*key, *hourly, *(_over(span, one) for one in hourly))
            for key in sorted(cost, key=lambda one: -cost[one])
            if wanted(spec.service, key[0]) and wanted(spec.model, key[1])
            for hourly in (_beside(cost[key], baseline.get(key)),)
        ]
        return (table("cost", self._COLUMNS, rows),)

    def _ask(self, query: str, span: Span) -> dict[tuple[str, ...], float]:
        samples = self._metrics.instant(query, span.end)
        return {tuple(sample.labels.get(label, "") for label in _BY): sample.value for sample in samples}


def _beside(cost: float, baseline: float | None) -> tuple[float | None, ...]:
    return cost, baseline, None if baseline is None else baseline - cost


def _over(span: Span, hourly: float | None) -> float | None:
    """A mean rate is low where the span is longer than the service has run; the sum is right all the same."""
    return None if hourly is None else hourly * span.seconds / _HOUR
