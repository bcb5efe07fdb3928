"""Code patches on a database."""

from __future__ import annotations

from typing import Any, cast

from ai_runtime_intelligent.flow.patch import PATCH_LIVE, PatchRun
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from airuntime_backend.errors import ConflictError
from airuntime_backend.ports import AuditEntry

from . import bodies
from .audit import audit_row
from .models import PatchRow
from .queue import next_turn
from .sessions import Sessions
from .suggestions import suggestion_row


class SqlPatches(Sessions):
    """Code patches on record."""

    def add_patch(self, run: PatchRun, revision: int, entry: AuditEntry, turn: int | None = None) -> None:
        """Put a new run on record.

        Raises ``ConflictError`` when the suggestion moved or has a live patch already, ``TurnedError`` when the turn is
        no longer the one given.
        """
        try:
            with self._session.begin() as session:
                row = suggestion_row(session, run.suggestion)
                if (row.status, row.revision) != ("open", revision):
                    raise ConflictError(
                        f"suggestion {row.id} is {row.status} at revision {row.revision}, expected open at revision "
                        f"{revision}: read it again before you decide",
                        field="revision",
                        value=revision,
                        expected=f"{row.revision} ({row.status})",
                    )
                session.add(
                    PatchRow(
                        id=run.id, suggestion=run.suggestion, service=run.service, created_at=run.created_at, **_of(run)
                    )
                )
                session.add(audit_row(entry))
                session.flush()
                _take(session, turn)
        except IntegrityError as error:
            raise ConflictError(
                f"suggestion {run.suggestion} has a patch already: revert that one before another is made"
            ) from error

    def move_patch(self, before: PatchRun, after: PatchRun, entry: AuditEntry, turn: int | None = None) -> None:
        """Write one transition.

        Raises ``ConflictError`` when the run is no longer where ``before`` has it, ``TurnedError`` when the turn is no
        longer the one given.
        """
        step = (
            update(PatchRow)
            .where(PatchRow.id == before.id, PatchRow.revision == before.revision, PatchRow.phase == before.phase)
            .values(**_of(after))
        )
        with self._session.begin() as session:
            if cast("Any", session.execute(step)).rowcount != 1:
                row = session.get(PatchRow, before.id)
                found = f"{row.phase} at revision {row.revision}" if row else "not on record"
                raise ConflictError(
                    f"patch {before.id} is {found}, expected {before.phase} at revision {before.revision}: "
                    "read it again"
                )
            _take(session, turn)
            session.add(audit_row(entry))

    def patches(self) -> tuple[PatchRun, ...]:
        """All patches, oldest first."""
        query = select(PatchRow.body).order_by(PatchRow.created_at, PatchRow.id)
        with self._session() as session:
            return tuple(bodies.PATCH.validate_python(body) for body in session.scalars(query))


def _take(session: Session, turn: int | None) -> None:
    """Move the turn on where one is given: only what begins something takes one."""
    if turn is not None:
        next_turn(session, turn)


def _of(run: PatchRun) -> dict[str, Any]:
    return {
        "phase": run.phase,
        "revision": run.revision,
        "holds": run.suggestion if run.phase in PATCH_LIVE else None,
        "body": bodies.dump(run),
    }
