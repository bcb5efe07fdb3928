"""The raw sums behind the measures: each counter is read once, however many measures are made of it.

A query holds several sums, told apart by the label ``total``, so that thousands of primitives cost a handful of
queries. Which number is made of which sums is the flow's to say (``flow.measures``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from . import metrics
from .promql import BY_PRIMITIVE, EVERYTHING, MEASURE

TOTAL: Final = "total"
"""The label that names the sum."""


@dataclass(frozen=True)
class Total:
    """One sum: of which sample, by which labels beside the primitive's, and of which series alone."""

    name: str
    by: tuple[str, ...] = ()
    matchers: tuple[str, ...] = ()

    def query(self, window: str) -> str:
        """Its growth in the window, resets handled."""
        labels = ", ".join((*BY_PRIMITIVE, *self.by))
        matchers = ",".join(self.matchers)
        return f"sum by ({labels}) (increase({self.name}{{{matchers}}}[{window}]))"


CALLS: Final = (
    Total(metrics.EXECUTIONS.name, ("status",)),
    Total(f"{metrics.DURATION.name}_sum"),
    Total(f"{metrics.DURATION.name}_count"),
)
OWN: Final = (Total(f"{metrics.SELF.name}_sum"),)
COSTS: Final = (Total(metrics.COST.name, ("model", "route", "router")),)
WAITS: Final = (
    Total(f"{metrics.QUEUE.name}_sum"),
    Total(f"{metrics.QUEUE.name}_count"),
    Total(metrics.RETRY_ATTEMPTS.name, ("outcome", "error_class")),
    Total(metrics.FALLBACKS.name, ("reason", "outcome")),
)
CHOICES: Final = (
    Total(metrics.ROUTER_DECISIONS.name, ("route", "reason")),
    Total(f"{metrics.ROUTER_SCORE.name}_bucket", ("le",), ('le="0.5"',)),
    Total(f"{metrics.ROUTER_SCORE.name}_count"),
    Total(metrics.CACHE_REQUESTS.name, ("result",)),
    Total(metrics.CACHE_EVICTIONS.name, ("reason",)),
)
GROUPS: Final = (CALLS, OWN, COSTS, WAITS, CHOICES)
"""What one analysis sums up, a query each."""

PAST: Final = (*CALLS, *COSTS, Total(metrics.CACHE_REQUESTS.name, ("result",)))
"""What is summed up of windows that have passed, in one query."""

TOTALS: Final = {total.name: total for group in GROUPS for total in group}


def query(group: tuple[Total, ...], window: str) -> str:
    """The sums of a group over a window, in one query."""
    return " or ".join(_named(total.query(window), total.name) for total in group)


def _named(vector: str, name: str) -> str:
    return f'label_replace({vector}, "{TOTAL}", "{name}", "", "")'


READY: Final = (
    ("seconds_p95",),
    ("cache_reuse_seconds_p90",),
    ("input_tokens_per_call", "output_tokens_per_call"),
)
"""Measures that only Prometheus can make, since their buckets are too many to travel; a query each."""


def ready(measures: tuple[str, ...], window: str) -> str:
    """Those measures in one query, told apart like sums."""
    return " or ".join(_named(f"({MEASURE[name].value(EVERYTHING, window)})", name) for name in measures)


def last_seen() -> str:
    """When each primitive was scraped last, Unix seconds; nothing of those whose target is gone."""
    return f"max by ({', '.join(BY_PRIMITIVE)}) (timestamp({metrics.EXECUTIONS.name}))"


def last_scrapes() -> str:
    """When each target of a service was scraped last, Unix seconds."""
    return f"max by (service, job, instance) (timestamp({metrics.EXECUTIONS.name}))"


def restarts(window: str) -> str:
    """How often a primitive's counters began anew in the window; nothing where they did not."""
    return f"sum by ({', '.join(BY_PRIMITIVE)}) (resets({metrics.EXECUTIONS.name}[{window}])) > 0"


def presence(window: str) -> str:
    """Whether a service was scraped in the window."""
    return f"count by (service) (count_over_time({metrics.EXECUTIONS.name}[{window}]))"
