"""The autopilot: what the policy lets rules do by themselves, and what they have earned."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from airuntime_backend.errors import BackendError, PolicyUnreadableError
from airuntime_backend.policy import Level
from airuntime_backend.ports import AuditEntry, Clock, Ledger, Policies, SuggestionRecord

from .apply import Changes
from .autonomy import Standing, standings
from .guard import CANCEL, QUEUE
from .people import ITSELF
from .predictions import rank_of, trusted

_log = logging.getLogger(__name__)
AUTONOMY = "autonomy"
_ACTS: tuple[Level, ...] = ("apply-with-approval", "auto")


class Autopilot:
    """Applies suggestions for rules that may."""

    def __init__(
        self, *, ledger: Ledger, changes: Changes, policies: Policies, clock: Clock, rules: Sequence[str]
    ) -> None:
        self._ledger = ledger
        self._changes = changes
        self._policies = policies
        self._clock = clock
        self._rules = tuple(rules)

    def standings(self) -> tuple[Standing, ...]:
        """How far each rule may go now. Raises ``PolicyUnreadableError``."""
        return standings(self._rules, self._policies.policy(), self._ledger)

    def fly(self) -> None:
        """Put on record how far rules may go where that changed, then act for those that may, best suggestion first."""
        try:
            found = {one.rule: one for one in self.standings()}
        except PolicyUnreadableError as error:
            _log.warning("no rule goes by itself: %s", error)
            return
        for one in found.values():
            self._tell(one)
        acting = {one.rule for one in found.values() if one.level in _ACTS}
        offered = (
            one for one in self._ledger.suggestions() if one.suggestion.step is not None
        )  # patches are a person's
        for record in self._ranked(one for one in offered if one.suggestion.rule in acting):
            self._act(record)

    def _tell(self, one: Standing) -> None:
        entries = self._ledger.audit(one.rule)
        was = entries[-1].after if entries else "suggest"
        if was != one.level:
            who, via, now = ITSELF.name, ITSELF.via, self._clock.now()
            self._ledger.enter(AuditEntry(now, who, via, AUTONOMY, one.rule, was, one.level, one.why))

    def _ranked(self, records: Iterable[SuggestionRecord]) -> list[SuggestionRecord]:
        believed = trusted(self._ledger)
        return sorted(
            (one for one in records if one.status == "open"), key=lambda one: -rank_of(one.suggestion, believed)
        )

    def _act(self, record: SuggestionRecord) -> None:
        """Ask for it once: what somebody has taken out of the queue stays a person's to ask for."""
        suggestion_id = record.suggestion.id
        if any(entry.action in (QUEUE, CANCEL) for entry in self._ledger.audit(suggestion_id)):
            return
        try:
            self._changes.apply(suggestion_id, record.revision, ITSELF)
        except BackendError as error:
            _log.info("rule %s does not start %s now: %s", record.suggestion.rule, suggestion_id, error)
