"""Retries that feed the failure, and retries that never help."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.patient import Check, Patient, sure_above

_NEARLY_ONE: Final = 1.05
"""Attempts for a call at which there is next to nothing to save."""

_MOST_IN_VAIN: Final = 0.7
"""Share of retries that may belong to calls which give up."""


def _storm(patient: Patient) -> Finding | str:
    attempts, failed = patient.value("retry_attempts_per_call"), patient.value("retry_failed_ratio")
    limits = patient.limits
    if attempts <= limits.attempts_per_call or failed <= limits.failed_ratio:
        return f"{attempts:.2f} attempts for a call, {failed:.0%} of them failed"
    if _in_vain(patient):
        return "its attempts fail in vain, which another check names"
    summary = f"{attempts:.2f} attempts for a call, {failed:.0%} of them failed: retries feed the failure"
    sure = sure_above(failed, limits.failed_ratio, patient.n("retry_failed_ratio"))
    measures = ("retry_attempts_per_call", "retry_failed_ratio", "error_ratio")
    return patient.found("retry_storm", 1 - 1 / attempts, sure, summary, *measures)


def _in_vain(patient: Patient) -> bool:
    """Whether most retries are spent on calls that fail at last as they failed at first.

    A call that gives up has used all of its attempts but one for nothing. Where failures are mere chance, most of the
    retries belong to calls that work in the end.
    """
    gave_up, retries = patient.value("retry_gave_up_ratio"), patient.value("retry_attempts_per_call") - 1
    if not gave_up > patient.limits.gave_up_ratio or retries <= 0:
        return False
    most = patient.value("retry_max_attempts")
    return gave_up >= patient.limits.dead_ratio or gave_up * (most - 1) > _MOST_IN_VAIN * retries


def _useless(patient: Patient) -> Finding | str:
    gave_up, attempts = patient.value("retry_gave_up_ratio"), patient.value("retry_attempts_per_call")
    limit = patient.limits.gave_up_ratio
    if gave_up <= limit or attempts <= _NEARLY_ONE or not _in_vain(patient):
        return f"{gave_up:.0%} of calls failed after all their attempts (limit {limit:.0%})"
    wasted = 1 - 1 / attempts
    summary = f"{gave_up:.0%} of calls fail after all attempts: the {attempts:.2f} attempts a call do not help"
    sure = sure_above(gave_up, limit, patient.n("retry_gave_up_ratio"))
    measures = ("retry_gave_up_ratio", "retry_attempts_per_call", "retry_failed_ratio", "error_ratio")
    return patient.found("useless_retry", wasted, sure, summary, *measures)


CHECKS: Final = (
    Check("retry_storm", "retry", ("retry_attempts_per_call", "retry_failed_ratio"), _storm),
    Check(
        "useless_retry",
        "retry",
        ("retry_gave_up_ratio", "retry_attempts_per_call", "retry_failed_ratio"),
        _useless,
        "retry_gave_up_ratio",
    ),
)
