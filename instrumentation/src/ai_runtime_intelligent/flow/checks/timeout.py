"""Timeouts that are shorter than what they wait for usually takes."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.patient import Check, Patient, sure_above


def _short(patient: Patient) -> Finding | str:
    cut, limits = patient.value("timeout_ratio"), patient.limits
    limit = limits.timeout_ratio
    if cut <= limit:
        return f"{cut:.1%} of calls were cut off (limit {limit:.0%})"
    if cut >= limits.dead_ratio:
        return f"{cut:.0%} of calls were cut off: what they wait for does not answer at all, and no limit would do"
    summary = (
        f"{cut:.1%} of calls are cut off: the timeout is shorter than the {1 - cut:.0%} quantile of what it waits for"
    )
    sure = sure_above(cut, limit, patient.n("timeout_ratio"))
    return patient.found("short_timeout", cut, sure, summary, "timeout_ratio", "error_ratio", "seconds_p95")


CHECKS: Final = (Check("short_timeout", "timeout", ("timeout_ratio",), _short),)
