"""Freeze windows: whether nothing may be changed at a moment, and when the next moment is at which it may."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from airuntime_backend.policy import DAYS, Freeze

_MOST_WINDOWS: Final = 3_000
"""Windows that are followed one after the other: more than eight years of nights."""


@dataclass(frozen=True)
class Frozen:
    """The window that freezes a moment, and the first moment (Unix seconds) that none freezes; None = not in sight."""

    window: Freeze
    until: float | None


def frozen(windows: Iterable[Freeze], zone: str, now: float) -> Frozen | None:
    """What freezes ``now`` (Unix seconds); None when nothing does. ``zone`` is that of windows without their own."""
    held = tuple(windows)
    first = found = _longest(held, zone, now)
    if first is None:
        return None
    at = now
    for _ in range(_MOST_WINDOWS):
        if found is None:
            return Frozen(first[0], at)
        at = found[1]
        found = _longest(held, zone, at)
    return Frozen(first[0], None)


def _longest(windows: tuple[Freeze, ...], zone: str, now: float) -> tuple[Freeze, float] | None:
    """Of the windows that freeze ``now`` the one that ends last, and its end."""
    ends = ((window, _end(window, ZoneInfo(window.time_zone or zone), now)) for window in windows)
    return max(((window, end) for window, end in ends if end is not None), key=lambda one: one[1], default=None)


def _end(window: Freeze, zone: ZoneInfo, now: float) -> float | None:
    """When the window that freezes ``now`` ends; None when it does not freeze it."""
    local = datetime.fromtimestamp(now, zone).replace(tzinfo=None)
    if (window.since and local < window.since) or (window.until and local >= window.until):
        return None
    ends = [end for end in _weekly_ends(window, local) if end > local]
    if not ends:
        return None
    end = max(ends) if window.until is None else min(max(ends), window.until)
    return max(_moment(end, zone), now + 1)


def _weekly_ends(window: Freeze, local: datetime) -> list[datetime]:
    """The ends of the spans that have begun, of yesterday and today."""
    ends = []
    for back in (1, 0):
        day = datetime.combine(local.date() - timedelta(days=back), time())
        begin, end = day + timedelta(minutes=window.from_), day + timedelta(minutes=window.to)
        if end <= begin:
            end += timedelta(days=1)
        if DAYS[day.weekday()] in window.days and begin <= local:
            ends.append(end)
    return ends


def _moment(local: datetime, zone: ZoneInfo) -> float:
    """The later of the two moments that a local time can be when clocks change: a freeze is not cut short."""
    return max(local.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))


def iso(at: float, zone: str) -> str:
    """A moment (Unix seconds) as it is read in the zone."""
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")
