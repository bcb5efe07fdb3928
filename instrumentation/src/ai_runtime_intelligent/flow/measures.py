"""Measures: how each number of the contract is made of raw sums, wherever the sums come from.

Each is the same number as its query gives over the same window: ratios of growths, in which the window cancels out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ai_runtime_intelligent.contract import metrics

from .signal import Subject
from .totals import Grown, Labels, Values

Taken = Callable[[Grown], Values]


def ratio(above: Values, below: Values, default: float | None = None) -> dict[Subject, float]:
    """Quotients where there is something to divide by; ``default`` stands for a numerator that is not there."""
    if default is None:
        return {subject: above[subject] / divisor for subject, divisor in below.items() if divisor and subject in above}
    return {subject: above.get(subject, default) / divisor for subject, divisor in below.items() if divisor}


def calls(now: Grown) -> Values:
    """Executions."""
    return now.by_primitive(metrics.EXECUTIONS.name)


def _with_status(now: Grown, where: Callable[[Labels], bool]) -> Values:
    return now.by_primitive(metrics.EXECUTIONS.name, where)


def error_ratio(now: Grown) -> Values:
    """Share of executions that did not end well."""
    return ratio(_with_status(now, lambda labels: labels != ("ok",)), calls(now), 0.0)


def timeout_ratio(now: Grown) -> Values:
    """Share of executions that were cut off."""
    return ratio(_with_status(now, lambda labels: labels == ("timeout",)), calls(now), 0.0)


def _sum(metric: metrics.Metric, now: Grown) -> Values:
    return now.by_primitive(f"{metric.name}_sum")


def _count(metric: metrics.Metric, now: Grown) -> Values:
    return now.by_primitive(f"{metric.name}_count")


def seconds_mean(now: Grown) -> Values:
    """Mean wall time."""
    return ratio(_sum(metrics.DURATION, now), _count(metrics.DURATION, now))


def self_share(now: Grown) -> Values:
    """Share of its service's own time."""
    own = _sum(metrics.SELF, now)
    of_service: dict[str, float] = {}
    for subject, seconds in own.items():
        of_service[subject.service] = of_service.get(subject.service, 0.0) + seconds
    return {one: seconds / of_service[one.service] for one, seconds in own.items() if of_service[one.service]}


def wall_share(now: Grown) -> Values:
    """Wall time as a share of the busiest primitive's of its service."""
    wall = _sum(metrics.DURATION, now)
    most: dict[str, float] = {}
    for subject, seconds in wall.items():
        most[subject.service] = max(most.get(subject.service, 0.0), seconds)
    return {one: seconds / most[one.service] for one, seconds in wall.items() if most[one.service]}


def usd_per_call(now: Grown) -> Values:
    """Cost of one execution of a primitive that asks a model itself."""
    return ratio(now.by_primitive(metrics.COST.name), calls(now))


def service_usd_per_call(now: Grown) -> Values:
    """All that its service spends, for one execution."""
    spent: dict[str, float] = {}
    for subject, _, usd in now.rows(metrics.COST.name):
        spent[subject.service] = spent.get(subject.service, 0.0) + usd
    made = calls(now)
    return {one: spent[one.service] / n for one, n in made.items() if n and one.service in spent}


def usd_per_routed_call(now: Grown) -> Values:
    """Cost of one execution of a router."""
    spent: dict[Subject, float] = {}
    for subject, (*_, router), usd in now.rows(metrics.COST.name):
        routed = Subject(subject.service, router, "router")
        spent[routed] = spent.get(routed, 0.0) + usd
    return ratio(spent, {subject: n for subject, n in calls(now).items() if subject.kind == "router"})


def decisions(now: Grown) -> Values:
    """Decisions of routers."""
    return now.by_primitive(metrics.ROUTER_DECISIONS.name)


def premium_ratio(now: Grown) -> Values:
    """Share of decisions whose score was at or above the threshold."""
    premium = now.by_primitive(metrics.ROUTER_DECISIONS.name, lambda labels: labels[-1] == "score_above_threshold")
    return ratio(premium, decisions(now), 0.0)


def easy_ratio(now: Grown) -> Values:
    """Share of requests that the cheap route will more likely do than not."""
    easy = now.by_primitive(f"{metrics.ROUTER_SCORE.name}_bucket", lambda labels: labels[-1] == "0.5")
    return ratio(easy, _count(metrics.ROUTER_SCORE, now))


def _requests(now: Grown, *results: str) -> Values:
    return now.by_primitive(metrics.CACHE_REQUESTS.name, lambda labels: labels[-1] in results)


def requests(now: Grown) -> Values:
    """Cache requests, bypasses left out."""
    return now.by_primitive(metrics.CACHE_REQUESTS.name, lambda labels: labels != ("bypass",))


def hit_ratio(now: Grown) -> Values:
    """Share of cache requests answered without the wrapped call."""
    return ratio(_requests(now, "hit", "stale", "coalesced"), requests(now))


def coalesced_ratio(now: Grown) -> Values:
    """Share of cache requests that waited for the same one under way."""
    return ratio(_requests(now, "coalesced"), requests(now), 0.0)


def bypass_ratio(now: Grown) -> Values:
    """Share of all requests that went past the cache."""
    return ratio(_requests(now, "bypass"), now.by_primitive(metrics.CACHE_REQUESTS.name), 0.0)


def _evicted(now: Grown, reason: str) -> Values:
    return now.by_primitive(metrics.CACHE_EVICTIONS.name, lambda labels: labels == (reason,))


def expired_ratio(now: Grown) -> Values:
    """Share of cache requests that found their entry too old."""
    return ratio(_evicted(now, "expired"), requests(now))


def capacity_ratio(now: Grown) -> Values:
    """Entries that a full cache threw out, for one request."""
    return ratio(_evicted(now, "capacity"), requests(now), 0.0)


def attempts(now: Grown) -> Values:
    """Attempts of retries."""
    return now.by_primitive(metrics.RETRY_ATTEMPTS.name)


def attempts_per_call(now: Grown) -> Values:
    """Attempts for one execution."""
    return ratio(attempts(now), calls(now))


def failed_ratio(now: Grown) -> Values:
    """Share of attempts that failed."""
    failed = now.by_primitive(metrics.RETRY_ATTEMPTS.name, lambda labels: labels[0] != "ok")
    return ratio(failed, attempts(now), 0.0)


def gave_up_ratio(now: Grown) -> Values:
    """Share of executions of a retry whose last attempt failed too."""
    gone = now.by_primitive(metrics.RETRY_ATTEMPTS.name, lambda labels: labels[0] in {"gave_up", "no_budget"})
    made = calls(now)
    return ratio(gone, {subject: n for subject, n in made.items() if subject.kind == "retry"}, 0.0)


def queue_share(now: Grown) -> Values:
    """Time waited for a slot, for one second of execution."""
    return ratio(_sum(metrics.QUEUE, now), _sum(metrics.DURATION, now))


def queue_seconds_mean(now: Grown) -> Values:
    """Seconds that a branch or a call waits for a slot, on average."""
    return ratio(_sum(metrics.QUEUE, now), _count(metrics.QUEUE, now))


def branches_per_call(now: Grown) -> Values:
    """Branches of one execution of a parallel primitive."""
    return ratio(_count(metrics.QUEUE, now), calls(now))


def fallbacks(now: Grown) -> Values:
    """Calls of fallbacks."""
    return now.by_primitive(metrics.FALLBACKS.name)


def fallback_ratio(now: Grown) -> Values:
    """Share of executions for which a fallback was called."""
    return ratio(fallbacks(now), calls(now))


def fallback_failed_ratio(now: Grown) -> Values:
    """Share of the calls of a fallback that failed as well."""
    failed = now.by_primitive(metrics.FALLBACKS.name, lambda labels: labels[-1] == "error")
    return ratio(failed, fallbacks(now), 0.0)


def repeated_ratio(now: Grown) -> Values:
    """Share of model calls that asked what had been answered already, in the same process."""
    return ratio(now.by_primitive(metrics.REPEATED.name), calls(now))


MEASURES: Final[Mapping[str, tuple[Taken, Taken]]] = {
    "error_ratio": (error_ratio, calls),
    "timeout_ratio": (timeout_ratio, calls),
    "seconds_mean": (seconds_mean, calls),
    "self_share": (self_share, calls),
    "wall_share": (wall_share, calls),
    "usd_per_call": (usd_per_call, calls),
    "service_usd_per_call": (service_usd_per_call, calls),
    "router_premium_ratio": (premium_ratio, decisions),
    "router_easy_ratio": (easy_ratio, decisions),
    "usd_per_routed_call": (usd_per_routed_call, decisions),
    "cache_hit_ratio": (hit_ratio, requests),
    "cache_expired_ratio": (expired_ratio, requests),
    "cache_capacity_ratio": (capacity_ratio, requests),
    "cache_coalesced_ratio": (coalesced_ratio, requests),
    "cache_bypass_ratio": (bypass_ratio, requests),
    "retry_attempts_per_call": (attempts_per_call, attempts),
    "retry_failed_ratio": (failed_ratio, attempts),
    "retry_gave_up_ratio": (gave_up_ratio, calls),
    "queue_share": (queue_share, calls),
    "queue_seconds_mean": (queue_seconds_mean, calls),
    "branches_per_call": (branches_per_call, calls),
    "fallback_ratio": (fallback_ratio, calls),
    "fallback_failed_ratio": (fallback_failed_ratio, fallbacks),
}
"""Value and number of observations of each measure that is made of sums."""

COUNTS: Final[Mapping[str, Taken]] = {
    "seconds_p95": calls,
    "cache_reuse_seconds_p90": requests,
    "input_tokens_per_call": calls,
    "output_tokens_per_call": calls,
}
"""Observations behind the measures that come from Prometheus as they are."""
