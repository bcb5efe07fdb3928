"""Closed vocabularies of the contract: label values and phases, as literal types with their runtime tuples."""

from __future__ import annotations

from typing import Final, Literal, get_args

PrimitiveKind = Literal[
    "function", "llm", "router", "cache", "retry", "timeout", "fallback", "parallel", "sequential", "limit"
]
"""What a primitive is; the label ``kind``."""

Status = Literal["ok", "error", "timeout", "cancelled"]
"""How one execution ended; the label ``status``."""

CacheResult = Literal["hit", "miss", "stale", "coalesced", "bypass"]
"""How a cache answered one request; the label ``result``."""

EvictionReason = Literal["expired", "capacity", "cleared"]
"""Why a cache entry went; the label ``reason``. ``expired`` counts requests that found their entry too old."""

RetryOutcome = Literal["ok", "retried", "gave_up", "no_budget"]
"""How one attempt ended: it worked, it failed and was tried again, it failed and was the last one, or it was the last
one because the retry budget was spent."""

FallbackReason = Literal["error", "timeout", "skipped"]
"""Why a fallback was called: what it stands in for failed, took too long, or was not tried after failing before."""

FallbackOutcome = Literal["ok", "error"]
"""How the fallback itself ended."""

RouteReason = Literal["score_above_threshold", "score_below_threshold", "chosen", "default"]
"""Why a router chose a route."""

TunableType = Literal["float", "int"]

TunableScope = Literal["call", "key", "process"]
"""Whose later calls a value touches: none, those of the same key, or all. By it experiments choose how arms are dealt:
call by call, key by key, or all calls by turns in blocks of time."""

ExperimentMode = Literal["call", "block"]
"""How an experiment deals arms: to each call by its key, or to all calls of a block of time."""

Phase = Literal["planned", "applying", "watching", "kept", "rolled_back", "stuck"]
"""Where a rollout stands."""

PatchPhase = Literal[
    "waiting", "planned", "preparing", "checking", "benching", "branched", "proposed", "watching", "kept", "refused",
    "failed", "reverted",
]  # fmt: skip
"""Where a code patch stands."""

Outcome = Literal["confirmed", "refuted", "inconclusive", "error"]
"""What a verdict says."""

SavingBasis = Literal["measured", "holdout", "estimate", "unmeasured"]
"""On what a booked saving stands: both arms of the rollout side by side, the new value and a share of calls kept on the
old one, the last of these measurements carried on while it ages, or nothing: too few calls to tell."""

ArmName = Literal["control", "candidate"]
"""The sides of an experiment: the old value and the new one; the label ``arm``."""

ArmMeasure = Literal[
    "seconds_mean",
    "slow_p95_ratio",
    "slow_p99_ratio",
    "error_ratio",
    "usd_per_call",
    "quality_mean",
    "cache_hit_ratio",
    "retry_attempts_per_call",
]
"""What the totals of an arm measure. ``slow_p95_ratio`` is the share of calls slower than the 95th percentile of the
old value, which was pinned at the start: it rises above 5 % where the candidate's own percentile is higher."""

PRIMITIVE_KINDS: Final[tuple[PrimitiveKind, ...]] = get_args(PrimitiveKind)
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
CACHE_RESULTS: Final[tuple[CacheResult, ...]] = get_args(CacheResult)
EVICTION_REASONS: Final[tuple[EvictionReason, ...]] = get_args(EvictionReason)
RETRY_OUTCOMES: Final[tuple[RetryOutcome, ...]] = get_args(RetryOutcome)
FALLBACK_REASONS: Final[tuple[FallbackReason, ...]] = get_args(FallbackReason)
FALLBACK_OUTCOMES: Final[tuple[FallbackOutcome, ...]] = get_args(FallbackOutcome)
ROUTE_REASONS: Final[tuple[RouteReason, ...]] = get_args(RouteReason)
TUNABLE_TYPES: Final[tuple[TunableType, ...]] = get_args(TunableType)
TUNABLE_SCOPES: Final[tuple[TunableScope, ...]] = get_args(TunableScope)
EXPERIMENT_MODES: Final[tuple[ExperimentMode, ...]] = get_args(ExperimentMode)
PHASES: Final[tuple[Phase, ...]] = get_args(Phase)
PATCH_PHASES: Final[tuple[PatchPhase, ...]] = get_args(PatchPhase)
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
SAVING_BASES: Final[tuple[SavingBasis, ...]] = get_args(SavingBasis)
ARMS: Final[tuple[ArmName, ...]] = get_args(ArmName)
ARM_MEASURES: Final[tuple[ArmMeasure, ...]] = get_args(ArmMeasure)
ARM_UNITS: Final[dict[ArmMeasure, str]] = {
    name: {"seconds_mean": "s", "usd_per_call": "USD"}.get(name, "1") for name in ARM_MEASURES
}
"""Units of what the totals of an arm measure."""

ARM_NAMES: Final[dict[str, ArmMeasure]] = {
    **{name: name for name in ARM_MEASURES},
    "usd_per_routed_call": "usd_per_call",
}
"""What a measure is called where arms measure the very same number: all that a call of a router costs is its cost."""
