"""Work that waits for a slot: branches that run in turn, limits that let too few in."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.patient import Check, Patient, sure_above, sure_of_mean


def _serial_stage(patient: Patient) -> Finding | str:
    share, branches = patient.value("queue_share"), patient.value("branches_per_call")
    limit = patient.limits.queue_share
    if share <= limit:
        return f"branches waited {share:.2f} s for a slot in one second of execution (limit {limit:.2f})"
    summary = f"{branches:.1f} branches run in turn: they waited {share:.2f} s for a slot in one second of execution"
    sure = sure_of_mean(share, limit, patient.n("queue_share"))
    return patient.found("serial_stage", share, sure, summary, "queue_share", "branches_per_call", "seconds_mean")


def _narrow_limit(patient: Patient) -> Finding | str:
    share, limit = patient.value("queue_share"), patient.limits.queue_share
    if share <= limit:
        return f"calls waited for a slot {share:.0%} of their time (limit {limit:.0%})"
    summary = f"calls waited for a slot {share:.0%} of their time: more come at once than the limit lets in"
    sure = sure_above(min(share, 1.0), limit, patient.n("queue_share"))
    measures = ("queue_share", "queue_seconds_mean", "seconds_mean", "error_ratio")
    return patient.found("narrow_limit", share, sure, summary, *measures)


CHECKS: Final = (
    Check("serial_stage", "parallel", ("queue_share", "branches_per_call"), _serial_stage),
    Check("narrow_limit", "limit", ("queue_share",), _narrow_limit),
)
