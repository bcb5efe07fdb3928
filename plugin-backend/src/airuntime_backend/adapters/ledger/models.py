"""The tables. A record's whole content is in ``body`` (JSON); columns beside it are what is searched by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Base of all tables."""


class ServiceRow(Base):
    """The latest manifest of a service, and the generation of its remote config."""

    __tablename__ = "service"
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    manifest: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    seen_at: Mapped[float] = mapped_column(Float)
    generation: Mapped[int] = mapped_column(Integer, default=0)


class SettingRow(Base):
    """A tunable's value in the remote config; no row means the declared default."""

    __tablename__ = "setting"
    service: Mapped[str] = mapped_column(String(200), primary_key=True)
    tunable: Mapped[str] = mapped_column(String(200), primary_key=True)
    value: Mapped[float] = mapped_column(Float)
    rollout: Mapped[str] = mapped_column(String(40))


class ExperimentRow(Base):
    """What a service tries out on a tunable beside the value that it obeys."""

    __tablename__ = "experiment"
    service: Mapped[str] = mapped_column(String(200), primary_key=True)
    tunable: Mapped[str] = mapped_column(String(200), primary_key=True)
    rollout: Mapped[str] = mapped_column(String(40))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class DiagnosisRow(Base):
    """The latest analysis: one row."""

    __tablename__ = "diagnosis"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[float] = mapped_column(Float)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class SignalRow(Base):
    """A number on which a finding stands."""

    __tablename__ = "signal"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    service: Mapped[str] = mapped_column(String(200))
    primitive: Mapped[str] = mapped_column(String(200))
    measure: Mapped[str] = mapped_column(String(100))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class FindingRow(Base):
    """A finding for which something was suggested."""

    __tablename__ = "finding"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    service: Mapped[str] = mapped_column(String(200))
    primitive: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(100))
    at: Mapped[float] = mapped_column(Float)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class EvidenceRow(Base):
    """What supports a finding."""

    __tablename__ = "evidence"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    finding: Mapped[str] = mapped_column(ForeignKey("finding.id"))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class SuggestionRow(Base):
    """A suggestion, its status, and the revision that a caller must name to move it."""

    __tablename__ = "suggestion"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    evidence: Mapped[str] = mapped_column(ForeignKey("evidence.id"))
    service: Mapped[str] = mapped_column(String(200))
    tunable: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[float] = mapped_column(Float)
    updated_at: Mapped[float] = mapped_column(Float)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class ChangeRow(Base):
    """A planned change with its exact inverse."""

    __tablename__ = "change"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    suggestion: Mapped[str] = mapped_column(ForeignKey("suggestion.id"))
    at: Mapped[float] = mapped_column(Float)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class RolloutRow(Base):
    """Where a change stands, after so many events: who moves it must name the revision.

    ``holds`` is ``service/tunable`` while it runs and NULL after: at most one may hold it.
    """

    __tablename__ = "rollout"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    change: Mapped[str] = mapped_column(ForeignKey("change.id"))
    phase: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(Integer, server_default="0")
    holds: Mapped[str | None] = mapped_column(String(401), unique=True)
    started_at: Mapped[float] = mapped_column(Float)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class TicketRow(Base):
    """An apply that waits, for as long as it does."""

    __tablename__ = "ticket"
    suggestion: Mapped[str] = mapped_column(ForeignKey("suggestion.id"), primary_key=True)
    at: Mapped[float] = mapped_column(Float)
    who: Mapped[str] = mapped_column(String(200))
    via: Mapped[str] = mapped_column(String(40))
    waits_for: Mapped[str] = mapped_column(String(20))
    why: Mapped[str] = mapped_column(Text)


class GateRow(Base):
    """One row: a number that every start and every place in the queue moves on, so that two never go by one look."""

    __tablename__ = "gate"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    turn: Mapped[int] = mapped_column(Integer)


class VerdictRow(Base):
    """What the measurements said."""

    __tablename__ = "verdict"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    rollout: Mapped[str] = mapped_column(ForeignKey("rollout.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    at: Mapped[float] = mapped_column(Float)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class ProgressRow(Base):
    """The latest look at a rollout."""

    __tablename__ = "progress"
    rollout: Mapped[str] = mapped_column(ForeignKey("rollout.id"), primary_key=True)
    at: Mapped[float] = mapped_column(Float)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class SavingRow(Base):
    """What a kept change is worth."""

    __tablename__ = "saving"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    rollout: Mapped[str] = mapped_column(ForeignKey("rollout.id"))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class AuditRow(Base):
    """One thing that somebody, or the backend itself, did."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[float] = mapped_column(Float)
    who: Mapped[str] = mapped_column(String(200))
    via: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(String(40))
    after: Mapped[str] = mapped_column(String(40))
    why: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_audit_subject", "subject"),)


class OutboxRow(Base):
    """An entry of the audit trail that was not yet addressed to webhooks; written in the entry's own transaction."""

    __tablename__ = "outbox"
    event: Mapped[int] = mapped_column(ForeignKey("audit.id"), primary_key=True)


class DeliveryRow(Base):
    """An entry on its way to one endpoint. ``due`` is NULL once it was given up."""

    __tablename__ = "delivery"
    event: Mapped[int] = mapped_column(ForeignKey("audit.id"), primary_key=True)
    endpoint: Mapped[str] = mapped_column(String(40), primary_key=True)
    attempts: Mapped[int] = mapped_column(Integer)
    due: Mapped[float | None] = mapped_column(Float)
    why: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_delivery_due", "due"),)


class ModelCallRow(Base):
    """One call of a model that words suggestions: what it was asked (a hash), what it cost, what came of it.

    Until it ends, ``usd`` is what was set aside for it. ``answer`` and ``refusal`` are empty when nothing came.
    """

    __tablename__ = "model_call"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(200))
    at: Mapped[float] = mapped_column(Float)
    usd: Mapped[float] = mapped_column(Float)
    answer: Mapped[str] = mapped_column(Text, default="")
    refusal: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("ix_model_call_key", "key", "model"), Index("ix_model_call_at", "at"))


class BookingRow(Base):
    """One entry of the books: what a change saved in a window. Rows are only ever added; a later number corrects."""

    __tablename__ = "booking"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    rollout: Mapped[str] = mapped_column(ForeignKey("rollout.id"))
    service: Mapped[str] = mapped_column(String(200))
    start: Mapped[float] = mapped_column(Float)
    end: Mapped[float] = mapped_column(Float)
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[float] = mapped_column(Float)
    why: Mapped[str] = mapped_column(Text)
    usd: Mapped[float] = mapped_column(Float)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (
        UniqueConstraint("rollout", "start", "number", name="uq_booking_entry"),
        Index("ix_booking_window", "service", "start"),
    )


class PatchRow(Base):
    """Where a code patch stands. ``holds`` is its suggestion while it lives and NULL after: at most one may hold it."""

    __tablename__ = "patch"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    suggestion: Mapped[str] = mapped_column(ForeignKey("suggestion.id"))
    service: Mapped[str] = mapped_column(String(200))
    phase: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(Integer)
    holds: Mapped[str | None] = mapped_column(String(40), unique=True)
    created_at: Mapped[float] = mapped_column(Float)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (Index("ix_patch_suggestion", "suggestion"),)
