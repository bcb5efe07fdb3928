"""The contract's measures, taken from the process' own numbers instead of from Prometheus.

Each is the same number as its query gives over the same window: ratios of increases, where the window cancels out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ai_runtime_intelligent.contract import metrics, promql
from ai_runtime_intelligent.flow.signal import Reading, Signal, Subject, Window, read

from .numbers import Numbers

Values = Mapping[Subject, float]

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


def _ratio(above: Values, below: Values, default: float | None = None) -> dict[Subject, float]:
    """Quotients where there is something to divide by; ``default`` stands for a numerator that is not there."""
    return {
        subject: above.get(subject, default or 0.0) / divisor
        for subject, divisor in below.items()
        if divisor and (subject in above or default is not None)
    }


def _calls(now: Numbers) -> Values:
    return now.by_primitive(metrics.EXECUTIONS.name)


def _error_ratio(now: Numbers) -> Values:
    failed = now.by_primitive(metrics.EXECUTIONS.name, lambda labels: labels != ("ok",))
    return _ratio(failed, _calls(now), 0.0)


def _sum(metric: metrics.Metric, now: Numbers) -> Values:
    return now.by_primitive(f"{metric.name}_sum")


def _count(metric: metrics.Metric, now: Numbers) -> Values:
    return now.by_primitive(f"{metric.name}_count")


def _seconds_mean(now: Numbers) -> Values:
    return _ratio(_sum(metrics.DURATION, now), _count(metrics.DURATION, now))


def _self_share(now: Numbers) -> Values:
    own = _sum(metrics.SELF, now)
    total = sum(own.values())
    return {subject: seconds / total for subject, seconds in own.items()} if total else {}


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


def _decisions(now: Numbers) -> Values:
    return now.by_primitive(metrics.ROUTER_DECISIONS.name)


def _premium_ratio(now: Numbers) -> Values:
    premium = now.by_primitive(metrics.ROUTER_DECISIONS.name, lambda labels: labels[-1] == "score_above_threshold")
    return _ratio(premium, _decisions(now), 0.0)


def _easy_ratio(now: Numbers) -> Values:
    easy = now.by_primitive(f"{metrics.ROUTER_SCORE.name}_bucket", lambda labels: labels[-1] == "0.5")
    return _ratio(easy, _count(metrics.ROUTER_SCORE, now))


def _usd_per_routed_call(now: Numbers) -> Values:
    spent: dict[Subject, float] = {}
    for (*_, router), usd in now.samples.get(metrics.COST.name, {}).items():
        subject = Subject(now.service, router, "router")
        spent[subject] = spent.get(subject, 0.0) + usd
    return _ratio(spent, {subject: calls for subject, calls in _calls(now).items() if subject.kind == "router"})


def _requests(now: Numbers) -> Values:
    return now.by_primitive(metrics.CACHE_REQUESTS.name, lambda labels: labels != ("bypass",))


def _hit_ratio(now: Numbers) -> Values:
    served = now.by_primitive(metrics.CACHE_REQUESTS.name, lambda labels: labels[-1] in {"hit", "stale", "coalesced"})
    return _ratio(served, _requests(now))


def _expired_ratio(now: Numbers) -> Values:
    expired = now.by_primitive(metrics.CACHE_EVICTIONS.name, lambda labels: labels == ("expired",))
    return _ratio(expired, _requests(now))


def _attempts(now: Numbers) -> Values:
    return now.by_primitive(metrics.RETRY_ATTEMPTS.name)


def _attempts_per_call(now: Numbers) -> Values:
    return _ratio(_attempts(now), _calls(now))


def _failed_ratio(now: Numbers) -> Values:
    failed = now.by_primitive(metrics.RETRY_ATTEMPTS.name, lambda labels: labels[0] != "ok")
    return _ratio(failed, _attempts(now), 0.0)


def _queue_share(now: Numbers) -> Values:
    return _ratio(_sum(metrics.QUEUE, now), _sum(metrics.DURATION, now))


def _branches_per_call(now: Numbers) -> Values:
    return _ratio(_count(metrics.QUEUE, now), _calls(now))


Taken = Callable[[Numbers], Values]

MEASURES: Final[Mapping[str, tuple[Taken, Taken]]] = {
    "error_ratio": (_error_ratio, _calls),
    "seconds_mean": (_seconds_mean, _calls),
    "self_share": (_self_share, _calls),
    "router_premium_ratio": (_premium_ratio, _decisions),
    "router_easy_ratio": (_easy_ratio, _decisions),
    "usd_per_routed_call": (_usd_per_routed_call, _decisions),
    "cache_hit_ratio": (_hit_ratio, _requests),
    "cache_expired_ratio": (_expired_ratio, _requests),
    "cache_reuse_seconds_p90": (_reuse_p90, _requests),
    "retry_attempts_per_call": (_attempts_per_call, _attempts),
    "retry_failed_ratio": (_failed_ratio, _attempts),
    "queue_share": (_queue_share, _calls),
    "branches_per_call": (_branches_per_call, _calls),
}
"""Value and number of observations of each measure that is known in the process."""
