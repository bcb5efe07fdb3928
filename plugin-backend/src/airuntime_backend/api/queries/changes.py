"""Query types ``impact``, ``savings`` and ``timeline``: what was changed, what came of it, what it earns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from ai_runtime_intelligent.flow.rollout import Rollout
from ai_runtime_intelligent.flow.saving import Saving
from ai_runtime_intelligent.flow.suggestion import Suggestion
from ai_runtime_intelligent.flow.trust import Prediction

from airuntime_backend.api.frames import Field, Frame
from airuntime_backend.api.query import QuerySpec, Span
from airuntime_backend.engine.accounts import Accounts
from airuntime_backend.engine.predictions import predictions
from airuntime_backend.ports import AuditEntry, Ledger

from .table import Column, concerns, number, table, wanted


def _rollouts(ledger: Ledger, spec: QuerySpec) -> Iterator[tuple[Rollout, Suggestion]]:
    records = {record.suggestion.id: record.suggestion for record in ledger.suggestions()}
    for rollout in ledger.rollouts():
        suggestion = records[rollout.change.suggestion]
        if concerns(spec, suggestion.subject.service, suggestion.subject.primitive):
            yield rollout, suggestion


class Impact:
    """Control and candidate of each judged change, newest first."""

    _COLUMNS: Final = (
        Column("suggestion"),
        Column("service"),
        Column("primitive"),
        Column("tunable"),
        Column("measure"),
        number("before"),
        number("after"),
        number("change_ratio", "percentunit"),
        number("improvement_ratio", "percentunit"),
        number("low"),
        number("high"),
        Column("outcome"),
        number("predicted_low"),
        number("predicted_high"),
        Column("held"),
    )

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:  # noqa: ARG002 - every change, whatever the span
        """One row for each change that was judged; those still watched have no row yet."""
        verdicts, predicted = self._ledger.verdicts(), predictions(self._ledger)
        rows: list[tuple[object, ...]] = []
        for rollout, suggestion in _rollouts(self._ledger, spec):
            verdict = verdicts.get(rollout.id)
            goal = verdict.goal if verdict else None
            if verdict is None or goal is None:
                continue
            ratio = goal.difference / goal.before if goal.before else None
            better = ratio if ratio is None or suggestion.expected.direction == "higher" else -ratio
            subject = suggestion.subject
            names = (suggestion.id, subject.service, subject.primitive, suggestion.target, goal.measure)
            claim = _claim(suggestion, predicted.get(suggestion.id))
            rows.append((*names, goal.before, goal.after, ratio, better, goal.low, goal.high, verdict.outcome, *claim))
        return (table("impact", self._COLUMNS, reversed(rows)),)


def _claim(suggestion: Suggestion, told: Prediction | None) -> tuple[object, ...]:
    """What was foretold of the candidate, and whether it held; nothing where the verdict is about another number."""
    return (None, None, "") if told is None else (suggestion.expected.low, suggestion.expected.high, told.held)


class Savings:
    """What each kept change saves an hour, and what is booked of it until now."""

    _COLUMNS: Final = (
        Column("time", "time"),
        Column("service"),
        Column("primitive"),
        Column("tunable"),
        number("usd_per_hour_low", "currencyUSD"),
        number("usd_per_hour", "currencyUSD"),
        number("usd_per_hour_high", "currencyUSD"),
        number("total_usd", "currencyUSD"),
    )

    def __init__(self, ledger: Ledger, accounts: Accounts) -> None:
        self._ledger = ledger
        self._accounts = accounts

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:  # noqa: ARG002 - every saving, whatever the span
        """One row for each kept change whose saving was measured."""
        savings = self._ledger.savings()
        booked = self._accounts.saved_usd()
        rows = [
            (round(one.since * 1000), *_named(suggestion), *_usd(one), booked.get(rollout.id, 0.0))
            for rollout, suggestion in _rollouts(self._ledger, spec)
            if (one := savings.get(rollout.id)) is not None
        ]
        return (table("savings", self._COLUMNS, rows),)


def _named(suggestion: Suggestion) -> tuple[str, str, str]:
    return suggestion.subject.service, suggestion.subject.primitive, suggestion.target


def _usd(saving: Saving) -> tuple[float | None, float | None, float | None]:
    hourly = saving.usd_per_hour
    return (hourly.low, hourly.mid, hourly.high) if hourly else (None, None, None)


class Timeline:
    """Phases over time, one frame for each tunable: what a state timeline draws."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """The phase at each transition, and at the ends of the span, so that a state lasts until the next one."""
        tunables = {
            record.suggestion.id: f"{record.suggestion.subject.service}/{record.suggestion.target}"
            for record in self._ledger.suggestions()
            if concerns(spec, record.suggestion.subject.service, record.suggestion.subject.primitive)
        }
        entries = [entry for entry in self._ledger.audit() if entry.subject in tunables and _told(entry)]
        ordered = sorted(entries, key=lambda entry: (tunables[entry.subject], entry.at))
        groups = groupby(ordered, key=lambda entry: tunables[entry.subject])
        tracks = (_track(name, list(group), span) for name, group in groups)
        return tuple(track for track in tracks if track.fields[0].values)


_PHASES: Final = frozenset({"applying", "watching", "kept", "rolled_back", "stuck"})
_QUEUED: Final = "queued"
_SPARE: Final = 2 * "\u00a0"


def _told(entry: AuditEntry) -> bool:
    """Whether a state begins with it, or a wait ends."""
    return entry.after in _PHASES or _QUEUED in (entry.before, entry.after)


def _state(entry: AuditEntry) -> str | None:
    return entry.after if entry.after in _PHASES or entry.after == _QUEUED else None


def _track(name: str, entries: list[AuditEntry], span: Span) -> Frame:
    before = [entry for entry in entries if entry.at <= span.start]
    within = [entry for entry in entries if span.start < entry.at <= span.end]
    opening = _state(before[-1]) if before else None
    # Grafana puts what an empty panel says into the legend for a series that begins without a state.
    states: list[tuple[float, str | None]] = [] if opening is None else [(span.start, opening)]
    states += [(entry.at, _state(entry)) for entry in within]
    states = [one for index, one in enumerate(states) if not index or one[1] != states[index - 1][1]]
    states += [(span.end, state) for _, state in states[-1:]]
    times = tuple(round(at * 1000) for at, _ in states)
    phases = tuple(phase for _, phase in states)
    # Grafana gives a track's name a little less room than it takes, and cuts its first letter.
    config = {"displayNameFromDS": f"{_SPARE}{name}"}
    return Frame(name, (Field("time", "time", times), Field(name, "string", phases, config=config)))


class Annotations:
    """What was applied, kept and rolled back in the span, as Grafana reads annotations."""

    _COLUMNS: Final = (
        Column("time", "time"),
        Column("timeEnd", "time"),
        Column("title"),
        Column("text"),
        Column("tags"),
        Column("id"),
    )

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __call__(self, spec: QuerySpec, span: Span) -> tuple[Frame, ...]:
        """One row for each mark."""
        rows: list[tuple[object, ...]] = []
        for entry, one in marks(self._ledger, spec.service, span.start, span.end):
            if wanted(spec.primitive, one.subject.primitive):
                at = round(entry.at * 1000)
                tags = f"{entry.after},{one.subject.service},{one.subject.primitive}"
                rows.append((at, at, f"{entry.after}: {one.target}", entry.why, tags, f"{one.id}-{at}"))
        return (table("annotations", self._COLUMNS, rows),)


def marks(ledger: Ledger, service: str, start: float, end: float) -> Iterator[tuple[AuditEntry, Suggestion]]:
    """What was applied, kept or rolled back between two moments (Unix seconds), oldest first."""
    records = {record.suggestion.id: record.suggestion for record in ledger.suggestions()}
    for entry in ledger.audit():
        suggestion = records.get(entry.subject)
        told = entry.after in _PHASES - {"watching"} and start <= entry.at <= end
        if suggestion and told and wanted(service, suggestion.subject.service):
            yield entry, suggestion
