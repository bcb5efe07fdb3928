"""Signal: one measured number, with its n, its window and the query that gave it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .identity import identify

State = Literal["measured", "no_data", "nan", "inf"]
"""``no_data``, ``nan`` and ``inf`` are kinds of signal of their own, never 0."""


@dataclass(frozen=True)
class Window:
    """A span of time in Unix seconds, end included."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Its length in seconds."""
        return self.end - self.start


@dataclass(frozen=True, order=True)
class Subject:
    """What is measured: one primitive of one service."""

    service: str
    primitive: str
    kind: str


@dataclass(frozen=True)
class Reading:
    """What one measure's two queries answered: its values and, for each subject, the observations behind them."""

    measure: str
    unit: str
    query: str
    values: Mapping[Subject, float]
    counts: Mapping[Subject, float]


@dataclass(frozen=True)
class Signal:
    """One measured number. ``value`` is None in every state but ``measured``."""

    id: str
    subject: Subject
    measure: str
    unit: str
    state: State
    value: float | None
    n: int
    window: Window
    query: str


def read(readings: Iterable[Reading], window: Window) -> tuple[Signal, ...]:
    """Turn what the queries answered into signals, one for each subject that any of a reading's queries named."""
    return tuple(signal for reading in readings for signal in _of_reading(reading, window))


def _of_reading(reading: Reading, window: Window) -> Iterator[Signal]:
    for subject in sorted(reading.values.keys() | reading.counts.keys()):
        raw = reading.values.get(subject)
        state = _state(raw)
        count = reading.counts.get(subject, 0.0)
        yield Signal(
            id=identify("signal", reading.measure, subject, window, raw),
            subject=subject,
            measure=reading.measure,
            unit=reading.unit,
            state=state,
            value=raw if state == "measured" else None,
            n=round(count) if math.isfinite(count) else 0,
            window=window,
            query=reading.query,
        )


def _state(value: float | None) -> State:
    if value is None:
        return "no_data"
    if math.isnan(value):
        return "nan"
    return "inf" if math.isinf(value) else "measured"
