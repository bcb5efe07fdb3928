"""A cache answers less than it ever did at this time."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told


def _remedy(finding: Finding) -> str:
    return (
        f"{told(finding, 'cache_hit_ratio', '.0%')} of requests are answered now: look for a key that got "
        "something new into it, a "
        "cache that is emptied too often, or callers that bypass it."
    )


RULE: Final = Rule(
    id="hit_regression",
    finding="hit_regression",
    needs=("cache_hit_ratio",),
    questions=(Question("cachetools", "How is the key of a cached call made from its arguments?"),),
    remedy=_remedy,
)
