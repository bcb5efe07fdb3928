"""Series of many services, as instrumented processes show them: name with labels, and how much it grows in a scrape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ai_runtime_intelligent.contract import metrics

KINDS: Final = ("function", "function", "llm", "cache", "retry", "router", "parallel", "function")
_CALLS: Final = 60.0


def series(services: int, primitives: int) -> Iterator[tuple[str, float]]:
    """All series of that many services with that many primitives each."""
    for service in range(services):
        for index in range(primitives):
            kind = KINDS[index % len(KINDS)]
            labels = f'service="svc{service}",primitive="{name_of(service, index)}",kind="{kind}"'
            yield from _of_every(labels)
            yield from _of_kind(kind, labels)


def name_of(service: int, index: int) -> str:
    """A primitive's name, which no other service has."""
    return f"p{index}_of_svc{service}"


def _of_every(labels: str) -> Iterator[tuple[str, float]]:
    yield f'{metrics.EXECUTIONS.name}{{{labels},status="ok"}}', _CALLS
    for metric in (metrics.DURATION, metrics.SELF):
        yield f"{metric.name}_sum{{{labels}}}", _CALLS / 10
        yield f"{metric.name}_count{{{labels}}}", _CALLS
    for place, edge in enumerate((*metrics.SECONDS_BUCKETS, float("inf"))):
        told = "+Inf" if edge == float("inf") else repr(edge)
        yield f'{metrics.DURATION.name}_bucket{{{labels},le="{told}"}}', min(_CALLS, 8.0 * place)


def _of_kind(kind: str, labels: str) -> Iterator[tuple[str, float]]:
    if kind == "llm":
        for metric in (metrics.COST, metrics.BASELINE_COST):
            yield f'{metric.name}{{{labels},model="m",route="fast",router=""}}', 0.01
    elif kind == "cache":
        for result, pace in (("hit", 40.0), ("miss", 20.0)):
            yield f'{metrics.CACHE_REQUESTS.name}{{{labels},result="{result}"}}', pace
    elif kind == "retry":
        yield f'{metrics.RETRY_ATTEMPTS.name}{{{labels},outcome="ok",error_class=""}}', 1.1 * _CALLS
    elif kind == "router":
        yield f'{metrics.ROUTER_DECISIONS.name}{{{labels},route="fast",reason="score_below_threshold"}}', _CALLS
    elif kind == "parallel":
        yield f"{metrics.QUEUE.name}_sum{{{labels}}}", 0.1
