"""AI Runtime Intelligence: what is going on, is it good, what should I look at."""

from __future__ import annotations

from airuntime_dashboards.board import board
from airuntime_dashboards.grid import row
from airuntime_dashboards.library import advice, calls, decisions, forecasts, money

dashboard = board(
    "runtime",
    "What the AI runtime spends and decides right now, whether that is good, and where it wastes.",
    row(
        "Now",
        4,
        money.spend_now(),
        money.saved_by_routing(),
        calls.error_ratio(),
        calls.calls(),
        advice.open_findings(),
        money.pricing_coverage(),
    ),
    row("Cost and routing", 9, money.cost_over_time(), decisions.routing()),
    row(
        "Caches and retries",
        8,
        decisions.cache_hit_ratio(),
        decisions.cache_requests(),
        calls.retry_attempts_per_call(),
    ),
    row("Bottlenecks and findings", 8, advice.findings()),
    row("", 8, calls.bottlenecks(), decisions.caches(), widths=(8, 16)),
    row("What is coming", 7, forecasts.coming()),
    row("Where the money goes", 8, money.tokens(), money.cost_table(), widths=(8, 16)),
)
