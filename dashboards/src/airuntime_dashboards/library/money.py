"""What the model calls cost, and what is saved."""

from __future__ import annotations

from typing import Any

from airuntime_dashboards import columns, config, panels, queries, style

_USD = "currencyUSD"
_NO_MODEL_CALLS = "No priced model calls in this time"


def spend_now() -> Any:
    """How much is being spent."""
    return panels.stat(
        queries.spend(),
        title="Spend per hour",
        description="What the model calls of the selection cost at the present rate, in USD an hour, from the tokens "
        "that each answer reports and the price of its model.",
        unit=_USD,
        no_data=_NO_MODEL_CALLS,
        steps=config.SPEND_USD_PER_HOUR,
        decimals=2,
    )


def saved_by_routing() -> Any:
    """How much routing is worth."""
    return panels.stat(
        queries.saved_by_routing(),
        title="Saved by routing per hour",
        description="What the same calls would cost on their router's default route, less what they cost now. 0 means "
        "that every call takes the default route.",
        unit=_USD,
        no_data=_NO_MODEL_CALLS,
        steps=config.SAVED_USD,
        decimals=2,
    )


def pricing_coverage() -> Any:
    """How far the money can be believed."""
    return panels.stat(
        queries.pricing_coverage(),
        title="Calls with a known price",
        description="Share of successful model calls whose model has a known price, in the service where it is lowest. "
        "Below 100 %, every sum of money here is too low.",
        unit="percentunit",
        no_data="No model calls in this time",
        steps=config.COVERAGE,
        decimals=0,
    )


def cost_over_time() -> Any:
    """Where the money goes, and what routing spares."""
    name = "All on the default route"
    line = {"mode": "none", "group": "A"}
    dash = {"fill": "dash", "dash": [10, 8]}
    return panels.timeseries(
        queries.spend_by_model(),
        queries.spend_on_default_route(),
        title="Cost by model and route",
        description="USD an hour, stacked by model and route. The dashed line is what the same calls would cost if "
        "each took its router's default route: the gap below it is what routing saves.",
        unit=_USD,
        no_data=_NO_MODEL_CALLS,
        stacked=True,
        overrides=[
            *style.named(style.ROUTE_COLOURS),
            style.override(
                "byName",
                name,
                color=style.fixed(style.GREY),
                custom_stacking=line,
                custom_lineStyle=dash,
                custom_lineWidth=2,
                custom_fillOpacity=0,
            ),
        ],
    )


def cost_table() -> Any:
    """The same money as numbers."""
    return panels.table(
        queries.cost_rows(),
        title="Cost by service, model and route",
        description="What each route costs, what its calls would cost on the default route, and the difference.",
        no_data=_NO_MODEL_CALLS,
        sort_by="Per hour",
        columns=[
            columns.text("service", "Service"),
            columns.text("model", "Model"),
            columns.text("route", "Route"),
            columns.number("usd_per_hour", "Per hour", unit=_USD, decimals=3),
            columns.number("baseline_usd_per_hour", "On the default route", unit=_USD, decimals=3),
            columns.graded("saved_usd_per_hour", "Saved", unit=_USD, steps=config.SAVED_USD),
        ],
    )


def tokens() -> Any:
    """What the money buys."""
    return panels.timeseries(
        queries.tokens(),
        title="Tokens per second",
        description="Tokens that models read (input) and wrote (output), by model, as OpenTelemetry's gen_ai "
        "conventions count them.",
        unit="short",
        no_data="No model call has reported tokens in this time",
        stacked=True,
    )


def saved_so_far() -> Any:
    """What the changes have earned."""
    return panels.stat(
        queries.saved_so_far(),
        title="Saved so far",
        description="USD that kept changes have saved since each was kept: the middle of the measured interval.",
        unit=_USD,
        no_data="Nothing yet: no change has been kept",
        steps=config.SAVED_USD,
        decimals=2,
    )


def savings_over_time() -> Any:
    """Whether the savings last."""
    return panels.timeseries(
        queries.saved_over_time(),
        title="Savings over time",
        description="USD that kept changes have saved up to each moment, stacked by primitive: the middle of the "
        "measured interval, whose ends are in the table. Only changes whose effect was measured count.",
        unit=_USD,
        no_data="No savings yet: they begin when a change has been measured and kept",
        stacked=True,
    )


def savings_table() -> Any:
    """The return on each change."""
    return panels.table(
        queries.savings(),
        title="Return on each change",
        description="What each kept change saves: USD an hour as an interval, and the sum since it was kept.",
        no_data="No return yet: it is counted from the moment a measured change is kept",
        sort_by="Since",
        columns=[
            columns.number("time", "Since", unit="dateTimeAsIso", width=170),
            columns.text("service", "Service", width=140),
            columns.text("primitive", "Primitive", width=120),
            columns.text("tunable", "Tunable"),
            columns.number("usd_per_hour_low", "At least, per hour", unit=_USD, width=130),
            columns.number("usd_per_hour", "Saved per hour", unit=_USD, width=120),
            columns.number("usd_per_hour_high", "At most, per hour", unit=_USD, width=130),
            columns.number("total_usd", "Saved so far", unit=_USD, width=110),
        ],
    )
