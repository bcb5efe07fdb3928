"""Calls that do not need each other run one after the other."""

from __future__ import annotations

from functools import partial
from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told
from .together import together


def _remedy(finding: Finding) -> str:
    times, share = told(finding, "calls_per_caller", ".1f"), told(finding, "share_of_caller", ".0%")
    return (
        f"Its {times} calls a time take {share} of their caller's time, one after the other: await them together "
        "(asyncio.gather, ParallelPrimitive) if none needs another's answer."
    )


RULE: Final = Rule(
    id="serial_calls",
    finding="serial_calls",
    needs=("calls_per_caller", "share_of_caller", "seconds_mean"),
    questions=(Question("asyncio", "How to run awaitables concurrently with gather?"),),
    remedy=_remedy,
    mend=partial(together, "serial_calls"),
)
