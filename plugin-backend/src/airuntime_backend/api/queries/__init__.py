"""The query types, one module for each family: functions from a query and a span of time to frames."""

from __future__ import annotations

from collections.abc import Mapping

from airuntime_backend.api.query import Handler
from airuntime_backend.engine.accounts import Accounts
from airuntime_backend.engine.catalogue import Catalogue
from airuntime_backend.ports import Clock, Ledger, Metrics

from . import catalog, changes, evidence, forecast, hindsight, primitives, prometheus, spending, suggestions
from . import ledger as books


def handlers(
    metrics: Metrics, ledger: Ledger, clock: Clock, scrape_seconds: float, catalogue: Catalogue, *, accounts: Accounts
) -> Mapping[str, Handler]:
    """The handler of every query type."""
    promql = prometheus.PromQL(metrics, scrape_seconds)
    return {
        "promql": promql,
        "primitives": primitives.Primitives(metrics, ledger),
        "cost": spending.Cost(metrics),
        "routing": primitives.Routing(metrics),
        "cache": primitives.Cache(metrics),
        "forecast": forecast.Forecasts(ledger, hindsight.CacheHindsight(metrics, scrape_seconds)),
        "findings": suggestions.Findings(ledger, clock),
        "suggestions": suggestions.Suggestions(ledger),
        "snippets": suggestions.Snippets(ledger),
        "evidence": evidence.Evidence(ledger, promql),
        "impact": changes.Impact(ledger),
        "savings": changes.Savings(ledger, accounts),
        "ledger": books.Books(accounts),
        "earnings": books.Earnings(accounts),
        "roi": books.Roi(accounts),
        "bill": books.Bill(accounts),
        "annotations": changes.Annotations(ledger),
        "catalog": catalog.Catalog(catalogue),
        "timeline": changes.Timeline(ledger),
    }
