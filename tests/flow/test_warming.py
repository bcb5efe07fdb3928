"""Warming: a low hit ratio that climbs is no finding; one that stays where it fell to is."""

from __future__ import annotations

import pytest
from ai_runtime_intelligent.flow.baseline import Past
from ai_runtime_intelligent.flow.finding import Diagnosis, Limits, find
from ai_runtime_intelligent.flow.signal import Subject
from ai_runtime_intelligent.flow.warming import Share, climb, without_warming
from hypothesis import given
from hypothesis import strategies as st
from support.flow import CACHE, signals

USUAL = (0.5,) * 7


class Pasts:
    """The same past of whatever is asked."""

    def __init__(self, *recent: float) -> None:
        self._past = Past(days=USUAL, recent=recent)

    def of(self, subject: Subject, measure: str) -> Past:  # noqa: ARG002 - whatever is asked
        """It."""
        return self._past


def judged(first: float, last: float, *recent: float) -> Diagnosis:
    """What is left of a window that lies between those two ratios, after recent windows with these."""
    pasts = Pasts(*(0.5,) * 20, *recent)
    whole = find(signals(CACHE, 1_000, cache_hit_ratio=(first + last) / 2), Limits(), pasts)
    assert [one.name for one in whole.findings] == ["hit_regression"]
    begun, ended = signals(CACHE, 500, cache_hit_ratio=first), signals(CACHE, 250, cache_hit_ratio=last)
    return without_warming(whole, begun, ended, pasts)


@pytest.mark.parametrize(
    ("first", "last", "recent"),
    [(0.1, 0.2, (0.5, 0.5)), (0.2, 0.2, (0.5, 0.1)), (0.25, 0.3, (0.05, 0.15))],
    ids=["within the window", "since the window before", "both"],
)
def test_what_climbs_is_not_yet_warm(first: float, last: float, recent: tuple[float, ...]) -> None:
    """After a deploy a cache fills at the pace of its traffic; nobody can tell yet where that ends."""
    left = judged(first, last, *recent)

    assert left.findings == ()
    (why,) = (one for one in left.clear if one.name == "hit_regression")
    assert "it is not yet warm" in why.reason
    assert not why.measured


@pytest.mark.parametrize("recent", [(0.5, 0.5), (0.15, 0.15), (0.3, 0.2)], ids=["new", "old", "falling"])
def test_what_stays_low_is_a_finding(recent: tuple[float, ...]) -> None:
    """A time to live that was cut does not mend itself."""
    assert [one.name for one in judged(0.15, 0.15, *recent).findings] == ["hit_regression"]


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_climb_is_as_high_as_the_fall_back(low: float, high: float, n: int, m: int) -> None:
    """Nothing climbs that was not asked for, and the way back is as far."""
    up = climb(Share(low, n), Share(high, m))

    assert up == pytest.approx(-climb(Share(high, m), Share(low, n)))
    assert up == 0 if not n or not m else (up >= 0) == (high >= low) or up == pytest.approx(0)
