"""Expiring: suggestions whose ground is gone are closed, with the reason in the audit trail."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Diagnosis
from ai_runtime_intelligent.flow.rollout import RUNNING
from ai_runtime_intelligent.flow.suggestion import Tunable

from airuntime_backend.errors import ConflictError
from airuntime_backend.ports import AuditEntry, Clock, Ledger, SuggestionRecord

from .people import SELF
from .well import Well

_log = logging.getLogger(__name__)
STANDING: Final = ("open", "queued")
"""Where a suggestion waits for somebody or something, and goes when its ground does."""


class Expiry:
    """Closes suggestions that nobody need decide on any more."""

    def __init__(self, ledger: Ledger, clock: Clock, window_seconds: float) -> None:
        self._ledger = ledger
        self._clock = clock
        self._window_seconds = window_seconds
        self._well = Well()

    def of_well(self, diagnosis: Diagnosis, now: float) -> None:
        """Close open suggestions whose primitive was measured and has been well for as long as a window."""
        well = {(clear.subject, clear.name) for clear in diagnosis.clear if clear.measured}
        cured = {}
        for record in self._ledger.suggestions():
            finding = record.suggestion.evidence.finding
            if record.status in STANDING and (finding.subject, finding.name) in well:
                cured[record.suggestion.id] = record
        for one in sorted(self._well.for_so_long(cured, self._clock.steady(), self._window_seconds)):
            self.close(cured[one], now, "its cause is gone")

    def of_moved(
        self, records: Iterable[SuggestionRecord], tunables: dict[str, Tunable], service: str, now: float
    ) -> None:
        """Close open suggestions that start from a value which is not obeyed any more."""
        for record in records:
            one = record.suggestion
            held = tunables.get(one.tunable.name) if one.tunable else None
            moved = held is not None and held.value != one.from_value
            if record.status in STANDING and one.subject.service == service and moved:
                if record.status == "queued" and one.target in self._held(service):
                    continue
                self.close(record, now, f"{one.target} is not {one.from_value:g} any more")

    def _held(self, service: str) -> set[str]:
        """Tunables on which a change runs: what waits for it may find its value again when that goes back."""
        settings = (one.change.forward for one in self._ledger.rollouts() if one.phase in RUNNING)
        return {one.tunable for one in settings if one.service == service}

    def close(self, record: SuggestionRecord, now: float, why: str) -> None:
        """Close one, unless it has moved meanwhile."""
        entry = AuditEntry(now, SELF, "worker", "expire", record.suggestion.id, record.status, "expired", why)
        try:
            self._ledger.close_suggestion(record.suggestion.id, record.revision, "expired", entry)
        except ConflictError:
            _log.info("suggestion %s moved while it was to expire", record.suggestion.id)
