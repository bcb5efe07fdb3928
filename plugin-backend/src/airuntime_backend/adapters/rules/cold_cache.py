"""A cache forgets sooner than it is asked: let entries live as long as questions come back."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Expected

from airuntime_backend.ports import Case, Question

from .rule import ERRORS, Rule, measured, told

_STEPS: Final = (10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 21600.0, 86400.0)
_MARGIN: Final = 4.0  # a popular question is asked again and again: one lifetime should serve several of its visits


def _advise(case: Case) -> Advice | None:
    ttl = case.tunables.get("ttl_seconds")
    expired, hits = measured(case.finding, "cache_expired_ratio"), measured(case.finding, "cache_hit_ratio")
    reuse = measured(case.finding, "cache_reuse_seconds_p90")
    if ttl is None or expired is None or hits is None or reuse is None:
        return None
    wanted = max(reuse, ttl.value) * _MARGIN
    to = min(next((step for step in _STEPS if step >= wanted), _STEPS[-1]), ttl.maximum)
    if to <= ttl.value:
        return None
    low, high = min(1.0, hits + 0.4 * expired), min(1.0, hits + expired)
    claim = (
        f"{expired:.0%} of requests found an answer older than {ttl.value:g} s and paid for it again. "
        f"90 % of entries are asked for again within {reuse:.0f} s; kept for {to:g} s they answer. "
        f"Answers may then be up to {to:g} s old."
    )
    return Advice(
        rule=RULE.id,
        tunable=ttl,
        to=to,
        title=f"Keep entries of {case.primitive.name} for {to:g} s instead of {ttl.value:g} s",
        claim=claim,
        expected=Expected("cache_hit_ratio", "1", "higher", hits, low, high),
        guardrails=(ERRORS,),
        risk="low",
    )


def _remedy(finding: Finding) -> str:
    return (
        f"Let entries live longer than the {told(finding, 'cache_reuse_seconds_p90', '.0f')} s within which 90 % "
        "of them "
        "are asked for again, or renew them in the background before they expire."
    )


RULE: Final = Rule(
    id="cold_cache",
    finding="cold_cache",
    needs=("cache_expired_ratio", "cache_hit_ratio", "cache_reuse_seconds_p90"),
    questions=(Question("cachetools", "How does the time to live of a TTL cache decide when an entry expires?"),),
    remedy=_remedy,
    advise=_advise,
)
