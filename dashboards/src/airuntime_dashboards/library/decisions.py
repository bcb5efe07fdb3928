"""What routers and caches decide, and whether they decide well."""

from __future__ import annotations

from typing import Any

from airuntime_dashboards import columns, config, panels, queries, style

_NO_CACHE = "No cache primitive has run in this time: instrument one, and it shows here"


def routing() -> Any:
    """Which way calls go, and why."""
    return panels.timeseries(
        queries.routing_decisions(),
        title="Routing decisions and reasons",
        description="Router decisions a second, by the route taken and why: the score of the request against the "
        "router's threshold, or a rule.",
        unit="reqps",
        no_data="No router has decided in this time: instrument one, and it shows here",
        stacked=True,
        overrides=style.named(style.ROUTE_COLOURS),
    )


def cache_hit_ratio() -> Any:
    """Whether caches pay."""
    hidden = {"legend": True, "tooltip": False, "viz": False}
    edge = {"custom_lineWidth": 0, "custom_hideFrom": hidden, "color": style.fixed(style.GREY)}
    dashed = {"fill": "dash", "dash": [6, 6]}
    return panels.timeseries(
        queries.cache_hit_ratio(),
        queries.cache_hit_ratio_foretold(),
        title="Cache hit rate",
        description="Share of requests that each cache answered without the call that it wraps: hits, stale answers "
        "and those that joined a call under way. Bypasses are left out. Dashed is what was foretold of all of them "
        "together before, from what was known then; the band would have held nine of ten such predictions, and their "
        "usual error is told beside it.",
        unit="percentunit",
        no_data=_NO_CACHE,
        ratio=True,
        filled=False,  # the tints of many lines would cover what is behind them
        overrides=[
            style.override(
                "byName", "foretold", color=style.fixed(style.GREY), custom_lineStyle=dashed, custom_fillOpacity=0
            ),
            style.override("byName", "low", **edge, custom_fillOpacity=0),
            style.override("byName", "high", **edge, custom_fillBelowTo="low", custom_fillOpacity=12),
        ],
    )


def cache_requests() -> Any:
    """What caches answer."""
    return panels.timeseries(
        queries.cache_requests(),
        title="Cache requests by answer",
        description="Cache requests a second, by answer: hit, coalesced (joined a call under way), stale, miss, "
        "bypass.",
        unit="reqps",
        no_data=_NO_CACHE,
        stacked=True,
        overrides=style.named(style.CACHE_RESULT_COLOURS),
    )


def caches() -> Any:
    """Why a cache misses."""
    return panels.table(
        queries.cache_rows(),
        title="Caches: lifetime against reuse",
        description="A cache whose entries expire sooner than they are asked for again throws its work away: compare "
        "the lifetime with the age that 90 % of the entries asked for again do not exceed.",
        no_data=_NO_CACHE,
        columns=[
            columns.text("service", "Service"),
            columns.text("primitive", "Cache"),
            columns.graded("hit_ratio", "Hits", unit="percentunit", steps=config.HIT_RATIO, width=90),
            columns.graded("expired_ratio", "Found too old", unit="percentunit", steps=config.EXPIRED_RATIO, width=130),
            columns.number("entries", "Entries", unit="short", width=90),
            columns.number("ttl_seconds", "Lifetime", unit="s", width=100),
            columns.number("reuse_seconds_p90", "Reused within", unit="s", width=130),
        ],
    )
