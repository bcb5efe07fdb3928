"""Baselines: what is usual, by median and quartiles, at this time of day where that is known."""

from __future__ import annotations

import pytest
from ai_runtime_intelligent.flow.baseline import Past, baseline
from ai_runtime_intelligent.flow.finding import Diagnosis, Limits, find, for_part
from ai_runtime_intelligent.flow.signal import Signal, Subject, Window, read
from support.flow import signals

CALLS = Subject("shop", "search", "function")


class Pasts:
    """The same past for everybody."""

    def __init__(self, past: Past) -> None:
        self._past = past

    def of(self, subject: Subject, measure: str) -> Past:
        """What is known of mean seconds."""
        assert subject == CALLS
        return self._past if measure == "seconds_mean" else Past()


def slow(seconds: float, past: Past, *, state: str = "measured") -> Diagnosis:
    """What is found when calls take so long."""
    measured = signals(CALLS, seconds_mean=seconds)
    told = [Signal(**{**vars(one), "state": state}) for one in measured]
    return find(told, Limits(), Pasts(past))


def names(found: Diagnosis) -> list[str]:
    """The names of the findings."""
    return [one.name for one in found.findings]


def test_one_bad_day_neither_moves_nor_widens_what_is_normal() -> None:
    """The median and the quartiles do not feel it."""
    usual = baseline(Past(days=(0.10, 0.11, 0.10, 9.0, 0.10, 0.11, 0.10)))

    assert usual is not None
    assert usual.middle == 0.10
    assert usual.spread < 0.02


def test_three_times_the_usual_seconds_are_a_regression() -> None:
    """It says what is usual and how far away it is."""
    found = slow(0.3, Past(days=(0.1,) * 5, recent=(0.1,) * 24))

    assert names(found) == ["latency_regression"]
    assert "usually 0.1" in found.findings[0].summary


def test_what_is_usual_at_this_time_of_other_days_is_no_regression() -> None:
    """Noon is slower than the morning every day."""
    found = slow(0.3, Past(days=(0.29, 0.31, 0.28, 0.32), recent=(0.1,) * 24))

    assert names(found) == []
    assert "as often before" in found.why_nothing()


def test_without_other_days_the_move_must_be_larger() -> None:
    """The day may simply have begun."""
    recent = tuple(0.1 + 0.01 * (at % 3) for at in range(24))

    assert names(slow(0.17, Past(recent=recent))) == []
    assert names(slow(0.6, Past(recent=recent))) == ["latency_regression"]


def test_a_young_service_is_not_compared_and_that_is_told() -> None:
    """No past is no verdict."""
    found = slow(3.0, Past(recent=(0.1, 0.1)))

    assert names(found) == []
    assert "too young" in found.why_nothing()


def test_a_window_with_a_restart_is_not_compared() -> None:
    """What warms up is not worse."""
    found = slow(0.3, Past(days=(0.1,) * 5), state="reset")

    assert names(found) == []
    assert "started anew" in found.why_nothing()


@pytest.mark.parametrize("state", ["stale", "gap"])
def test_what_was_out_of_sight_is_not_believed(state: str) -> None:
    """Such a number has no value, and the reason is its state."""
    one = read([], Window(0, 1))
    (signal,) = signals(CALLS, seconds_mean=9.0)
    found = find([Signal(**{**vars(signal), "state": state, "value": None})], Limits(), Pasts(Past(days=(0.1,) * 5)))

    assert one == ()
    assert names(found) == []
    assert state in found.why_nothing()


def test_what_only_one_half_of_the_window_shows_is_not_a_state() -> None:
    """One outlier makes one half slow."""
    past = Pasts(Past(days=(0.1,) * 5))
    whole, early, late = (
        find(signals(CALLS, seconds_mean=value), for_part(Limits(), 0.5), past) for value in (0.5, 0.1, 0.9)
    )

    assert names(whole.lasting([late, late])) == ["latency_regression"]
    assert names(whole.lasting([early, late])) == []
    assert "only in a part of the window" in whole.lasting([early, late]).why_nothing()


def test_many_reasons_are_folded_and_none_is_lost() -> None:
    """Thousands of healthy primitives are told by check, with an example."""
    many = [one for at in range(50) for one in signals(Subject("shop", f"p{at}", "function"), error_ratio=0.0)]
    whole = find(many)

    folded = whole.folded(10)

    assert len(whole.clear) > len(folded.clear)
    assert all(one.subject.primitive == "*" for one in folded.clear)
    assert "50 primitives, such as p0" in folded.why_nothing()
    assert whole.folded(10_000) is whole


def test_trouble_that_goes_on_is_not_its_own_excuse() -> None:
    """Forty minutes later the windows of the trouble are recent ones, and no past."""
    found = slow(0.3, Past(days=(0.1,) * 5, recent=(*(0.1,) * 18, 0.31, 0.29, 0.32, 0.28, 0.3, 0.3)))

    assert names(found) == ["latency_regression"]


def test_what_comes_every_day_need_not_come_to_the_minute() -> None:
    """The window beside the same time of other days was as slow."""
    assert names(slow(0.3, Past(days=(0.1,) * 5, near=(0.31,) * 5))) == []


def test_few_observations_must_move_by_more_than_chance() -> None:
    """Half as slow again is nothing among a hundred calls, and something among ten thousand."""
    usual = baseline(Past(days=(0.1,) * 5))

    assert usual is not None
    assert usual.sigmas(0.14, 100, ratio=False) < Limits().sigmas < usual.sigmas(0.14, 10_000, ratio=False)
    assert usual.sigmas(0.14, 100, ratio=True) < Limits().sigmas < usual.sigmas(0.14, 10_000, ratio=True)
