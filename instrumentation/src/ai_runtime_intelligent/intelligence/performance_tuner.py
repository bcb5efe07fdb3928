"""Rules that save time: branches that run in turn, and retries that come before anything has recovered."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Expected, Tunable

from .rule import ERRORS, Rule, measured

_PAUSE: Final = 0.5
"""Seconds; what a rate limit or a restart needs at least."""


def _side_by_side(finding: Finding, tunables: Mapping[str, Tunable]) -> Advice | None:
    """At most n equal branches make a stage n times as fast (Amdahl)."""
    slots, seconds = tunables.get("max_concurrency"), measured(finding, "seconds_mean")
    branches = measured(finding, "branches_per_call")
    if slots is None or seconds is None or branches is None:
        return None
    to = min(float(ceil(branches - 0.05)), slots.maximum)
    if to <= slots.value:
        return None
    claim = f"{branches:.1f} branches share {slots.value:g} slots and wait for each other; with {to:g} none waits."
    expected = Expected("seconds_mean", "s", "lower", seconds, seconds * slots.value / to * 0.8, seconds * 0.8)
    return Advice(
        rule="side_by_side",
        tunable=slots,
        to=to,
        title=f"Let {to:g} branches of {finding.subject.primitive} run side by side instead of {slots.value:g}",
        claim=claim,
        expected=expected,
        guardrails=(ERRORS,),
        risk="low",
    )


def _wait_first(finding: Finding, tunables: Mapping[str, Tunable]) -> Advice | None:
    """Exponential backoff with jitter (Brooker, *Exponential Backoff And Jitter*, AWS Architecture Blog, 2015)."""
    backoff, errors = tunables.get("backoff_seconds"), measured(finding, "error_ratio")
    attempts, failed = measured(finding, "retry_attempts_per_call"), measured(finding, "retry_failed_ratio")
    if backoff is None or errors is None or attempts is None or failed is None or errors <= 0:
        return None
    to = min(max(_PAUSE, 2 * backoff.value), backoff.maximum)
    if to <= backoff.value:
        return None
    claim = (
        f"A call takes {attempts:.2f} attempts, {failed:.0%} of them fail, and {errors:.0%} of calls fail in the end: "
        f"they come again after {backoff.value:g} s, before what refused them has recovered."
    )
    return Advice(
        rule="wait_first",
        tunable=backoff,
        to=to,
        title=f"Let {finding.subject.primitive} wait {to:g} s before it tries again, instead of {backoff.value:g} s",
        claim=claim,
        expected=Expected("error_ratio", "1", "lower", errors, 0.0, errors * 0.8),
        guardrails=(),
        risk="medium",
    )


RULES: Final = (
    Rule(
        "serial_stage",
        _side_by_side,
        "asyncio",
        "How to run awaitables concurrently and limit how many run at once?",
    ),
    Rule("retry_storm", _wait_first, "tenacity", "How to wait exponentially with jitter between retries?"),
)
