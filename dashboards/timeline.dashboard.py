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
    row("Was it foretold, and does it last", 7, changes.predicted(), money.savings_over_time(), widths=(13, 11)),
    row("", 6, changes.improvement(), changes.rule_trust(), changes.verdicts()),
    row("", 6, money.savings_table()),
    row("", 6, money.bill()),
)
