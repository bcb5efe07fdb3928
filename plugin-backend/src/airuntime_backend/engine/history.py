"""History: the numbers of windows that have passed, read once and kept.

A window that has passed does not change any more. So each is asked for once, a few in each pass, the latest first: an
analysis stays within its queries, and knows more of the past each time. Kept are plain numbers in arrays, since there
may be thousands of primitives.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from math import floor
from typing import Final

from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.flow import measures
from ai_runtime_intelligent.flow.baseline import Past
from ai_runtime_intelligent.flow.forecast import Point
from ai_runtime_intelligent.flow.signal import Subject
from ai_runtime_intelligent.flow.totals import Totals, Values

RECENT: Final = 24
"""Windows before the present one."""
DAYS: Final = 7
"""Days whose window at the same time is known."""
DAY: Final = 86_400.0
_MOST: Final = 2_000_000
"""Numbers of one measure that are kept beyond those that are needed now."""

_UNKNOWN: Final = -1.0
"""No measure is less than 0."""

Rows = list["array[float]"]

KEPT: Final = {
    "seconds_mean": (measures.seconds_mean, measures.calls),
    "error_ratio": (measures.error_ratio, measures.calls),
    "usd_per_call": (measures.usd_per_call, measures.calls),
    "cache_hit_ratio": (measures.hit_ratio, measures.requests),
}
USD: Final = "usd"
_FEW: Final = 3
"""Observations from which a window's number is kept for those that have few."""


class History:
    """The windows of ``window_seconds`` that have passed, each ending at a multiple of that."""

    def __init__(self, window_seconds: float, least: int) -> None:
        self._seconds = window_seconds
        self._least = least
        self._places: dict[Subject, int] = {}
        self._slots: dict[int, Mapping[str, array[float]]] = {}
        self._rows: dict[tuple[str, float], tuple[Rows, Rows, Rows]] = {}

    def wanted(self, end: float) -> tuple[float, ...]:
        """The ends of the windows that are needed beside one that ends then and are not known, first things first."""
        recent, days, near = self._recent(end), self._days(end), self._near(end)
        order = (*recent[: RECENT // 2], *days, *near, *recent[RECENT // 2 :])
        return tuple(slot * self._seconds for slot in order if slot not in self._slots)

    def put(self, end: float, sums: Totals) -> None:
        """Keep the numbers of a window."""
        kept = {}
        for name, (values, counts) in KEPT.items():
            measured, n = values(sums), counts(sums)
            kept[name] = self._kept(measured, n, self._least)
            seldom = any(_FEW <= n.get(subject, 0.0) < self._least for subject in measured)
            kept[_few(name)] = self._kept(measured, n, _FEW) if seldom else kept[name]
        kept[USD] = self._kept(_spent(sums), None, 0)
        self._slots[round(end / self._seconds)] = kept
        self._rows.clear()

    def forget(self, end: float) -> None:
        """Let go of what is too old, and with many primitives of all that is not needed now."""
        self._rows.clear()
        needed = {*self._recent(end), *self._days(end), *self._near(end)}
        oldest = (end - DAY) / self._seconds - RECENT
        crowded = len(self._places) * len(self._slots) > _MOST
        self._slots = {
            slot: kept for slot, kept in self._slots.items() if slot in needed or (slot > oldest and not crowded)
        }

    def past(self, subject: Subject, name: str, end: float, *, few: bool = False) -> Past:
        """What is known of a primitive's measure beside a window that ends then.

        ``few`` counts windows with few observations as well. Each tells so little that recent ones are taken in pairs,
        and that of other days those beside the same time count as much.
        """
        place = self._places.get(subject)
        if place is None or name not in KEPT:
            return Past()
        days, recent, near = self._rows_of(_few(name) if few else name, end)
        found = Past(_column(days, place), _column(recent, place), _column(near, place))
        return Past((*found.days, *found.near), _paired(found.recent)) if few else found

    def _rows_of(self, name: str, end: float) -> tuple[Rows, Rows, Rows]:
        """The rows of a measure that count beside a window, looked up once."""
        key = (name, end)
        if key not in self._rows:
            slots = (self._days(end), self._recent(end)[::-1], self._near(end))
            days, recent, near = ([self._slots[slot][name] for slot in one if slot in self._slots] for one in slots)
            self._rows[key] = (days, recent, near)
        return self._rows[key]

    def points(self, subject: Subject, name: str, end: float, ago: float = 0.0) -> tuple[Point, ...]:
        """The latest windows of a series, oldest first; ``ago`` seconds earlier, and then as far ahead again."""
        place = self._places.get(subject)
        if place is None:
            return ()
        last = int((end - self._seconds - ago) // self._seconds)
        ahead = RECENT if ago else 0
        found = ((slot, self._at(name, place, slot)) for slot in range(last - RECENT + 1, last + ahead + 1))
        return tuple((slot * self._seconds, value) for slot, value in found if value >= 0)

    def _recent(self, end: float) -> list[int]:
        """Latest first; none overlaps a window that ends then."""
        last = int((end - self._seconds) // self._seconds)
        return [last - back for back in range(RECENT)]

    def _days(self, end: float) -> list[int]:
        """Those that end nearest to the same time of other days."""
        return [round((end - day * DAY) / self._seconds) for day in range(1, DAYS + 1)]

    def _near(self, end: float) -> list[int]:
        """The windows of other days on the other side of the same time."""
        times = [(end - day * DAY) / self._seconds for day in range(1, DAYS + 1)]
        return [floor(time) + (floor(time) == round(time)) for time in times]

    def _at(self, name: str, place: int, slot: int) -> float:
        kept = self._slots.get(slot)
        if kept is None or place >= len(kept[name]):
            return _UNKNOWN
        return kept[name][place]

    def _kept(self, values: Values, counts: Values | None, least: int) -> array[float]:
        for subject in values:
            self._places.setdefault(subject, len(self._places))
        row = array("d", [_UNKNOWN]) * len(self._places)
        for subject, value in values.items():
            if counts is None or counts.get(subject, 0.0) >= least:
                row[self._places[subject]] = value
        return row


def _paired(values: tuple[float, ...]) -> tuple[float, ...]:
    """The means of two values in a row each, the latest of them kept."""
    even = values[len(values) % 2 :]
    return tuple((one + two) / 2 for one, two in zip(even[::2], even[1::2], strict=True))


def _few(name: str) -> str:
    return f"{name}, with few observations too"


def _column(rows: Rows, place: int) -> tuple[float, ...]:
    return tuple([row[place] for row in rows if place < len(row) and row[place] >= 0])


def service_as_subject(service: str) -> Subject:
    """A service as whom a number is about that belongs to none of its primitives alone."""
    return Subject(service, "*", "service")


def _spent(sums: Totals) -> Values:
    spent: dict[Subject, float] = {}
    for subject, _, usd in sums.rows(metrics.COST.name):
        whole = service_as_subject(subject.service)
        spent[whole] = spent.get(whole, 0.0) + usd
    return spent
