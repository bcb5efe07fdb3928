"""What the model calls cost, and what is saved."""

from __future__ import annotations

from typing import Any

from airuntime_dashboards import actions, columns, config, panels, queries, style

_USD = "currencyUSD"
_NO_MODEL_CALLS = "No priced model calls in this time: are they instrumented, and their models priced?"
_NO_PRICED = "No priced model calls"


def spend_now() -> Any:
    """How much is being spent."""
    return panels.stat(
        queries.spend(),
        title="Spend per hour",
        description="What the model calls of the selection cost at the rate of the last minute, in USD an hour, from "
        "the tokens that each answer reports and the price of its model.",
        unit=_USD,
        no_data=_NO_PRICED,
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
        no_data=_NO_PRICED,
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
        no_data="No model calls",
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
        description="What each route cost in the time range, what its calls would have cost on the default route, and "
        "the difference.",
        no_data=_NO_MODEL_CALLS,
        sort_by="Cost",
        columns=[
            columns.text("service", "Service"),
            columns.text("model", "Model", width=180),
            columns.text("route", "Route", width=110),
            columns.number("usd", "Cost", unit=_USD, width=110, decimals=3),
            columns.number("baseline_usd", "On the default route", unit=_USD, width=170, decimals=3),
            columns.graded("saved_usd", "Saved", unit=_USD, steps=config.SAVED_USD, width=110),
            *(columns.hidden(f"{name}usd_per_hour") for name in ("", "baseline_", "saved_")),
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
        no_data="No model call has reported tokens in this time: are they instrumented?",
        stacked=True,
    )


def saved_so_far() -> Any:
    """What the changes have earned."""
    return panels.stat(
        queries.saved_so_far(),
        title="Saved so far",
        description="USD that kept changes have saved since each was kept: the middle of the measured interval.",
        unit=_USD,
        no_data="No change is kept yet",
        steps=config.SAVED_USD,
        decimals=2,
    )


def savings_over_time() -> Any:
    """Whether the savings last."""
    hidden = {"legend": True, "tooltip": False, "viz": False}
    edge = {"custom_lineWidth": 0, "custom_hideFrom": hidden, "color": style.fixed(style.GREEN)}
    return panels.timeseries(
        queries.earnings(),
        title="Saved since the start of the time range",
        description="USD that changes have saved since the start of the time range, by the books: measured while "
        "both values run side by side, an estimate that widens after that. The band is the interval in which the true "
        "sum lies.",
        unit=_USD,
        no_data="Nothing is booked in this time: the books begin with the first applied change",
        overrides=[
            style.override("byName", "usd", displayName="Saved", color=style.fixed(style.GREEN)),
            style.override("byName", "usd_low", displayName="At least", **edge),
            style.override("byName", "usd_high", displayName="At most", custom_fillBelowTo="usd_low", **edge),
        ],
    )


def roi() -> Any:
    """Whether it pays to optimise at all."""
    return panels.table(
        queries.roi(),
        title="Return on investment",
        description="What changes saved in the time range, less what knowing it cost: calls that stayed on the dearer "
        "value so that the saving can be measured, and the model that words suggestions. Net for each USD spent is the "
        "return; where nothing was spent there is none to tell.",
        no_data="Nothing is booked in this time: the books begin with the first applied change",
        columns=[
            columns.text("service", "Service", width=150),
            columns.graded("saved_usd", "Saved", unit=_USD, steps=config.SAVED_USD),
            columns.number("holdout_usd", "Cost of measuring", unit=_USD),
            columns.number("model_usd", "Cost of the model", unit=_USD),
            columns.graded("net_usd", "Net", unit=_USD, steps=config.SAVED_USD),
            columns.number("roi", "Return", unit="percentunit", decimals=0),
        ],
    )


def bill() -> Any:
    """What the bill would be without a change."""
    return panels.table(
        queries.bill(),
        title="The bill without each change",
        description="What the service spent while the change ran, and what it would have spent without just this "
        "change, with the interval.",
        no_data="Nothing is booked in this time: the books begin with the first applied change",
        columns=[
            columns.text("service", "Service", width=150),
            columns.text("tunable", "Tunable"),
            columns.number("bill_usd", "Bill", unit=_USD),
            columns.number("without_usd", "Without the change", unit=_USD),
            columns.number("without_usd_low", "At least", unit=_USD),
            columns.number("without_usd_high", "At most", unit=_USD),
            columns.link("suggestion", "Suggestion", actions.open_suggestion("suggestion")),
            columns.hidden("primitive"),
        ],
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
            columns.number("usd_per_hour_low", "At least, per hour", unit=_USD, width=150),
            columns.number("usd_per_hour", "Saved per hour", unit=_USD, width=130),
            columns.number("usd_per_hour_high", "At most, per hour", unit=_USD, width=150),
            columns.number("total_usd", "Saved so far", unit=_USD, width=110),
        ],
    )
