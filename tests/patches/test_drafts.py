"""Diffs that rules write: of what the source declares in one place, and of nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ai_runtime_intelligent.flow.suggestion import Suggestion, step_of
from airuntime_backend.adapters.patches.declared import with_value
from support.flow import suggestion
from support.yard import STAGE


def serial() -> Suggestion:
    """To give the stage three slots instead of one."""
    slots = replace(
        step_of(suggestion()).tunable, name="lookups.max_concurrency", primitive="lookups", type="int", value=1.0
    )
    return replace(suggestion(), subject=STAGE, rule="serial_stage", tunable=slots, from_value=1.0, to_value=3.0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('S = Stage("lookups", b, max_concurrency=1)', 'S = Stage("lookups", b, max_concurrency=3)'),
        ('S = Stage(b, name="lookups", max_concurrency=1)', 'S = Stage(b, name="lookups", max_concurrency=3)'),
        (
            'S = Stage("lookups", b, max_concurrency=knobs.slots)  # as asked',
            'S = Stage("lookups", b, max_concurrency=max(knobs.slots, 3))  # as asked',
        ),
        ('S = Stage("lookups", b, max_concurrency=2)', None),
        ('S = Stage("lookups", b, max_concurrency=slots())', None),
        ('S = Stage("lookups", b, max_concurrency=None)', None),
        ('S = Stage("lookups", b)', None),
        ('S = Stage("others", b, max_concurrency=1)', None),
        ("S = Stage(NAME, b, max_concurrency=1)", None),
        ('S = Stage("lookups", max_concurrency=1)\nT = Stage("lookups", max_concurrency=1)', None),
        ('S = Stage("lookups", max_concurrency=1', None),
    ],
)  # fmt: skip
def test_slots_are_rewritten_where_they_are_declared_once_and_plainly(before: str, after: str | None) -> None:
    """Another value, a call, no keyword, two places or no Python: a person must look."""
    assert with_value(before, serial()) == after


def test_other_rules_rewrite_literals_only() -> None:
    """More than an expression gives is not what every rule asks for."""
    cache = suggestion()

    assert with_value('C = Cache("answers", ttl_seconds=2)', cache) == 'C = Cache("answers", ttl_seconds=60.0)'
    assert with_value('C = Cache("answers", ttl_seconds=knobs.ttl)', cache) is None
