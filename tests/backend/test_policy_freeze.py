"""Freeze windows: when nothing may be changed, and when the next moment is at which it may."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from airuntime_backend.engine.freeze import frozen, iso
from airuntime_backend.policy import DAYS, Freeze
from hypothesis import given, settings
from hypothesis import strategies as st

BERLIN: Final = "Europe/Berlin"
WEEKEND: Final = {"name": "weekend", "days": ["sat", "sun"]}
NIGHTS: Final = {"name": "nights", "from": "18:00", "to": "09:00"}


def at(text: str, zone: str = BERLIN) -> float:
    """Unix seconds of a local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def until(windows: list[dict[str, Any]], now: str, zone: str = BERLIN) -> str | None:
    """The name of the window that freezes a local time and when it may be changed again; None when nothing does."""
    found = frozen([Freeze.model_validate(one) for one in windows], zone, at(now, zone))
    if found is None:
        return None
    return f"{found.window.name} {iso(found.until, zone)[:16] if found.until else 'forever'}"


CASES: Final = [
    ([], "2026-11-24T12:00", None),
    ([WEEKEND], "2026-11-27T23:59", None),
    ([WEEKEND], "2026-11-28T00:00", "weekend 2026-11-30T00:00"),
    ([WEEKEND], "2026-11-30T00:00", None),
    ([NIGHTS], "2026-11-24T17:59", None),
    ([NIGHTS], "2026-11-24T18:00", "nights 2026-11-25T09:00"),
    ([NIGHTS], "2026-11-25T08:59", "nights 2026-11-25T09:00"),
    ([NIGHTS], "2026-11-25T09:00", None),
    ([WEEKEND, NIGHTS], "2026-11-27T20:00", "nights 2026-11-30T09:00"),
    ([{"name": "fri", "days": ["fri"], "from": "18:00"}], "2026-11-27T18:00", "fri 2026-11-28T00:00"),
    ([{"name": "fri", "days": ["fri"], "from": "22:00", "to": "02:00"}], "2026-11-28T01:00", "fri 2026-11-28T02:00"),
    ([{"name": "fri", "days": ["fri"], "from": "22:00", "to": "02:00"}], "2026-11-27T01:00", None),
    ([{"name": "year", "since": "2026-12-20", "until": "2027-01-03"}], "2026-12-24T12:00", "year 2027-01-03T00:00"),
    ([{"name": "year", "since": "2026-12-20", "until": "2027-01-03"}], "2026-12-19T23:59", None),
    ([{"name": "year", "since": "2026-12-20", "until": "2026-12-24T15:00"}], "2026-12-24", "year 2026-12-24T15:00"),
    ([{"name": "on", "since": "2026-01-01"}], "2026-12-24T12:00", "on forever"),
    ([{**NIGHTS, "time_zone": "America/New_York"}], "2026-11-24T23:59", None),
    ([{**NIGHTS, "time_zone": "America/New_York"}], "2026-11-25T00:00", "nights 2026-11-25T15:00"),
]  # fmt: skip


@pytest.mark.parametrize(("windows", "now", "expected"), CASES)
def test_a_moment_is_frozen_until_the_next_that_is_not(
    windows: list[dict[str, Any]], now: str, expected: str | None
) -> None:
    """The edges belong to the window that begins; windows that follow one another are one."""
    assert until(windows, now) == expected


def test_clocks_that_change_do_not_cut_a_freeze_short() -> None:
    """In the hour that comes twice the later one counts, in the hour that there is not the moment after it."""
    twice = frozen([Freeze.model_validate({"name": "n", "to": "02:30"})], BERLIN, at("2026-10-25T02:10"))
    never = frozen([Freeze.model_validate({"name": "n", "to": "02:30"})], BERLIN, at("2026-03-29T01:45"))

    assert twice is not None
    assert twice.until == datetime.fromisoformat("2026-10-25T02:30+01:00").timestamp()
    assert never is not None
    assert never.until == datetime.fromisoformat("2026-03-29T03:30+02:00").timestamp()


def clock(minutes: int) -> str:
    """A time of day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


windows_of = st.lists(
    st.builds(
        lambda days, begin, end: Freeze.model_validate(
            {"name": "w", "days": sorted(days), "from": clock(begin), "to": clock(end), "time_zone": BERLIN}
        ),
        st.sets(st.sampled_from(DAYS), min_size=1),
        st.integers(0, 1440),
        st.integers(0, 1440),
    ),
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(windows=windows_of, now=st.integers(1_700_000_000, 1_800_000_000))
def test_the_moment_that_is_told_is_free_and_the_one_before_is_not(windows: list[Freeze], now: int) -> None:
    """Whatever the windows, also when clocks change."""
    found = frozen(windows, BERLIN, float(now))

    if found is not None and found.until is not None:
        assert found.until > now
        assert frozen(windows, BERLIN, found.until) is None
