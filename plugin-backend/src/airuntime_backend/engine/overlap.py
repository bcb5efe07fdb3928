"""Overlap: which changes would be confounded if they ran at once. ``docs/design/055-overlap.md`` says why so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ai_runtime_intelligent.flow.graph import Graph
from ai_runtime_intelligent.flow.suggestion import Suggestion

Place = tuple[str, str]
"""Service and primitive."""

_WIDE: Final = "service_"
"""Measures of a whole service begin so."""


def clash(wanted: Suggestion, other: Suggestion, graph: Graph) -> str:
    """Why the two must not run at once, as a clause about the other one; empty when they may.

    They are confounded on one primitive, on a caller and what it calls at any depth, and in one service when either is
    judged by a number of the whole service.
    """
    if wanted.subject.service != other.subject.service:
        return ""
    below = _below(graph)
    mine, theirs = _touched(wanted), _touched(other)
    if mine & theirs:
        return f"changes the same primitive, {_name(mine & theirs)}"
    called = {place for one in mine for place in below.get(one, frozenset())}
    if called & theirs:
        return f"changes {_name(called & theirs)}, which {wanted.subject.primitive} calls"
    callers = {one for one in theirs if below.get(one, frozenset()) & mine}
    if callers:
        return f"changes {_name(callers)}, which calls {wanted.subject.primitive}"
    if _wide(wanted) or _wide(other):
        return f"changes the same service, and {_wide(wanted) or _wide(other)} is a number of all of it"
    return ""


def in_the_way(wanted: Suggestion, running: Iterable[Suggestion], graph: Graph) -> str:
    """Why a change must wait: of the first that is in its way; empty when none is."""
    for other in running:
        why = clash(wanted, other, graph)
        if why:
            return f"{other.target} {why}: their effects could not be told apart"
    return ""


def _touched(one: Suggestion) -> frozenset[Place]:
    service = one.subject.service
    owner = one.tunable.primitive if one.tunable else one.subject.primitive
    return frozenset({(service, one.subject.primitive), (service, owner)})


def _below(graph: Graph) -> Mapping[Place, frozenset[Place]]:
    """All that each primitive calls, at any depth; a circle of calls has all its members below each other."""
    direct = {
        (caller.service, caller.primitive): {(one.service, one.primitive) for one in callees}
        for caller, callees in graph.items()
    }
    return {caller: _reached(direct, caller) for caller in direct}


def _reached(direct: Mapping[Place, set[Place]], start: Place) -> frozenset[Place]:
    seen: set[Place] = set()
    waiting = list(direct.get(start, ()))
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen.add(at)
            waiting += direct.get(at, ())
    return frozenset(seen)


def _wide(one: Suggestion) -> str:
    judged = (one.expected.measure, *(rail.measure for rail in one.guardrails))
    return next((measure for measure in judged if measure.startswith(_WIDE)), "")


def _name(places: Iterable[Place]) -> str:
    return min(primitive for _, primitive in places)
