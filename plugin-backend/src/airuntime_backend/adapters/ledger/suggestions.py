"""Suggestions on a database, with the evidence that they stand on."""

from __future__ import annotations

from typing import Any, cast

from ai_runtime_intelligent.flow.suggestion import Suggestion
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from airuntime_backend.errors import ConflictError, NotFoundError
from airuntime_backend.ports import AuditEntry, SuggestionRecord, SuggestionStatus

from . import bodies
from .audit import audit_row
from .models import EvidenceRow, FindingRow, SignalRow, SuggestionRow, TicketRow
from .sessions import Sessions


class SqlSuggestions(Sessions):
    """Suggestions on record."""

    def add_suggestion(self, suggestion: Suggestion, at: float) -> None:
        """Put a new suggestion, its evidence, finding and signals on record."""
        with self._session.begin() as session:
            _add_evidence(session, suggestion, at)
            session.add(
                SuggestionRow(
                    id=suggestion.id,
                    evidence=suggestion.evidence.id,
                    service=suggestion.subject.service,
                    tunable=suggestion.tunable.name if suggestion.tunable else "",
                    status="open",
                    revision=1,
                    created_at=at,
                    updated_at=at,
                    body=bodies.dump(suggestion),
                )
            )

    def suggestion(self, suggestion_id: str) -> SuggestionRecord:
        """One suggestion. Raises ``NotFoundError``."""
        with self._session() as session:
            return _record(suggestion_row(session, suggestion_id))

    def suggestions(self) -> tuple[SuggestionRecord, ...]:
        """All suggestions, newest first."""
        query = select(SuggestionRow).order_by(SuggestionRow.created_at.desc(), SuggestionRow.id)
        with self._session() as session:
            return tuple(_record(row) for row in session.scalars(query))

    def close_suggestion(self, suggestion_id: str, revision: int, status: SuggestionStatus, entry: AuditEntry) -> None:
        """Dismiss, expire, or open again what is queued.

        Raises ``ConflictError`` when revision or status are not the expected ones.
        """
        with self._session.begin() as session:
            claim(session, suggestion_id, revision, status, entry.at, was=entry.before)
            session.add(audit_row(entry))


def suggestion_row(session: Session, suggestion_id: str) -> SuggestionRow:
    """The suggestion's row. Raises ``NotFoundError``."""
    row = session.get(SuggestionRow, suggestion_id)
    if row is None:
        raise NotFoundError(f"there is no suggestion {suggestion_id!r}: GET /suggestions lists them")
    return row


def _record(row: SuggestionRow) -> SuggestionRecord:
    suggestion = bodies.SUGGESTION.validate_python(row.body)
    status = cast("SuggestionStatus", row.status)
    return SuggestionRecord(suggestion, status, row.revision, row.created_at, row.updated_at)


def claim(session: Session, suggestion_id: str, revision: int, status: str, at: float, *, was: str = "open") -> None:
    """Move a suggestion, if it is still at the expected revision and status; it waits in the queue no more."""
    claim = (
        update(SuggestionRow)
        .where(SuggestionRow.id == suggestion_id, SuggestionRow.revision == revision, SuggestionRow.status == was)
        .values(status=status, revision=revision + 1, updated_at=at)
    )
    if cast("Any", session.execute(claim)).rowcount == 1:
        session.execute(delete(TicketRow).where(TicketRow.suggestion == suggestion_id))
        return
    raise moved_on(session, suggestion_id, revision, was)


def moved_on(session: Session, suggestion_id: str, revision: int, was: str) -> ConflictError:
    """The error that tells where a suggestion stands instead. Raises ``NotFoundError``."""
    row = suggestion_row(session, suggestion_id)
    return ConflictError(
        f"suggestion {suggestion_id} is {row.status} at revision {row.revision}, expected {was} at revision "
        f"{revision}: read it again before you decide",
        field="revision",
        value=revision,
        expected=f"{row.revision} ({row.status})",
    )


def follow(session: Session, suggestion_id: str, status: SuggestionStatus, at: float) -> None:
    """Let the suggestion's status follow its rollout."""
    row = suggestion_row(session, suggestion_id)
    if row.status != status:
        row.status, row.updated_at, row.revision = status, at, row.revision + 1


def _add_evidence(session: Session, suggestion: Suggestion, at: float) -> None:
    evidence = suggestion.evidence
    finding = evidence.finding
    for signal in evidence.signals:
        subject = signal.subject
        session.merge(
            SignalRow(
                id=signal.id,
                service=subject.service,
                primitive=subject.primitive,
                measure=signal.measure,
                body=bodies.dump(signal),
            )
        )
    session.merge(
        FindingRow(
            id=finding.id,
            service=finding.subject.service,
            primitive=finding.subject.primitive,
            name=finding.name,
            at=at,
            body=bodies.dump(finding),
        )
    )
    session.flush()
    session.merge(EvidenceRow(id=evidence.id, finding=finding.id, body=bodies.dump(evidence)))
    session.flush()
