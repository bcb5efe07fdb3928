"""The postman: takes every entry of the audit trail to every webhook, until it is taken in or given up."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, get_args

from ai_runtime_intelligent.contract.kinds import Phase
from ai_runtime_intelligent.flow.identity import identify

from airuntime_backend.errors import NotFoundError, UpstreamError
from airuntime_backend.ports import AuditEntry, Clock, Delivery, Hooks, Ledger, Message, Outbox

from .autopilot import AUTONOMY

_log = logging.getLogger(__name__)
_MINUTE: Final = 60.0
_HOUR: Final = 3600.0
RETRIES: Final = (5.0, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR)
"""Seconds to the next attempt after each that failed, as the Standard Webhooks specification advises; then no more."""
_MOST: Final = 100
"""Deliveries of one round."""
_LEASE_SECONDS: Final = 60.0
"""For how long a delivery is kept from others: longer than an attempt may take."""
_ROUND_SECONDS: Final = 10.0
"""How long a round may go on to begin attempts: a process that stops waits for its end."""
_PHASES: Final = frozenset(get_args(Phase))


class Postman:
    """Delivers at least once; receivers tell a message that came twice by its id."""

    def __init__(self, *, outbox: Outbox, hooks: Hooks, ledger: Ledger, clock: Clock) -> None:
        self._outbox = outbox
        self._hooks = hooks
        self._ledger = ledger
        self._clock = clock

    def rounds(self) -> Mapping[str, Callable[[], None]]:
        """A round for each endpoint, by its name: whoever is slow keeps nobody else waiting."""
        return {name: partial(self.deliver, name) for name in self._hooks.endpoints} or {"nobody": self.sort}

    def sort(self) -> None:
        """Address what is new, and give up what is for an endpoint that is no longer configured."""
        self._outbox.address(self._hooks.endpoints, self._clock.now())
        self._outbox.abandon(self._hooks.endpoints, "the endpoint is no longer configured")

    def deliver(self, endpoint: str) -> None:
        """Attempt what is due for one endpoint. When it fails it is left alone for the rest of the round."""
        self.sort()
        begun = self._clock.steady()
        for one in self._outbox.due(endpoint, self._clock.now(), _MOST):
            now = self._clock.now()
            if self._clock.steady() - begun >= _ROUND_SECONDS:
                return
            if self._outbox.take(one, now + _LEASE_SECONDS) and not self._attempt(one, now):
                return

    def _attempt(self, one: Delivery, now: float) -> bool:
        """Whether the endpoint took it in, or wants no more of it."""
        try:
            taken = self._hooks.send(one.endpoint, message_of(one.event, one.entry, self._told(one.entry)), now)
        except UpstreamError as error:
            self._again(one, error.message)
            return False
        if not taken:
            self._give_up(one, "it says that it is gone")
            return True
        self._outbox.delivered(one)
        return True

    def _again(self, one: Delivery, why: str) -> None:
        if one.attempts >= len(RETRIES):
            self._give_up(one, why)
            return
        self._outbox.failed(one, self._clock.now() + RETRIES[one.attempts], why)
        _log.info("webhook %s: %s; attempt %d is next", one.endpoint, why, one.attempts + 2)

    def _give_up(self, one: Delivery, why: str) -> None:
        self._outbox.failed(one, None, why)
        _log.warning(
            "webhook %s: event %d is given up after %d attempts: %s", one.endpoint, one.event, one.attempts + 1, why
        )

    def _told(self, entry: AuditEntry) -> Mapping[str, Any]:
        if entry.action == AUTONOMY:
            return {"rule": entry.subject}
        try:
            suggestion = self._ledger.suggestion(entry.subject).suggestion
        except NotFoundError:
            return {}
        subject = suggestion.subject
        return {
            "suggestion": suggestion.id,
            "service": subject.service,
            "primitive": subject.primitive,
            "rule": suggestion.rule,
            "title": suggestion.title,
            "tunable": suggestion.tunable.name if suggestion.tunable else None,
            "from": suggestion.from_value,
            "to": suggestion.to_value,
        }


def message_of(event: int, entry: AuditEntry, about: Mapping[str, Any]) -> Message:
    """The message of an entry; the same entry always gives the same one, whenever and however often it is sent."""
    when = datetime.fromtimestamp(entry.at, UTC).isoformat()
    data = {
        **about,
        "action": entry.action,
        "before": entry.before,
        "after": entry.after,
        "who": entry.who,
        "via": entry.via,
        "why": entry.why,
    }
    body = json.dumps({"type": type_of(entry), "timestamp": when, "data": data}, separators=(",", ":"))
    return Message(identify("msg", event, entry), body)


def type_of(entry: AuditEntry) -> str:
    """What happened, as receivers filter by: of what, and where it stands now, or what was done where it stays."""
    if entry.action == AUTONOMY:
        return f"autonomy.{entry.after}"
    noun = "rollout" if entry.after in _PHASES else "suggestion"
    return f"{noun}.{entry.after if entry.after != entry.before else entry.action}"
