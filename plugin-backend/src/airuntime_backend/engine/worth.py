"""Worth: what a change that is kept saves by the verdict on it, at the traffic that it had."""

from __future__ import annotations

import logging

from ai_runtime_intelligent.contract import promql
from ai_runtime_intelligent.flow.rollout import Rollout
from ai_runtime_intelligent.flow.saving import Saving, account
from ai_runtime_intelligent.flow.signal import Subject, Window
from ai_runtime_intelligent.flow.verdict import Verdict

from airuntime_backend.errors import BackendError
from airuntime_backend.ports import Clock, Ledger, Metrics, Pricing

from .signals import by_subject, span_of

_log = logging.getLogger(__name__)


class Worth:
    """Accounts for a change at the moment at which it is kept."""

    def __init__(self, *, metrics: Metrics, ledger: Ledger, pricing: Pricing, clock: Clock) -> None:
        self._metrics = metrics
        self._ledger = ledger
        self._pricing = pricing
        self._clock = clock

    def of(self, rollout: Rollout, verdict: Verdict) -> Saving | None:
        """Its saving; None when the traffic is not known."""
        subject, now = self._ledger.suggestion(rollout.change.suggestion).suggestion.subject, self._clock.now()
        rate = self._rate(subject, Window(rollout.baseline.end, now))
        if rate is None:
            return None
        return account(verdict, subject, calls_per_hour=3600 * rate, prices=self._pricing.prices(), at=now)

    def _rate(self, subject: Subject, window: Window) -> float | None:
        try:
            rates = self._metrics.instant(promql.calls_per_second(promql.EVERYTHING, span_of(window)), window.end)
        except BackendError as error:
            _log.warning("%s has no saving, its traffic is unknown: %s", subject.primitive, error)
            return None
        return by_subject(rates).get(subject)
