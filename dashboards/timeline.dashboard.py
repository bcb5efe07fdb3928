"""Self-Optimization Timeline: what was changed, how it ended, and what it saves."""

from __future__ import annotations

from airuntime_dashboards.board import board
from airuntime_dashboards.grid import row
from airuntime_dashboards.library import changes, money

dashboard = board(
    "timeline",
    "Every change that was made, how it went, and what it saves.",
    row(
        "So far",
        4,
        money.saved_so_far(),
        changes.kept(),
        changes.under_way(),
        changes.undone(),
        changes.generation(),
        widths=(5, 5, 5, 4, 5),
    ),
    row("What happened when", 8, changes.rollout_phases(), changes.legend(), widths=(18, 6)),
    row("", 9, changes.tunable_values()),
    row("What came of it", 7, changes.applied()),
    row(
        "Was it foretold, and is the judge right",
        8,
        changes.predicted(),
        changes.rule_trust(),
        changes.verdicts(),
        widths=(14, 5, 5),
    ),
    row("", 8, changes.improvement(), money.savings_over_time(), widths=(8, 16)),
    row("", 6, money.savings_table()),
    row("", 6, money.bill()),
)
