"""The metric table: each metric as Prometheus shows it, with its labels, unit, help and buckets.

Call sites take a :class:`Metric` from here and own no name, label or bucket themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

MetricType = Literal["counter", "gauge", "histogram"]

SECONDS_BUCKETS: Final = (
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
)  # fmt: skip
"""Bucket edges in seconds, from a local lookup to a slow model."""

REUSE_BUCKETS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 21600.0, 86400.0)
"""Bucket edges in seconds for the age of a cache entry when it is asked for again."""

SCORE_BUCKETS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Bucket edges of a router's score, 0..1."""

TOKEN_BUCKETS: Final = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)
"""Bucket edges that OpenTelemetry's gen_ai conventions advise for ``gen_ai.client.token.usage``."""

OPERATION_BUCKETS: Final = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
"""Bucket edges that OpenTelemetry's gen_ai conventions advise for ``gen_ai.client.operation.duration``."""


@dataclass(frozen=True)
class Metric:
    """One metric of the contract. ``labels`` is in the order in which values are bound."""

    name: str
    type: MetricType
    labels: tuple[str, ...]
    unit: str
    help: str
    buckets: tuple[float, ...] = ()


def _of_primitive(
    name: str, type_: MetricType, *more: str, unit: str = "1", about: str, buckets: tuple[float, ...] = ()
) -> Metric:
    return Metric(name, type_, ("service", "primitive", "kind", *more), unit, about, buckets)


EXECUTIONS: Final = _of_primitive(
    "airuntime_executions_total", "counter", "status", about="Executions of a primitive, by how they ended."
)
DURATION: Final = _of_primitive(
    "airuntime_duration_seconds",
    "histogram",
    unit="s",
    about="Wall time of an execution, its children's included.",
    buckets=SECONDS_BUCKETS,
)
SELF: Final = _of_primitive(
    "airuntime_self_seconds",
    "histogram",
    unit="s",
    about="Wall time of an execution during which none of its children ran.",
    buckets=SECONDS_BUCKETS,
)
INFLIGHT: Final = _of_primitive("airuntime_inflight", "gauge", about="Executions that have started and not ended.")
WAITING: Final = _of_primitive("airuntime_waiting", "gauge", about="Executions that wait for a free slot.")
QUEUE: Final = _of_primitive(
    "airuntime_queue_seconds",
    "histogram",
    unit="s",
    about="Time that work waited for a free slot before it began.",
    buckets=SECONDS_BUCKETS,
)
FIRST_ITEM: Final = _of_primitive(
    "airuntime_first_item_seconds",
    "histogram",
    unit="s",
    about="Time from the start of a generator to the first item that it gave.",
    buckets=SECONDS_BUCKETS,
)
ITEMS: Final = _of_primitive("airuntime_items_total", "counter", about="Items that generators gave.")
ROUTER_DECISIONS: Final = _of_primitive(
    "airuntime_router_decisions_total", "counter", "route", "reason", about="Routes taken, and why."
)
ROUTER_SCORE: Final = _of_primitive(
    "airuntime_router_score",
    "histogram",
    about="The score on which the router decided: 0 = the cheap route will do, 1 = it will not.",
    buckets=SCORE_BUCKETS,
)
CACHE_REQUESTS: Final = _of_primitive(
    "airuntime_cache_requests_total", "counter", "result", about="Requests to a cache, by its answer."
)
CACHE_ENTRIES: Final = _of_primitive("airuntime_cache_entries", "gauge", about="Entries that the cache holds.")
CACHE_BYTES: Final = _of_primitive(
    "airuntime_cache_bytes", "gauge", unit="By", about="Estimated size of the keys and values that the cache holds."
)
CACHE_EVICTIONS: Final = _of_primitive(
    "airuntime_cache_evictions_total", "counter", "reason", about="Entries that left the cache, and why."
)
CACHE_REUSE: Final = _of_primitive(
    "airuntime_cache_reuse_seconds",
    "histogram",
    unit="s",
    about="Age of an entry, fresh or too old, when it was asked for again.",
    buckets=REUSE_BUCKETS,
)
RETRY_ATTEMPTS: Final = _of_primitive(
    "airuntime_retry_attempts_total", "counter", "outcome", "error_class", about="Attempts of a retry, first included."
)
FALLBACKS: Final = _of_primitive(
    "airuntime_fallbacks_total", "counter", "reason", "outcome", about="Calls of a fallback: why, and how they ended."
)
COST: Final = _of_primitive(
    "airuntime_cost_usd_total", "counter", "model", "route", "router", unit="USD", about="What model calls cost."
)
BASELINE_COST: Final = _of_primitive(
    "airuntime_baseline_cost_usd_total",
    "counter",
    "model",
    "route",
    "router",
    unit="USD",
    about="What the same model calls would have cost on the router's default route.",
)
UNPRICED: Final = _of_primitive(
    "airuntime_unpriced_calls_total", "counter", "model", about="Model calls for which no price is known."
)
REPEATED: Final = _of_primitive(
    "airuntime_repeated_calls_total",
    "counter",
    about="Model calls that asked exactly what an answered call of the process had asked within the hour before.",
)
TUNABLE_VALUE: Final = _of_primitive(
    "airuntime_tunable_value", "gauge", "tunable", about="The value that the process obeys now."
)
CONFIG_GENERATION: Final = Metric(
    "airuntime_config_generation", "gauge", ("service",), "1", "Generation of the remote config that the process obeys."
)
ARM_SHARE: Final = _of_primitive(
    "airuntime_arm_share",
    "gauge",
    "rollout",
    "arm",
    about="Share of calls that the process sends to an arm of a running experiment, 0..1; 0 when it has ended.",
)


def _of_arm(field: str, about: str, unit: str = "1") -> Metric:
    return _of_primitive(f"airuntime_arm_{field}_total", "counter", "rollout", "arm", unit=unit, about=about)


ARM_TOTALS: Final = {
    "calls": _of_arm("calls", "Calls of an experiment's arm."),
    "errors": _of_arm("errors", "Calls of an arm that did not end well."),
    "slow_p95": _of_arm("slow_p95", "Calls of an arm slower than the old value's 95th percentile at the start."),
    "slow_p99": _of_arm("slow_p99", "Calls of an arm slower than the old value's 99th percentile at the start."),
    "seconds": _of_arm("seconds", "Wall time of an arm's calls.", "s"),
    "squared_seconds": _of_arm("squared_seconds", "Sum of the squared wall times of an arm's calls.", "s^2"),
    "cubed_seconds": _of_arm("cubed_seconds", "Sum of the cubed wall times of an arm's calls.", "s^3"),
    "cost_usd": _of_arm("cost_usd", "What the model calls within an arm's calls cost.", "USD"),
    "squared_cost_usd": _of_arm("squared_cost_usd", "Sum of the squared costs of an arm's calls.", "USD^2"),
    "cubed_cost_usd": _of_arm("cubed_cost_usd", "Sum of the cubed costs of an arm's calls.", "USD^3"),
    "rated": _of_arm("rated", "Calls of an arm whose quality was rated."),
    "quality": _of_arm("quality", "Sum of the ratings of an arm's calls, each 0..1."),
    "squared_quality": _of_arm("squared_quality", "Sum of the squared ratings of an arm's calls."),
    "cubed_quality": _of_arm("cubed_quality", "Sum of the cubed ratings of an arm's calls."),
    "asked": _of_arm("asked", "Calls of an arm that asked the cache, bypasses left out."),
    "hits": _of_arm("hits", "Calls of an arm that the cache answered without the wrapped call."),
    "tried": _of_arm("tried", "Calls of an arm that made attempts."),
    "attempts": _of_arm("attempts", "Attempts of an arm's calls, first ones included."),
    "squared_attempts": _of_arm("squared_attempts", "Sum of the squared numbers of attempts of an arm's calls."),
    "cubed_attempts": _of_arm("cubed_attempts", "Sum of the cubed numbers of attempts of an arm's calls."),
    "weighed": _of_arm("weighed", "Calls of an arm of which it is known whether the other arm's value acts otherwise."),
    "touched": _of_arm("touched", "Calls of an arm that go another way under the other arm's value."),
    "expected_usd": _of_arm(
        "expected_usd", "What an arm's touched calls were expected to cost with the control's value.", "USD"
    ),
    "touched_cost_usd": _of_arm("touched_cost_usd", "What the touched calls of an arm cost.", "USD"),
    "squared_touched_cost_usd": _of_arm(
        "squared_touched_cost_usd", "Sum of the squared costs of an arm's touched calls.", "USD^2"
    ),
    "cubed_touched_cost_usd": _of_arm(
        "cubed_touched_cost_usd", "Sum of the cubed costs of an arm's touched calls.", "USD^3"
    ),
}
"""The totals of an experiment's arms, by their field in the flow's ``ArmStats``; exact sums over processes."""

SETTLING_TOTALS: Final = {
    field: _of_primitive(
        f"airuntime_settling_{field}_total",
        "counter",
        "rollout",
        "arm",
        unit=ARM_TOTALS[field].unit,
        about=f"Of calls while a time block settles, which no verdict is made of: {ARM_TOTALS[field].help}",
    )
    for field in ("calls", "cost_usd", "weighed", "touched", "expected_usd", "touched_cost_usd")
}
"""The same of calls that obey an arm while their time block settles: none is in ``ARM_TOTALS``, but all were paid."""

TOKEN_USAGE: Final = Metric(
    "gen_ai_client_token_usage",
    "histogram",
    (
        "service",
        "gen_ai_operation_name",
        "gen_ai_provider_name",
        "gen_ai_request_model",
        "gen_ai_response_model",
        "gen_ai_token_type",
    ),
    "{token}",
    "Number of input and output tokens used.",
    TOKEN_BUCKETS,
)
OPERATION_DURATION: Final = Metric(
    "gen_ai_client_operation_duration_seconds",
    "histogram",
    ("service", "gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model", "error_type"),
    "s",
    "GenAI operation duration.",
    OPERATION_BUCKETS,
)

INSTRUMENTATION: Final = (
    EXECUTIONS,
    DURATION,
    SELF,
    INFLIGHT,
    WAITING,
    QUEUE,
    FIRST_ITEM,
    ITEMS,
    ROUTER_DECISIONS,
    ROUTER_SCORE,
    CACHE_REQUESTS,
    CACHE_ENTRIES,
    CACHE_BYTES,
    CACHE_EVICTIONS,
    CACHE_REUSE,
    RETRY_ATTEMPTS,
    FALLBACKS,
    COST,
    BASELINE_COST,
    UNPRICED,
    REPEATED,
    TUNABLE_VALUE,
    CONFIG_GENERATION,
    ARM_SHARE,
    *ARM_TOTALS.values(),
    *SETTLING_TOTALS.values(),
    TOKEN_USAGE,
    OPERATION_DURATION,
)
"""What an instrumented process exposes."""

FINDING_SCORE: Final = Metric(
    "airuntime_finding_score",
    "gauge",
    ("service", "primitive", "kind", "finding"),
    "1",
    "Share of the primitive's work that the finding calls wasted, 0..1.",
)
SUGGESTIONS: Final = Metric(
    "airuntime_suggestions", "gauge", ("service", "status"), "1", "Suggestions on record, by status."
)
ROLLOUT_PHASE: Final = Metric(
    "airuntime_rollout_phase",
    "gauge",
    ("service", "rollout", "phase"),
    "1",
    "1 for the phase in which a rollout stands.",
)
ROLLOUT_REPLICAS: Final = Metric(
    "airuntime_rollout_replicas",
    "gauge",
    ("service", "rollout", "state"),
    "1",
    "Replicas at the last look at a rollout, up to an hour after its end: obeying, lagging, behind, gone, joined since "
    "it began, restarted since then, or outdated.",
)
VERDICTS: Final = Metric("airuntime_verdicts_total", "counter", ("service", "outcome"), "1", "Verdicts given.")
SAVED: Final = Metric(
    "airuntime_saved_usd_total",
    "counter",
    ("service", "primitive", "kind"),
    "USD",
    "Saved by kept changes, middle of the interval.",
)

CONFIG_REFUSED: Final = Metric(
    "airuntime_config_refused", "gauge", ("service",), "1", "1 while a service says that it refuses its remote config."
)

FORECAST: Final = Metric(
    "airuntime_forecast",
    "gauge",
    ("service", "primitive", "kind", "measure", "part"),
    "1",
    "A measure at the end of its forecast: part is low, middle or high of the band, or error, the usual past error; "
    "now is the measure at the forecast's start.",
)
FORECAST_BREACH: Final = Metric(
    "airuntime_forecast_breach_seconds",
    "gauge",
    ("service", "primitive", "kind", "measure"),
    "s",
    "Time until a measure will break its limit, where it is on the way there.",
)
BUDGET: Final = Metric(
    "airuntime_budget_usd_per_hour", "gauge", (), "USD", "What one service may spend an hour, where that was set."
)
RULE_PREDICTIONS: Final = Metric(
    "airuntime_rule_predictions_total",
    "counter",
    ("rule", "held"),
    "1",
    "What became of a rule's predictions: kept within the interval, short of it, or missed.",
)
RULE_TRUST: Final = Metric(
    "airuntime_rule_trust", "gauge", ("rule",), "1", "How far a rule's predictions are believed, 0..1: ranks by it."
)
RULE_ERROR: Final = Metric(
    "airuntime_rule_error_ratio",
    "gauge",
    ("rule",),
    "1",
    "Median distance between a rule's predictions and what came, as a share of the change that it predicted.",
)
RULE_AUTONOMY: Final = Metric(
    "airuntime_rule_autonomy",
    "gauge",
    ("rule", "asked", "level"),
    "1",
    "1 for how far a rule may go by itself: asked by the policy, and borne out by its record.",
)
QUEUED: Final = Metric(
    "airuntime_queued_changes", "gauge", ("service", "waits_for"), "1", "Changes that were asked for and wait."
)
WEBHOOK_BACKLOG: Final = Metric(
    "airuntime_webhook_backlog",
    "gauge",
    ("endpoint", "state"),
    "1",
    "Messages to a webhook that wait to be taken in, or were given up.",
)

BACKEND: Final = (
    FINDING_SCORE,
    SUGGESTIONS,
    ROLLOUT_PHASE,
    ROLLOUT_REPLICAS,
    VERDICTS,
    SAVED,
    CONFIG_REFUSED,
    FORECAST,
    FORECAST_BREACH,
    BUDGET,
    RULE_PREDICTIONS,
    RULE_TRUST,
    RULE_ERROR,
    RULE_AUTONOMY,
    QUEUED,
    WEBHOOK_BACKLOG,
)
"""What the backend exposes about its own work."""
