"""Calls wait for a slot longer than they should: let more in at once.

By Little's law as many calls are under way as arrive in the time that one takes: the calls that wait are those that
the limit lacks.
"""

from __future__ import annotations

from math import ceil
from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Expected, Guardrail

from airuntime_backend.ports import Case, Question

from .rule import ERRORS, Rule, measured, told

_STEP: Final = 1.5
_SLOWER: Final = Guardrail("seconds_p95", 0.25, relative=True, shown="grown")


def _advise(case: Case) -> Advice | None:
    slots = case.tunables.get("limit")
    share, seconds = measured(case.finding, "queue_share"), measured(case.finding, "seconds_mean")
    if slots is None or share is None or seconds is None:
        return None
    to = min(float(ceil(slots.value * max(_STEP, 1 / max(0.1, 1 - min(share, 0.9))))), slots.maximum)
    if to <= slots.value:
        return None
    waited = min(share, 0.95)
    claim = (
        f"Calls wait {share:.0%} of their time for one of {slots.value:g} slots. With {to:g} they wait less, as "
        "long as "
        "what they ask for keeps up: should it become slower, the change goes back."
    )
    return Advice(
        rule=RULE.id,
        tunable=slots,
        to=to,
        title=f"Let {to:g} calls of {case.primitive.name} run at once instead of {slots.value:g}",
        claim=claim,
        expected=Expected("seconds_mean", "s", "lower", seconds, seconds * (1 - waited), seconds * (1 - waited / 4)),
        guardrails=(ERRORS, _SLOWER),
        risk="medium",
    )


def _remedy(finding: Finding) -> str:
    return (
        f"Calls wait {told(finding, 'queue_share', '.0%')} of their time for a slot: raise the limit if what is "
        "behind it "
        "bears more, or send less."
    )


RULE: Final = Rule(
    id="narrow_limit",
    finding="narrow_limit",
    needs=("queue_share", "seconds_mean"),
    questions=(Question("asyncio", "How does a semaphore limit how many tasks run at once?"),),
    remedy=_remedy,
    advise=_advise,
)
