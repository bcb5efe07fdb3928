"""Blame: of the primitives that got worse together, the one where it began.

A primitive gets slower, or fails more often, when something that it calls does, or when something is wrong with it
that another check names. Those are no findings of their own: they become reasons that name what they follow from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ai_runtime_intelligent.flow.baseline import SKIP
from ai_runtime_intelligent.flow.diagnosis import Clear, Diagnosis, Finding
from ai_runtime_intelligent.flow.finding import rank_causes
from ai_runtime_intelligent.flow.graph import Graph
from ai_runtime_intelligent.flow.patient import Pasts
from ai_runtime_intelligent.flow.signal import Signal, Subject

_MEASURE: Final = {
    "latency_regression": "seconds_mean",
    "error_regression": "error_ratio",
    "bottleneck": "seconds_mean",
    "coming_breach": "seconds_mean",
}
_SYMPTOMS: Final = ("latency_regression", "error_regression", "coming_breach")
"""What may be there because of something else."""
_MULTIPLIED: Final = ("n_plus_one", "serial_calls")
"""Callees of which there is nothing wrong with one call, but with how many there are."""
_BEFORE: Final = ("seconds_mean", "error_ratio")

After = Mapping[Subject, Mapping[str, list[float]]]


def blame(
    diagnosis: Diagnosis,
    whole: Iterable[Finding],
    graph: Graph,
    pasts: Pasts,
    halves: Iterable[Iterable[Signal]],
) -> Diagnosis:
    """Let symptoms become reasons that name what they follow from, and let the other findings name their causes.

    ``pasts`` is what is known of earlier windows. ``whole`` are the findings of the whole window: what has
    not lasted yet may be what a symptom follows from.
    """
    scene = _Scene(graph, pasts, _after(halves), _names(whole))
    kept: list[Finding] = []
    clear = list(diagnosis.clear)
    for one in diagnosis.findings:
        causes = scene.causes(one)
        source = scene.source(one, causes)
        if source is None:
            kept.append(replace(one, causes=tuple(cause.primitive for cause in causes if cause != one.subject)))
        else:
            clear.append(Clear(one.subject, one.name, f"{one.summary}; it follows from {source}", measured=True))
    return replace(diagnosis, findings=tuple(kept), clear=tuple(clear))


@dataclass(frozen=True)
class _Scene:
    """What is known of all primitives while something is wrong."""

    graph: Graph
    pasts: Pasts
    after: After
    names: Mapping[Subject, set[str]]

    def source(self, finding: Finding, causes: tuple[Subject, ...]) -> str | None:
        """What a symptom follows from; None when the finding is its own."""
        own, name = finding.subject, finding.name
        if name not in _SYMPTOMS:
            return None
        if others := self.names[own].difference(_SYMPTOMS):
            return f"{min(others)} there"
        for callee in self.graph.get(own, ()):
            if self.names.get(callee, set()).intersection(_MULTIPLIED):
                return f"how often {callee.primitive} is called"
        ranked = next(iter(causes), None)
        deeper = next((one for one in self._behind(own) if name in self.names.get(one, ())), None)
        began = ranked if ranked is not None and ranked != own and ranked in self.names else deeper
        return None if began is None else f"{began.primitive}, where it began"

    def causes(self, finding: Finding) -> tuple[Subject, ...]:
        """Where the trouble most likely began, best first; none when that cannot be told."""
        if finding.name not in _MEASURE:
            return ()
        nodes = {one.primitive: one for one in self.after if one.service == finding.subject.service}
        calls = {name: [to.primitive for to in self.graph.get(one, ())] for name, one in nodes.items()}
        skip = self._skip(finding)
        before = {name: self._past(one, skip) for name, one in nodes.items()}
        seen = {name: self.after[one] for name, one in nodes.items()}
        ranked = rank_causes(calls, finding.subject.primitive, before, seen, _MEASURE[finding.name])
        return tuple(nodes[name] for name, _ in ranked[:3] if name in nodes)

    def _skip(self, finding: Finding) -> int:
        """How many of the latest windows belong to the trouble already."""
        measure = _MEASURE[finding.name]
        now = [signal.value for signal in finding.signals if signal.measure == measure and signal.value is not None]
        past = self.pasts.of(finding.subject, measure)
        return len(past.recent) - len(past.before(now[0]).recent) if now else SKIP

    def _past(self, subject: Subject, skip: int) -> dict[str, list[float]]:
        found = {}
        for name in _BEFORE:
            past = self.pasts.of(subject, name)
            if past.days or past.recent:
                found[name] = [*past.days, *past.recent[: max(0, len(past.recent) - skip)]]
        return found

    def _behind(self, subject: Subject) -> Iterator[Subject]:
        """The callees, however far along the calls."""
        seen, waiting = {subject}, [subject]
        while waiting:
            new = [callee for callee in self.graph.get(waiting.pop(), ()) if callee not in seen]
            seen.update(new)
            waiting += new
            yield from new


def _names(findings: Iterable[Finding]) -> dict[Subject, set[str]]:
    names: dict[Subject, set[str]] = {}
    for one in findings:
        names.setdefault(one.subject, set()).add(one.name)
    return names


def _after(halves: Iterable[Iterable[Signal]]) -> dict[Subject, dict[str, list[float]]]:
    found: dict[Subject, dict[str, list[float]]] = {}
    for half in halves:
        for signal in half:
            if signal.value is not None and signal.measure in _BEFORE:
                of_subject = found.setdefault(signal.subject, {})
                of_subject.setdefault(signal.measure, []).append(signal.value)
                if signal.measure == "seconds_mean":
                    of_subject.setdefault("calls", []).append(float(signal.n))
    return found
