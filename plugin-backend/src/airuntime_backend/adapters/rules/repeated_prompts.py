"""A model is asked what it answered already, and nothing keeps its answers."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told


def _remedy(finding: Finding) -> str:
    return (
        f"{told(finding, 'repeated_calls_ratio', '.0%')} of calls ask exactly what was answered within the hour "
        f"before, at {told(finding, 'usd_per_call')} USD each: put a cache before the model (CachePrimitive), whose "
        "lifetime is as long as an answer stays right."
    )


RULE: Final = Rule(
    id="repeated_prompts",
    finding="repeated_prompts",
    needs=("repeated_calls_ratio", "usd_per_call"),
    questions=(Question("cachetools", "How to cache the results of a function for a limited time?"),),
    remedy=_remedy,
)
