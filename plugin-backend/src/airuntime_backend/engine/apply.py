"""What a person asks for: apply, dismiss, roll back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ai_runtime_intelligent.flow.change import Change, ChangeError, plan
from ai_runtime_intelligent.flow.rollout import Event, IllegalMoveError, Rollout, advance, start
from ai_runtime_intelligent.flow.signal import Window
from ai_runtime_intelligent.flow.suggestion import Suggestion, SuggestionError

from airuntime_backend.errors import BadRequestError, ConflictError
from airuntime_backend.ports import AuditEntry, Clock, Ledger, Metrics, Move, SuggestionRecord

from .blocks import BlockReader, Pace
from .tunables import current, find_spec, reported


@dataclass(frozen=True)
class Asker:
    """Who asks, and how that was proved."""

    name: str
    via: str


class Changes:
    """Applies suggestions, dismisses them, and takes changes back; each is one transaction."""

    def __init__(self, *, metrics: Metrics, ledger: Ledger, clock: Clock, pace: Pace) -> None:
        self._metrics = metrics
        self._ledger = ledger
        self._clock = clock
        self._pace = pace
        self._reader = BlockReader(metrics, pace)

    def apply(self, suggestion_id: str, revision: int, asker: Asker) -> None:
        """Start the change that a suggestion asks for.

        Raises:
            NotFoundError: there is no such suggestion, or its tunable is no longer declared.
            ConflictError: it is not open at that revision, its tunable is held by another change, the service obeys
                another value than the one that it starts from, or there is too little of a "before" to compare with.
            BadRequestError: the value is outside the bounds that the service now declares.
            UpstreamError: what the service obeys cannot be read back.
        """
        record = self._open(suggestion_id, revision)
        now = self._clock.now()
        change = self._plan(record, asker, now)
        planned = start(change, self._baseline(record.suggestion, now), now)
        event = Event("begin", now, asker.name, f"apply: {record.suggestion.title}")
        self._ledger.begin(record, Move(planned, advance(planned, event), event, asker.via))

    def _baseline(self, suggestion: Suggestion, now: float) -> Window:
        window = Window(now - self._pace.watch_seconds, now)
        missing = self._reader.missing(suggestion.subject, suggestion.expected.measure, window)
        if missing:
            raise ConflictError(
                f"{suggestion.subject.primitive} was not measured long enough to tell what the change will do to its "
                f"{suggestion.expected.measure}: apply again in {missing * self._pace.block_seconds:.0f} s"
            )
        return window

    def dismiss(self, suggestion_id: str, revision: int, asker: Asker, reason: str) -> None:
        """Put an open suggestion away. Raises ``NotFoundError`` or ``ConflictError``."""
        record = self._open(suggestion_id, revision)
        now = self._clock.now()
        entry = AuditEntry(now, asker.name, asker.via, "dismiss", suggestion_id, record.status, "dismissed", reason)
        self._ledger.close_suggestion(suggestion_id, revision, "dismissed", entry)

    def rollback(self, suggestion_id: str, revision: int, asker: Asker, reason: str) -> None:
        """Restore the old value.

        Raises:
            NotFoundError: there is no such suggestion.
            ConflictError: nothing of it runs or is kept, the revision is not the expected one, or a later change
                has set the same tunable.
        """
        record = self._ledger.suggestion(suggestion_id)
        rollout = self._rollout(record, revision)
        self._still_ours(rollout)
        event = Event("undo", self._clock.now(), asker.name, reason or "asked to roll back")
        try:
            after = advance(rollout, event)
        except IllegalMoveError as error:
            raise ConflictError(str(error)) from error
        self._ledger.move(Move(rollout, after, event, asker.via))

    def _open(self, suggestion_id: str, revision: int) -> SuggestionRecord:
        record = self._ledger.suggestion(suggestion_id)
        if record.status != "open" or record.revision != revision:
            raise _moved(record, revision, "open")
        return record

    def _plan(self, record: SuggestionRecord, asker: Asker, now: float) -> Change:
        suggestion = record.suggestion
        service, name = suggestion.subject.service, suggestion.tunable.name
        spec = find_spec(self._ledger, service, name)
        try:
            replace(suggestion.tunable, minimum=spec.minimum, maximum=spec.maximum).check(suggestion.to_value)
            seen = current(spec, service, self._ledger.config(service), reported(self._metrics))
            return plan(suggestion, seen, asker.name, now)
        except SuggestionError as error:
            raise BadRequestError(
                str(error), field=name, value=suggestion.to_value, expected=f"{spec.minimum:g}..{spec.maximum:g}"
            ) from error
        except ChangeError as error:
            raise ConflictError(str(error), field=name, value=suggestion.from_value) from error

    def _rollout(self, record: SuggestionRecord, revision: int) -> Rollout:
        if record.revision != revision:
            raise _moved(record, revision, "applied, kept or stuck")
        for rollout in reversed(self._ledger.rollouts()):
            if rollout.change.suggestion == record.suggestion.id:
                return rollout
        raise ConflictError(f"suggestion {record.suggestion.id} is {record.status}: there is nothing to roll back")

    def _still_ours(self, rollout: Rollout) -> None:
        forward = rollout.change.forward
        settings = {tunable: by for tunable, _, by in self._ledger.config(forward.service).settings}
        if settings.get(forward.tunable, rollout.id) != rollout.id:
            raise ConflictError(f"{forward.tunable} was set again by a later change: roll that one back first")


def _moved(record: SuggestionRecord, revision: int, wanted: str) -> ConflictError:
    return ConflictError(
        f"suggestion {record.suggestion.id} is {record.status} at revision {record.revision}, "
        f"expected {wanted} at revision {revision}: read it again before you decide",
        field="revision",
        value=revision,
        expected=f"{record.revision} ({record.status})",
    )
