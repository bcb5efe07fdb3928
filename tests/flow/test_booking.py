"""Bookings: exact totals times exact differences, with intervals that hold and widen."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from ai_runtime_intelligent.flow.ageing import HALF_LIFE_SECONDS, aged
from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.booking import (
    UNKNOWN,
    Amounts,
    Booking,
    Sides,
    rate_of_bookings,
    rate_of_verdict,
    sum_of,
)
from ai_runtime_intelligent.flow.interval import Interval, independent, together
from ai_runtime_intelligent.flow.saving import Prices
from ai_runtime_intelligent.flow.signal import Window
from ai_runtime_intelligent.flow.verdict import Policy, assess
from hypothesis import given
from hypothesis import strategies as st
from support.arms import Call, lists, totals
from support.flow import CACHE

PRICES = Prices("a table", "2026-11-01")
DAY = 86_400.0
NUMBERS = st.floats(-1e6, 1e6)
INTERVALS = st.tuples(NUMBERS, st.floats(0, 1e5), st.floats(0, 1e5)).map(
    lambda one: Interval(one[0] - one[1], one[0], one[0] + one[2])
)


def booked(
    claimed: Amounts, *, at: float = 0.0, calls: float = 100.0, root: float | None = 200.0, behind: str = ""
) -> Booking:
    """A booking by arms of one hour."""
    window = Window(at, at + 3600)
    return Booking(
        "r", CACHE, "t", window, "measured", calls, 0.0, claimed, claimed, PRICES, root_calls=root, behind=behind
    )


def test_what_is_saved_is_the_candidates_calls_times_the_difference() -> None:
    """100 calls for 1 cent each where 50 others cost 3 cents: 2 USD, 1 s each and every second failure."""
    control = totals([Call(2.0, failed=True, cost=0.03), Call(2.0, cost=0.03)] * 25)
    candidate = totals([Call(1.0, cost=0.01)] * 100)

    saved = Sides(control, candidate).saved()

    assert saved.usd is not None
    assert saved.seconds is not None
    assert saved.errors is not None
    assert (saved.usd.mid, saved.seconds.mid, saved.errors.mid) == pytest.approx((2.0, 100.0, 50.0))
    assert saved.errors.low < 50.0 < saved.errors.high


def test_a_loss_is_a_saving_below_nothing() -> None:
    """A candidate that is dearer is shown as what it lost."""
    saved = Sides(totals([Call(cost=0.01)] * 50), totals([Call(cost=0.02)] * 100)).saved()

    assert saved.usd is not None
    assert saved.usd.mid == pytest.approx(-1.0)


def test_too_few_calls_say_nothing() -> None:
    """One call has no spread."""
    assert not Sides(totals([Call()]), totals([Call()] * 9)).measured
    assert Sides(totals([Call()]), totals([Call()] * 9)).saved() == UNKNOWN


@given(lists(), lists())
def test_what_was_saved_and_what_was_spent_are_the_bill_of_the_old_value(one: list[Call], two: list[Call]) -> None:
    """Every call at the control's mean is the bill without the change: no dollar is made or lost."""
    control, candidate = totals(one), totals(two)

    usd = Sides(control, candidate).saved().usd

    assert usd is not None
    without = (control.calls + candidate.calls) * (control.cost_usd / control.calls)
    assert usd.mid + control.cost_usd + candidate.cost_usd == pytest.approx(without, rel=1e-9, abs=1e-9)
    assert usd.low <= usd.mid <= usd.high


def test_calls_that_the_values_do_not_tell_apart_have_no_part_in_usd() -> None:
    """Of each arm one call in ten is touched, and costs 3 cents or 1; what the others cost is chance."""
    control = totals([Call(cost=0.03, touched=True)] * 5 + [Call(cost=0.09, touched=False)] * 45)
    candidate = totals([Call(cost=0.01, touched=True)] * 10 + [Call(cost=0.01, touched=False)] * 90)

    saved = Sides(control, candidate).saved()

    assert saved.usd is not None
    assert saved.usd.mid == pytest.approx(10 * 0.02)
    assert saved.seconds is not None


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ([Call(cost=0.03, touched=True)] * 4, [Call(cost=0.01)] * 4),
        ([Call(cost=0.03, touched=True)] * 3 + [Call(cost=0.03)], [Call(cost=0.01, touched=True)] * 4),
        ([Call(cost=0.03, touched=False)] * 4, [Call(cost=0.01, touched=False)] * 4),
        ([Call(cost=0.03, touched=True)] + [Call(cost=0.03, touched=False)] * 3, [Call(cost=0.01, touched=True)] * 4),
    ],
)
def test_all_calls_are_compared_where_touched_ones_are_not_known_or_too_few(one: list[Call], two: list[Call]) -> None:
    """Replicas of an older version tell nothing of them."""
    usd = Sides(totals(one), totals(two)).saved().usd

    assert usd is not None
    assert usd.mid == pytest.approx(4 * 0.02)


def test_what_was_expected_stands_in_for_what_calls_are_like() -> None:
    """Dear keys came to the candidate: it saved the 8 USD that they would have cost, and not what the control's cost.

    The control cost a tenth more than was expected of it, and so would the candidate's calls have.
    """
    blocks = [
        (totals([Call(cost=1.1, expected=1.0, touched=True)] * 2), totals([Call(expected=4.0, touched=True)] * 2)),
        (totals([Call(cost=3.3, expected=3.0, touched=True)] * 2), totals([Call(expected=0.0, touched=True)] * 2)),
    ]
    sides = Sides(blocks[0][0] + blocks[1][0], blocks[0][1] + blocks[1][1], tuple(blocks), by_key=True)

    usd = sides.saved().usd

    assert usd is not None
    assert usd.mid == pytest.approx(8.0 + 4 * (0.1 + 0.3) / 2)


def test_what_was_expected_of_single_calls_is_not_believed() -> None:
    """Their spread about it is not counted, so no interval could be told."""
    control, candidate = (totals([Call(cost=usd, expected=9.0, touched=True)] * 4) for usd in (0.03, 0.01))

    usd = Sides(control, candidate).saved().usd

    assert usd is not None
    assert usd.mid == pytest.approx(4 * 0.02)


def test_what_the_control_pays_for_answers_that_grew_old_is_no_saving() -> None:
    """After a block of the candidate 2 of its calls fetch anew: each costs 0.5 more than was expected of it."""
    control = totals([Call(cost=1.0, expected=1.0, touched=True)] * 4)
    candidate = totals([Call(expected=1.0, touched=True)] * 4)
    settling = totals([Call(cost=1.0, expected=0.5, touched=True)] * 2), ArmStats()

    usd = Sides(control, candidate, ((control, candidate),) * 2, by_key=True, settling=settling).saved().usd

    assert usd is not None
    assert usd.mid == pytest.approx(4.0 - 2 * 0.5)


@pytest.mark.parametrize("touched", [None, True])
def test_calls_while_a_block_settles_are_paid_but_compare_nothing(*, touched: bool | None) -> None:
    """Of 6 calls of the candidate 4 compare; the other 2 cost twice as much."""
    control = totals([Call(cost=0.03, touched=touched)] * 4)
    candidate = totals([Call(cost=0.01, touched=touched)] * 4)
    settling = totals([Call(cost=0.03, touched=touched)] * 2), totals([Call(cost=0.02, touched=touched)] * 2)
    sides = Sides(control, candidate, ((control, candidate),) * 2, by_key=True, settling=settling)

    usd = sides.saved().usd

    assert sides.calls == (6, 6)
    assert usd is not None
    assert usd.mid == pytest.approx(6 * 0.03 - 4 * 0.01 - 2 * 0.02)


def test_a_rare_difference_is_booked_far_closer_by_the_calls_that_it_touches() -> None:
    """One call in ten would cost 3 instead of 1; the others cost 1 or 16 by chance. Both intervals hold the truth."""
    chance = random.Random(7)
    missed, widths, plain = 0, 0.0, 0.0
    for _ in range(50):
        arms = [_rarely_touched(chance, cost, 600) for cost in (3.0, 1.0)]
        truth = 2.0 * totals(arms[1]).touched
        one, two = (totals(arm) for arm in arms)
        old, new = (totals(replace(call, touched=None) for call in arm) for arm in arms)
        usd, unknown = Sides(one, two).saved().usd, Sides(old, new).saved().usd
        assert usd is not None
        assert unknown is not None
        missed += not usd.low <= truth <= usd.high
        widths, plain = widths + usd.high - usd.low, plain + unknown.high - unknown.low

    assert missed <= 3
    assert widths < plain / 5


def _rarely_touched(chance: random.Random, cost: float, n: int) -> list[Call]:
    touched = [chance.random() < 0.1 for _ in range(n)]
    costs = [cost * chance.uniform(0.7, 1.3) if one else chance.choice((1.0, 16.0)) for one in touched]
    return [Call(cost=usd, touched=one) for usd, one in zip(costs, touched, strict=True)]


@given(st.lists(lists(1, 8), min_size=2, max_size=4), lists())
def test_replicas_add_up_in_any_order(replicas: list[list[Call]], control: list[Call]) -> None:
    """The arms of several processes are one arm, whichever came first."""
    arms = [totals(calls) for calls in replicas]
    one = Sides(totals(control), sum(arms, ArmStats())).saved().usd
    two = Sides(totals(control), sum(reversed(arms), ArmStats())).saved().usd

    assert one is not None
    assert two is not None
    assert one.mid == pytest.approx(two.mid, rel=1e-9, abs=1e-9)


def test_the_interval_holds_the_truth() -> None:
    """Of 200 windows with a true saving of 20 %, at most one in twenty leaves it out."""
    chance = random.Random(7)
    missed = 0
    for _ in range(200):
        control = totals(Call(cost=chance.expovariate(1.0)) for _ in range(300))
        candidate = totals(Call(cost=chance.expovariate(1 / 0.8)) for _ in range(300))
        usd = Sides(control, candidate).saved().usd
        assert usd is not None
        missed += not usd.low <= 0.2 * 300 <= usd.high

    assert missed <= 10


@given(st.lists(INTERVALS, min_size=1, max_size=6))
def test_sums_keep_their_guess_and_hold_less_doubt_when_independent(held: list[Interval]) -> None:
    """Squares add up to less than the ends do, and the guess is the same."""
    apart, any_way = independent(held), together(held)

    assert apart.mid == pytest.approx(any_way.mid, rel=1e-9, abs=1e-6)
    assert any_way.low - 1e-6 <= apart.low <= apart.mid <= apart.high <= any_way.high + 1e-6


@given(st.lists(INTERVALS, min_size=2, max_size=6), st.integers(1, 5))
def test_a_span_is_the_sum_of_its_parts(held: list[Interval], cut: int) -> None:
    """Windows may be added up in any grouping."""
    whole = independent(held)
    parts = independent([independent(held[:cut]), independent(held[cut:])])

    for name in ("low", "mid", "high"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), rel=1e-9, abs=1e-5)


def test_sums_leave_out_what_was_not_measured() -> None:
    """Nothing is not 0: a sum of nothing is nothing."""
    known = Amounts(usd=Interval(1.0, 2.0, 3.0))

    assert sum_of([known, UNKNOWN]) == known
    assert sum_of([UNKNOWN]) == UNKNOWN


def test_doubt_doubles_in_two_half_lives_and_the_guess_stays() -> None:
    """After one half-life a measurement is worth half its observations: sqrt(2) as wide."""
    fresh = Interval(8.0, 10.0, 11.0)

    assert aged(fresh, 0.0) == fresh
    assert aged(fresh, 2 * HALF_LIFE_SECONDS) == Interval(6.0, 10.0, 12.0)
    assert aged(fresh, HALF_LIFE_SECONDS).low == pytest.approx(10 - 2 * 2**0.5)


@given(INTERVALS, st.floats(0, 1000 * DAY), st.floats(0, 1000 * DAY))
def test_doubt_only_grows(fresh: Interval, one: float, two: float) -> None:
    """A later look is never surer than an earlier one."""
    sooner, later = aged(fresh, min(one, two)), aged(fresh, max(one, two))

    assert later.low <= sooner.low <= sooner.mid == later.mid <= sooner.high <= later.high


def test_a_rate_is_made_of_what_was_measured_and_ages_from_then_on() -> None:
    """Two hours of 100 calls that saved 1 and 3 USD: 2 cents a call, one call in two of the outermost."""
    hours = [booked(Amounts(Interval(0.5, 1.0, 1.5))), booked(Amounts(Interval(2.0, 3.0, 4.0)), at=3600.0)]
    hidden = booked(Amounts(Interval(90.0, 99.0, 100.0)), at=7200.0, behind="another")

    rate = rate_of_bookings([*hours, hidden])

    assert rate is not None
    assert (rate.calls_per_root, rate.until) == (0.5, 7200.0)
    now, later = rate.of_calls(50, 7200.0), rate.of_root_calls(100, 1.0, 7200.0 + 2 * HALF_LIFE_SECONDS)
    assert now.usd is not None
    assert later.usd is not None
    assert now.usd.mid == later.usd.mid == pytest.approx(1.0)
    assert later.usd.high - 1.0 == pytest.approx(2 * (now.usd.high - 1.0))


def test_without_a_measurement_there_is_no_rate() -> None:
    """Neither an estimate nor a verdict that was not confirmed carries one."""
    arms = totals([Call(cost=1.0)] * 9), totals([Call(cost=1.0)] * 9)

    assert rate_of_bookings([]) is None
    assert rate_of_verdict(assess(Policy("usd_per_call", "lower"), *arms), 0.0) is None


def test_a_verdict_promises_its_effect_for_each_call() -> None:
    """A fall of the cost is a saving, and the interval turns with it."""
    chance = random.Random(7)
    dear = totals(Call(cost=1 + 0.1 * chance.random()) for _ in range(400))
    cheap = totals(Call(cost=0.5 + 0.1 * chance.random()) for _ in range(400))
    verdict = assess(Policy("usd_per_call", "lower", also=("seconds_mean",)), dear, cheap)

    rate = rate_of_verdict(verdict, 5.0)

    assert rate is not None
    assert rate.until == 5.0
    assert rate.per_call.usd is not None
    assert rate.per_call.usd.low < rate.per_call.usd.mid < rate.per_call.usd.high
    assert rate.per_call.usd.mid == pytest.approx(0.5, rel=0.02)
    assert rate.per_call.errors is None
