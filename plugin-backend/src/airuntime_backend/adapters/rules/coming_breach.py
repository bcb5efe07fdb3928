"""A number is on its way to its limit."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told


def _remedy(finding: Finding) -> str:
    return (
        f"{finding.signals[0].measure} is {told(finding, finding.signals[0].measure)}: find out what grows "
        "(traffic, prompts, "
        "data) and decide before it gets there, or raise the limit if it may."
    )


RULE: Final = Rule(
    id="coming_breach",
    finding="coming_breach",
    needs=(),
    questions=(Question("prometheus-client", "How to alert on a gauge that will cross a threshold?"),),
    remedy=_remedy,
)
