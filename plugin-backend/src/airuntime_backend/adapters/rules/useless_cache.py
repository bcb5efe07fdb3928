"""A cache answers nobody: what it holds costs memory and a look-up for each call."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding

from airuntime_backend.ports import Question

from .rule import Rule, told


def _remedy(finding: Finding) -> str:
    return (
        f"Only {told(finding, 'cache_hit_ratio', '.1%')} of requests are answered: choose a key without what "
        "differs each time "
        "(a timestamp, an id, whitespace), or take the cache out."
    )


RULE: Final = Rule(
    id="useless_cache",
    finding="useless_cache",
    needs=("cache_hit_ratio",),
    questions=(Question("cachetools", "How is the key of a cached call made from its arguments?"),),
    remedy=_remedy,
)
