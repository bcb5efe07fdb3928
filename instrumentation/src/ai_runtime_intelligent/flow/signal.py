"""Signal: one measured number, with its n, its window and the query that gave it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from .identity import identify

State = Literal["measured", "no_data", "nan", "inf", "stale", "gap", "reset"]
"""``no_data``, ``nan`` and ``inf`` are kinds of signal of their own, never 0. ``stale`` is a number of a primitive that
reports no more, ``gap`` one of a window in which the service was out of sight for a while: both are not believed.
``reset`` is a number of a window in which the counters began anew: it is measured, resets are handled, but what was
warm before the restart is not yet warm again."""

KNOWN: Final = ("measured", "reset")
"""The states that have a value."""


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
    """What is measured: one primitive of one service.

    Its hash is made once: an analysis looks each up in dozens of mappings.
    """

    __slots__ = ("__dict__", "_hash")

    service: str
    primitive: str
    kind: str

    def __hash__(self) -> int:
        """The hash of its fields."""
        try:
            return self._hash  # type: ignore[attr-defined,no-any-return]  # a slot, and no field
        except AttributeError:
            object.__setattr__(self, "_hash", hash((self.service, self.primitive, self.kind)))
            return self._hash  # type: ignore[attr-defined,no-any-return]  # a slot, and no field

    def __reduce__(self) -> tuple[type[Subject], tuple[str, str, str]]:
        """By its fields: hashes of text differ from process to process."""
        return Subject, (self.service, self.primitive, self.kind)


@dataclass(frozen=True)
class Reading:
    """What one measure's two queries answered: its values and, for each subject, the observations behind them.

    Where it is ``of_everybody``, those with observations and without a value are told as well.
    """

    measure: str
    unit: str
    query: str
    values: Mapping[Subject, float]
    counts: Mapping[Subject, float]
    of_everybody: bool = True


@dataclass(frozen=True)
class Signal:
    """One measured number. ``value`` is None in every state but those of ``KNOWN``."""

    subject: Subject
    measure: str
    unit: str
    state: State
    value: float | None
    n: int
    window: Window
    query: str

    @cached_property
    def id(self) -> str:
        """Made when it is asked for: few of the numbers that are read ever support a finding."""
        return identify("signal", self.measure, self.subject, self.window, self.state, self.value)


def read(
    readings: Iterable[Reading], window: Window, troubled: Mapping[Subject, State] | None = None
) -> tuple[Signal, ...]:
    """Turn what the queries answered into signals, one for each subject that any of a reading's queries named.

    ``troubled`` are the subjects whose whole window is in another state than measured.
    """
    return tuple(signal for reading in readings for signal in _of_reading(reading, window, troubled or {}))


def _of_reading(reading: Reading, window: Window, troubled: Mapping[Subject, State]) -> Iterator[Signal]:
    values, counts = reading.values, reading.counts
    measure, unit, query = reading.measure, reading.unit, reading.query
    for subject in dict.fromkeys((*values, *counts)) if reading.of_everybody else values:
        raw = values.get(subject)
        state = _state(raw)
        if troubled and state == "measured":
            state = troubled.get(subject, state)
        count = counts.get(subject, 0.0)
        n = round(count) if math.isfinite(count) else 0
        yield Signal(subject, measure, unit, state, raw if state in KNOWN else None, n, window, query)


def _state(value: float | None) -> State:
    if value is None:
        return "no_data"
    if math.isnan(value):
        return "nan"
    return "inf" if math.isinf(value) else "measured"
