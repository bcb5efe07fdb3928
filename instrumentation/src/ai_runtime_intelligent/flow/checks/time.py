"""Bottlenecks: by a primitive's own time and its part of the critical path, never by its total time."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.patient import Check, Patient, sure_above


def _bottleneck(patient: Patient) -> Finding | str:
    seconds, limits = patient.value("seconds_mean"), patient.limits
    by = "critical_share" if "critical_share" in patient.signals else "self_share"
    share, of_what = patient.value(by), "critical path" if by == "critical_share" else "own time"
    if share <= limits.self_share or seconds <= limits.slow_seconds:
        return f"{share:.0%} of the service's {of_what}, {seconds:.3f} s a call (limit {limits.slow_seconds:g} s)"
    summary = f"{share:.0%} of the service's {of_what}, {seconds:.1f} s a call"
    sure = sure_above(min(share, 1.0), limits.self_share, patient.n(by))
    return patient.found("bottleneck", share, sure, summary, by, "self_share", "seconds_mean", "seconds_p95")


CHECKS: Final = (Check("bottleneck", None, ("self_share", "seconds_mean"), _bottleneck),)
