"""A fallback fails like what it stands in for."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told


def _remedy(finding: Finding) -> str:
    return (
        f"{told(finding, 'fallback_failed_ratio', '.0%')} of the fallback's calls fail: let it depend on nothing "
        "that the first "
        "choice depends on (another provider, a smaller model, a stored answer), and try it when nothing is wrong."
    )


RULE: Final = Rule(
    id="dead_fallback",
    finding="dead_fallback",
    needs=("fallback_failed_ratio", "fallback_ratio"),
    questions=(Question("tenacity", "How to give a default result when all retries failed?"),),
    remedy=_remedy,
)
