"""What waits, as the API shows it."""

from __future__ import annotations

from airuntime_backend.engine.guard import approvals
from airuntime_backend.ports import Ledger

from .policy_schemas import QueueView


def queue_view(ledger: Ledger, suggestion_id: str) -> QueueView | None:
    """What a suggestion waits for; None when it does not wait."""
    for place, one in enumerate(ledger.tickets(), 1):
        if one.suggestion == suggestion_id:
            approved = list(approvals(ledger.audit(suggestion_id)))
            return QueueView(
                at=one.at,
                who=one.who,
                via=one.via,
                waits_for=one.waits_for,
                why=one.why,
                approved_by=approved,
                place=place,
            )
    return None
