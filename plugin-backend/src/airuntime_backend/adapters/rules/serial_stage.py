"""Branches that could run side by side wait for each other: give them slots.

The bound is Amdahl's: a stage of n equal branches takes at least 1/n of the time that they take in turn.
"""

from __future__ import annotations

from math import ceil
from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Expected

from airuntime_backend.ports import Case, Question

from .rule import ERRORS, Rule, measured, told


def _advise(case: Case) -> Advice | None:
    slots = case.tunables.get("max_concurrency")
    branches, seconds = measured(case.finding, "branches_per_call"), measured(case.finding, "seconds_mean")
    if slots is None or branches is None or seconds is None:
        return None
    to = min(float(ceil(branches - 0.05)), slots.maximum)
    if to <= slots.value:
        return None
    claim = (
        f"{branches:.1f} branches share {slots.value:g} slot(s), so they run in turn and the stage takes their sum, "
        f"{seconds * 1000:.0f} ms. With {to:g} slots it takes as long as its slowest branch."
    )
    return Advice(
        rule=RULE.id,
        tunable=slots,
        to=to,
        title=f"Let {to:g} branches of {case.primitive.name} run side by side instead of {slots.value:g}",
        claim=claim,
        expected=Expected("seconds_mean", "s", "lower", seconds, seconds * slots.value / to * 0.8, seconds * 0.8),
        guardrails=(ERRORS,),
        risk="low",
    )


def _remedy(finding: Finding) -> str:
    return (
        f"{told(finding, 'branches_per_call', '.1f')} branches share too few slots: give the stage one for each, "
        "unless "
        "what they ask allows no more at once."
    )


RULE: Final = Rule(
    id="serial_stage",
    finding="serial_stage",
    needs=("queue_share", "branches_per_call", "seconds_mean"),
    questions=(Question("asyncio", "How to run awaitables concurrently and limit how many run at once?"),),
    remedy=_remedy,
    advise=_advise,
)
