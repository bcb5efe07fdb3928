"""Statements: what bookings add up to, and what it cost to know."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ai_runtime_intelligent.flow.booking import UNKNOWN, Amounts, Booking
from ai_runtime_intelligent.flow.interval import Interval
from ai_runtime_intelligent.flow.saving import Prices
from ai_runtime_intelligent.flow.signal import Window
from ai_runtime_intelligent.flow.statement import state
from hypothesis import given
from hypothesis import strategies as st
from support.flow import CACHE, ROUTER

PRICES = Prices("a table", "2026-11-01")


def booked(hour: int, usd: float = 3.0, rollout: str = "r1", **more: object) -> Booking:
    """What a change saved in one hour, 3 USD more or less 1; the service spent 10."""
    window, saved = Window(hour * 3600.0, (hour + 1) * 3600.0), Amounts(Interval(usd - 1, usd, usd + 1))
    subject = CACHE if rollout == "r1" else ROUTER
    plain = Booking(rollout, subject, "t", window, "holdout", 95.0, 5.0, saved, saved, PRICES, service_usd=10.0)
    return replace(plain, **more)  # type: ignore[arg-type]  # fields by name


def test_measured_windows_add_up_by_their_squares() -> None:
    """Four hours of 3 USD, each more or less 1, are 12 more or less 2."""
    (line,) = state([booked(hour) for hour in range(4)], ["r1"], 0.0).lines

    assert line.saved.usd == Interval(10.0, 12.0, 14.0)
    assert line.bill_usd == 40.0
    assert line.without_usd == Interval(50.0, 52.0, 54.0)
    assert line.ageing_since is None


def test_estimates_hang_on_one_measurement_and_add_up_by_their_ends() -> None:
    """What may be wrong in one hour is wrong in all."""
    held = [booked(hour, basis="estimate", ageing_since=7.0) for hour in range(4)]

    (line,) = state(held, ["r1"], 0.0).lines

    assert line.saved.usd == Interval(8.0, 12.0, 16.0)
    assert line.ageing_since == 7.0


def test_what_the_optimiser_cost_is_subtracted() -> None:
    """12 USD saved, 1 forgone by calls on the old value, 2 spent on models: 9 net, three for each USD spent."""
    held = [booked(0, 12.0, holdout_usd=1.0)]

    statement = state(held, ["r1"], 2.0)

    assert statement.own_usd == 3.0
    assert statement.net_usd == Interval(8.0, 9.0, 10.0)
    assert statement.roi == 3.0
    assert statement.lines[0].net_usd == Interval(10.0, 11.0, 12.0)
    assert statement.lines[0].roi == 11.0


def test_losses_are_in_the_sum() -> None:
    """A change that costs more than it saves is not left out."""
    statement = state([booked(0, 5.0), booked(0, -8.0, "r2")], ["r1", "r2"], 0.0)

    assert statement.net_usd is not None
    assert statement.net_usd.mid == -3.0
    assert statement.roi is None


def test_the_first_applied_comes_first_and_the_lowest_pricing_coverage_counts() -> None:
    """The order is that of application, whatever the order of the entries."""
    held = [booked(0, rollout="r1", priced_ratio=1.0), booked(0, rollout="r2", priced_ratio=0.5)]

    statement = state(held, ["r2", "r1"], 0.0)

    assert [line.rollout for line in statement.lines] == ["r2", "r1"]
    assert statement.priced_ratio == 0.5
    assert statement.prices == (PRICES,)


def test_nothing_booked_is_nothing_and_a_cost_alone_is_a_loss() -> None:
    """Words that a model wrote were paid for, whether or not anything came of them."""
    assert state([], [], 0.0).net_usd is None
    assert state([], [], 2.0).net_usd == Interval(-2.0, -2.0, -2.0)
    assert state([booked(0, saved=UNKNOWN)], ["r1"], 0.0).lines[0].without_usd is None


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=12), st.integers(1, 11))
def test_a_span_is_the_sum_of_its_parts(hours: list[float], cut: int) -> None:
    """Two reports of half a day are the report of the day."""
    held = [booked(hour, usd) for hour, usd in enumerate(hours)]
    whole, *parts = (state(some, ["r1"], 0.0) for some in (held, held[:cut], held[cut:]))

    saved = [part.saved.usd.mid for part in parts if part.saved.usd is not None]
    assert whole.saved.usd is not None
    assert sum(saved) == pytest.approx(whole.saved.usd.mid, rel=1e-9, abs=1e-9)
