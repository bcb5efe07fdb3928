"""Graph: who calls whom, as services declare it, and what that says of their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from .signal import Subject

Graph = Mapping[Subject, tuple[Subject, ...]]
"""Caller to callees."""

SELDOM: Final = frozenset({"retry", "router", "cache", "fallback", "timeout", "limit", "parallel"})
"""Kinds that decide themselves how often they call: a retry's attempts are no loop of its author's."""


def callers(graph: Graph) -> dict[Subject, list[Subject]]:
    """Callee to callers."""
    found: dict[Subject, list[Subject]] = {}
    for caller, callees in graph.items():
        for callee in callees:
            found.setdefault(callee, []).append(caller)
    return found


def fanout(graph: Graph, calls: Mapping[Subject, float]) -> Iterator[tuple[Subject, tuple[Subject, ...], float]]:
    """Callee, its callers, and how often one execution of theirs calls it on average, where all call by themselves.

    The average of several callers is exceeded by at least one of them, so what is too much for it is so for that one.
    """
    for callee, calling in callers(graph).items():
        made = sum(calls.get(caller, 0.0) for caller in calling)
        if made and callee in calls and not any(caller.kind in SELDOM for caller in calling):
            yield callee, tuple(calling), calls[callee] / made


def behind_caches(graph: Graph) -> set[Subject]:
    """All that a cache calls, directly or through others."""
    behind: set[Subject] = set()
    ahead = [callee for caller, callees in graph.items() if caller.kind == "cache" for callee in callees]
    while ahead:
        at = ahead.pop()
        if at not in behind:
            behind.add(at)
            ahead += graph.get(at, ())
    return behind


def critical(graph: Graph, own: Mapping[Subject, float], wall: Mapping[Subject, float]) -> dict[Subject, float]:
    """Share of the time from a service's entry to its answer that each primitive's own time makes up, 0..1.

    ``own`` and ``wall`` are seconds in the window. The path goes from the roots to all callees, but of branches that
    run side by side only into the one that takes the most time: the others end before it.
    """
    called = {callee for callees in graph.values() for callee in callees}
    shares: dict[Subject, float] = {}
    for root in graph:
        if root not in called and wall.get(root):
            for subject in _path(graph, root, wall):
                share = min(1.0, own.get(subject, 0.0) / wall[root])
                shares[subject] = max(shares.get(subject, 0.0), share)
    return shares


def _path(graph: Graph, root: Subject, wall: Mapping[Subject, float]) -> set[Subject]:
    seen, waiting = {root}, [root]
    while waiting:
        at = waiting.pop()
        callees = graph.get(at, ())
        if at.kind == "parallel" and callees:
            callees = (max(callees, key=lambda one: (wall.get(one, 0.0), one)),)
        new = [callee for callee in callees if callee not in seen]
        seen.update(new)
        waiting += new
    return seen
