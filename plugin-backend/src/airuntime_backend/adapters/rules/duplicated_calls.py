"""Callers ask the same thing at the same moment."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told


def _remedy(finding: Finding) -> str:
    return (
        f"{told(finding, 'cache_coalesced_ratio', '.0%')} of requests come while the same one is under way. The "
        "cache lets them "
        "share one answer; look for the caller that asks in a loop or fans out the same question, and ask once."
    )


RULE: Final = Rule(
    id="duplicated_calls",
    finding="duplicated_calls",
    needs=("cache_coalesced_ratio", "cache_hit_ratio"),
    questions=(Question("asyncio", "How to share the result of one task among several awaiters?"),),
    remedy=_remedy,
)
