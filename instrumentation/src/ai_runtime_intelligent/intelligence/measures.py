"""The contract's measures, taken from the process' own numbers instead of from Prometheus.

Made as `flow.measures` says, which is the same number as the measure's query gives over the same window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ai_runtime_intelligent.contract import metrics, promql
from ai_runtime_intelligent.flow import measures
from ai_runtime_intelligent.flow.signal import Reading, Signal, Subject, Window, read
from ai_runtime_intelligent.flow.totals import Values

from .numbers import Numbers

NEEDED: Final = frozenset(
    {
        metrics.EXECUTIONS.name,
        metrics.ROUTER_DECISIONS.name,
        metrics.CACHE_REQUESTS.name,
        metrics.CACHE_EVICTIONS.name,
        metrics.RETRY_ATTEMPTS.name,
        metrics.COST.name,
        *(f"{metric.name}_sum" for metric in (metrics.DURATION, metrics.SELF, metrics.QUEUE)),
        *(f"{metric.name}_count" for metric in (metrics.DURATION, metrics.QUEUE, metrics.ROUTER_SCORE)),
        *(f"{metric.name}_bucket" for metric in (metrics.ROUTER_SCORE, metrics.CACHE_REUSE)),
    }
)
"""The samples that the measures are made of: the buckets of what every primitive has are too many to keep."""


def signals(grown: Numbers, window: Window) -> tuple[Signal, ...]:
    """The signals of a window by how much the numbers grew in it."""
    span = f"{max(1, round(window.seconds))}s"
    readings = []
    for name, (values, counts) in MEASURES.items():
        measure = promql.MEASURE[name]
        query = measure.value(promql.Scope(promql.literal(grown.service)), span)
        readings.append(Reading(name, measure.unit, query, values(grown), counts(grown)))
    return read(readings, window)


def seconds_quantile(now: Numbers, quantile: float) -> Values:
    """Quantile 0..1 of an execution's wall time in seconds; its buckets must be among the numbers."""
    return _quantile(metrics.DURATION, quantile, now)


def _reuse_p90(now: Numbers) -> Values:
    return _quantile(metrics.CACHE_REUSE, 0.9, now)


def _quantile(metric: metrics.Metric, quantile: float, now: Numbers) -> Values:
    """As Prometheus' ``histogram_quantile``: linear within a bucket, the last edge above them all."""
    found: dict[Subject, list[tuple[float, float]]] = {}
    for (primitive, kind, *_, edge), count in now.samples.get(f"{metric.name}_bucket", {}).items():
        found.setdefault(Subject(now.service, primitive, kind), []).append((float(edge), count))
    within = {subject: _within(sorted(buckets), quantile) for subject, buckets in found.items()}
    return {subject: value for subject, value in within.items() if value is not None}


def _within(buckets: list[tuple[float, float]], quantile: float) -> float | None:
    rank = quantile * buckets[-1][1]
    low, below = 0.0, 0.0
    for edge, count in buckets:
        if rank > 0 and count >= rank:
            return low if edge == float("inf") else low + (edge - low) * (rank - below) / (count - below)
        low, below = edge, count
    return None


Taken = Callable[[Numbers], Values]

_NAMES: Final = (
    "error_ratio",
    "seconds_mean",
    "self_share",
    "router_premium_ratio",
    "router_easy_ratio",
    "usd_per_routed_call",
    "cache_hit_ratio",
    "cache_expired_ratio",
    "retry_attempts_per_call",
    "retry_failed_ratio",
    "queue_share",
    "branches_per_call",
)

MEASURES: Final[Mapping[str, tuple[Taken, Taken]]] = {
    **{name: measures.MEASURES[name] for name in _NAMES},
    "cache_reuse_seconds_p90": (_reuse_p90, measures.requests),
}
"""Value and number of observations of each measure that is known in the process."""
