"""Query types ``findings``, ``suggestions`` and ``snippets``: what is wrong, what to change, and on what ground."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Diagnosis
from ai_runtime_intelligent.flow.finding import Clear, Finding
from ai_runtime_intelligent.flow.suggestion import Suggestion

from airuntime_backend.api.frames import Frame
from airuntime_backend.api.query import QuerySpec, Span
from airuntime_backend.engine.predictions import rank_of, trusted
from airuntime_backend.ports import Clock, Ledger, SuggestionRecord

from .numbers import labels_of, numbers
from .table import Column, concerns, number, table

_LIVE: Final = ("open", "queued", "applied", "stuck", "kept")


class Findings:
    """The latest analysis: its findings, then each check that found nothing and why, then what could not be read."""

    _COLUMNS: Final = (
        Column("time", "time"),
        Column("service"),
        Column("primitive"),
        Column("kind"),
        Column("finding"),
        number("score", "percentunit"),
        number("confidence", "percentunit"),
        Column("summary"),
        Column("suggestion"),
        Column("state"),
        Column("causes"),
        Column("what_to_do"),
    )

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:  # noqa: ARG002 - the latest, whatever the span
        """Rows by state: ``found``, ``clear``, ``unsure`` (too little to judge by), ``unread``; none at first."""
        latest = self._ledger.diagnosis()
        if spec.format == "numbers":
            return _scores(spec, latest)
        if latest is None:
            return (table("findings", self._COLUMNS, ()),)
        diagnosis, problems, at = latest
        time = round(at * 1000)
        answers = {_cause(record.suggestion): record.suggestion.id for record in self._ledger.suggestions()}
        rows = [(time, *_found(finding, answers)) for finding in diagnosis.findings if _asked(spec, finding)]
        rows += [(time, *_clear(clear)) for clear in diagnosis.clear if _asked(spec, clear)]
        rows += [(time, "", "", "", "unread", None, None, problem, "", "unread", "", "") for problem in problems]
        return (table("findings", self._COLUMNS, rows),)


def _scores(spec: QuerySpec, latest: tuple[Diagnosis, tuple[str, ...], float] | None) -> tuple[Frame, ...]:
    """The score of each finding."""
    if latest is None:
        return ()
    diagnosis, _, at = latest
    asked = (finding for finding in diagnosis.findings if _asked(spec, finding))
    scores = ((labels_of(finding.subject) | {"finding": finding.name}, finding.score) for finding in asked)
    return numbers("score", "percentunit", round(at * 1000), scores)


def _asked(spec: QuerySpec, one: Finding | Clear) -> bool:
    return concerns(spec, one.subject.service, one.subject.primitive)


def _cause(suggestion: Suggestion) -> tuple[object, ...]:
    finding = suggestion.evidence.finding
    return (finding.subject, finding.name)


def _found(finding: Finding, answers: dict[tuple[object, ...], str]) -> tuple[object, ...]:
    subject = finding.subject
    answer = answers.get((subject, finding.name), "")
    numbers = (finding.score, finding.confidence)
    return (
        subject.service,
        subject.primitive,
        subject.kind,
        finding.name,
        *numbers,
        finding.summary,
        answer,
        "found",
        ", ".join(finding.causes),
        finding.remedy,
    )


def _clear(clear: Clear) -> tuple[object, ...]:
    subject, state = clear.subject, "clear" if clear.measured else "unsure"
    return (subject.service, subject.primitive, subject.kind, clear.name, None, None, clear.reason, "", state, "", "")


def _asked_for(ledger: Ledger, spec: QuerySpec) -> Iterator[SuggestionRecord]:
    for record in ledger.suggestions():
        subject = record.suggestion.subject
        named = spec.suggestion in {"", record.suggestion.id}
        if named and concerns(spec, subject.service, subject.primitive):
            yield record


class Suggestions:
    """Suggestions, open ones first, of those the ones that promise most."""

    _COLUMNS: Final = (
        Column("id"),
        Column("service"),
        Column("primitive"),
        Column("title"),
        Column("tunable"),
        number("from"),
        number("to"),
        Column("expected"),
        Column("risk"),
        Column("status"),
        number("revision"),
        Column("actions"),
        number("rank", "percentunit"),
    )

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:  # noqa: ARG002 - all of them, whatever the span
        """One row for each suggestion that waits, runs or was kept; one that is named is told whatever became of it."""
        believed = trusted(self._ledger)
        statuses = spec.status.split("|") if spec.status else _LIVE
        told = [
            one
            for one in _asked_for(self._ledger, spec)
            if (one.status in statuses or spec.suggestion) and spec.changes in {"", _changed(one.suggestion)}
        ]
        ranked = [(record, rank_of(record.suggestion, believed)) for record in told]
        ranked.sort(key=lambda one: (one[0].status != "open", -one[1] if one[0].status == "open" else 0.0))
        return (table("suggestions", self._COLUMNS, [(*_row(record), worth) for record, worth in ranked]),)


def _changed(one: Suggestion) -> str:
    return "code" if one.tunable is None else "value"


def _row(record: SuggestionRecord) -> tuple[object, ...]:
    one = record.suggestion
    return (
        one.id,
        one.subject.service,
        one.subject.primitive,
        one.title,
        one.target,
        one.from_value,
        one.to_value,
        expected(one),
        one.risk,
        record.status,
        record.revision,
        "",
    )


def expected(suggestion: Suggestion) -> str:
    """The claim in a line: measure, now, and the interval that it should reach."""
    claim = suggestion.expected
    unit = "" if claim.unit == "1" else f" {claim.unit}"
    return f"{claim.measure} {claim.now:.3g} to {claim.low:.3g}..{claim.high:.3g}{unit}"


class Snippets:
    """Source lines and documentation behind suggestions that are open or in force."""

    _COLUMNS: Final = (
        Column("suggestion"),
        Column("primitive"),
        Column("kind"),
        Column("title"),
        Column("source"),
        Column("version"),
        Column("text"),
        Column("url"),
    )

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:  # noqa: ARG002 - all of them, whatever the span
        """One row for each snippet: the user's code first, then documentation."""
        rows = [
            row
            for record in _asked_for(self._ledger, spec)
            if record.status in _LIVE or spec.suggestion
            for row in _snippets(record.suggestion)
        ]
        return (table("snippets", self._COLUMNS, rows),)


def _snippets(one: Suggestion) -> Iterator[tuple[object, ...]]:
    primitive = one.subject.primitive
    for code in one.evidence.code:
        yield (one.id, primitive, "code", primitive, f"{code.file}:{code.line}", "", code.text, "")
    for doc in one.evidence.docs:
        yield (one.id, primitive, "docs", doc.title, doc.source, doc.version, doc.text, doc.url)
