"""Well: a cause is gone when it stays away, not when one pass does not see it."""

from __future__ import annotations

from airuntime_backend.engine.well import Well


def test_only_what_is_well_for_so_long_is_cured() -> None:
    """What is seen in between begins anew; others are not touched by that."""
    well = Well()

    assert well.for_so_long(["a", "b"], 0.0, 60.0) == frozenset()
    assert well.for_so_long(["a"], 30.0, 60.0) == frozenset()
    assert well.for_so_long(["a", "b"], 59.0, 60.0) == frozenset()
    assert well.for_so_long(["a", "b"], 60.0, 60.0) == {"a"}
    assert well.for_so_long(["b"], 119.0, 60.0) == {"b"}


def test_without_a_time_to_wait_it_is_cured_at_once() -> None:
    """Nothing is remembered of what was not asked about."""
    assert Well().for_so_long(["a"], 5.0, 0.0) == {"a"}
