"""Blame: of the primitives that got worse together, the one where it began."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Clear, Diagnosis, Finding
from ai_runtime_intelligent.flow.finding import rank_causes
from ai_runtime_intelligent.flow.graph import Graph
from ai_runtime_intelligent.flow.signal import Signal, Subject

from .history import History

_MEASURE: Final = {
    "latency_regression": "seconds_mean",
    "error_regression": "error_ratio",
    "bottleneck": "seconds_mean",
}
_BEFORE: Final = ("seconds_mean", "error_ratio")
_RECENT: Final = 2
"""The latest windows may already be those of the trouble."""


def blame(
    diagnosis: Diagnosis, graph: Graph, history: History, halves: Iterable[Iterable[Signal]], end: float
) -> Diagnosis:
    """Let findings that only follow from another become reasons that name it, and let the others name their cause."""
    after = _after(halves)
    causes = {id(one): _causes(one, graph, history, after, end) for one in diagnosis.findings if one.name in _MEASURE}
    named = {(one.subject, one.name) for one in diagnosis.findings}
    kept: list[Finding] = []
    clear = list(diagnosis.clear)
    for one in diagnosis.findings:
        by = causes.get(id(one), ())
        first = next(iter(by), one.subject)
        if first != one.subject and (first, one.name) in named:
            why = f"{one.summary}; it follows from {first.primitive}, where it began"
            clear.append(Clear(one.subject, one.name, why, measured=True))
        else:
            kept.append(replace(one, causes=tuple(cause.primitive for cause in by if cause != one.subject)))
    return replace(diagnosis, findings=tuple(kept), clear=tuple(clear))


def _causes(
    finding: Finding,
    graph: Graph,
    history: History,
    after: Mapping[Subject, Mapping[str, list[float]]],
    end: float,
) -> tuple[Subject, ...]:
    service = finding.subject.service
    nodes = {one.primitive: one for one in after if one.service == service}
    calls = {one.primitive: [to.primitive for to in graph.get(one, ())] for one in nodes.values()}
    before = {name: _past(history, one, end) for name, one in nodes.items()}
    seen = {name: after[one] for name, one in nodes.items()}
    ranked = rank_causes(calls, finding.subject.primitive, before, seen, _MEASURE[finding.name])
    return tuple(nodes[name] for name, _ in ranked[:3] if name in nodes)


def _past(history: History, subject: Subject, end: float) -> dict[str, list[float]]:
    past = history.past(subject, end)
    return {
        name: [*past[name].days, *past[name].recent[:-_RECENT]]
        for name in _BEFORE
        if name in past and (past[name].days or past[name].recent)
    }


def _after(halves: Iterable[Iterable[Signal]]) -> dict[Subject, dict[str, list[float]]]:
    found: dict[Subject, dict[str, list[float]]] = {}
    for half in halves:
        for signal in half:
            if signal.value is not None and signal.measure in _BEFORE:
                found.setdefault(signal.subject, {}).setdefault(signal.measure, []).append(signal.value)
                if signal.measure == "seconds_mean":
                    found[signal.subject].setdefault("calls", []).append(float(signal.n))
    return found
