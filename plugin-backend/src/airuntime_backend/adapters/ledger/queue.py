"""Applies that wait, on a database."""

from __future__ import annotations

from typing import Any, Final, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from airuntime_backend.errors import TurnedError
from airuntime_backend.ports import AuditEntry, SuggestionRecord, Ticket, WaitsFor

from .audit import audit_row
from .models import GateRow, SuggestionRow, TicketRow
from .sessions import Sessions
from .suggestions import claim, moved_on

_GATE: Final = 1


class SqlQueue(Sessions):
    """Applies that wait."""

    def turn(self) -> int:
        """A number that every start and every place taken moves on."""
        with self._session() as session:
            return session.scalars(select(GateRow.turn).where(GateRow.id == _GATE)).one()

    def enqueue(self, record: SuggestionRecord, ticket: Ticket, entry: AuditEntry, turn: int) -> None:
        """Let an open suggestion wait. Raises ``ConflictError``, ``TurnedError``."""
        with self._session.begin() as session:
            claim(session, ticket.suggestion, record.revision, "queued", entry.at)
            next_turn(session, turn)
            session.add(TicketRow(**vars(ticket)))
            session.add(audit_row(entry))

    def tickets(self) -> tuple[Ticket, ...]:
        """All that waits, in the order in which it was asked."""
        query = select(TicketRow).order_by(TicketRow.at, TicketRow.suggestion)
        with self._session() as session:
            return tuple(_ticket(row) for row in session.scalars(query))

    def retell(self, ticket: Ticket) -> None:
        """Say anew what the ticket waits for and why; nothing happens when it waits no more."""
        step = update(TicketRow).where(TicketRow.suggestion == ticket.suggestion)
        with self._session.begin() as session:
            session.execute(step.values(waits_for=ticket.waits_for, why=ticket.why))

    def note(self, record: SuggestionRecord, entry: AuditEntry) -> None:
        """Write what happened to a suggestion that stays where it stands. Raises ``ConflictError``."""
        suggestion_id, revision, status = record.suggestion.id, record.revision, record.status
        here = update(SuggestionRow).where(
            SuggestionRow.id == suggestion_id, SuggestionRow.revision == revision, SuggestionRow.status == status
        )
        with self._session.begin() as session:
            if cast("Any", session.execute(here.values(updated_at=entry.at))).rowcount != 1:
                raise moved_on(session, suggestion_id, revision, status)
            session.add(audit_row(entry))

    def enter(self, entry: AuditEntry) -> None:
        """Write what happened to something else than a suggestion."""
        with self._session.begin() as session:
            session.add(audit_row(entry))


def next_turn(session: Session, turn: int | None) -> None:
    """Move the turn on. Raises ``TurnedError`` when one is given and it is over."""
    step = update(GateRow).where(GateRow.id == _GATE).values(turn=GateRow.turn + 1)
    if turn is not None:
        step = step.where(GateRow.turn == turn)
    if cast("Any", session.execute(step)).rowcount != 1:
        raise TurnedError("another change was started or queued meanwhile: try again")


def _ticket(row: TicketRow) -> Ticket:
    return Ticket(row.suggestion, row.at, row.who, row.via, cast("WaitsFor", row.waits_for), row.why)
