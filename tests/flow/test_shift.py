"""Shifts: what lasts is one, what was usual before is none."""

import math

import pytest
from ai_runtime_intelligent.flow.shift import shift

USUAL = [1.0, 1.1, 0.9, 1.05, 0.95] * 20


def severity(before: list[float], after: list[float | None], *, down: bool = False) -> float:
    """The severity of a shift that can be measured."""
    moved = shift(before, after, down=down)

    assert moved is not None
    return moved.severity()


def test_half_an_incident_is_a_shift_and_one_outlier_is_none() -> None:
    """Two of five values that moved count; one does not."""
    assert severity(USUAL, [1.0, 1.0, 3.0, 3.0, 1.0]) > 4
    assert severity(USUAL, [1.0, 1.0, 1.0, 9.0, 1.0]) < 1


def test_a_fall_is_told_only_where_it_is_asked_for() -> None:
    """The direction is part of the question."""
    assert severity(USUAL, [0.1] * 5) < 0
    assert severity(USUAL, [0.1] * 5, down=True) > 4


def test_a_seasonal_past_is_a_wide_one() -> None:
    """What happened every day before is not abnormal now."""
    days = [10 + 5 * math.sin(hour / 24 * 2 * math.pi) for hour in range(240)]

    assert severity(days, [14.9, 14.8, 15.0, 14.9]) < 2
    assert severity(days, [30.0] * 4) > 4


def test_a_past_that_never_moved_makes_any_lasting_move_a_severe_one() -> None:
    """A constant of zero has no spread at all."""
    assert severity([0.0] * 20, [0.0, 1.0, 1.0]) == math.inf
    assert severity([0.0] * 20, [0.0, 0.0, 0.0]) == 0


@pytest.mark.parametrize(("before", "after"), [([], [1.0]), ([1.0] * 4, [1.0]), (USUAL, []), (USUAL, [math.nan, None])])
def test_too_few_values_are_no_shift_and_no_error(before: list[float], after: list[float | None]) -> None:
    """Without a past or a present nothing is said."""
    assert shift(before, after) is None


def test_what_had_moved_before_the_alarm_is_taken_off() -> None:
    """A node that is as high without the alarm as with it is not what the alarm is about."""
    moved = shift(USUAL, [3.0, 3.0, 3.0, 3.0, 3.0])

    assert moved is not None
    assert moved.severity(quiet=(0, 1)) == 0
    assert moved.severity() > 4


def test_missing_values_keep_their_place() -> None:
    """Positions of the quiet part still mean the same moments."""
    moved = shift(USUAL, [1.0, None, 5.0, 5.0])

    assert moved is not None
    assert moved.quiet() == (0,)
