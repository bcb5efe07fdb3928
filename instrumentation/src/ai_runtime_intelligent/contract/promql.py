"""Named queries: functions from a scope and a window to PromQL.

Panels, rules and the analysis take their PromQL from here and write none of their own, so that a number means
the same wherever it is shown. Ratios divide two rates over the same window: extrapolation cancels out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from . import gen_ai, metrics

BY_PRIMITIVE: Final = ("service", "primitive", "kind")

NOW: Final = "time()"
"""What Prometheus' own clock says, Unix seconds."""

RATE_INTERVAL: Final = "$__rate_interval"
"""Window for panels: Grafana, or the backend, replaces it by a few scrape intervals."""

RECENT_INTERVAL: Final = "$__recent_interval"
"""Window for what is now: the backend replaces it by a minute, whatever time range and width a panel has."""


@dataclass(frozen=True)
class Scope:
    """Which series: PromQL regular expressions for ``service`` and ``primitive``; dashboard variables fit too."""

    service: str = ".*"
    primitive: str = ".*"

    def matchers(self, *more: str) -> str:
        """The label matchers of a selector, without the braces."""
        return ",".join((f'service=~"{self.service}"', f'primitive=~"{self.primitive}"', *more))


EVERYTHING: Final = Scope()


def literal(name: str) -> str:
    """A name as a PromQL regular expression that matches just that name."""
    return re.escape(name).replace("\\", "\\\\").replace('"', '\\"')


def any_of(names: Iterable[str]) -> str:
    """Names as a PromQL regular expression that matches each of them and no other."""
    return "|".join(literal(name) for name in sorted(set(names)))


def _rate(name: str, scope: Scope, window: str, *matchers: str) -> str:
    return f"rate({name}{{{scope.matchers(*matchers)}}}[{window}])"


def _sum_rate(by: tuple[str, ...], name: str, scope: Scope, window: str, *matchers: str) -> str:
    return f"sum by ({', '.join(by)}) ({_rate(name, scope, window, *matchers)})"


def _count(by: tuple[str, ...], name: str, scope: Scope, window: str, *matchers: str) -> str:
    return f"sum by ({', '.join(by)}) (increase({name}{{{scope.matchers(*matchers)}}}[{window}]))"


def calls_per_second(scope: Scope, window: str, by: tuple[str, ...] = BY_PRIMITIVE) -> str:
    """Executions a second."""
    return _sum_rate(by, metrics.EXECUTIONS.name, scope, window)


def calls(scope: Scope, window: str) -> str:
    """Executions in the window."""
    return _count(BY_PRIMITIVE, metrics.EXECUTIONS.name, scope, window)


def error_ratio(scope: Scope, window: str, by: tuple[str, ...] = BY_PRIMITIVE) -> str:
    """Share of executions that did not end well, 0..1; 0 where none failed."""
    failed = _sum_rate(by, metrics.EXECUTIONS.name, scope, window, 'status!="ok"')
    total = calls_per_second(scope, window, by)
    return f"({failed} or 0 * {total}) / {total}"


def seconds_mean(scope: Scope, window: str, by: tuple[str, ...] = BY_PRIMITIVE) -> str:
    """Mean wall time of an execution in seconds."""
    total = _sum_rate(by, f"{metrics.DURATION.name}_sum", scope, window)
    return f"{total} / {_sum_rate(by, f'{metrics.DURATION.name}_count', scope, window)}"


def seconds_quantile(quantile: float, scope: Scope, window: str, by: tuple[str, ...] = BY_PRIMITIVE) -> str:
    """Quantile 0..1 of an execution's wall time in seconds, from the histogram."""
    buckets = _sum_rate((*by, "le"), f"{metrics.DURATION.name}_bucket", scope, window)
    return f"histogram_quantile({quantile}, {buckets})"


def seconds_p95(scope: Scope, window: str) -> str:
    """95th percentile of an execution's wall time in seconds."""
    return seconds_quantile(0.95, scope, window)


def timeout_ratio(scope: Scope, window: str) -> str:
    """Share of executions that were cut off, 0..1; 0 where none was."""
    cut = _sum_rate(BY_PRIMITIVE, metrics.EXECUTIONS.name, scope, window, 'status="timeout"')
    total = calls_per_second(scope, window)
    return f"({cut} or 0 * {total}) / {total}"


def wall_share(scope: Scope, window: str) -> str:
    """A primitive's wall time, its children's included, as a share of its service's busiest primitive's, 0..1."""
    everyone = Scope(service=scope.service)
    wall = f"{metrics.DURATION.name}_sum"
    most = f"max by (service) ({_sum_rate(BY_PRIMITIVE, wall, everyone, window)})"
    return f"{_sum_rate(BY_PRIMITIVE, wall, scope, window)} / on (service) group_left () {most}"


def calls_ratio(scope: Scope, window: str, caller: str) -> str:
    """Executions for one execution of ``caller``, a PromQL regular expression."""
    of_caller = calls_per_second(Scope(scope.service, caller), window, ("service",))
    return f"{calls_per_second(scope, window)} / on (service) group_left () {of_caller}"


def self_seconds_per_second(scope: Scope, window: str) -> str:
    """Own time a second of wall time: 1 = one execution busy all the time."""
    return _sum_rate(BY_PRIMITIVE, f"{metrics.SELF.name}_sum", scope, window)


def self_share(scope: Scope, window: str) -> str:
    """A primitive's share of its service's own time, 0..1."""
    service = Scope(service=scope.service)
    total = _sum_rate(("service",), f"{metrics.SELF.name}_sum", service, window)
    return f"{self_seconds_per_second(scope, window)} / on (service) group_left () {total}"


def inflight(scope: Scope) -> str:
    """Executions under way."""
    return f"sum by ({', '.join(BY_PRIMITIVE)}) ({metrics.INFLIGHT.name}{{{scope.matchers()}}})"


def cost_usd_per_hour(scope: Scope, window: str, by: tuple[str, ...] = ("service", "model", "route")) -> str:
    """Spend in USD an hour at the present rate."""
    return f"3600 * {_sum_rate(by, metrics.COST.name, scope, window)}"


def cost_usd(scope: Scope, window: str) -> str:
    """Spend of a service in the window, in USD."""
    return _count(("service",), metrics.COST.name, scope, window)


def baseline_cost_usd_per_hour(scope: Scope, window: str, by: tuple[str, ...] = ("service",)) -> str:
    """Spend in USD an hour had every call taken its router's default route."""
    return f"3600 * {_sum_rate(by, metrics.BASELINE_COST.name, scope, window)}"


def routing_saved_usd_per_hour(scope: Scope, window: str, by: tuple[str, ...] = ("service",)) -> str:
    """What routing saves against the default route, in USD an hour."""
    baseline = baseline_cost_usd_per_hour(scope, window, by)
    return f"{baseline} - {cost_usd_per_hour(scope, window, by)}"


def routing_decisions_per_second(
    scope: Scope, window: str, by: tuple[str, ...] = ("service", "primitive", "route", "reason")
) -> str:
    """Router decisions a second."""
    return _sum_rate(by, metrics.ROUTER_DECISIONS.name, scope, window)


def _decisions(scope: Scope, window: str, *matchers: str) -> str:
    return _sum_rate(BY_PRIMITIVE, metrics.ROUTER_DECISIONS.name, scope, window, *matchers)


def router_premium_ratio(scope: Scope, window: str) -> str:
    """Share of decisions whose score was at or above the threshold, 0..1."""
    total = _decisions(scope, window)
    return f"({_decisions(scope, window, _PREMIUM)} or 0 * {total}) / {total}"


_PREMIUM: Final = 'reason="score_above_threshold"'


def router_decisions(scope: Scope, window: str) -> str:
    """Decisions in the window."""
    return _count(BY_PRIMITIVE, metrics.ROUTER_DECISIONS.name, scope, window)


def router_easy_ratio(scope: Scope, window: str) -> str:
    """Share of requests whose score is at most 0.5: more likely than not the cheap route would have done."""
    easy = _sum_rate(BY_PRIMITIVE, f"{metrics.ROUTER_SCORE.name}_bucket", scope, window, 'le="0.5"')
    return f"{easy} / {_sum_rate(BY_PRIMITIVE, f'{metrics.ROUTER_SCORE.name}_count', scope, window)}"


def usd_per_routed_call(scope: Scope, window: str) -> str:
    """Cost in USD of one execution of a router."""
    spent = _sum_rate(("service", "router"), metrics.COST.name, Scope(scope.service), window, 'router!=""')
    of_router = f'sum by (service, primitive) (label_replace({spent}, "primitive", "$1", "router", "(.*)"))'
    executions = _sum_rate(BY_PRIMITIVE, metrics.EXECUTIONS.name, scope, window, 'kind="router"')
    return f"{of_router} * on (service, primitive) group_right () (1 / {executions})"


def usd_per_call(scope: Scope, window: str) -> str:
    """Cost in USD of one execution of a primitive that asks a model itself."""
    return f"{_sum_rate(BY_PRIMITIVE, metrics.COST.name, scope, window)} / {calls_per_second(scope, window)}"


def service_usd_per_call(scope: Scope, window: str) -> str:
    """All that its service spends on models, in USD for one execution of the primitive."""
    spent = _sum_rate(("service",), metrics.COST.name, Scope(scope.service), window)
    return f"{spent} * on (service) group_right () (1 / {calls_per_second(scope, window)})"


def cache_hit_ratio(scope: Scope, window: str, by: tuple[str, ...] = BY_PRIMITIVE) -> str:
    """Share of cache requests answered without the wrapped call, 0..1."""
    served = _sum_rate(by, metrics.CACHE_REQUESTS.name, scope, window, 'result=~"hit|stale|coalesced"')
    return f"{served} / {_sum_rate(by, metrics.CACHE_REQUESTS.name, scope, window, _ASKED)}"


_ASKED: Final = 'result!="bypass"'


def cache_requests(scope: Scope, window: str) -> str:
    """Cache requests in the window, bypasses left out."""
    return _count(BY_PRIMITIVE, metrics.CACHE_REQUESTS.name, scope, window, _ASKED)


def cache_requests_per_second(
    scope: Scope, window: str, by: tuple[str, ...] = ("service", "primitive", "result")
) -> str:
    """Cache requests a second, by answer."""
    return _sum_rate(by, metrics.CACHE_REQUESTS.name, scope, window)


def cache_expired_ratio(scope: Scope, window: str) -> str:
    """Share of cache requests that found their entry, but too old, 0..1."""
    expired = _sum_rate(BY_PRIMITIVE, metrics.CACHE_EVICTIONS.name, scope, window, 'reason="expired"')
    return f"{expired} / {_sum_rate(BY_PRIMITIVE, metrics.CACHE_REQUESTS.name, scope, window, _ASKED)}"


def cache_capacity_ratio(scope: Scope, window: str) -> str:
    """Entries that a full cache threw out, for one request; 0 where none was."""
    thrown = _sum_rate(BY_PRIMITIVE, metrics.CACHE_EVICTIONS.name, scope, window, 'reason="capacity"')
    total = _sum_rate(BY_PRIMITIVE, metrics.CACHE_REQUESTS.name, scope, window, _ASKED)
    return f"({thrown} or 0 * {total}) / {total}"


def cache_coalesced_ratio(scope: Scope, window: str) -> str:
    """Share of cache requests that waited for the same one under way, 0..1; 0 where none did."""
    joined = _sum_rate(BY_PRIMITIVE, metrics.CACHE_REQUESTS.name, scope, window, 'result="coalesced"')
    total = _sum_rate(BY_PRIMITIVE, metrics.CACHE_REQUESTS.name, scope, window, _ASKED)
    return f"({joined} or 0 * {total}) / {total}"


def cache_bypass_ratio(scope: Scope, window: str) -> str:
    """Share of all requests that went past the cache, 0..1; 0 where none did."""
    past = _sum_rate(BY_PRIMITIVE, metrics.CACHE_REQUESTS.name, scope, window, 'result="bypass"')
    total = _sum_rate(BY_PRIMITIVE, metrics.CACHE_REQUESTS.name, scope, window)
    return f"({past} or 0 * {total}) / {total}"


def cache_reuse_seconds_p90(scope: Scope, window: str) -> str:
    """Age in seconds that 90 % of the entries asked for again do not exceed."""
    buckets = _sum_rate((*BY_PRIMITIVE, "le"), f"{metrics.CACHE_REUSE.name}_bucket", scope, window)
    return f"histogram_quantile(0.9, {buckets})"


def cache_entries(scope: Scope) -> str:
    """Entries held."""
    return f"sum by ({', '.join(BY_PRIMITIVE)}) ({metrics.CACHE_ENTRIES.name}{{{scope.matchers()}}})"


def retry_attempts_per_call(scope: Scope, window: str) -> str:
    """Attempts for one execution of a retry: 1 = nothing is ever tried again."""
    attempts = _sum_rate(BY_PRIMITIVE, metrics.RETRY_ATTEMPTS.name, scope, window)
    return f"{attempts} / {calls_per_second(scope, window)}"


def retry_attempts(scope: Scope, window: str) -> str:
    """Attempts in the window."""
    return _count(BY_PRIMITIVE, metrics.RETRY_ATTEMPTS.name, scope, window)


def retry_failed_ratio(scope: Scope, window: str) -> str:
    """Share of attempts that failed, 0..1."""
    total = _sum_rate(BY_PRIMITIVE, metrics.RETRY_ATTEMPTS.name, scope, window)
    return f"({_failed_attempts(scope, window)} or 0 * {total}) / {total}"


def retry_gave_up_ratio(scope: Scope, window: str) -> str:
    """Share of executions of a retry whose last attempt failed too, 0..1; 0 where none did."""
    gone = _sum_rate(BY_PRIMITIVE, metrics.RETRY_ATTEMPTS.name, scope, window, 'outcome=~"gave_up|no_budget"')
    total = calls_per_second(scope, window)
    return f"({gone} or 0 * {total}) / {total}"


def _failed_attempts(scope: Scope, window: str) -> str:
    return _sum_rate(BY_PRIMITIVE, metrics.RETRY_ATTEMPTS.name, scope, window, 'outcome!="ok"')


def queue_share(scope: Scope, window: str) -> str:
    """Time that branches waited for a slot for one second of execution: about 1 or more when they run in turn."""
    waited = _sum_rate(BY_PRIMITIVE, f"{metrics.QUEUE.name}_sum", scope, window)
    return f"{waited} / {_sum_rate(BY_PRIMITIVE, f'{metrics.DURATION.name}_sum', scope, window)}"


def queue_seconds_mean(scope: Scope, window: str) -> str:
    """Seconds that a branch or a call waits for a slot, on average."""
    waited = _sum_rate(BY_PRIMITIVE, f"{metrics.QUEUE.name}_sum", scope, window)
    return f"{waited} / {_sum_rate(BY_PRIMITIVE, f'{metrics.QUEUE.name}_count', scope, window)}"


def waiting(scope: Scope) -> str:
    """Executions that wait for a slot."""
    return f"sum by ({', '.join(BY_PRIMITIVE)}) ({metrics.WAITING.name}{{{scope.matchers()}}})"


def limit_used_ratio(scope: Scope) -> str:
    """Share of the slots of a concurrency limit that are taken, 0..1, over all replicas."""
    by = ", ".join(BY_PRIMITIVE)
    of_limits = scope.matchers('kind="limit"')
    taken = f"(sum by ({by}) ({metrics.INFLIGHT.name}{{{of_limits}}}) - {waiting(scope)})"
    of_tunable = scope.matchers('kind="limit"', 'tunable=~".*[.]limit"')
    return f"{taken} / sum by ({by}) ({metrics.TUNABLE_VALUE.name}{{{of_tunable}}})"


def fallback_ratio(scope: Scope, window: str) -> str:
    """Share of executions for which a fallback was called, 0..1."""
    called = _sum_rate(BY_PRIMITIVE, metrics.FALLBACKS.name, scope, window)
    return f"{called} / {calls_per_second(scope, window)}"


def fallback_failed_ratio(scope: Scope, window: str) -> str:
    """Share of the calls of a fallback that failed as well, 0..1."""
    called = _sum_rate(BY_PRIMITIVE, metrics.FALLBACKS.name, scope, window)
    failed = _sum_rate(BY_PRIMITIVE, metrics.FALLBACKS.name, scope, window, 'outcome="error"')
    return f"({failed} or 0 * {called}) / {called}"


def fallbacks(scope: Scope, window: str) -> str:
    """Calls of a fallback in the window."""
    return _count(BY_PRIMITIVE, metrics.FALLBACKS.name, scope, window)


def repeated_calls_ratio(scope: Scope, window: str) -> str:
    """Share of model calls that asked what a call of the same process had been answered already, 0..1."""
    return f"{_sum_rate(BY_PRIMITIVE, metrics.REPEATED.name, scope, window)} / {calls_per_second(scope, window)}"


def branches_per_call(scope: Scope, window: str) -> str:
    """Branches that one execution of a parallel primitive runs."""
    branches = _sum_rate(BY_PRIMITIVE, f"{metrics.QUEUE.name}_count", scope, window)
    return f"{branches} / {calls_per_second(scope, window)}"


def tokens_per_second(
    scope: Scope, window: str, by: tuple[str, ...] = ("service", gen_ai.MODEL, "gen_ai_token_type")
) -> str:
    """Tokens a second, by model and type, as we and other gen_ai instrumentations count them."""
    return f"sum by ({', '.join(by)}) {gen_ai.everybodys(gen_ai.TOKENS, scope.service, window)}"


def tokens_per_model_call(type_: str, scope: Scope, window: str) -> str:
    """Tokens of a type (``input`` or ``output``) of one model call, for each primitive by the models that it pays."""
    name, of_type = metrics.TOKEN_USAGE.name, f'service=~"{scope.service}",gen_ai_token_type="{type_}"'
    by = f"sum by (service, {gen_ai.MODEL})"
    each = f"{by} (rate({name}_sum{{{of_type}}}[{window}])) / {by} (rate({name}_count{{{of_type}}}[{window}]))"
    pays = _sum_rate((*BY_PRIMITIVE, "model"), metrics.COST.name, scope, window)
    joined = f'label_join({each}, "model", "", "{gen_ai.MODEL}") * on (service, model) group_right () (0 * {pays} + 1)'
    return f"avg by ({', '.join(BY_PRIMITIVE)}) ({joined})"


def input_tokens_per_call(scope: Scope, window: str) -> str:
    """Tokens that go into one model call."""
    return tokens_per_model_call("input", scope, window)


def output_tokens_per_call(scope: Scope, window: str) -> str:
    """Tokens that come out of one model call."""
    return tokens_per_model_call("output", scope, window)


def model_calls_per_second(
    scope: Scope, window: str, by: tuple[str, ...] = ("service", gen_ai.MODEL, "error_type")
) -> str:
    """Model calls a second, by model and error, as we and other gen_ai instrumentations count them."""
    return f"sum by ({', '.join(by)}) {gen_ai.everybodys(gen_ai.operations('count'), scope.service, window)}"


def model_seconds_quantile(
    quantile: float, scope: Scope, window: str, by: tuple[str, ...] = ("service", gen_ai.MODEL)
) -> str:
    """Quantile 0..1 of a model call's time in seconds, streams to their end, whoever measured it."""
    buckets = gen_ai.everybodys(gen_ai.operations("bucket"), scope.service, window)
    return f"histogram_quantile({quantile}, sum by ({', '.join((*by, 'le'))}) {buckets})"


def pricing_coverage(scope: Scope, window: str) -> str:
    """Share of model calls for which a price is known, 0..1.

    Calls that only another gen_ai instrumentation measured have no price: they are in no cost that is shown.
    """
    unpriced = _sum_rate(("service",), metrics.UNPRICED.name, scope, window)
    ours = _sum_rate(("service",), metrics.EXECUTIONS.name, scope, window, 'kind="llm"', 'status="ok"')
    names = gen_ai.operations("count")
    theirs = gen_ai.others(names, scope.service, window, 'error_type=""')
    others = (
        f"sum by (service) ({theirs} unless on (service, {gen_ai.MODEL}) {gen_ai.ours(names, scope.service, window)})"
    )
    priced = f"(({ours} - {unpriced}) or {ours})"
    return f"{priced} / (({ours} + {others}) or {ours}) or 0 * {others}"


def tunable_value(scope: Scope, tunable: str = ".*") -> str:
    """The value that processes obey, highest over replicas."""
    by = ", ".join((*BY_PRIMITIVE, "tunable"))
    matchers = scope.matchers(f'tunable=~"{tunable}"')
    return f"max by ({by}) ({metrics.TUNABLE_VALUE.name}{{{matchers}}})"


def tunable_values(scope: Scope = EVERYTHING) -> str:
    """The distinct values of each tunable over all processes, with the number of processes on each as the value."""
    return f'count_values by (service, tunable) ("obeyed", {metrics.TUNABLE_VALUE.name}{{{scope.matchers()}}})'


def finding_score(scope: Scope) -> str:
    """Findings by score, 0..1."""
    return f"max by ({', '.join(BY_PRIMITIVE)}, finding) ({metrics.FINDING_SCORE.name}{{{scope.matchers()}}})"


def open_findings(scope: Scope) -> str:
    """How many findings stand; 0 when there were some before, nothing when there never was one."""
    return f"count({finding_score(scope)} > 0) or {_any_suggestion(scope)}"


def _any_suggestion(scope: Scope) -> str:
    """0 once there is any suggestion, whatever became of it."""
    return f"0 * count({metrics.SUGGESTIONS.name}{{{_of_service(scope)}}})"


def _of_service(scope: Scope, *more: str) -> str:
    return ",".join((f'service=~"{scope.service}"', *more))


def suggestions(scope: Scope, status: str) -> str:
    """How many suggestions have this status; nothing when there never was one."""
    with_status = _of_service(scope, f'status="{status}"')
    return f"sum({metrics.SUGGESTIONS.name}{{{with_status}}}) or {_any_suggestion(scope)}"


def rollouts(scope: Scope, *phases: str) -> str:
    """How many rollouts stand in one of these phases."""
    wanted = "|".join(phases)
    in_phase = _of_service(scope, f'phase=~"{wanted}"')
    return f"sum({metrics.ROLLOUT_PHASE.name}{{{in_phase}}})"


def verdicts(scope: Scope) -> str:
    """How many verdicts were given, by outcome."""
    return f"sum by (outcome) ({metrics.VERDICTS.name}{{{_of_service(scope)}}})"


def rule_trust(limit: int) -> str:
    """How far the predictions of each rule are believed, 0..1, of those believed least."""
    return f"bottomk({limit}, max by (rule) ({metrics.RULE_TRUST.name}))"


def saved_usd(scope: Scope, by: tuple[str, ...] = ("service", "primitive")) -> str:
    """USD saved so far by kept changes, middle of the interval."""
    return f"sum by ({', '.join(by)}) ({metrics.SAVED.name}{{{scope.matchers()}}})"


def config_generation(scope: Scope) -> str:
    """Generation of the remote config that all processes of a service have reached."""
    return f"min by (service) ({metrics.CONFIG_GENERATION.name}{{{_of_service(scope)}}})"


def self_share_top(scope: Scope, window: str, limit: int) -> str:
    """The primitives with the greatest shares of their service's own time; greatest first at one instant."""
    return f"topk({limit}, {self_share(scope, window)})"


def pricing_coverage_lowest(scope: Scope, window: str) -> str:
    """Share of model calls for which a price is known, 0..1, of the service where it is lowest."""
    return f"min({pricing_coverage(scope, window)})"


Query = Callable[[Scope, str], str]


@dataclass(frozen=True)
class Measure:
    """A number that the analysis reads for each primitive: its query, the query for its n, and its unit."""

    name: str
    unit: str
    value: Query
    count: Query


MEASURES: Final[tuple[Measure, ...]] = (
    Measure("calls_per_second", "1/s", calls_per_second, calls),
    Measure("error_ratio", "1", error_ratio, calls),
    Measure("seconds_mean", "s", seconds_mean, calls),
    Measure("seconds_p95", "s", seconds_p95, calls),
    Measure("self_share", "1", self_share, calls),
    Measure("router_premium_ratio", "1", router_premium_ratio, router_decisions),
    Measure("router_easy_ratio", "1", router_easy_ratio, router_decisions),
    Measure("usd_per_routed_call", "USD", usd_per_routed_call, router_decisions),
    Measure("service_usd_per_call", "USD", service_usd_per_call, calls),
    Measure("cache_hit_ratio", "1", cache_hit_ratio, cache_requests),
    Measure("cache_expired_ratio", "1", cache_expired_ratio, cache_requests),
    Measure("cache_reuse_seconds_p90", "s", cache_reuse_seconds_p90, cache_requests),
    Measure("retry_attempts_per_call", "1", retry_attempts_per_call, retry_attempts),
    Measure("retry_failed_ratio", "1", retry_failed_ratio, retry_attempts),
    Measure("queue_share", "1", queue_share, calls),
    Measure("branches_per_call", "1", branches_per_call, calls),
    Measure("queue_seconds_mean", "s", queue_seconds_mean, calls),
    Measure("timeout_ratio", "1", timeout_ratio, calls),
    Measure("wall_share", "1", wall_share, calls),
    Measure("usd_per_call", "USD", usd_per_call, calls),
    Measure("cache_capacity_ratio", "1", cache_capacity_ratio, cache_requests),
    Measure("cache_coalesced_ratio", "1", cache_coalesced_ratio, cache_requests),
    Measure("cache_bypass_ratio", "1", cache_bypass_ratio, cache_requests),
    Measure("retry_gave_up_ratio", "1", retry_gave_up_ratio, calls),
    Measure("fallback_ratio", "1", fallback_ratio, calls),
    Measure("fallback_failed_ratio", "1", fallback_failed_ratio, fallbacks),
    Measure("repeated_calls_ratio", "1", repeated_calls_ratio, calls),
    Measure("input_tokens_per_call", "{token}", input_tokens_per_call, calls),
    Measure("output_tokens_per_call", "{token}", output_tokens_per_call, calls),
)
"""What one analysis measures. The analysis itself asks for the raw sums of ``contract.totals`` and makes the same
numbers of them; these queries are what is kept with each number, and what anybody can ask again."""

MEASURE: Final = {measure.name: measure for measure in MEASURES}


def recorded_top(measure: str, scope: Scope, limit: int) -> str:
    """The primitives with the greatest values now, by the provisioned recording rule of the measure: over five minutes.

    To pick from many thousands by the rule costs a hundredth of asking for all their series.
    """
    return f"topk({limit}, primitive:airuntime_{measure}:rate5m{{{scope.matchers()}}})"


PICKED: Final = (
    "cache_hit_ratio", "queue_share", "retry_attempts_per_call", "seconds_mean", "seconds_p95", "self_share",
)  # fmt: skip
"""The measures that a rule records, by which the lines of a panel can be picked."""
