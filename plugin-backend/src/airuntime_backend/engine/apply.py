"""What a person asks for: apply, dismiss, roll back."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.change import Change, ChangeError, plan
from ai_runtime_intelligent.flow.rollout import Dealing, Event, IllegalMoveError, Rollout, advance, start
from ai_runtime_intelligent.flow.signal import Window
from ai_runtime_intelligent.flow.suggestion import Suggestion, SuggestionError, step_of

from airuntime_backend.errors import BadRequestError, ConflictError, TooSoonError, TurnedError
from airuntime_backend.ports import AuditEntry, Clock, Ledger, Metrics, Move, SuggestionRecord, Ticket

from .guard import QUEUE, Guard, Wait
from .judging import check
from .moves import Moves
from .pace import Pace
from .people import Asker
from .signals import by_subject, span_of
from .tunables import current, find_spec, reported

_LOOKS = 20
"""How often a start looks again because others started meanwhile."""


class Changes:
    """Applies suggestions, dismisses them, and takes changes back; each is one transaction."""

    def __init__(
        self,
        *,
        metrics: Metrics,
        ledger: Ledger,
        clock: Clock,
        pace: Pace,
        moves: Moves,
        window_seconds: float,
        guard: Guard,
    ) -> None:
        self._metrics = metrics
        self._ledger = ledger
        self._clock = clock
        self._pace = pace
        self._moves = moves
        self._window_seconds = window_seconds
        self._guard = guard

    def apply(self, suggestion_id: str, revision: int, asker: Asker) -> None:
        """Start the change that a suggestion asks for, or let it wait for its way, or for a second person.

        Raises:
            NotFoundError: there is no such suggestion, or its tunable is no longer declared.
            ConflictError: it is not open at that revision, the service obeys another value than the one that it starts
                from, nobody calls the primitive (``TooSoonError``), or no experiment could judge the claim.
            BeyondPolicyError, NotNowError, PolicyUnreadableError: the policy forbids it, or forbids it now.
            BadRequestError: the value is outside the bounds that the service now declares.
            UpstreamError: what the service obeys cannot be read back.
        """
        for _ in range(_LOOKS):
            record = self._open(suggestion_id, revision)
            check(record.suggestion)
            turn, now = self._ledger.turn(), self._clock.now()
            try:
                wait = self._guard.admit(record, asker, now)
                if wait is None:
                    self._start(record, asker, turn, now)
                else:
                    self._enqueue(record, asker, turn, now, wait)
            except TurnedError:
                continue
            return
        raise TurnedError("too many changes are started at once: try again")

    def resume(self, record: SuggestionRecord, ticket: Ticket) -> None:
        """Start a change that waits, or say anew what it waits for. Raises what :meth:`apply` does."""
        turn, now = self._ledger.turn(), self._clock.now()
        asker = Asker(ticket.who, ticket.via)
        wait = self._guard.admit(record, asker, now)
        if wait is None:
            self._start(record, asker, turn, now)
        elif (wait.waits_for, wait.why) != (ticket.waits_for, ticket.why):
            self._ledger.retell(replace(ticket, waits_for=wait.waits_for, why=wait.why))

    def _start(self, record: SuggestionRecord, asker: Asker, turn: int, now: float) -> None:
        change = self._plan(record, asker, now)
        baseline = Window(now - self._window_seconds, now)
        dealing = self._dealing(record.suggestion, baseline)
        share = self._pace.growth_of(dealing.scope).steps[0]
        planned = start(change, baseline, now, share, dealing)
        event = Event("begin", now, asker.name, f"apply: {record.suggestion.title}")
        self._moves.begin(record, Move(planned, advance(planned, event), event, asker.via), turn)

    def _enqueue(self, record: SuggestionRecord, asker: Asker, turn: int, now: float, wait: Wait) -> None:
        suggestion_id = record.suggestion.id
        ticket = Ticket(suggestion_id, now, asker.name, asker.via, wait.waits_for, wait.why)
        entry = AuditEntry(now, asker.name, asker.via, QUEUE, suggestion_id, record.status, "queued", wait.why)
        self._ledger.enqueue(record, ticket, entry, turn)

    def _dealing(self, suggestion: Suggestion, baseline: Window) -> Dealing:
        """How calls are dealt, and the percentiles of the old value, pinned now."""
        subject = suggestion.subject
        scope = promql.Scope(promql.literal(subject.service), promql.literal(subject.primitive))
        slow: list[float | None] = []
        for quantile in (0.95, 0.99):
            query = promql.seconds_quantile(quantile, scope, span_of(baseline))
            seconds = by_subject(self._metrics.instant(query, baseline.end)).get(subject)
            slow.append(seconds if seconds is not None and 0 < seconds < inf else None)
        if slow[0] is None:
            raise TooSoonError(
                f"{subject.primitive} was not called in the last {baseline.seconds:.0f} s, so no experiment can judge "
                "the change: apply again once it is"
            )
        spec = find_spec(self._ledger, subject.service, suggestion.target)
        return self._pace.dealing(spec.scope, *slow)

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
        self._moves.move(Move(rollout, after, event, asker.via))

    def _open(self, suggestion_id: str, revision: int) -> SuggestionRecord:
        record = self._ledger.suggestion(suggestion_id)
        if record.status != "open" or record.revision != revision:
            raise moved(record, revision, "open")
        return record

    def _plan(self, record: SuggestionRecord, asker: Asker, now: float) -> Change:
        suggestion = record.suggestion
        service, step = suggestion.subject.service, step_of(suggestion)
        name = step.tunable.name
        spec = find_spec(self._ledger, service, name)
        try:
            replace(step.tunable, minimum=spec.minimum, maximum=spec.maximum).check(step.after)
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
            raise moved(record, revision, "applied, kept or stuck")
        for rollout in reversed(self._ledger.rollouts()):
            if rollout.change.suggestion == record.suggestion.id:
                return rollout
        raise ConflictError(f"suggestion {record.suggestion.id} is {record.status}: there is nothing to roll back")

    def _still_ours(self, rollout: Rollout) -> None:
        forward = rollout.change.forward
        if rollout.phase != "kept":
            return
        config = self._ledger.config(forward.service)
        by = [one for tunable, _, one in config.settings if tunable == forward.tunable]
        by += [one.rollout for one in config.experiments if one.tunable == forward.tunable]
        if any(one != rollout.id for one in by):
            raise ConflictError(f"{forward.tunable} was set again by a later change: roll that one back first")


def moved(record: SuggestionRecord, revision: int, wanted: str) -> ConflictError:
    """The error that tells where a suggestion stands instead."""
    asked = f" at revision {revision}" if record.revision != revision else ""
    return ConflictError(
        f"suggestion {record.suggestion.id} is {record.status} at revision {record.revision}, "
        f"expected {wanted}{asked}: read it again before you decide",
        field="revision",
        value=revision,
        expected=f"{record.revision} ({record.status})",
    )
