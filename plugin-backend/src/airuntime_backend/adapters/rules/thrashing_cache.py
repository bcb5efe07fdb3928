"""A full cache throws out what is asked for again: give it room for what comes back.

How many entries a cache needs for a hit ratio is its reuse distance; doubling is the step that Che's approximation
(Che, Tung and Wang, 2002) shows to pay while the working set does not fit.
"""

from __future__ import annotations

from math import ceil
from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Expected

from airuntime_backend.ports import Case, Question

from .rule import ERRORS, Rule, measured, told

_FACTOR: Final = 4


def _advise(case: Case) -> Advice | None:
    entries = case.tunables.get("max_entries")
    thrown, hits = measured(case.finding, "cache_capacity_ratio"), measured(case.finding, "cache_hit_ratio")
    if entries is None or thrown is None or hits is None:
        return None
    to = min(float(ceil(entries.value * _FACTOR)), entries.maximum)
    if to <= entries.value:
        return None
    lost = min(1 - hits, thrown)
    claim = (
        f"The cache holds {entries.value:g} entries and throws out {thrown:.2f} for a request, so {1 - hits:.0%} of "
        f"requests are paid for again. With room for {to:g} more of them are still there when they are asked for. "
        "It takes up to as many times the memory."
    )
    return Advice(
        rule=RULE.id,
        tunable=entries,
        to=to,
        title=f"Let {case.primitive.name} hold {to:g} entries instead of {entries.value:g}",
        claim=claim,
        expected=Expected("cache_hit_ratio", "1", "higher", hits, min(1.0, hits + 0.1 * lost), min(1.0, hits + lost)),
        guardrails=(ERRORS,),
        risk="medium",
    )


def _remedy(finding: Finding) -> str:
    return (
        f"{told(finding, 'cache_capacity_ratio', '.2f')} entries are thrown out for a request: hold more, or put "
        "only what "
        "comes back into the cache."
    )


RULE: Final = Rule(
    id="thrashing_cache",
    finding="thrashing_cache",
    needs=("cache_capacity_ratio", "cache_hit_ratio"),
    questions=(Question("cachetools", "How does an LRU cache choose what to evict when maxsize is reached?"),),
    remedy=_remedy,
    advise=_advise,
)
