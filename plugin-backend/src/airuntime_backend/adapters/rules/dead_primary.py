"""The first choice fails on every call before the fallback answers: stop trying it for a while after a few failures.

A circuit breaker (Nygard, *Release It!*, 2007): after some failures in a row the call is not tried for some time.
"""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Expected

from airuntime_backend.ports import Case, Question

from .rule import ERRORS, Rule, measured, told

_FAILURES: Final = 5.0


def _advise(case: Case) -> Advice | None:
    trips = case.tunables.get("trip_failures")
    share, seconds = measured(case.finding, "fallback_ratio"), measured(case.finding, "seconds_mean")
    if trips is None or share is None or seconds is None or trips.value:
        return None
    claim = (
        f"{share:.0%} of calls are answered by the fallback, after the first choice was tried and failed each time. "
        f"After {_FAILURES:g} failures in a row it is left out for a while, and the fallback answers at once."
    )
    return Advice(
        rule=RULE.id,
        tunable=trips,
        to=_FAILURES,
        title=f"Let {case.primitive.name} leave out its first choice after {_FAILURES:g} failures in a row",
        claim=claim,
        expected=Expected("seconds_mean", "s", "lower", seconds, 0.0, 0.95 * seconds),
        guardrails=(ERRORS,),
        risk="low",
    )


def _remedy(finding: Finding) -> str:
    return (
        f"{told(finding, 'fallback_ratio', '.0%')} of calls need the fallback: mend the first choice (its key, "
        "its quota, "
        "its address), or make the fallback the first choice."
    )


RULE: Final = Rule(
    id="dead_primary",
    finding="dead_primary",
    needs=("fallback_ratio", "seconds_mean"),
    questions=(Question("pybreaker", "How does a circuit breaker open after consecutive failures?"),),
    remedy=_remedy,
    advise=_advise,
)
