"""Audit entries to rows and back."""

from __future__ import annotations

from airuntime_backend.ports import AuditEntry, Move

from .models import AuditRow


def entry_of(moved: Move) -> AuditEntry:
    """The entry of one transition."""
    event, change = moved.event, moved.after.change
    return AuditEntry(
        event.at, event.who, moved.via, event.kind, change.suggestion, moved.before.phase, moved.after.phase, event.why
    )


def audit_row(entry: AuditEntry) -> AuditRow:
    """The row of an entry."""
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


def audit_entry(row: AuditRow) -> AuditEntry:
    """The entry of a row."""
    return AuditEntry(row.at, row.who, row.via, row.action, row.subject, row.before, row.after, row.why)
