"""A timeout cuts off what would have answered: let it wait as long as nearly all answers take."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Expected, Guardrail

from airuntime_backend.ports import Case, Question

from .rule import Rule, measured, told

_FACTOR: Final = 2.0
_SLOWER: Final = Guardrail("seconds_p95", _FACTOR, relative=True, shown="grown")
"""Callers wait longer on purpose."""
_KEPT: Final = 0.9
"""Share of what is cut off now that may still be cut off at twice the time: what hangs will hang."""


def _advise(case: Case) -> Advice | None:
    limit = case.tunables.get("timeout_seconds")
    cut, failed = measured(case.finding, "timeout_ratio"), measured(case.finding, "error_ratio")
    if limit is None or cut is None or failed is None:
        return None
    to = min(limit.value * _FACTOR, limit.maximum)
    if to <= limit.value:
        return None
    claim = (
        f"{cut:.1%} of calls are cut off after {limit.value:g} s and what they had done by then is lost. Most "
        "latencies "
        f"have a long tail: after {to:g} s fewer will be. Callers may wait up to {to:g} s."
    )
    return Advice(
        rule=RULE.id,
        tunable=limit,
        to=to,
        title=f"Let {case.primitive.name} wait {to:g} s instead of {limit.value:g} s",
        claim=claim,
        expected=Expected("error_ratio", "1", "lower", failed, max(0.0, failed - cut), failed - cut * (1 - _KEPT)),
        guardrails=(_SLOWER,),
        risk="medium",
    )


def _remedy(finding: Finding) -> str:
    return (
        f"{told(finding, 'timeout_ratio', '.1%')} of calls are cut off: wait longer than their 99th percentile, "
        "ask for "
        "less at a time, or stream the answer."
    )


RULE: Final = Rule(
    id="short_timeout",
    finding="short_timeout",
    needs=("timeout_ratio", "error_ratio"),
    questions=(Question("httpx", "How to set read and connect timeouts?"),),
    remedy=_remedy,
    advise=_advise,
)
