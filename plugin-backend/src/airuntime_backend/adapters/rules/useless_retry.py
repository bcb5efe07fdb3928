"""What is tried again never works: try less often, and let the caller know sooner.

A failure that lasts is answered by the same failure: retries are for the transient ones alone (Nygard, *Release It!*,
second edition, 2018, on circuit breakers).
"""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Expected

from airuntime_backend.ports import Case, Question

from .rule import ERRORS, Rule, measured, told

_FEWEST: Final = 2.0  # one more chance stays: a lost packet is no lasting failure


def _advise(case: Case) -> Advice | None:
    most = case.tunables.get("max_attempts")
    attempts, gave_up = (measured(case.finding, name) for name in ("retry_attempts_per_call", "retry_gave_up_ratio"))
    if most is None or attempts is None or gave_up is None or most.value <= _FEWEST:
        return None
    left = 1 + gave_up * (_FEWEST - 1)
    claim = (
        f"{gave_up:.0%} of calls fail after up to {most.value:g} attempts, {attempts:.2f} on average: what fails once "
        f"fails always. With {_FEWEST:g} attempts they end sooner and ask less of what is in trouble."
    )
    return Advice(
        rule=RULE.id,
        tunable=most,
        to=_FEWEST,
        title=f"Let {case.primitive.name} try {_FEWEST:g} times instead of {most.value:g}",
        claim=claim,
        expected=Expected("retry_attempts_per_call", "1", "lower", attempts, 1.0, min(0.95 * attempts, 1.2 * left)),
        guardrails=(ERRORS,),
        risk="medium",
    )


def _remedy(finding: Finding) -> str:
    return (
        f"{told(finding, 'retry_gave_up_ratio', '.0%')} of calls fail after all attempts: do not retry errors "
        "that stay "
        "(a wrong key, a bad request), and stop asking for a while once everything fails."
    )


RULE: Final = Rule(
    id="useless_retry",
    finding="useless_retry",
    needs=("retry_gave_up_ratio", "retry_attempts_per_call", "retry_failed_ratio"),
    questions=(Question("tenacity", "How to retry only on some exceptions and stop after some attempts?"),),
    remedy=_remedy,
    advise=_advise,
)
