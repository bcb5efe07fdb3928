"""Code Performance: what is slow, what to change, and what came of it."""

from __future__ import annotations

from airuntime_dashboards.board import board
from airuntime_dashboards.grid import row
from airuntime_dashboards.library import advice, calls, changes, money

dashboard = board(
    "code",
    "Which code is slow, what to change in it and why, and what the changes brought.",
    row("What is slow", 8, calls.primitives()),
    row("", 10, calls.seconds_p95(), calls.seconds_mean(), calls.queue_share()),
    row("What to change", 6, advice.suggestions()),
    row("", 5, advice.code_suggestions()),
    row("", 6, advice.decided()),
    row("Why: your source and the documentation", 11, advice.snippets()),
    row("What it brought", 7, changes.before_and_after()),
    row(
        "",
        7,
        advice.open_suggestions(),
        money.saved_so_far(),
        money.roi(),
        widths=(4, 4, 16),
    ),
)
