"""Query type ``cost``: spend by model and route beside what the default route would have cost."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.contract import promql

from airuntime_backend.api.frames import Frame
from airuntime_backend.api.query import QuerySpec, Span
from airuntime_backend.ports import Metrics

from .table import Column, number, table, wanted

_BY: Final = ("service", "model", "route")


class Cost:
    """USD an hour at the rate of the span."""

    _COLUMNS: Final = (
        Column("service"),
        Column("model"),
        Column("route"),
        number("usd_per_hour", "currencyUSD"),
        number("baseline_usd_per_hour", "currencyUSD"),
        number("saved_usd_per_hour", "currencyUSD"),
    )

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """One row for each service, model and route, the dearest first."""
        window = f"{max(1, round(span.seconds))}s"
        cost = self._ask(promql.cost_usd_per_hour(promql.EVERYTHING, window, _BY), span)
        baseline = self._ask(promql.baseline_cost_usd_per_hour(promql.EVERYTHING, window, _BY), span)
        rows = [
            (*key, cost[key], baseline.get(key), baseline[key] - cost[key] if key in baseline else None)
            for key in sorted(cost, key=lambda one: -cost[one])
            if wanted(spec.service, key[0]) and wanted(spec.model, key[1])
        ]
        return (table("cost", self._COLUMNS, rows),)

    def _ask(self, query: str, span: Span) -> dict[tuple[str, ...], float]:
        samples = self._metrics.instant(query, span.end)
        return {tuple(sample.labels.get(label, "") for label in _BY): sample.value for sample in samples}
