"""Where numbers are going, and how far such forecasts can be believed."""

from __future__ import annotations

from typing import Any

from airuntime_dashboards import columns, config, panels, queries


def coming() -> Any:
    """What will go wrong if nothing is done."""
    return panels.table(
        queries.forecasts(),
        title="Forecasts and coming breaches",
        description="Hit rates, latencies and spend ahead, coming breaches of a limit first. The band is as wide as "
        "such forecasts were wrong before on this very series; the usual past error is beside it.",
        no_data="No forecast yet: it takes twelve analyses of a service",
        columns=[
            columns.graded("breach_in", "Breach in", unit="s", steps=config.BREACH_SECONDS, width=110),
            columns.text("service", "Service", width=150),
            columns.text("primitive", "Primitive", width=130),
            columns.text("measure", "Measure", width=130),
            columns.number("now", "Now", unit="short", width=90),
            columns.number("low", "At least", unit="short", width=90),
            columns.number("middle", "Foretold", unit="short", width=90),
            columns.number("high", "At most", unit="short", width=90),
            columns.number("past_error", "Past error", unit="short", width=100),
            columns.number("at", "For", unit="dateTimeAsIso", width=160),
            columns.text("told", "In words", wrap=True),
            *(columns.hidden(name) for name in ("time", "unit", "trials", "limit")),
        ],
    )
