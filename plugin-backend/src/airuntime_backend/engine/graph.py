"""The call graph of every service, from their manifests, and the signals that only it can give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ai_runtime_intelligent.contract import metrics, promql
from ai_runtime_intelligent.flow import measures
from ai_runtime_intelligent.flow.graph import Graph, behind_caches, critical, fanout
from ai_runtime_intelligent.flow.signal import Reading, Signal, State, Subject, Window, read
from ai_runtime_intelligent.flow.totals import Totals, Values

from airuntime_backend.manifest import Manifest

from .signals import span_of


def graph_of(manifests: Iterable[Manifest]) -> dict[Subject, tuple[Subject, ...]]:
    """Caller to callees, over all services."""
    graph: dict[Subject, tuple[Subject, ...]] = {}
    for manifest in manifests:
        known = {one.name: Subject(manifest.service, one.name, one.kind) for one in manifest.primitives}
        for one in manifest.primitives:
            graph[known[one.name]] = tuple(known[name] for name in one.callees if name in known)
    return graph


_ATTEMPTS: Final = "max_attempts"


def attempts_of(manifests: Iterable[Manifest]) -> dict[Subject, float]:
    """How often each retry tries at most, as its service says."""
    return {
        Subject(manifest.service, spec.primitive, "retry"): spec.value
        for manifest in manifests
        for spec in manifest.tunables
        if spec.name == f"{spec.primitive}.{_ATTEMPTS}"
    }


def derived(
    graph: Graph, attempts: Values, sums: Totals, window: Window, troubled: Mapping[Subject, State]
) -> tuple[Signal, ...]:
    """What the services' own words add to the sums.

    How often a primitive is called by its caller, how much of the caller's time that takes, its share of the critical
    path, how often a retry may try, and how often a model without a cache before it is asked the same again.
    """
    if not graph:
        return ()
    span = span_of(window)
    calls = measures.calls(sums)
    wall = sums.by_primitive(f"{metrics.DURATION.name}_sum")
    own = sums.by_primitive(f"{metrics.SELF.name}_sum")
    shares, critical_query = critical(graph, own, wall), promql.self_share(promql.EVERYTHING, span)
    most = {one: value for one, value in attempts.items() if one in calls}
    repeated = _uncached(graph, measures.repeated_ratio(sums))
    readings = (
        *_of_callers(graph, calls, wall, span),
        Reading("critical_share", "1", critical_query, shares, _only(calls, shares)),
        Reading(
            "repeated_calls_ratio",
            "1",
            promql.repeated_calls_ratio(promql.EVERYTHING, span),
            repeated,
            _only(calls, repeated),
        ),
        Reading("retry_max_attempts", "1", promql.tunable_value(promql.EVERYTHING), most, _only(calls, most)),
    )
    return read(readings, window, troubled)


def _uncached(graph: Graph, values: Values) -> Values:
    """The values of those that no cache calls, directly or through others: what one lets through is its own affair."""
    behind = behind_caches(graph) if values else set()
    return {one: value for one, value in values.items() if one in graph and one not in behind}


def _only(values: Values, subjects: Iterable[Subject]) -> dict[Subject, float]:
    return {subject: values[subject] for subject in subjects if subject in values}


def _of_callers(
    graph: Graph, calls: Mapping[Subject, float], wall: Mapping[Subject, float], span: str
) -> Iterator[Reading]:
    for callee, calling, times in fanout(graph, calls):
        scope = promql.Scope(promql.literal(callee.service), promql.literal(callee.primitive))
        query = promql.calls_ratio(scope, span, promql.any_of(caller.primitive for caller in calling))
        n = {callee: sum(calls.get(caller, 0.0) for caller in calling)}
        yield Reading("calls_per_caller", "1", query, {callee: times}, n)
        waited = sum(wall.get(caller, 0.0) for caller in calling)
        if waited and callee in wall and len(calling) == 1:
            yield Reading("share_of_caller", "1", query, {callee: wall[callee] / waited}, n)
