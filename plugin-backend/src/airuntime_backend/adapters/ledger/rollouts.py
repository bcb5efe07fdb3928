"""Rollouts on a database: each transition with all that belongs to it in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, nextafter
from typing import Any, Final, cast

from ai_runtime_intelligent.contract.kinds import Phase
from ai_runtime_intelligent.flow.rollout import RUNNING, Rollout
from ai_runtime_intelligent.flow.saving import Saving
from ai_runtime_intelligent.flow.verdict import Verdict
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from airuntime_backend.errors import ConflictError
from airuntime_backend.ports import AuditEntry, Move, Progress, SuggestionRecord, SuggestionStatus

from . import bodies
from .audit import audit_entry, audit_row, entry_of
from .configs import write_config
from .models import AuditRow, ChangeRow, ProgressRow, RolloutRow, SavingRow, VerdictRow
from .queue import next_turn
from .sessions import Sessions
from .suggestions import claim, follow

_STATUS: Final[Mapping[Phase, SuggestionStatus]] = {
    "planned": "applied",
    "applying": "applied",
    "watching": "applied",
    "kept": "kept",
    "rolled_back": "rolled_back",
    "stuck": "stuck",
}


class SqlRollouts(Sessions):
    """Rollouts and what came of them."""

    def begin(self, record: SuggestionRecord, moved: Move, turn: int | None = None) -> None:
        """Start a rollout in one transaction, and take its suggestion out of the queue.

        Raises ``ConflictError`` when the tunable or the suggestion is taken, ``TurnedError`` when the turn is no longer
        the one given.
        """
        rollout, change = moved.after, moved.after.change
        try:
            with self._session.begin() as session:
                claim(session, change.suggestion, record.revision, "applied", moved.event.at, was=record.status)
                next_turn(session, turn)
                session.add(
                    ChangeRow(id=change.id, suggestion=change.suggestion, at=moved.event.at, body=bodies.dump(change))
                )
                session.flush()
                session.add(_rollout_row(rollout, _after_all(session, moved.before.since)))
                session.flush()
                write_config(session, moved)
                session.add(audit_row(entry_of(moved)))
        except IntegrityError as error:
            raise ConflictError(
                f"another change runs on {change.forward.tunable} of {change.forward.service}: "
                "wait until it is kept, or roll it back"
            ) from error

    def move(self, moved: Move) -> None:
        """Write one transition. Raises ``ConflictError`` when the rollout is no longer where ``before`` has it."""
        with self._session.begin() as session:
            _advance(session, moved)
            change = moved.after.change
            write_config(session, moved)
            follow(session, change.suggestion, _STATUS[moved.after.phase], moved.event.at)
            session.add(audit_row(entry_of(moved)))
            _add_outcome(session, moved)

    def put_progress(self, progress: Progress) -> None:
        """Keep the latest look at a rollout."""
        self._keep(ProgressRow(rollout=progress.rollout, at=progress.at, body=bodies.dump(progress)))

    def progress(self) -> Mapping[str, Progress]:
        """The latest look at each rollout, by rollout id."""
        with self._session() as session:
            rows = session.scalars(select(ProgressRow))
            return {row.rollout: bodies.PROGRESS.validate_python(row.body) for row in rows}

    def rollouts(self) -> tuple[Rollout, ...]:
        """All rollouts, oldest first."""
        query = select(RolloutRow.body).order_by(RolloutRow.started_at, RolloutRow.id)
        with self._session() as session:
            return tuple(bodies.ROLLOUT.validate_python(body) for body in session.scalars(query))

    def verdicts(self) -> Mapping[str, Verdict]:
        """The latest verdict of each rollout, by rollout id."""
        query = select(VerdictRow).order_by(VerdictRow.id)
        with self._session() as session:
            return {row.rollout: bodies.VERDICT.validate_python(row.body) for row in session.scalars(query)}

    def savings(self) -> Mapping[str, Saving]:
        """The saving of each kept rollout, by rollout id."""
        query = select(SavingRow).join(RolloutRow, RolloutRow.id == SavingRow.rollout).where(RolloutRow.phase == "kept")
        with self._session() as session:
            return {row.rollout: bodies.SAVING.validate_python(row.body) for row in session.scalars(query)}

    def audit(self, subject: str | None = None) -> tuple[AuditEntry, ...]:
        """What was done, oldest first; to one subject if it is given."""
        query = select(AuditRow).order_by(AuditRow.id)
        if subject is not None:
            query = query.where(AuditRow.subject == subject)
        with self._session() as session:
            return tuple(audit_entry(row) for row in session.scalars(query))


def _holds(rollout: Rollout) -> str | None:
    forward = rollout.change.forward
    return f"{forward.service}/{forward.tunable}" if rollout.phase in RUNNING else None


def _after_all(session: Session, at: float) -> float:
    """When a rollout starts by the order of all: after those on record, though a clock ran ahead meanwhile."""
    latest = session.scalar(select(func.max(RolloutRow.started_at)))
    return at if latest is None else max(at, nextafter(latest, inf))


def _rollout_row(rollout: Rollout, started_at: float) -> RolloutRow:
    return RolloutRow(
        id=rollout.id,
        change=rollout.change.id,
        phase=rollout.phase,
        revision=rollout.revision,
        holds=_holds(rollout),
        started_at=started_at,
        body=bodies.dump(rollout),
    )


def _advance(session: Session, moved: Move) -> None:
    before, after = moved.before, moved.after
    step = (
        update(RolloutRow)
        .where(RolloutRow.id == before.id, RolloutRow.phase == before.phase, RolloutRow.revision == before.revision)
        .values(phase=after.phase, revision=after.revision, holds=_holds(after), body=bodies.dump(after))
    )
    if cast("Any", session.execute(step)).rowcount != 1:
        row = session.get(RolloutRow, before.id)
        found = f"{row.phase} at revision {row.revision}" if row else "not on record"
        raise ConflictError(
            f"rollout {before.id} is {found}, expected {before.phase} at revision {before.revision}: read it again"
        )


def _add_outcome(session: Session, moved: Move) -> None:
    if moved.verdict is not None:
        session.add(
            VerdictRow(
                rollout=moved.after.id,
                outcome=moved.verdict.outcome,
                at=moved.event.at,
                body=bodies.dump(moved.verdict),
            )
        )
    if moved.saving is not None:
        session.add(SavingRow(id=moved.saving.id, rollout=moved.after.id, body=bodies.dump(moved.saving)))
