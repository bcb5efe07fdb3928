"""Applies that wait: approve them, cancel them, and start those whose way is free."""

from __future__ import annotations

import logging
from dataclasses import replace

from airuntime_backend.errors import (
    BackendError,
    BadRequestError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    NotNowError,
    TooSoonError,
    TurnedError,
)
from airuntime_backend.ports import AuditEntry, Clock, Ledger, SuggestionRecord, SuggestionStatus, Ticket

from .apply import Changes, moved
from .guard import APPROVE, CANCEL, Guard
from .people import SELF, Asker, same

_log = logging.getLogger(__name__)


class Waiting:
    """The queue of applies."""

    def __init__(self, *, ledger: Ledger, changes: Changes, guard: Guard, clock: Clock) -> None:
        self._ledger = ledger
        self._changes = changes
        self._guard = guard
        self._clock = clock

    def advance(self) -> None:
        """Start what may start, in the order in which it was asked; let go of what does not stand any more."""
        for ticket in self._ledger.tickets():
            self._advance(ticket)

    def apply(self, suggestion_id: str, revision: int, asker: Asker) -> None:
        """Apply a suggestion. What another has applied, and waits for a second person, is approved by that.

        Raises:
            ConflictError: it waits for something else, at another revision, or for somebody else than who asks again.
            Whatever :meth:`Changes.apply` and :meth:`approve` raise.
        """
        record, ticket = self._ledger.suggestion(suggestion_id), self._ticket(suggestion_id)
        if record.status != "queued" or ticket is None:
            self._changes.apply(suggestion_id, revision, asker)
        elif ticket.waits_for == "person" and record.revision == revision and not same(asker.name, ticket.who):
            self.approve(suggestion_id, revision, asker, "applied it too")
        else:
            read = f" at revision {record.revision}: read it again" if record.revision != revision else ""
            lead = f"; 'airuntime approve {suggestion_id}' approves it" if ticket.waits_for == "person" else ""
            raise ConflictError(
                f"{ticket.who} has applied it, and it is queued{read}: {ticket.why}{lead}",
                field="revision",
                value=revision,
                expected=f"{record.revision} ({record.status})",
            )

    def approve(self, suggestion_id: str, revision: int, asker: Asker, reason: str) -> None:
        """Approve what somebody else asked for; it starts at once when nothing else is in its way.

        Raises:
            NotFoundError: there is no such suggestion.
            ConflictError: it does not wait at that revision.
            ForbiddenError: who approves is who asked, or is not known by name where the policy asks for that.
        """
        record, ticket = self._queued(suggestion_id, revision)
        self._guard.may_approve(record, ticket.who, asker)
        self._ledger.note(record, self._entry(asker, APPROVE, suggestion_id, "queued", reason or "approved"))
        self._advance(ticket)

    def cancel(self, suggestion_id: str, revision: int, asker: Asker, reason: str) -> None:
        """Open a suggestion again that waits. Raises ``NotFoundError`` or ``ConflictError``."""
        self._queued(suggestion_id, revision)
        entry = self._entry(asker, CANCEL, suggestion_id, "open", reason or "waits no more")
        self._ledger.close_suggestion(suggestion_id, revision, "open", entry)

    def _queued(self, suggestion_id: str, revision: int) -> tuple[SuggestionRecord, Ticket]:
        record, ticket = self._ledger.suggestion(suggestion_id), self._ticket(suggestion_id)
        if ticket is None or record.status != "queued" or record.revision != revision:
            raise moved(record, revision, "queued")
        return record, ticket

    def _ticket(self, suggestion_id: str) -> Ticket | None:
        return next((one for one in self._ledger.tickets() if one.suggestion == suggestion_id), None)

    def _advance(self, ticket: Ticket) -> None:
        record = self._ledger.suggestion(ticket.suggestion)
        if record.status != "queued":
            return
        try:
            self._changes.resume(record, ticket)
        except TurnedError:
            _log.info("the start of %s is tried again in the next pass", ticket.suggestion)
        except (NotNowError, TooSoonError) as error:
            self._ledger.retell(replace(ticket, waits_for="time", why=error.message))
        except ForbiddenError as error:
            self._close(record, CANCEL, "open", error.message)
        except (BadRequestError, ConflictError, NotFoundError) as error:
            self._close(record, "expire", "expired", error.message)
        except BackendError as error:
            self._ledger.retell(replace(ticket, waits_for="time", why=error.message))

    def _close(self, record: SuggestionRecord, action: str, status: SuggestionStatus, why: str) -> None:
        entry = self._entry(Asker(SELF, "worker"), action, record.suggestion.id, status, why)
        try:
            self._ledger.close_suggestion(record.suggestion.id, record.revision, status, entry)
        except ConflictError:
            _log.info("suggestion %s moved while it waited", record.suggestion.id)

    def _entry(self, asker: Asker, action: str, suggestion_id: str, after: str, why: str) -> AuditEntry:
        return AuditEntry(self._clock.now(), asker.name, asker.via, action, suggestion_id, "queued", after, why)
