"""Forecasts: where a number goes, with a band as wide as such forecasts were wrong, and when it breaks a limit."""

from __future__ import annotations

import random

import pytest
from ai_runtime_intelligent.flow.forecast import MIN_POINTS, Forecast, breach, foresee, line
from ai_runtime_intelligent.flow.signal import Subject
from hypothesis import given
from hypothesis import strategies as st

HOUR = 3600.0
OPEN = (0.0, float("inf"))


def rising(slope: float, noise: float = 0.0, count: int = 24) -> list[tuple[float, float]]:
    """A line through time, with noise from a seed."""
    rng = random.Random(7)
    return [(at * 600.0, 10 + slope * at / 6 + rng.gauss(0, noise)) for at in range(count)]


def test_a_line_is_followed_and_its_past_error_is_small() -> None:
    """A number that rises by two an hour is four higher in two hours."""
    seen = foresee(rising(2.0), 2 * HOUR, bounds=OPEN)

    assert seen is not None
    low, middle, high, error, trials, _ = seen
    assert middle == pytest.approx(10 + 2 * 23 / 6 + 4, abs=0.01)
    assert low <= middle <= high
    assert error < 0.01
    assert trials >= 3


def test_the_band_is_as_wide_as_the_past_was_wrong() -> None:
    """Noise makes the forecast humble."""
    calm, wild = (foresee(rising(2.0, noise), 2 * HOUR, bounds=OPEN) for noise in (0.05, 3.0))

    assert calm is not None
    assert wild is not None
    assert wild[2] - wild[0] > 3 * (calm[2] - calm[0])
    assert wild[3] > calm[3]


def test_outliers_do_not_turn_the_line() -> None:
    """Three wild points of twenty-four do not change where it goes."""
    points = rising(1.0)
    for place in (3, 11, 20):
        points[place] = (points[place][0], 500.0)

    assert line(points).slope * HOUR == pytest.approx(1.0, rel=0.1)


def test_too_few_points_foretell_nothing() -> None:
    """A guess is no forecast."""
    assert foresee(rising(1.0, count=MIN_POINTS - 1), HOUR, bounds=OPEN) is None


def test_a_day_that_was_the_same_is_followed_where_the_line_was_wrong() -> None:
    """What rose in the morning and fell at noon yesterday is expected to fall at noon today."""

    def saw(at: float) -> float:
        return 10 + abs((at / 600.0) % 24 - 12)

    yesterday = [(at * 600.0 - 86_400.0, saw(at * 600.0)) for at in range(60)]
    points = [(at * 600.0, saw(at * 600.0)) for at in range(24)]

    seen = foresee(points, 2 * HOUR, yesterday, bounds=OPEN)

    assert seen is not None
    assert seen[1] == pytest.approx(saw(points[-1][0] + 2 * HOUR), abs=0.5)


def test_a_breach_is_told_in_hours_when_it_is_surer_than_the_past_error() -> None:
    """From 17.7, rising by two an hour, 20 is reached in about 1.2 hours; with large past errors nobody knows."""
    through = line(rising(2.0))

    soon = breach(through, 17.7, 20.0, 0.1, down=False, within=8 * HOUR)

    assert soon == pytest.approx(1.15 * HOUR, rel=0.01)
    assert breach(through, 17.7, 20.0, 50.0, down=False, within=8 * HOUR) is None
    assert breach(through, 17.7, 5.0, 0.1, down=True, within=8 * HOUR) is None
    assert breach(through, 17.7, 500.0, 0.1, down=False, within=8 * HOUR) is None
    one = Forecast(Subject("s", "p", "llm"), "seconds_mean", "s", 17.7, 0, 1, 1, 2, 3, 0.1, 5, 20.0, soon)
    assert one.told == "seconds_mean is 17.7 and breaches its limit of 20 in about 1.2 hours"


@given(st.lists(st.floats(0, 1), min_size=24, max_size=24))
def test_property_a_ratio_is_never_foretold_outside_its_bounds(values: list[float]) -> None:
    """Whatever the past was."""
    seen = foresee([(at * 600.0, value) for at, value in enumerate(values)], 2 * HOUR, bounds=(0.0, 1.0))

    assert seen is not None
    assert 0 <= seen[0] <= seen[1] <= seen[2] <= 1
