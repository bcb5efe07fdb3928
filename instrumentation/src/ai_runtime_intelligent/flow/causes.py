"""Causes: which node behind an alarm started it, named only when the numbers after differ from those before.

An alarm travels against the calls: a caller waits for its callees and passes their errors on. So the search walks
from the node of the alarm along the calls and moves on from each node in proportion to how much of its excess its
callees explain; where it comes to rest is the cause. It ends at the deepest abnormal node, as graph traversal does
(Chen et al., *CauseInfer*, 2014; Hardt et al., *The PetShop Dataset*, 2024), and divides a suspicion among several
callees, as random walks do (Wu et al., *MicroRCA*, 2020), with excess seconds and errors in place of a correlation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from .shift import Shift, Values, finite, shift

Graph = Mapping[str, Iterable[str]]
Window = Mapping[str, Mapping[str, Values]]

ALARM = 4.0
"""Spreads by which some node must have moved before anything is named."""
SUSPECT = 2.0
"""Spreads by which the others must have moved to be followed."""
PASS_ON = 0.9
"""The most that callees explain of a node: what lies on the way stays in the list, below the cause."""
BENEFIT = 1.5
"""Callees explain so much more than their own excess: two nodes' windows and samples never match exactly."""
THROUGH_NORMAL = 0.3
"""What is left of a suspicion behind a node that was measured and is normal."""
REST = 1e-6
"""A share of the alarm too small to be walked on."""


@dataclass(frozen=True)
class _Kind:
    """One kind of alarm: its metrics, the most telling first, and the words that name it."""

    metrics: tuple[str, ...]
    words: tuple[str, ...]
    floor: float = 0.0
    """Smallest spread that counts, in the unit of the metrics."""


SECONDS = _Kind(
    ("seconds_mean", "seconds_p50", "seconds_p90", "seconds_p95", "seconds_p99"), ("second", "latency", "duration")
)
ERRORS = _Kind(("error_ratio",), ("error", "availab", "fail"), floor=0.001)
CALLS = _Kind(("calls",), ("call", "request", "traffic"))


@dataclass(frozen=True)
class _Scene:
    """The nodes that an alarm may have come through, and how they moved while it was there."""

    graph: Mapping[str, tuple[str, ...]]
    shifts: Mapping[str, Mapping[str, Shift]]
    severities: Mapping[str, float]
    calls: Mapping[str, float]
    quiet: tuple[int, ...]

    def abnormal(self) -> bool:
        """Whether any node has moved far enough to speak of a cause."""
        return max(self.severities.values(), default=0.0) >= ALARM

    def suspects(self, node: str) -> dict[str, float]:
        """The next abnormal nodes along the calls, each with what is left of a suspicion on the way there."""
        found: dict[str, float] = {}
        best = {node: 1.0}
        ahead = [(callee, 1.0) for callee in self.graph.get(node, ())]
        while ahead:
            at, left = ahead.pop()
            if left <= best.get(at, 0.0):
                continue
            best[at] = left
            if self.severities[at] >= SUSPECT:
                found[at] = left
                continue
            behind = left * (THROUGH_NORMAL if self.shifts[at] else 1.0)
            ahead += [(callee, behind) for callee in self.graph[at]]
        return found

    def explained(self, node: str, callee: str) -> float:
        """The share of a node's excess that its callee explains, at most all of it.

        Excesses of means add up when weighted with the calls: seconds that were waited, errors that were passed on.
        """
        weight = self.calls[callee] / self.calls[node] if callee in self.calls and self.calls.get(node) else 1.0
        shares = (
            weight * _ratio(cause, self.shifts[node].get(metric), self.quiet)
            for metric, cause in self.shifts[callee].items()
            if cause.severity(self.quiet) >= SUSPECT
        )
        return min(1.0, max(shares, default=0.0))

    def steps(self, node: str) -> dict[str, float]:
        """Where the walk goes from a node, with which shares; the rest stays."""
        shares = {callee: left * self.explained(node, callee) for callee, left in self.suspects(node).items()}
        whole = sum(shares.values())
        if not whole:
            return {}
        moving = min(PASS_ON, BENEFIT * whole) if self.severities[node] >= 1 else PASS_ON
        return {callee: moving * share / whole for callee, share in shares.items()}


def rank_causes(
    graph: Graph, target: str, before: Window, after: Window, metric: str | None = None
) -> list[tuple[str, float]]:
    """Rank the nodes that may have caused the alarm at ``target``, best first; empty when nothing is abnormal.

    ``graph`` is caller -> callees; ``before`` and ``after`` are node -> metric -> values, of which any may be missing.
    ``metric`` names the kind of alarm: seconds, errors or calls; without it seconds and errors are judged together.
    Calls must be asked for, since traffic swings, and are followed to the callers, who make them. A score is the
    share of the alarm, 0..1, that came to rest at a node.
    """
    scenes = [_look(kind, graph, target, before, after, metric=metric) for kind in _kinds(metric)]
    scenes = [scene for scene in scenes if scene.abnormal()]
    scenes = [scene for scene in scenes if scene.severities[target] >= SUSPECT] or scenes
    scores: dict[str, float] = {}
    for scene in scenes:
        for node, share in _walk(scene, target).items():
            if scene.severities[node] >= SUSPECT:
                scores[node] = scores.get(node, 0.0) + share / len(scenes)
    return sorted(scores.items(), key=lambda ranked: (-ranked[1], ranked[0]))


def _walk(scene: _Scene, target: str) -> dict[str, float]:
    """Where an alarm of 1 at the target comes to rest; a cycle is left after as many steps as there are nodes."""
    steps: dict[str, dict[str, float]] = {}
    rested: dict[str, float] = {}
    moving = {target: 1.0}
    for _ in scene.graph:
        onward: dict[str, float] = {}
        for node, share in moving.items():
            if node not in steps:
                steps[node] = scene.steps(node)
            for callee, part in steps[node].items():
                onward[callee] = onward.get(callee, 0.0) + share * part
            rested[node] = rested.get(node, 0.0) + share * (1 - sum(steps[node].values()))
        moving = {node: share for node, share in onward.items() if share > REST}
    for node, share in moving.items():
        rested[node] = rested.get(node, 0.0) + share
    return rested


def _kinds(metric: str | None) -> tuple[_Kind, ...]:
    if metric is None:
        return (SECONDS, ERRORS)
    named = (kind for kind in (SECONDS, ERRORS, CALLS) if any(word in metric.lower() for word in kind.words))
    return tuple(named) or (SECONDS, ERRORS)


def _look(kind: _Kind, graph: Graph, target: str, before: Window, after: Window, *, metric: str | None) -> _Scene:
    near = _reachable(_turned(graph) if kind is CALLS else graph, target, [*before, *after])
    shifts = {node: _measure(kind, before.get(node, {}), after.get(node, {}), metric) for node in near}
    alarm = max(shifts[target].values(), key=Shift.severity, default=None)
    quiet = alarm.quiet() if alarm else ()
    severities = {node: max((moved.severity(quiet) for moved in shifts[node].values()), default=0.0) for node in near}
    calls = {node: finite(after.get(node, {}).get("calls", ())) for node in near}
    return _Scene(near, shifts, severities, {node: fmean(seen) for node, seen in calls.items() if seen}, quiet)


def _measure(
    kind: _Kind, before: Mapping[str, Values], after: Mapping[str, Values], asked: str | None
) -> dict[str, Shift]:
    """The shifts of one node: of the metric that was asked for, else of the most telling one, else of all."""
    names = [name for name in kind.metrics if name in before and name in after]
    names = [name for name in (asked, kind.metrics[0]) if name in names][:1] or names
    shifts = {name: shift(before[name], after[name], kind.floor) for name in names}
    if kind is CALLS:
        shifts |= {f"-{name}": shift(before[name], after[name], down=True) for name in names}
    return {name: moved for name, moved in shifts.items() if moved}


def _ratio(cause: Shift, effect: Shift | None, quiet: tuple[int, ...]) -> float:
    if effect is None:
        return 1.0
    whole = max(effect.excess(quiet), effect.spread)
    return cause.excess(quiet) / whole if whole else 1.0


def _turned(graph: Graph) -> dict[str, list[str]]:
    callers: dict[str, list[str]] = {}
    for caller, callees in graph.items():
        callers.setdefault(caller, [])
        for callee in callees:
            callers.setdefault(callee, []).append(caller)
    return callers


def _reachable(graph: Graph, target: str, measured: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The part of the graph ahead of the target; a target that the graph does not know may have called anyone."""
    known = {*graph, *(callee for callees in graph.values() for callee in callees)}
    if target not in known:
        graph = {**graph, target: sorted({*known, *measured} - {target})}
    near: dict[str, tuple[str, ...]] = {}
    ahead = [target]
    while ahead:
        node = ahead.pop()
        if node not in near:
            near[node] = tuple(dict.fromkeys(graph.get(node, ())))
            ahead += near[node]
    return near
