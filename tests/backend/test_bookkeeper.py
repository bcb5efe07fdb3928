"""The bookkeeper: every period once, on what was measured side by side, and honest about what was not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from ai_runtime_intelligent.flow.ageing import HALF_LIFE_SECONDS
from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.booking import Booking
from ai_runtime_intelligent.flow.rollout import Dealing, Rollout
from ai_runtime_intelligent.flow.signal import Window
from airuntime_backend.engine.accounts import Accounts
from airuntime_backend.engine.lives import lives, pieces
from airuntime_backend.ports import Entry
from sqlalchemy import func, select, text
from support.books import CACHE, HOUR, MODEL, Shop, arm

T = 100 * HOUR


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop on an empty database."""
    shop = Shop.on(f"sqlite:///{tmp_path}/state.db")
    yield shop
    shop.ledger.close()


def entries(shop: Shop) -> tuple[Entry, ...]:
    """All entries."""
    return shop.books.entries(0.0, inf)


def bookings(shop: Shop, rollout: Rollout | None = None) -> list[Booking]:
    """What holds after all corrections, of one change or of all."""
    held = Accounts(shop.ledger, shop.books).read(0.0, 1e12).bookings
    return [one for one in held if rollout is None or one.rollout == rollout.id]


def side_by_side(shop: Shop) -> None:
    """Each hour 200 calls at 2 cents on the old value and 200 at 1 cent on the new one."""
    shop.arms.told = lambda _, start, end: (
        arm(round(200 * (end - start) / HOUR), 0.02),
        arm(round(200 * (end - start) / HOUR), 0.01),
    )


def test_a_rollout_books_what_its_candidate_saved(shop: Shop) -> None:
    """Two hours of 200 calls that each cost a cent less: 2 USD each, metered side by side."""
    side_by_side(shop)
    rollout = shop.apply(T)

    shop.book(T + 2 * HOUR + 60)

    one, two = bookings(shop, rollout)
    assert (one.window, two.window) == (Window(T, T + HOUR), Window(T + HOUR, T + 2 * HOUR))
    assert one.saved.usd is not None
    assert one.usd == two.usd == pytest.approx(2.0)
    assert one.saved.usd.low < 2.0 < one.saved.usd.high
    assert (one.basis, one.calls, one.control_calls, one.holdout_usd) == ("measured", 200, 200, 0.0)
    assert (one.service_usd, one.priced_ratio, one.prices.as_of) == (5.0, 0.9, "2026-11-01")


def test_a_period_is_booked_once_whoever_asks_how_often(shop: Shop) -> None:
    """A second pass, a restarted worker and a second worker on the same books change nothing."""
    side_by_side(shop)
    shop.apply(T)
    shop.book(T + HOUR + 60)
    before = entries(shop)

    for _ in range(3):
        shop.book(T + HOUR + 90)
    again = Shop(shop.ledger, shop.books, shop.clock, shop.arms, shop.meter)
    again.book(T + HOUR + 120)

    assert entries(shop) == before
    assert not shop.books.write([replace(before[0], at=0.0)])
    assert entries(shop) == before


def test_a_period_that_is_not_over_waits(shop: Shop) -> None:
    """It is booked when the last scrape of it has come in."""
    side_by_side(shop)
    shop.apply(T)

    shop.book(T + HOUR + 59)

    assert entries(shop) == ()


def test_when_prometheus_is_away_the_period_is_booked_later(shop: Shop) -> None:
    """Nothing is guessed meanwhile."""
    side_by_side(shop)
    rollout = shop.apply(T)
    shop.arms.down = True
    shop.book(T + HOUR + 60)
    assert entries(shop) == ()
    shop.arms.down = False

    shop.book(T + 3 * HOUR + 60)

    assert [one.window.start for one in bookings(shop, rollout)] == [T, T + HOUR, T + 2 * HOUR]


def test_late_data_is_corrected_by_an_entry_of_its_own(shop: Shop) -> None:
    """What was written stays; the correction says why, and moves the sum by the difference."""
    side_by_side(shop)
    rollout = shop.apply(T)
    shop.book(T + HOUR + 60)
    shop.arms.told = lambda *_: (arm(300, 0.02), arm(300, 0.01))

    shop.book(T + 2 * HOUR + 60)

    first, second, third = entries(shop)
    assert (first.number, second.number, third.number) == (0, 1, 0)
    assert (first.usd, second.usd) == pytest.approx((2.0, 1.0))
    assert second.booking.window == first.booking.window
    assert second.why == "200 calls came in after the window was booked"
    assert shop.books.saved_usd() == {rollout.id: pytest.approx(6.0)}
    assert [one.usd for one in bookings(shop)] == [pytest.approx(3.0), pytest.approx(3.0)]


def test_what_prometheus_forgot_corrects_nothing(shop: Shop) -> None:
    """Fewer calls than were booked are no news: history stays."""
    side_by_side(shop)
    shop.apply(T)
    shop.book(T + HOUR + 60)
    shop.arms.told = lambda *_: (ArmStats(), ArmStats())

    shop.book(T + 2 * HOUR + 60)

    assert [one.number for one in entries(shop)] == [0, 0]
    assert entries(shop)[0].usd == pytest.approx(2.0)


def test_a_holdout_goes_on_measuring_and_costs_what_it_forgoes(shop: Shop) -> None:
    """190 calls saved a cent each; 10 on the old value forgo 10 cents, which are the price of knowing."""
    shop.arms.told = lambda *_: (arm(10, 0.02), arm(190, 0.01))
    rollout = shop.move(shop.apply(T), "confirmed", T + HOUR)

    shop.book(T + 2 * HOUR + 60)

    one, two = bookings(shop, rollout)
    assert (one.basis, one.holdout_usd) == ("measured", 0.0)
    assert (two.basis, two.ageing_since) == ("holdout", None)
    assert two.usd == pytest.approx(1.9)
    assert two.holdout_usd == pytest.approx(0.1)


def test_without_a_holdout_the_last_measurement_ages(shop: Shop) -> None:
    """1,000 calls at a cent are 10 USD each hour; the doubt grows from the end of the measurement on."""
    side_by_side(shop)
    rollout = shop.apply(T)
    shop.book(T + HOUR + 60)
    shop.move(rollout, "confirmed", T + HOUR)
    shop.arms.told = lambda *_: (ArmStats(), ArmStats())

    shop.book(T + 3 * HOUR + 60)
    later = T + HOUR + 2 * HOUR * 24 * 14 + HOUR
    while bookings(shop)[-1].window.end < later:
        shop.book(later + 60)

    measured, two, *_, last = bookings(shop, rollout)
    assert (two.basis, two.ageing_since, two.calls) == ("estimate", measured.window.end, 1000.0)
    assert two.usd == last.usd == pytest.approx(10.0)
    assert two.saved.usd is not None
    assert last.saved.usd is not None
    assert last.window.end - measured.window.end == pytest.approx(2 * HALF_LIFE_SECONDS, rel=0.01)
    assert 10 - last.saved.usd.low == pytest.approx(2 * (10 - two.saved.usd.low), rel=0.01)


def test_a_harmful_candidate_is_booked_as_a_loss(shop: Shop) -> None:
    """What an experiment cost is in the books, though the change went back."""
    shop.arms.told = lambda *_: (arm(200, 0.01), arm(200, 0.03))
    rollout = shop.move(shop.apply(T), "refuted", T + HOUR)

    shop.book(T + 3 * HOUR + 60)

    (only,) = bookings(shop, rollout)
    assert only.usd == pytest.approx(-4.0)


def test_too_few_calls_are_said_to_be_unmeasured(shop: Shop) -> None:
    """Not measured is not 0."""
    shop.arms.told = lambda *_: (arm(200, 0.02), arm(1, 0.01))
    rollout = shop.apply(T)

    shop.book(T + HOUR + 60)

    (only,) = bookings(shop, rollout)
    assert (only.basis, only.saved.usd) == ("unmeasured", None)


def test_of_two_changes_on_the_same_calls_each_dollar_counts_once(shop: Shop) -> None:
    """The cache halves the model's calls, then a cheaper model halves their price: 10, then 5, then 2.50 an hour.

    The cache's own arms would say 2.50 behind the cheaper model. It keeps its 5, the model has its 2.50.
    """
    full, half, quarter = 10.0, 5.0, 2.5
    shop.meter.usd = lambda at: full if at <= T else half if at <= T + HOUR else quarter
    shop.meter.calls = lambda _: {CACHE: 1000.0, MODEL: 500.0}
    before, after = (arm(10, 0.010), arm(990, 0.005)), (arm(10, 0.005), arm(990, 0.0025))
    cheaper = (arm(10, 0.010), arm(490, 0.005))

    def told(rollout: Rollout, start: float, _end: float) -> tuple[ArmStats, ArmStats]:
        if rollout.id == cache.id:
            return before if start < T + HOUR else after
        return cheaper

    cache = shop.move(shop.apply(T), "confirmed", T)
    shop.arms.told = told
    model = shop.move(shop.apply(T + HOUR, MODEL), "confirmed", T + HOUR)

    shop.book(T + 2 * HOUR + 60)

    alone, hidden = bookings(shop, cache)
    (last,) = bookings(shop, model)
    assert alone.usd == pytest.approx(990 * 0.005)
    assert (hidden.behind, hidden.basis, hidden.ageing_since) == (model.id, "estimate", T + HOUR)
    assert hidden.claimed.usd is not None
    assert hidden.claimed.usd.mid == pytest.approx(990 * 0.0025)
    assert hidden.usd == pytest.approx(990 * 0.005)
    assert last.usd == pytest.approx(490 * 0.005)
    assert hidden.usd + last.usd <= full - quarter
    assert hidden.baseline_usd == pytest.approx(full)


def test_of_keys_dealt_by_blocks_the_uncounted_calls_count_too(shop: Shop) -> None:
    """While a block settles its calls are not counted: of 1,000 calls 900 were, and all of them saved."""
    shop.arms.told = lambda _, start, end: (
        arm(round(450 * (end - start) / HOUR), 0.02),
        arm(round(450 * (end - start) / HOUR), 0.01),
    )
    rollout = shop.apply(T, dealing=Dealing("key", 360.0, 36.0))

    shop.book(T + HOUR + 60)

    (only,) = bookings(shop, rollout)
    assert only.basis == "measured"
    assert (only.calls, only.control_calls) == pytest.approx((500, 500))
    assert only.usd == pytest.approx(5.0)


def test_calls_that_were_counted_while_blocks_settled_are_booked_as_they_were(shop: Shop) -> None:
    """450 calls of each arm compare; of 100 more the candidate's 70 cost what they cost, and nothing is guessed."""
    shop.arms.told = lambda _, start, end: (
        arm(round(450 * (end - start) / HOUR), 0.02),
        arm(round(450 * (end - start) / HOUR), 0.01),
    )
    shop.arms.settled = lambda *_: (arm(30, 0.02), arm(70, 0.005))
    rollout = shop.apply(T, dealing=Dealing("key", 360.0, 36.0))

    shop.book(T + HOUR + 60)

    (only,) = bookings(shop, rollout)
    assert (only.calls, only.control_calls) == (520, 480)
    assert only.usd == pytest.approx(520 * 0.02 - 450 * 0.01 - 70 * 0.005)


def test_too_few_blocks_are_said_to_be_unmeasured(shop: Shop) -> None:
    """Single calls of the same keys are no independent observations: without blocks there is no interval."""
    side_by_side(shop)
    rollout = shop.apply(T, dealing=Dealing("key", 2 * HOUR, 60.0))

    shop.book(T + HOUR + 60)

    assert [one.basis for one in bookings(shop, rollout)] == ["unmeasured"]


def test_windows_are_cut_where_a_change_began_was_kept_or_ended(shop: Shop) -> None:
    """So that within each window the same changes ran in the same way."""
    rollout = shop.move(shop.apply(T + 600), "confirmed", T + 900)
    shop.move(rollout, "undo", T + HOUR + 300)

    found = pieces(lives(shop.ledger), 0.0, T + 4 * HOUR, HOUR)

    assert [(one.start - T, one.end - T) for one in found] == [(600, 900), (900, HOUR), (HOUR, HOUR + 300)]


def test_entries_are_only_added(shop: Shop) -> None:
    """The body of the first entry is as it was written after a correction."""
    side_by_side(shop)
    shop.apply(T)
    shop.book(T + HOUR + 60)
    with shop.ledger.engine.connect() as connection:
        before = connection.execute(text("SELECT body FROM booking")).scalar_one()
    shop.arms.told = lambda *_: (arm(300, 0.02), arm(300, 0.01))
    shop.book(T + 2 * HOUR + 60)

    with shop.ledger.engine.connect() as connection:
        rows = connection.execute(text("SELECT body FROM booking ORDER BY id")).scalars().all()
        count = connection.execute(select(func.count()).select_from(text("booking"))).scalar_one()

    assert (rows[0], count) == (before, 3)
