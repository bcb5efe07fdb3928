"""Answered: whether what became of a suggestion still answers the same one, made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.ranking import other_ground

from airuntime_backend.ports import AuditEntry, SuggestionRecord

from .elapsed import is_fresh

_UNDECIDED_SECONDS: Final = 86_400.0
"""How long a change that could not be decided rests: by then other traffic may decide it."""


def answers(record: SuggestionRecord, trail: Callable[[str], Iterable[AuditEntry]], now: Finding, at: float) -> bool:
    """Whether nobody has to be asked again.

    Args:
        record: the suggestion as it was made before.
        trail: gives the entries of a suggestion in the audit trail, oldest first; asked only where they decide.
        now: the finding for which it would be made again.
        at: Unix seconds.
    """
    if record.status == "rolled_back":
        ends = [entry for entry in trail(record.suggestion.id) if entry.after == "rolled_back"]
        return _went_back(record, ends, now, at)
    if record.status == "dismissed":
        return not other_ground(now, record.suggestion.evidence.finding)
    return record.status != "expired"


def _went_back(record: SuggestionRecord, ends: list[AuditEntry], now: Finding, at: float) -> bool:
    """Whether its going back says something of the change.

    Neither lost evidence does, nor a silent service, nor the worker that cannot judge it. What harmed stays away; what
    a person took back does so until its ground changes.
    """
    last = ends[-1] if ends else None
    if last is None or last.action == "refuted":
        return True
    if last.action == "error" or last.before == "stuck" or (last.action, last.via) == ("undo", "worker"):
        return False  # of an older kind, as the worker says
    if last.action == "inconclusive":
        return is_fresh(last.at, at, _UNDECIDED_SECONDS)
    return not other_ground(now, record.suggestion.evidence.finding)
