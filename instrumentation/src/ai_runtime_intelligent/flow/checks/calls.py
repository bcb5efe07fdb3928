"""Callers that ask one at a time for what they could ask for at once: N+1 calls, and calls in a row.

What is measured is the callee; the finding is about it, for it is what has to offer another way to be called.
"""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.patient import Check, Patient, sure_above, sure_of_mean

_MORE_THAN_ALL: Final = 1.2
"""Times in a row cannot add up to more than the caller's; what does runs side by side."""


def _n_plus_one(patient: Patient) -> Finding | str:
    times, limit = patient.value("calls_per_caller"), patient.limits.calls_per_call
    if times <= limit:
        return f"called {times:.1f} times for one call of its caller (limit {limit:g})"
    summary = f"called {times:.1f} times for one call of its caller: N+1 calls where one for many would do"
    sure = sure_of_mean(times, limit, patient.n("calls_per_caller"))
    measures = ("calls_per_caller", "share_of_caller", "seconds_mean")
    return patient.found("n_plus_one", 1 - 1 / times, sure, summary, *measures)


def _serial_calls(patient: Patient) -> Finding | str:
    times, share, limits = patient.value("calls_per_caller"), patient.value("share_of_caller"), patient.limits
    if times > limits.calls_per_call:
        return "called so often that another check names it"
    if times < limits.side_by_side or share <= limits.serial_share:
        return f"called {times:.1f} times for one call of its caller, which they take {share:.0%} of"
    if share > _MORE_THAN_ALL:
        return f"its {times:.1f} calls take {share:.0%} of their caller's time: they run side by side already"
    summary = f"its {times:.1f} calls run one after the other and take {share:.0%} of their caller's time"
    sure = min(
        sure_above(min(share, 1.0), limits.serial_share, patient.n("share_of_caller")),
        sure_of_mean(times, limits.side_by_side * 0.9, patient.n("calls_per_caller")),
    )
    measures = ("calls_per_caller", "share_of_caller", "seconds_mean")
    return patient.found("serial_calls", share * (1 - 1 / times), sure, summary, *measures)


CHECKS: Final = (
    Check("n_plus_one", None, ("calls_per_caller",), _n_plus_one, "calls_per_caller"),
    Check("serial_calls", None, ("calls_per_caller", "share_of_caller"), _serial_calls, "share_of_caller"),
)
