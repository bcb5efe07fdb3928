"""Rules that save money: answers that are paid for again, and expensive models for easy questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ai_runtime_intelligent.flow.finding import Finding
from ai_runtime_intelligent.flow.suggestion import Advice, Expected, Tunable

from .rule import ERRORS, Rule, measured

_LONGER: Final = 4.0
"""A popular question comes again and again: one lifetime should serve several of its visits."""

_ROUND: Final = (5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 21600.0, 86400.0)
"""Lifetimes in seconds that a person would choose."""

_EVEN: Final = 0.5
"""The score at which the cheap route is as likely to do as not."""

_LEAST_CHEAPER, _MOST_CHEAPER = 0.3, 0.98
"""Between these a cheap model undercuts an expensive one; the claim holds at both ends."""


def _keep_longer(finding: Finding, tunables: Mapping[str, Tunable]) -> Advice | None:
    ttl, seconds = tunables.get("ttl_seconds"), measured(finding, "seconds_mean")
    expired, hits = measured(finding, "cache_expired_ratio"), measured(finding, "cache_hit_ratio")
    if ttl is None or seconds is None or expired is None or hits is None or hits >= 1:
        return None
    reuse = measured(finding, "cache_reuse_seconds_p90")
    wanted = max(reuse or 0.0, ttl.value) * _LONGER
    to = min(next((one for one in _ROUND if one >= wanted), _ROUND[-1]), ttl.maximum)
    missed, soonest, latest = 1 - hits, min(1.0, hits + expired), min(1.0, hits + 0.4 * expired)
    claim = (
        f"{expired:.0%} of requests found an answer older than {ttl.value:g} s and called again for it. "
        f"Kept for {to:g} s it answers; it may then be up to {to:g} s old."
    )
    expected = Expected(
        "seconds_mean", "s", "lower", seconds, seconds * (1 - soonest) / missed, seconds * (1 - latest) / missed
    )
    return Advice(
        rule="keep_longer",
        tunable=ttl,
        to=to,
        title=f"Keep the answers of {finding.subject.primitive} for {to:g} s instead of {ttl.value:g} s",
        claim=claim,
        expected=expected,
        guardrails=(ERRORS,),
        risk="low",
    )


def _cheap_where_easy(finding: Finding, tunables: Mapping[str, Tunable]) -> Advice | None:
    threshold, usd = tunables.get("threshold"), measured(finding, "usd_per_routed_call")
    easy = measured(finding, "router_easy_ratio")
    if threshold is None or usd is None or easy is None or threshold.value >= _EVEN:
        return None
    claim = (
        f"{easy:.0%} of requests score {_EVEN:g} or less, so that the cheap route will more likely do than not, "
        "yet nearly all take the expensive one."
    )
    expected = Expected(
        "usd_per_call", "USD", "lower", usd, usd * (1 - easy * _MOST_CHEAPER), usd * (1 - easy * _LEAST_CHEAPER)
    )
    return Advice(
        rule="cheap_where_easy",
        tunable=threshold,
        to=_EVEN,
        title=f"Let {finding.subject.primitive} take the cheap route for easy requests",
        claim=claim,
        expected=expected,
        guardrails=(ERRORS,),
        risk="medium",
    )


RULES: Final = (
    Rule(
        "cold_cache",
        _keep_longer,
        "cachetools",
        "How does the time to live of a TTL cache decide when an entry expires?",
    ),
    Rule(
        "premium_routing",
        _cheap_where_easy,
        "openai",
        "Which model should answer simple requests to lower cost and latency?",
    ),
)
