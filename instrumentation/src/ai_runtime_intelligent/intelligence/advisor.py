"""From the process' own numbers to suggestions: the same findings as the backend's, answered by a few rules."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ai_runtime_intelligent.flow.evidence import gather
from ai_runtime_intelligent.flow.finding import Diagnosis, Finding, Limits, find
from ai_runtime_intelligent.flow.signal import Signal, Window
from ai_runtime_intelligent.flow.suggestion import Advice, Suggestion, SuggestionError, Tunable, propose
from ai_runtime_intelligent.runtime.tunables import TUNABLES

from . import auto_scaler, cost_optimizer, performance_tuner
from .measures import NEEDED, signals
from .numbers import Numbers, Source

RULES: Final = {
    rule.finding: rule for module in (cost_optimizer, performance_tuner, auto_scaler) for rule in module.RULES
}
"""Every rule, by the finding that it answers."""

WINDOW_SECONDS: Final = 600.0
"""How far back numbers count."""

_STEPS: Final = 5
"""Moments within the window at which numbers are kept."""


@dataclass(frozen=True)
class Analysis:
    """What one look at the numbers gave."""

    diagnosis: Diagnosis
    suggestions: tuple[Suggestion, ...]


class Advisor:
    """Looks at the numbers of one recorder again and again, over a window that moves along.

    The first window begins where the recorder did.
    """

    def __init__(self, source: Source, limits: Limits, at: float) -> None:
        self.source = source
        self._limits = limits
        self._kept = deque([Numbers(source.service, at, {})], maxlen=2 * _STEPS)
        self._since: dict[tuple[object, ...], float] = {}

    def analyse(self, at: float) -> Analysis:
        """What the window up to ``at`` (Unix seconds) shows and suggests."""
        now = Numbers.of(self.source, at, NEEDED)
        before = self._before(at)
        seen = signals(now.since(before), Window(before.at, at))
        if at - self._kept[-1].at >= WINDOW_SECONDS / _STEPS:
            self._kept.append(now)
        diagnosis = find(seen, self._limits)
        since, self._since = self._since, {}
        return Analysis(diagnosis, tuple(self._suggest(diagnosis, seen, since, at)))

    def _suggest(
        self, diagnosis: Diagnosis, seen: Iterable[Signal], since: Mapping[tuple[object, ...], float], at: float
    ) -> Iterator[Suggestion]:
        """The advice that holds; a suggestion that stands keeps the moment of its first time, and so its id."""
        for finding, advice in _advice(diagnosis, seen):
            key = (finding.subject, advice.rule, advice.tunable.value if advice.tunable else None, advice.to)
            first = self._since[key] = since.get(key, at)
            try:
                yield propose(gather(finding), advice, first)
            except SuggestionError:
                continue  # it changes nothing, or leaves the bounds: there is nothing left to suggest

    def begin_anew(self, at: float) -> None:
        """Let only what happens after ``at`` count: a value was changed, and numbers from before it tell of another."""
        self._kept.clear()
        self._kept.append(Numbers.of(self.source, at, NEEDED))

    def _before(self, at: float) -> Numbers:
        """The numbers at the beginning of the window."""
        while len(self._kept) > 1 and self._kept[1].at <= at - WINDOW_SECONDS:
            self._kept.popleft()
        return self._kept[0]


def _advice(diagnosis: Diagnosis, seen: Iterable[Signal]) -> Iterator[tuple[Finding, Advice]]:
    for found in diagnosis.findings:
        rule, finding = RULES.get(found.name), _with_all(found, seen)
        advice = rule.advise(finding, _tunables_of(finding.subject.primitive)) if rule is not None else None
        if advice is not None:
            yield finding, advice


def _with_all(finding: Finding, seen: Iterable[Signal]) -> Finding:
    """The finding on every signal of its primitive: a claim may need one that the finding did not."""
    return replace(finding, signals=tuple(signal for signal in seen if signal.subject == finding.subject))


def _tunables_of(primitive: str) -> Mapping[str, Tunable]:
    """The primitive's tunables, by their short names."""
    found = [tunable for tunable in TUNABLES.all() if tunable.spec.primitive == primitive]
    return {
        one.spec.name.removeprefix(f"{primitive}."): Tunable(
            one.spec.name,
            primitive,
            one.spec.type,
            float(one.value),
            float(one.spec.default),
            float(one.spec.minimum),
            float(one.spec.maximum),
            one.spec.unit,
            one.spec.description,
        )
        for one in found
    }
