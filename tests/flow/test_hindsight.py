"""Hindsight: what would have been foretold earlier of a series, with a band that knows nothing of what came later."""

from __future__ import annotations

import random

import pytest
from ai_runtime_intelligent.flow.hindsight import AHEAD, LEAST, look_back
from hypothesis import given
from hypothesis import strategies as st

STEP = 15.0
SHARE = (0.0, 1.0)


def series(values: list[float]) -> list[tuple[float, float]]:
    """One value each step."""
    return [(at * STEP, value) for at, value in enumerate(values)]


def test_a_line_is_foretold_exactly_and_a_little_ahead() -> None:
    """What rises evenly was foretold as it came; the last predictions are of moments that have not come."""
    seen = look_back(series([0.01 * at for at in range(40)]), STEP, SHARE)

    assert [one.middle for one in seen.foretold] == pytest.approx([0.01 * one.at / STEP for one in seen.foretold])
    assert [one.at for one in seen.foretold[-AHEAD:]] == [(39 + ahead) * STEP for ahead in range(1, AHEAD + 1)]
    assert seen.error == pytest.approx(0.0, abs=1e-9)


def test_the_band_holds_most_of_what_came() -> None:
    """Of noise about a level nine of ten points are within the band, and the error is of the noise's size."""
    rng = random.Random(7)
    points = series([0.5 + rng.gauss(0, 0.05) for _ in range(400)])
    came = dict(points)
    banded = [one for one in look_back(points, STEP, SHARE).foretold if one.low is not None and one.at in came]

    within = [one.low <= came[one.at] <= (one.high or 0.0) for one in banded if one.low is not None]
    assert 0.8 <= sum(within) / len(within) <= 0.97
    assert 0.02 < (look_back(points, STEP, SHARE).error or 0.0) < 0.1


@given(st.lists(st.floats(0, 1), min_size=LEAST + AHEAD, max_size=40), st.data())
def test_nothing_of_a_prediction_depends_on_what_came_later(values: list[float], data: st.DataObject) -> None:
    """Whatever comes after the last point that was known changes neither a prediction nor its band."""
    place = data.draw(st.integers(LEAST + AHEAD - 1, len(values) - 1))
    known = place - AHEAD
    other = values[: known + 1] + [1.0 - value for value in values[known + 1 :]]
    one, two = (
        {told.at: told for told in look_back(series(these), STEP, SHARE).foretold}[place * STEP]
        for these in (values, other)
    )

    assert one == two


@given(st.lists(st.floats(0, 1), max_size=60))
def test_predictions_are_within_what_can_be(values: list[float]) -> None:
    """A share is never foretold below 0 or above 1, nor its band; too few points foretell nothing."""
    seen = look_back(series(values), STEP, SHARE)

    assert all(0 <= one.middle <= 1 for one in seen.foretold)
    assert all(
        0 <= one.low <= one.middle <= one.high <= 1
        for one in seen.foretold
        if one.low is not None and one.high is not None
    )
    assert bool(seen.foretold) == (len(values) >= LEAST)


def test_a_gap_is_no_reason_to_guess_from_the_far_past() -> None:
    """What is foretold across a gap is from the points before it, and is held against what came after it."""
    points = series([0.5] * 20)
    with_gap = points[:10] + [(at + 10 * STEP, value) for at, value in points[10:]]

    assert look_back(with_gap, STEP, SHARE).error == pytest.approx(0.0)
