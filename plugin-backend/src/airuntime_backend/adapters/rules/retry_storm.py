"""Retries without a pause feed the failure that they answer: wait before trying again.

Exponential backoff with jitter: RFC 9110 section 10.2.3 (Retry-After) and Brooker, *Exponential Backoff And Jitter*
(AWS Architecture Blog, 2015).
"""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Expected, Guardrail

from airuntime_backend.ports import Case, Question

from .rule import ERRORS, Rule, measured, told

_PAUSE: Final = 0.5
_SLOWER: Final = Guardrail("seconds_p95", 4.0, relative=True, shown="grown")
"""Calls that are tried again wait on purpose: their time may grow, though not without a limit."""


def _advise(case: Case) -> Advice | None:
    backoff = case.tunables.get("backoff_seconds")
    attempts, failed = measured(case.finding, "retry_attempts_per_call"), measured(case.finding, "retry_failed_ratio")
    if backoff is None or attempts is None or failed is None:
        return None
    to = min(max(_PAUSE, 2 * backoff.value), backoff.maximum)
    if to <= backoff.value:
        return None
    claim = (
        f"A call takes {attempts:.2f} attempts and {failed:.0%} of attempts fail: they come again after "
        f"{backoff.value:g} s, before what refused them has recovered. A pause of {to:g} s, doubled each time, lets it."
    )
    return Advice(
        rule=RULE.id,
        tunable=backoff,
        to=to,
        title=f"Let {case.primitive.name} wait {to:g} s before it tries again, instead of {backoff.value:g} s",
        claim=claim,
        expected=Expected("retry_attempts_per_call", "1", "lower", attempts, 1.0, 1 + 0.7 * (attempts - 1)),
        guardrails=(ERRORS, _SLOWER),
        risk="low",
    )


def _remedy(finding: Finding) -> str:
    return (
        f"{told(finding, 'retry_failed_ratio', '.0%')} of attempts fail: wait longer between them, with jitter, obey "
        "Retry-After, and give retries a budget. Then ask less of what refuses."
    )


RULE: Final = Rule(
    id="retry_storm",
    finding="retry_storm",
    needs=("retry_attempts_per_call", "retry_failed_ratio"),
    questions=(Question("tenacity", "How to wait exponentially with jitter between retries?"),),
    remedy=_remedy,
    advise=_advise,
)
