"""Clocks that were wrong for a while: what they wrote stays on record, and holds up nobody once they are right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from airuntime_backend.engine.elapsed import is_fresh
from support.backend import Backend
from support.books import CACHE, HOUR, MODEL, Shop, arm

T = 100 * HOUR
AHEAD = 24 * HOUR


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop whose changes save something."""
    shop = Shop.on(f"sqlite:///{tmp_path}/state.db")
    shop.arms.told = lambda *_: (arm(200, 0.02), arm(200, 0.01))
    yield shop
    shop.ledger.close()


def test_rollouts_stay_in_the_order_in_which_they_began(shop: Shop) -> None:
    """One that began when the clock was ahead is not the newest for ever."""
    first = shop.apply(T + AHEAD, CACHE)
    second = shop.apply(T, MODEL)
    third = shop.apply(T + 1, CACHE)

    assert [one.id for one in shop.ledger.rollouts()] == [first.id, second.id, third.id]
    assert [one.since for one in shop.ledger.rollouts()] == [T + AHEAD, T, T + 1]


def test_a_change_that_ended_ahead_of_time_is_in_nobodys_way(backend: Backend) -> None:
    """It has ended; the next one need not wait until that moment comes."""
    backend.clock.at += AHEAD
    backend.tick()
    first = backend.suggestion()
    record = backend.ledger.suggestion(first["id"]).suggestion
    backend.move("rollback", backend.move("apply", first).get_json())
    backend.clock.at -= AHEAD
    backend.ledger.add_suggestion(replace(record, id="suggestion_next", to_value=90.0), backend.clock.at)

    asked = backend.client.post("/suggestions/suggestion_next/apply", json={"revision": 1})

    assert (asked.status_code, asked.get_json()["status"]) == (200, "applied")


@pytest.mark.parametrize(("at", "fresh"), [(100.0, True), (91.0, True), (90.0, False), (109.0, True), (110.0, False)])
def test_what_lies_far_ahead_is_not_fresh(at: float, fresh: bool) -> None:  # noqa: FBT001 - a case of the table
    """Within ten seconds of 100, on either side."""
    assert is_fresh(at, 100.0, 10.0) == fresh


def test_nothing_is_booked_before_it_has_happened(shop: Shop) -> None:
    """By Prometheus' clock: what was booked as empty would never be booked again."""
    shop.move(shop.apply(T), "confirmed", T + HOUR)
    shop.meter.time = T + 2 * HOUR + 120

    shop.book(T + AHEAD)
    booked = [one.booking.window.end for one in shop.books.entries(0.0, 1e9)]
    shop.meter.time = T + 3 * HOUR + 120
    shop.book(T + 3 * HOUR + 120)

    assert booked == [T + HOUR, T + 2 * HOUR]
    assert [one.booking.window.end for one in shop.books.entries(0.0, 1e9)] == [*booked, T + 3 * HOUR]


def test_without_a_clock_of_prometheus_nothing_is_booked_now(shop: Shop) -> None:
    """The next pass does it."""
    shop.move(shop.apply(T), "confirmed", T + HOUR)
    shop.meter.down = True
    shop.book(T + 3 * HOUR)
    assert shop.books.entries(0.0, 1e9) == ()

    shop.meter.down = False
    shop.book(T + 3 * HOUR)

    assert len(shop.books.entries(0.0, 1e9)) == 2
