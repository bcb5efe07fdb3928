"""A call costs more than it ever did."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told


def _remedy(finding: Finding) -> str:
    return (
        f"A call costs {told(finding, 'usd_per_call')} USD now: look for a longer prompt or answer, another model "
        "or route, or "
        "a price that changed."
    )


RULE: Final = Rule(
    id="cost_regression",
    finding="cost_regression",
    needs=("usd_per_call",),
    questions=(Question("openai", "How to count the tokens of a prompt before sending it?"),),
    remedy=_remedy,
)
