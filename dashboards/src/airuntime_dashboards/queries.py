"""The questions that panels ask, by name.

Each is a PromQL of the contract bound to the dashboard's variables, with the name that its lines carry, or one of our
own query types. A panel that needs a number not named here gets it by adding a function to the contract.
"""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.contract import promql

from . import config
from .targets import PIPED, SCOPE, Target, by_primitive, latest, rows, series

WINDOW: Final = promql.RATE_INTERVAL
RECENT: Final = promql.RECENT_INTERVAL

_PRIMITIVE: Final = "{{primitive}} ({{service}})"
"""What differs most comes first: a long name is cut at its end."""
_TOTAL: Final = ()
"""Summed over everything that the variables select."""


def spend() -> Target:
    """USD an hour, in all."""
    return series(promql.cost_usd_per_hour(SCOPE, RECENT, _TOTAL), "Spend")


def spend_by_model() -> Target:
    """USD an hour, by model and route."""
    return series(promql.cost_usd_per_hour(SCOPE, WINDOW, ("model", "route")), "{{model}} {{route}}")


def spend_on_default_route() -> Target:
    """USD an hour, had every call taken its router's default route."""
    return series(promql.baseline_cost_usd_per_hour(SCOPE, WINDOW, _TOTAL), "All on the default route")


def saved_by_routing() -> Target:
    """USD an hour that routing saves against the default route."""
    return series(promql.routing_saved_usd_per_hour(SCOPE, RECENT, _TOTAL), "Saved by routing")


def error_ratio() -> Target:
    """Share of calls that did not end well, in all."""
    return series(promql.error_ratio(SCOPE, RECENT, _TOTAL), "Error ratio")


def calls() -> Target:
    """Calls a second, in all."""
    return series(promql.calls_per_second(SCOPE, RECENT, _TOTAL), "Calls")


def open_findings() -> Target:
    """How many findings stand."""
    return series(promql.open_findings(SCOPE), "Open findings")


def open_suggestions() -> Target:
    """How many suggestions wait for a decision."""
    return series(promql.suggestions(SCOPE, "open"), "Open suggestions")


def pricing_coverage() -> Target:
    """Share of model calls with a known price."""
    return series(promql.pricing_coverage_lowest(SCOPE, RECENT), "Calls with a price")


def routing_decisions() -> Target:
    """Decisions a second, by route and reason."""
    return series(promql.routing_decisions_per_second(SCOPE, WINDOW, ("route", "reason")), "{{route}}: {{reason}}")


def cache_hit_ratio() -> Target:
    """Share of cache requests answered from the cache, by cache."""
    return by_primitive("cache_hit_ratio", _PRIMITIVE, WINDOW)


def cache_hit_ratio_foretold() -> Target:
    """The hit rate of all caches as it was foretold, with the band and the past error of such predictions."""
    return Target("forecast", {**PIPED, "format": "series"})


def cache_requests() -> Target:
    """Cache requests a second, by answer."""
    return series(promql.cache_requests_per_second(SCOPE, WINDOW, ("result",)), "{{result}}")


def retry_attempts_per_call() -> Target:
    """Attempts for one call, by retry."""
    return by_primitive("retry_attempts_per_call", _PRIMITIVE, WINDOW)


def bottlenecks() -> Target:
    """The primitives with the greatest shares of their service's own time."""
    return latest(promql.self_share_top(SCOPE, WINDOW, config.BARS), _PRIMITIVE)


def tokens() -> Target:
    """Tokens a second, by model and type."""
    by = ("gen_ai_request_model", "gen_ai_token_type")
    return series(
        promql.tokens_per_second(SCOPE, WINDOW, by), "{{gen_ai_request_model}} {{gen_ai_token_type}}", distinct=True
    )


def seconds_p95() -> Target:
    """95th percentile of a call's wall time, by primitive."""
    return by_primitive("seconds_p95", _PRIMITIVE, WINDOW)


def seconds_mean() -> Target:
    """Mean wall time of a call, by primitive."""
    return by_primitive("seconds_mean", _PRIMITIVE, WINDOW)


def queue_share() -> Target:
    """Waiting for a slot, per second of execution, by primitive."""
    return by_primitive("queue_share", _PRIMITIVE, WINDOW)


def tunable_values() -> Target:
    """The values that processes obey."""
    return series(promql.tunable_value(SCOPE), "{{tunable}} ({{service}})", distinct=True)


def config_generation() -> Target:
    """The generation of the remote config that each service has reached."""
    return series(promql.config_generation(SCOPE), "{{service}}")


def rollouts_kept() -> Target:
    """How many changes were kept."""
    return series(promql.rollouts(SCOPE, "kept"), "Kept")


def rollouts_undone() -> Target:
    """How many changes were rolled back, or are stuck on the way."""
    return series(promql.rollouts(SCOPE, "rolled_back", "stuck"), "Rolled back or stuck")


def rollouts_under_way() -> Target:
    """How many changes are being applied or watched."""
    return series(promql.rollouts(SCOPE, "planned", "applying", "watching"), "Under way")


def saved_so_far() -> Target:
    """USD that kept changes have saved."""
    return series(promql.saved_usd(SCOPE, _TOTAL), "Saved so far")


def primitives() -> Target:
    """One row for each primitive, with its place in the source."""
    return rows("primitives", config.ROWS)


def findings() -> Target:
    """One row for each check: what was found, or why nothing was."""
    return rows("findings", config.ROWS)


def cost_rows() -> Target:
    """One row for each service, model and route."""
    return rows("cost", config.ROWS)


def cache_rows() -> Target:
    """One row for each cache."""
    return rows("cache", config.ROWS)


def open_suggestion_rows() -> Target:
    """One row for each suggestion to change a value that waits for a decision."""
    return Target("suggestions", {**PIPED, "status": "open", "changes": "value", "limit": config.ROWS})


def code_suggestion_rows() -> Target:
    """One row for each suggestion to change the code alone that waits for a decision."""
    return Target("suggestions", {**PIPED, "status": "open", "changes": "code", "limit": config.ROWS})


def decided_suggestion_rows() -> Target:
    """One row for each suggestion that was applied and counts."""
    return Target("suggestions", {**PIPED, "status": "queued|applied|stuck|kept", "limit": config.ROWS})


def snippets() -> Target:
    """Source lines and documentation that support the suggestions."""
    return rows("snippets", config.ROWS)


def impact() -> Target:
    """One row for each change that was measured, control and candidate."""
    return rows("impact")


def savings() -> Target:
    """One row for each kept change: what it saves."""
    return rows("savings")


def forecasts() -> Target:
    """One row for each number that is foretold, coming breaches first."""
    return rows("forecast", config.ROWS)


def verdicts() -> Target:
    """How many verdicts were given, by outcome."""
    return latest(promql.verdicts(SCOPE), "{{outcome}}")


def rule_trust() -> Target:
    """How far each rule is believed, by what became of its predictions."""
    return latest(promql.rule_trust(config.BARS), "{{rule}}")


def earnings() -> Target:
    """USD that changes have saved since the start of the time range, with its interval."""
    return rows("earnings")


def roi() -> Target:
    """One row for each service: what was saved for each USD that the optimiser cost."""
    return rows("roi")


def bill() -> Target:
    """One row for each change: the bill as it is, and without the change."""
    return rows("bill")


def phases() -> Target:
    """The phase of each tunable's rollout, over time."""
    return rows("timeline")
