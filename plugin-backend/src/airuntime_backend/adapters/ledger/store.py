"""The ledger on a database: each public method is one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ai_runtime_intelligent.contract.kinds import Phase
from ai_runtime_intelligent.flow.change import Change, Setting
from ai_runtime_intelligent.flow.finding import Diagnosis
from ai_runtime_intelligent.flow.rollout import RUNNING, Rollout, restores
from ai_runtime_intelligent.flow.saving import Saving
from ai_runtime_intelligent.flow.suggestion import Suggestion
from ai_runtime_intelligent.flow.verdict import Verdict
from sqlalchemy import Engine, delete, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from airuntime_backend.errors import ConflictError, NotFoundError
from airuntime_backend.manifest import Manifest
from airuntime_backend.ports import AuditEntry, Move, ServiceConfig, SuggestionRecord, SuggestionStatus

from . import bodies
from .engine import connect
from .models import (
    AuditRow,
    ChangeRow,
    DiagnosisRow,
    EvidenceRow,
    FindingRow,
    RolloutRow,
    SavingRow,
    ServiceRow,
    SettingRow,
    SignalRow,
    SuggestionRow,
    VerdictRow,
)

_STATUS: Mapping[Phase, SuggestionStatus] = {
    "planned": "applied",
    "applying": "applied",
    "watching": "applied",
    "kept": "kept",
    "rolled_back": "rolled_back",
    "stuck": "stuck",
}


class SqlLedger:
    """The ledger on SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = connect(url)
        self._session = sessionmaker(self.engine, expire_on_commit=False)

    def ready(self) -> str:
        """The dialect, which shows that the database answers."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return self.engine.dialect.name

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    # services

    def put_manifest(self, manifest: Manifest, at: float) -> None:
        """Keep the latest manifest of a service."""
        try:
            self._put_manifest(manifest, at)
        except IntegrityError:
            # Another replica of a new service was first: now there is a row to write to.
            self._put_manifest(manifest, at)

    def manifests(self) -> tuple[Manifest, ...]:
        """The latest manifest of every service, by name."""
        query = select(ServiceRow.manifest).where(ServiceRow.manifest.is_not(None)).order_by(ServiceRow.name)
        with self._session() as session:
            return tuple(Manifest.model_validate(body) for body in session.scalars(query))

    def config(self, service: str) -> ServiceConfig:
        """What the service is told to obey; generation 0 when nothing ever was."""
        query = select(SettingRow).where(SettingRow.service == service).order_by(SettingRow.tunable)
        with self._session() as session:
            row = session.get(ServiceRow, service)
            settings = tuple((one.tunable, one.value, one.rollout) for one in session.scalars(query))
        return ServiceConfig(service, row.generation if row else 0, settings)

    # suggestions

    def add_suggestion(self, suggestion: Suggestion, at: float) -> None:
        """Put a new suggestion, its evidence, finding and signals on record."""
        with self._session.begin() as session:
            _add_evidence(session, suggestion, at)
            session.add(
                SuggestionRow(
                    id=suggestion.id,
                    evidence=suggestion.evidence.id,
                    service=suggestion.subject.service,
                    tunable=suggestion.tunable.name,
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
            return _record(_suggestion(session, suggestion_id))

    def suggestions(self) -> tuple[SuggestionRecord, ...]:
        """All suggestions, newest first."""
        query = select(SuggestionRow).order_by(SuggestionRow.created_at.desc(), SuggestionRow.id)
        with self._session() as session:
            return tuple(_record(row) for row in session.scalars(query))

    def close_suggestion(self, suggestion_id: str, revision: int, status: SuggestionStatus, entry: AuditEntry) -> None:
        """Dismiss or expire. Raises ``ConflictError`` when revision or status are not the expected ones."""
        with self._session.begin() as session:
            _claim(session, suggestion_id, revision, status, entry.at)
            session.add(_audit_row(entry))

    # rollouts

    def begin(self, record: SuggestionRecord, moved: Move) -> None:
        """Start a rollout in one transaction. Raises ``ConflictError`` when the tunable or the suggestion is taken."""
        rollout, change = moved.after, moved.after.change
        try:
            with self._session.begin() as session:
                _claim(session, change.suggestion, record.revision, "applied", moved.event.at)
                session.add(
                    ChangeRow(id=change.id, suggestion=change.suggestion, at=moved.event.at, body=bodies.dump(change))
                )
                session.flush()
                session.add(_rollout_row(rollout, moved.before.since))
                session.flush()
                _write_setting(session, change.forward, rollout.id, moved.event.at)
                session.add(_audit_row(_entry(moved)))
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
            if restores(moved.event.kind, moved.before.phase):
                _write_setting(session, change.inverse, moved.after.id, moved.event.at)
            _follow(session, change.suggestion, _STATUS[moved.after.phase], moved.event.at)
            session.add(_audit_row(_entry(moved)))
            _add_outcome(session, moved)

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
            return tuple(_audit_entry(row) for row in session.scalars(query))

    # diagnoses

    def put_diagnosis(self, diagnosis: Diagnosis, problems: tuple[str, ...], at: float) -> None:
        """Keep the latest diagnosis."""
        body = {"diagnosis": bodies.dump(diagnosis), "problems": list(problems)}
        with self._session.begin() as session:
            session.merge(DiagnosisRow(id=1, at=at, body=body))

    def diagnosis(self) -> tuple[Diagnosis, tuple[str, ...], float] | None:
        """The latest diagnosis, what could not be read for it, and when it was made."""
        with self._session() as session:
            row = session.get(DiagnosisRow, 1)
        if row is None:
            return None
        return bodies.DIAGNOSIS.validate_python(row.body["diagnosis"]), tuple(row.body["problems"]), row.at

    def _put_manifest(self, manifest: Manifest, at: float) -> None:
        with self._session.begin() as session:
            row = _service(session, manifest.service, at)
            row.manifest, row.seen_at = manifest.model_dump(mode="json"), at


def _service(session: Session, name: str, at: float) -> ServiceRow:
    row = session.get(ServiceRow, name, with_for_update=True)
    if row is None:
        row = ServiceRow(name=name, manifest=None, seen_at=at, generation=0)
        session.add(row)
    return row


def _write_setting(session: Session, setting: Setting, rollout: str, at: float) -> None:
    """Write or remove one setting; either way the config is a new generation."""
    row = _service(session, setting.service, at)
    row.generation += 1
    if setting.value is None:
        session.execute(
            delete(SettingRow).where(SettingRow.service == setting.service, SettingRow.tunable == setting.tunable)
        )
    else:
        session.merge(
            SettingRow(service=setting.service, tunable=setting.tunable, value=setting.value, rollout=rollout)
        )


def _suggestion(session: Session, suggestion_id: str) -> SuggestionRow:
    row = session.get(SuggestionRow, suggestion_id)
    if row is None:
        raise NotFoundError(f"there is no suggestion {suggestion_id!r}: GET /suggestions lists them")
    return row


def _record(row: SuggestionRow) -> SuggestionRecord:
    suggestion = bodies.SUGGESTION.validate_python(row.body)
    status = cast("SuggestionStatus", row.status)
    return SuggestionRecord(suggestion, status, row.revision, row.created_at, row.updated_at)


def _claim(session: Session, suggestion_id: str, revision: int, status: str, at: float) -> None:
    """Move an open suggestion, if it is still at the expected revision."""
    claim = (
        update(SuggestionRow)
        .where(SuggestionRow.id == suggestion_id, SuggestionRow.revision == revision, SuggestionRow.status == "open")
        .values(status=status, revision=revision + 1, updated_at=at)
    )
    if cast("Any", session.execute(claim)).rowcount == 1:
        return
    row = _suggestion(session, suggestion_id)
    raise ConflictError(
        f"suggestion {suggestion_id} is {row.status} at revision {row.revision}, expected open at revision {revision}: "
        "read it again before you decide",
        field="revision",
        value=revision,
        expected=f"{row.revision} ({row.status})",
    )


def _follow(session: Session, suggestion_id: str, status: SuggestionStatus, at: float) -> None:
    """Let the suggestion's status follow its rollout."""
    row = _suggestion(session, suggestion_id)
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


def _holds(rollout: Rollout) -> str | None:
    forward = rollout.change.forward
    return f"{forward.service}/{forward.tunable}" if rollout.phase in RUNNING else None


def _rollout_row(rollout: Rollout, started_at: float) -> RolloutRow:
    return RolloutRow(
        id=rollout.id,
        change=rollout.change.id,
        phase=rollout.phase,
        holds=_holds(rollout),
        started_at=started_at,
        body=bodies.dump(rollout),
    )


def _advance(session: Session, moved: Move) -> None:
    step = (
        update(RolloutRow)
        .where(RolloutRow.id == moved.before.id, RolloutRow.phase == moved.before.phase)
        .values(phase=moved.after.phase, holds=_holds(moved.after), body=bodies.dump(moved.after))
    )
    if cast("Any", session.execute(step)).rowcount != 1:
        row = session.get(RolloutRow, moved.before.id)
        found = row.phase if row else "not on record"
        raise ConflictError(f"rollout {moved.before.id} is {found}, expected {moved.before.phase}: read it again")


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


def _entry(moved: Move) -> AuditEntry:
    event = moved.event
    change: Change = moved.after.change
    return AuditEntry(
        event.at, event.who, moved.via, event.kind, change.suggestion, moved.before.phase, moved.after.phase, event.why
    )


def _audit_row(entry: AuditEntry) -> AuditRow:
    return AuditRow(
        at=entry.at,
        who=entry.who,
        via=entry.via,
        action=entry.action,
        subject=entry.subject,
        before=entry.before,
        after=entry.after,
        why=entry.why,
    )


def _audit_entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(row.at, row.who, row.via, row.action, row.subject, row.before, row.after, row.why)
