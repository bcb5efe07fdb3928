"""Fallbacks that do not catch, and first choices that never work."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.patient import Check, Patient, sure_above


def _dead(patient: Patient) -> Finding | str:
    failed, limit = patient.value("fallback_failed_ratio"), patient.limits.dead_ratio / 2
    if failed <= limit:
        return f"{failed:.0%} of the fallback's calls failed"
    summary = f"{failed:.0%} of the fallback's own calls fail: it does not catch what falls"
    sure = sure_above(failed, limit, patient.n("fallback_failed_ratio"))
    return patient.found("dead_fallback", failed, sure, summary, "fallback_failed_ratio", "fallback_ratio")


def _dead_primary(patient: Patient) -> Finding | str:
    share, limit = patient.value("fallback_ratio"), patient.limits.dead_ratio
    if share <= limit:
        return f"{share:.0%} of calls needed the fallback"
    summary = f"{share:.0%} of calls need the fallback: the first choice does not work, and every call tries it first"
    sure = sure_above(min(share, 1.0), limit, patient.n("fallback_ratio"))
    return patient.found("dead_primary", share, sure, summary, "fallback_ratio", "seconds_mean", "error_ratio")


CHECKS: Final = (
    Check("dead_fallback", "fallback", ("fallback_failed_ratio",), _dead, "fallback_failed_ratio"),
    Check("dead_primary", "fallback", ("fallback_ratio",), _dead_primary, "fallback_ratio"),
)
