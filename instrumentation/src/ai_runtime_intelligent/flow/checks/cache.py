"""Caches that forget too soon, are too small, answer nobody, or meet the same question many times at once."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.diagnosis import Finding
from ai_runtime_intelligent.flow.patient import Check, Patient, sure_above

_REUSE: Final = "cache_reuse_seconds_p90"


def _cold(patient: Patient) -> Finding | str:
    expired, hits = patient.value("cache_expired_ratio"), patient.value("cache_hit_ratio")
    limit, measure = patient.limits.expired_ratio, "cache_expired_ratio"
    if expired <= limit:
        return f"hit ratio {hits:.0%}, {expired:.0%} of requests found their entry too old (limit {limit:.0%})"
    summary = f"{expired:.0%} of requests found their entry too old: the cache forgets sooner than it is asked"
    sure = sure_above(min(expired, 1.0), limit, patient.n(measure))
    return patient.found("cold_cache", expired, sure, summary, measure, "cache_hit_ratio", _REUSE)


def _thrashing(patient: Patient) -> Finding | str:
    thrown, hits = patient.value("cache_capacity_ratio"), patient.value("cache_hit_ratio")
    limit = patient.limits.capacity_ratio
    if thrown <= limit:
        return f"{thrown:.2f} entries thrown out for a request (limit {limit:.2f})"
    if hits >= 1 - limit:
        return f"{thrown:.2f} entries thrown out for a request, yet {hits:.0%} of requests are answered"
    summary = f"a full cache throws out {thrown:.2f} entries for a request and answers {hits:.0%} of them"
    sure = sure_above(min(thrown, 1.0), limit, patient.n("cache_capacity_ratio"))
    return patient.found("thrashing_cache", thrown, sure, summary, "cache_capacity_ratio", "cache_hit_ratio", _REUSE)


def _useless(patient: Patient) -> Finding | str:
    hits, limits = patient.value("cache_hit_ratio"), patient.limits
    if hits >= limits.useless_ratio:
        return f"{hits:.0%} of requests are answered by it"
    known = ("cache_expired_ratio", "cache_capacity_ratio")
    if any(patient.value(measure) > limits.useless_ratio for measure in known):
        return f"{hits:.0%} of requests are answered by it, for a reason that another check names"
    if patient.restarted():
        return "it was started anew in the window, and is not yet warm"
    summary = f"{hits:.1%} of requests are answered by the cache: hardly anything is ever asked again"
    sure = 1 - sure_above(hits, limits.useless_ratio, patient.n("cache_hit_ratio"))
    return patient.found("useless_cache", 1 - hits, sure, summary, "cache_hit_ratio", *known)


def _duplicated(patient: Patient) -> Finding | str:
    joined, limit = patient.value("cache_coalesced_ratio"), patient.limits.coalesced_ratio
    if joined <= limit:
        return f"{joined:.0%} of requests came while the same one was under way (limit {limit:.0%})"
    summary = f"{joined:.0%} of requests came while the same one was under way: callers ask the same thing at once"
    sure = sure_above(joined, limit, patient.n("cache_coalesced_ratio"))
    return patient.found("duplicated_calls", joined, sure, summary, "cache_coalesced_ratio", "cache_hit_ratio")


CHECKS: Final = (
    Check("cold_cache", "cache", ("cache_expired_ratio", "cache_hit_ratio"), _cold),
    Check("thrashing_cache", "cache", ("cache_capacity_ratio", "cache_hit_ratio"), _thrashing, "cache_capacity_ratio"),
    Check("useless_cache", "cache", ("cache_hit_ratio",), _useless),
    Check("duplicated_calls", "cache", ("cache_coalesced_ratio",), _duplicated, "cache_coalesced_ratio"),
)
