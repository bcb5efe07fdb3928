"""Regressions: numbers that have left their own past behind, at this time of day."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from ai_runtime_intelligent.flow.baseline import MIN_RECENT, Baseline, baseline
from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.patient import Check, Patient


@dataclass(frozen=True)
class _Kind:
    """One way to get worse: of which measure, in which words, whether down is worse, and by how much at least.

    ``ratio`` is for shares of calls: how far they must move in themselves, and that they have a sampling error.
    """

    name: str
    measure: str
    what: str
    down: bool = False
    ratio: bool = False

    def judge(self, patient: Patient) -> Finding | str:
        """Compare with the past; a window with a restart is not compared: what warms up is not worse."""
        value = patient.value(self.measure)
        past = patient.past(self.measure).before(value)
        if past.held(value, down=self.down):
            return f"{self.what} {value:.3g}, as often before"
        usual = baseline(past)
        if usual is None:
            return f"{self.what}: too young to be compared with its own past, {MIN_RECENT} windows are needed"
        told = f"{self.what} {value:.3g}, usually {usual.middle:.3g} ({usual.windows} windows)"
        if patient.restarted():
            return f"{told}, but it was started anew in the window"
        sign = -1 if self.down else 1
        spreads = sign * usual.spreads(value)
        if spreads <= patient.limits.spreads or not self._matters(usual, value, patient):
            return told
        if sign * usual.sigmas(value, patient.n(self.measure), ratio=self.ratio) <= patient.limits.sigmas:
            return f"{told}, which {patient.n(self.measure)} observations may come to by chance"
        sure = NormalDist().cdf(spreads - patient.limits.spreads + 2)
        summary = f"{told}: {spreads:.0f} times its usual spread away"
        return patient.found(self.name, self._score(usual, value), sure, summary, self.measure, "seconds_p95")

    def _matters(self, usual: Baseline, value: float, patient: Patient) -> bool:
        limits = patient.limits
        moved = abs(value - usual.middle)
        if self.ratio and not self.down:
            return moved >= limits.least_error_change
        return moved >= limits.least_change * abs(usual.middle)

    def _score(self, usual: Baseline, value: float) -> float:
        """By which share of itself it got worse."""
        if self.ratio and not self.down:
            return value - usual.middle
        return 1 - value / usual.middle if self.down else 1 - usual.middle / value


SECONDS: Final = _Kind("latency_regression", "seconds_mean", "seconds a call")
ERRORS: Final = _Kind("error_regression", "error_ratio", "share of calls that fail", ratio=True)
COST: Final = _Kind("cost_regression", "usd_per_call", "USD a call")
HITS: Final = _Kind("hit_regression", "cache_hit_ratio", "hit ratio", down=True, ratio=True)
KINDS: Final = (SECONDS, ERRORS, COST, HITS)

CHECKS: Final = tuple(
    Check(kind.name, "cache" if kind is HITS else None, (kind.measure,), kind.judge, kind.measure) for kind in KINDS
)
