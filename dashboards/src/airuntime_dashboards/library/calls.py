"""How calls do: how many, how well, how fast, and where the time goes."""

from __future__ import annotations

from typing import Any

from airuntime_dashboards import columns, config, panels, queries

_NO_CALLS = "No instrumented calls in this time: is the service running, and scraped?"
_NONE = "No calls: is it scraped?"


def error_ratio() -> Any:
    """Whether it works."""
    return panels.stat(
        queries.error_ratio(),
        title="Error ratio",
        description="Share of calls of the selected primitives that did not end well: errors, timeouts, cancellations. "
        "An attempt that a retry repaired counts where it failed.",
        unit="percentunit",
        no_data=_NONE,
        steps=config.ERROR_RATIO,
        decimals=1,
    )


def calls() -> Any:
    """How much is going on."""
    return panels.stat(
        queries.calls(),
        title="Calls per second",
        description="Calls of all selected primitives, nested ones included. Select the primitive at the top of the "
        "service to see the requests that come in.",
        unit="reqps",
        no_data=_NONE,
        steps=config.PLAIN,
        decimals=1,
    )


def bottlenecks() -> Any:
    """Where the time goes."""
    return panels.bars(
        queries.bottlenecks(),
        title="Bottlenecks: share of own time",
        description="The share of its service's time that each primitive itself uses, its children's left out; the "
        "greatest are shown. What is long here is worth making faster.",
        unit="percentunit",
        no_data=_NONE,
        steps=config.SHARE,
        limits=(0, 1),
    )


def primitives() -> Any:
    """What is slow, and where it is in the code."""
    return panels.table(
        queries.primitives(),
        title="Slowest primitives by own time",
        description="Each primitive with the share of its service's time that it uses itself, its share of the time "
        "from a request to its answer (the critical path: what runs beside something slower counts for nothing), how "
        "fast and how well it does, all over the time range, the place in your source that defines it and the "
        "libraries that it calls.",
        no_data=_NO_CALLS,
        sort_by="Own time",
        columns=[
            columns.text("service", "Service"),
            columns.text("primitive", "Primitive"),
            columns.text("kind", "Kind", width=90),
            columns.number("calls", "Calls", unit="short", width=100),
            columns.hidden("calls_per_second"),
            columns.graded("seconds_mean", "Mean", unit="s", steps=config.SECONDS, width=100),
            columns.graded("seconds_p95", "p95", unit="s", steps=config.SECONDS, width=100),
            columns.bar("self_share", "Own time", unit="percentunit", steps=config.SHARE, width=160),
            columns.graded("critical_share", "Critical path", unit="percentunit", steps=config.SHARE, width=110),
            columns.graded("error_ratio", "Errors", unit="percentunit", steps=config.ERROR_RATIO, width=90),
            columns.text("file", "Source"),
            columns.text("libraries", "Libraries"),
        ],
    )


def seconds_p95() -> Any:
    """How slow it gets."""
    return panels.timeseries(
        queries.seconds_p95(),
        title="Slow calls: 95th percentile",
        description="19 of 20 calls are at least this fast, children included. The axis is logarithmic, so that a "
        "cache and a model fit on one.",
        unit="s",
        no_data=_NO_CALLS,
        scale="log",
        filled=False,
    )


def seconds_mean() -> Any:
    """How long it takes as a rule."""
    return panels.timeseries(
        queries.seconds_mean(),
        title="Mean time of a call",
        description="Mean wall time of a call, children included. The axis is logarithmic.",
        unit="s",
        no_data=_NO_CALLS,
        scale="log",
        filled=False,
    )


def queue_share() -> Any:
    """Whether work waits in line."""
    return panels.timeseries(
        queries.queue_share(),
        title="Waiting for a slot",
        description="Time that branches waited for a free slot, for each second of their parallel primitive's "
        "execution. Near 0 they run side by side; about 1 or more, they run one after the other.",
        unit="percentunit",
        no_data="No parallel primitive has run in this time: instrument one, and it shows here",
        steps=config.QUEUE_SHARE,
        filled=False,
    )


def retry_attempts_per_call() -> Any:
    """Whether retries repair or make it worse."""
    return panels.timeseries(
        queries.retry_attempts_per_call(),
        title="Attempts per call",
        description="How often a retry tries for one call: 1 means that nothing is ever tried again. A rise together "
        "with the error ratio is a retry storm.",
        unit="short",
        no_data="No retry primitive has run in this time: instrument one, and it shows here",
        steps=config.ATTEMPTS,
        filled=False,
    )
