"""Blast radius: how much of all services' traffic and spend one change may reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.graph import Graph
from ai_runtime_intelligent.flow.signal import Subject

from airuntime_backend.ports import Metrics, Services

from .graph import graph_of
from .signals import by_subject


@dataclass(frozen=True)
class Radius:
    """Shares, 0..1, of the calls that come in from outside and of the spend; None where that is not measured."""

    calls: float | None
    spend: float | None


def radius(subject: Subject, graph: Graph, calls: Mapping[Subject, float], usd: Mapping[Subject, float]) -> Radius:
    """What a change of the primitive reaches.

    Args:
        subject: the primitive.
        graph: caller to callees.
        calls: executions a second of each primitive. Those of primitives that nobody calls are what comes in; a
            primitive that runs more often than its service is called reaches no more than all of the service.
        usd: spend an hour of each primitive; what it calls, at any depth, is spent through it.
    """
    called = {callee for callees in graph.values() for callee in callees}
    incoming: dict[str, float] = {}
    for one, rate in calls.items():
        if one not in called:
            incoming[one.service] = incoming.get(one.service, 0.0) + rate
    total, spent = sum(incoming.values()), sum(usd.values())
    reached = None
    if subject in calls and total > 0:
        reached = min(calls[subject], incoming.get(subject.service, 0.0)) / total
    through = sum(usd.get(one, 0.0) for one in _with_all_below(graph, subject))
    return Radius(reached, through / spent if spent > 0 else 0.0)


class RadiusReader:
    """Reads what the radius is reckoned from."""

    def __init__(self, metrics: Metrics, services: Services, window_seconds: float) -> None:
        self._metrics = metrics
        self._services = services
        self._span = f"{max(1, round(window_seconds))}s"

    def of(self, subject: Subject) -> Radius:
        """The radius of a change of the primitive. Raises ``UpstreamError``."""
        calls = by_subject(self._metrics.instant(promql.calls_per_second(promql.EVERYTHING, self._span)))
        spend = promql.cost_usd_per_hour(promql.EVERYTHING, self._span, promql.BY_PRIMITIVE)
        return radius(subject, graph_of(self._services.manifests()), calls, by_subject(self._metrics.instant(spend)))


def _with_all_below(graph: Graph, subject: Subject) -> set[Subject]:
    seen, waiting = {subject}, [subject]
    while waiting:
        new = [one for one in graph.get(waiting.pop(), ()) if one not in seen]
        seen.update(new)
        waiting += new
    return seen
