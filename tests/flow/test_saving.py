"""Savings: only what was confirmed, as an interval, by dated prices."""

import pytest
from ai_runtime_intelligent.flow.saving import Prices, SavingError, account
from ai_runtime_intelligent.flow.verdict import Blocks, Policy, Verdict, assess
from support.flow import ROUTER

PRICES = Prices("a table", "2026-11-01")
BEFORE = Blocks({"usd_per_routed_call": (0.010, 0.011, 0.009, 0.010) * 2, "seconds_mean": (1.0, 1.1, 0.9, 1.0) * 2})
AFTER = Blocks({"usd_per_routed_call": (0.004, 0.005, 0.003, 0.004) * 2, "seconds_mean": (0.5, 0.6, 0.4, 0.5) * 2})


def verdict(before: Blocks = BEFORE, after: Blocks = AFTER) -> Verdict:
    """A verdict on cost."""
    return assess(Policy("usd_per_routed_call", "lower", also=("seconds_mean",)), before, after)


def test_a_fall_in_cost_is_a_saving_an_hour_with_its_interval() -> None:
    """0.6 cent a call at 1000 calls an hour is 6 USD an hour."""
    saving = account(verdict(), ROUTER, calls_per_hour=1000, prices=PRICES, at=100.0)

    assert saving.usd_per_hour is not None
    assert saving.usd_per_hour.mid == pytest.approx(6.0)
    assert saving.usd_per_hour.low < 6.0 < saving.usd_per_hour.high
    assert saving.seconds_per_hour is not None
    assert saving.seconds_per_hour.mid == pytest.approx(500.0)
    assert saving.errors_per_hour is None


def test_the_cost_of_arms_side_by_side_comes_before_the_others() -> None:
    """It is the one that compares like with like."""
    control = Blocks({**BEFORE.values, "usd_per_call": (0.010, 0.011, 0.009, 0.010) * 2})
    candidate = Blocks({**AFTER.values, "usd_per_call": (0.008, 0.009, 0.007, 0.008) * 2})
    judged = assess(Policy("seconds_mean", "lower", also=("usd_per_routed_call", "usd_per_call")), control, candidate)

    saving = account(judged, ROUTER, calls_per_hour=1000, prices=PRICES, at=100.0)

    assert saving.usd_per_hour is not None
    assert saving.usd_per_hour.mid == pytest.approx(2.0)


def test_what_the_optimiser_spends_itself_is_subtracted() -> None:
    """A saving is net."""
    saving = account(verdict(), ROUTER, calls_per_hour=1000, prices=PRICES, at=100.0, own_usd_per_hour=2.0)

    assert saving.usd_per_hour is not None
    assert saving.usd_per_hour.mid == pytest.approx(4.0)


def test_only_a_confirmed_change_saves() -> None:
    """Hope is not accounted for."""
    with pytest.raises(SavingError, match="inconclusive"):
        account(verdict(after=BEFORE), ROUTER, calls_per_hour=1000, prices=PRICES, at=100.0)


def test_prices_without_a_date_are_refused() -> None:
    """Nobody could check them later."""
    with pytest.raises(SavingError, match="no date"):
        account(verdict(), ROUTER, calls_per_hour=1000, prices=Prices("a table", ""), at=100.0)
