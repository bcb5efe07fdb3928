"""Prompts are far larger than their answers need."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told


def _remedy(finding: Finding) -> str:
    into, out = (told(finding, f"{way}_tokens_per_call", ".0f") for way in ("input", "output"))
    return (
        f"{into} tokens go in for {out} that come out: send only the passages that matter, cut the history, and put "
        "what is always the same first, where providers cache it."
    )


RULE: Final = Rule(
    id="oversized_prompts",
    finding="oversized_prompts",
    needs=("input_tokens_per_call", "output_tokens_per_call"),
    questions=(Question("openai", "How does prompt caching lower the cost of long prompts?"),),
    remedy=_remedy,
)
