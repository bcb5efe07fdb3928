"""Analysis: read signals, find, gather evidence, propose; and let go of suggestions whose cause is gone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from ai_runtime_intelligent.flow.evidence import CodeSnippet, DocSnippet, Evidence, gather
from ai_runtime_intelligent.flow.finding import Diagnosis, Limits, find
from ai_runtime_intelligent.flow.rollout import RUNNING
from ai_runtime_intelligent.flow.signal import Subject, Window
from ai_runtime_intelligent.flow.suggestion import Suggestion, SuggestionError, Tunable, propose

from airuntime_backend.errors import BackendError, ConflictError
from airuntime_backend.manifest import Primitive
from airuntime_backend.ports import (
    Advisor,
    AuditEntry,
    Case,
    Clock,
    CodeIndex,
    Docs,
    Ledger,
    Metrics,
    SuggestionRecord,
)

from .signals import read_signals
from .tunables import Reported, declared, reported

_log = logging.getLogger(__name__)
SELF = "airuntime"
"""Who acts when nobody asked: the name in the audit trail."""


@dataclass(frozen=True)
class Analysis:
    """One pass: what was found, what was newly suggested, and what could not be read."""

    diagnosis: Diagnosis
    suggested: tuple[str, ...]
    problems: tuple[str, ...]


class Analyser:
    """Makes suggestions out of what Prometheus says."""

    def __init__(
        self,
        *,
        metrics: Metrics,
        ledger: Ledger,
        docs: Docs,
        code: CodeIndex,
        advisor: Advisor,
        clock: Clock,
        window_seconds: float,
        limits: Limits,
    ) -> None:
        self._metrics = metrics
        self._ledger = ledger
        self._docs = docs
        self._code = code
        self._advisor = advisor
        self._clock = clock
        self._window_seconds = window_seconds
        self._limits = limits

    def analyse(self) -> Analysis:
        """Run one pass; what cannot be read is a problem told in the result, never a reason to stop."""
        now = self._clock.now()
        signals, problems = read_signals(self._metrics, Window(now - self._window_seconds, now))
        diagnosis = find(signals, self._limits)
        suggested: tuple[str, ...] = ()
        try:
            seen = reported(self._metrics)
        except BackendError as error:
            problems = (*problems, error.message)
        else:
            suggested = tuple(self._suggest(diagnosis, seen, now))
            self._expire(diagnosis, now)
        told = tuple(dict.fromkeys(problems))
        self._ledger.put_diagnosis(diagnosis, told, now)
        return Analysis(diagnosis, suggested, told)

    def _suggest(self, diagnosis: Diagnosis, seen: Reported, now: float) -> Iterator[str]:
        records = self._ledger.suggestions()
        resting = self._resting(now)
        for manifest in self._ledger.manifests():
            tunables = declared(manifest, self._ledger.config(manifest.service), seen)
            for finding in diagnosis.findings:
                subject = finding.subject
                primitive = manifest.primitive(subject.primitive) if subject.service == manifest.service else None
                if primitive is None or subject.service in resting:
                    continue
                suggestion = self._propose(Case(finding, primitive, _short(tunables, primitive)), now)
                if suggestion is not None and not _known(suggestion, records):
                    self._ledger.add_suggestion(suggestion, now)
                    yield suggestion.id

    def _resting(self, now: float) -> set[str]:
        """Services whose window still mixes the time before a change with the time after it."""
        return {
            rollout.change.forward.service
            for rollout in self._ledger.rollouts()
            if rollout.phase in RUNNING or now - rollout.since < self._window_seconds
        }

    def _propose(self, case: Case, now: float) -> Suggestion | None:
        advice = self._advisor.advise(case)
        if advice is None:
            return None
        try:
            return propose(self._gather(case), advice, now)
        except SuggestionError as error:
            _log.warning("advice of rule %s was refused: %s", advice.rule, error)
            return None

    def _gather(self, case: Case) -> Evidence:
        snippet = self._code.snippet(case.primitive)
        code: tuple[CodeSnippet, ...] = () if snippet is None else (snippet,)
        return gather(case.finding, code, tuple(self._read_docs(case)))

    def _read_docs(self, case: Case) -> Iterator[DocSnippet]:
        versions = {library.name: library.version for library in case.primitive.libraries}
        for question in self._advisor.questions(case):
            yield from self._docs.find(question.library, versions.get(question.library, ""), question.text)

    def _expire(self, diagnosis: Diagnosis, now: float) -> None:
        """Close open suggestions whose primitive was measured and is well again."""
        well = {(clear.subject, clear.name) for clear in diagnosis.clear if clear.measured}
        for record in self._ledger.suggestions():
            finding = record.suggestion.evidence.finding
            if record.status == "open" and (finding.subject, finding.name) in well:
                self._close(record, now)

    def _close(self, record: SuggestionRecord, now: float) -> None:
        why = "its cause is gone"
        entry = AuditEntry(now, SELF, "worker", "expire", record.suggestion.id, "open", "expired", why)
        try:
            self._ledger.close_suggestion(record.suggestion.id, record.revision, "expired", entry)
        except ConflictError:
            _log.info("suggestion %s moved while it was to expire", record.suggestion.id)


def _short(tunables: dict[str, Tunable], primitive: Primitive) -> dict[str, Tunable]:
    """The primitive's tunables by the name that follows its own: ``answer_cache.ttl_seconds`` is ``ttl_seconds``."""
    return {
        name.removeprefix(f"{primitive.name}."): tunable
        for name, tunable in tunables.items()
        if tunable.primitive == primitive.name
    }


def _known(suggestion: Suggestion, records: tuple[SuggestionRecord, ...]) -> bool:
    """Whether the same was suggested before and is open, or was answered: it stays away until its ground changes."""
    return any(_same(suggestion, record.suggestion) and record.status != "expired" for record in records)


def _same(one: Suggestion, other: Suggestion) -> bool:
    return _key(one) == _key(other)


def _key(suggestion: Suggestion) -> tuple[Subject, str, str, float]:
    return (suggestion.subject, suggestion.rule, suggestion.tunable.name, suggestion.from_value)
