"""The call graph of every service, from their manifests, and the signals that only it can give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ai_runtime_intelligent.contract import metrics, promql
from ai_runtime_intelligent.flow import measures
from ai_runtime_intelligent.flow.graph import Graph, critical, fanout
from ai_runtime_intelligent.flow.signal import Reading, Signal, State, Subject, Window, read
from ai_runtime_intelligent.flow.totals import Totals

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


def derived(graph: Graph, sums: Totals, window: Window, troubled: Mapping[Subject, State]) -> tuple[Signal, ...]:
    """How often a primitive is called by its caller, how much of whose time that takes, and its critical-path share."""
    if not graph:
        return ()
    span = span_of(window)
    calls = measures.calls(sums)
    wall = sums.by_primitive(f"{metrics.DURATION.name}_sum")
    own = sums.by_primitive(f"{metrics.SELF.name}_sum")
    readings = list(_of_callers(graph, calls, wall, span))
    shares = critical(graph, own, wall)
    readings.append(Reading("critical_share", "1", promql.self_share(promql.EVERYTHING, span), shares, calls))
    kept = {one for reading in readings for one in reading.values}
    return tuple(one for one in read(readings, window, troubled) if one.subject in kept and one.value is not None)


def _of_callers(
    graph: Graph, calls: Mapping[Subject, float], wall: Mapping[Subject, float], span: str
) -> Iterator[Reading]:
    for callee, caller, times in fanout(graph, calls):
        scope = promql.Scope(promql.literal(callee.service), promql.literal(callee.primitive))
        query = promql.calls_ratio(scope, span, promql.literal(caller.primitive))
        n = {callee: calls[caller]}
        yield Reading("calls_per_caller", "1", query, {callee: times}, n)
        if wall.get(caller) and callee in wall:
            yield Reading("share_of_caller", "1", query, {callee: wall[callee] / wall[caller]}, n)
