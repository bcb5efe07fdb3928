"""Settling: every dollar once, in the order of application, never above what the bill shows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from ai_runtime_intelligent.flow.booking import Amounts
from ai_runtime_intelligent.flow.interval import Interval
from ai_runtime_intelligent.flow.settling import Claim, overlap, reached, settle
from ai_runtime_intelligent.flow.signal import Subject
from hypothesis import given
from hypothesis import strategies as st

ENTRY, CACHE, RETRY, MODEL, OTHER = (
    Subject("shop", name, kind)
    for name, kind in (
        ("entry", "function"),
        ("answers", "cache"),
        ("calls", "retry"),
        ("model", "llm"),
        ("other", "llm"),
    )
)
GRAPH = {ENTRY: (CACHE, OTHER), CACHE: (RETRY,), RETRY: (MODEL,)}


def usd(mid: float, doubt: float = 0.1) -> Amounts:
    """So many USD, more or less."""
    return Amounts(usd=Interval(mid - doubt, mid, mid + doubt))


def mids(counted: Sequence[Amounts]) -> list[float]:
    """The best guesses."""
    return [one.usd.mid for one in counted if one.usd is not None]


def claims(bills: Sequence[float], now: Sequence[float]) -> list[Claim]:
    """Changes in order: ``bills[i]`` is the bill with the first i of them, ``now`` what each one's arms say in the end.

    The last is touched by no later one; of the others it was seen what they saved before the next one began.
    """
    steps = [before - after for before, after in pairwise(bills)]
    held = [Claim(usd(one), usd(step)) for one, step in zip(now[:-1], steps[:-1], strict=True)]
    return [*held, Claim(usd(now[-1]))]


def test_a_change_that_no_other_touches_counts_whole() -> None:
    """Its arms were metered side by side; a bill that grew for other reasons takes nothing from it."""
    assert settle([Claim(usd(5.0))], None) == (usd(5.0),)
    assert settle([Claim(usd(5.0))], -3.0) == (usd(5.0),)


def test_halves_of_a_chain_are_counted_once() -> None:
    """A cache halves the calls and a router their price: the bill of 100 is 25, and 50 and 25 were saved."""
    counted = settle(claims([100.0, 50.0, 25.0], [25.0, 25.0]), 75.0)

    assert mids(counted) == [50.0, 25.0]


def test_changes_that_stand_in_for_each_other_are_not_forgotten() -> None:
    """Each of two caches alone would do: the first earned it all, though today neither is missed alone."""
    assert mids(settle(claims([100.0, 50.0, 50.0], [0.0, 0.0]), 50.0)) == [50.0, 0.0]


def test_changes_that_need_each_other_are_not_counted_twice() -> None:
    """Two halves of one repair: the arms of both claim everything, and only the second made it work."""
    assert mids(settle(claims([100.0, 100.0, 50.0], [50.0, 50.0]), 50.0)) == [0.0, 50.0]


def test_the_bill_is_the_limit_of_what_was_seen_before() -> None:
    """The first would be worth 60 by what it saved once; the bill shows 70 for both, of which 25 are the second's."""
    (one, two) = settle([Claim(usd(10.0), usd(60.0)), Claim(usd(25.0))], 70.0)

    assert mids([one, two]) == [45.0, 25.0]
    assert one.usd == Interval(45.0, 45.0, 45.0)


def test_without_a_bill_the_smaller_claim_counts() -> None:
    """It never says too much of changes that multiply, replace or need each other."""
    assert mids(settle(claims([100.0, 50.0, 25.0], [25.0, 25.0]), None)) == [25.0, 25.0]
    assert mids(settle(claims([100.0, 100.0, 50.0], [50.0, 50.0]), None)) == [0.0, 50.0]


def test_a_loss_is_shown_and_makes_no_room() -> None:
    """What one change lost does not let another one earn more than the bill shows."""
    counted = settle([Claim(usd(-5.0), usd(-5.0)), Claim(usd(40.0), usd(40.0)), Claim(usd(10.0))], 30.0)

    assert mids(counted) == [-5.0, 20.0, 10.0]


def test_seconds_and_errors_have_no_bill() -> None:
    """Of them the smaller claim counts, whatever the bill of USD."""
    now = Amounts(seconds=Interval(3.0, 4.0, 5.0), errors=Interval(1.0, 2.0, 3.0))
    before = Amounts(seconds=Interval(1.0, 2.0, 3.0), errors=Interval(6.0, 7.0, 8.0))

    (counted,) = settle([Claim(now, before)], 100.0)

    assert counted == Amounts(None, before.seconds, now.errors)


def test_what_was_not_measured_stays_so() -> None:
    """Nothing is not 0."""
    assert settle([Claim(Amounts()), Claim(Amounts(), Amounts())], 10.0) == (Amounts(), Amounts())


BILLS = st.lists(st.floats(0, 1000), min_size=2, max_size=6).map(lambda bills: sorted(bills, reverse=True))


@given(BILLS, st.data())
def test_the_sum_is_what_the_meter_shows_whatever_the_arms_say_afterwards(
    bills: list[float], data: st.DataObject
) -> None:
    """With true steps and a true bill, in any interplay: each change has its step, and the sum telescopes."""
    steps = [before - after for before, after in pairwise(bills)]
    now = [*(data.draw(st.floats(-1000, 1000)) for _ in steps[:-1]), steps[-1]]

    counted = mids(settle(claims(bills, now), bills[0] - bills[-1]))

    assert counted == pytest.approx(steps, rel=1e-9, abs=1e-6)
    assert sum(counted) == pytest.approx(bills[0] - bills[-1], rel=1e-9, abs=1e-6)


@given(
    st.lists(st.tuples(st.floats(-100, 1000), st.none() | st.floats(-100, 1000)), min_size=1, max_size=6),
    st.none() | st.floats(-100, 1000),
)
def test_estimates_never_lift_the_sum_above_the_metered_difference(
    held: list[tuple[float, float | None]], metered: float | None
) -> None:
    """Whatever is claimed: behind what was metered side by side, only the rest of the bill is given out."""
    given_claims = [Claim(usd(now), None if before is None else usd(before)) for now, before in held]

    counted = mids(settle(given_claims, metered))

    side_by_side = sum(now for now, before in held if before is None)
    if metered is not None:
        assert sum(counted) <= max(metered, side_by_side) + 1e-6
    for one, (now, before) in zip(counted, held, strict=True):
        assert one <= max(0.0, now if before is None else before) + 1e-9 or before is None
        if before is not None and metered is None:
            assert one == min(now, before)


def test_overlap_goes_along_calls_and_not_across() -> None:
    """A caller and what it calls through others touch the same calls; two branches do not."""
    assert overlap(GRAPH, CACHE, MODEL)
    assert overlap(GRAPH, MODEL, CACHE)
    assert overlap(GRAPH, OTHER, OTHER)
    assert not overlap(GRAPH, CACHE, OTHER)
    assert reached(GRAPH, ENTRY) == {CACHE, OTHER, RETRY, MODEL}


def test_calls_in_a_circle_end() -> None:
    """A primitive that calls itself through another is reached once."""
    assert reached({CACHE: (RETRY,), RETRY: (CACHE,)}, CACHE) == {CACHE, RETRY}
