"""The query types, one module for each family: functions from a query and a span of time to frames."""

from __future__ import annotations

from collections.abc import Mapping

from airuntime_backend.api.query import Handler
from airuntime_backend.engine.catalogue import Catalogue
from airuntime_backend.ports import Clock, Ledger, Metrics

from . import catalog, changes, evidence, forecast, primitives, prometheus, spending, suggestions


def handlers(
    metrics: Metrics, ledger: Ledger, clock: Clock, scrape_seconds: float, catalogue: Catalogue
) -> Mapping[str, Handler]:
    """The handler of every query type."""
    promql = prometheus.PromQL(metrics, scrape_seconds)
    return {
        "promql": promql,
        "primitives": primitives.Primitives(metrics, ledger),
        "cost": spending.Cost(metrics),
        "routing": primitives.Routing(metrics),
        "cache": primitives.Cache(metrics),
        "forecast": forecast.Forecasts(ledger),
        "findings": suggestions.Findings(ledger, clock),
        "suggestions": suggestions.Suggestions(ledger),
        "snippets": suggestions.Snippets(ledger),
        "evidence": evidence.Evidence(ledger, promql),
        "impact": changes.Impact(ledger),
        "savings": changes.Savings(ledger, clock),
        "annotations": changes.Annotations(ledger),
        "catalog": catalog.Catalog(catalogue),
        "timeline": changes.Timeline(ledger),
    }
