"""What one label set accumulates: plain numbers that calls add to under one lock, and that scrapes read without it.

A scrape copies and never takes the lock, so no call waits for a scrape; what it reads may miss the call that is just
being added.
"""

from __future__ import annotations

from bisect import bisect_left
from time import time
from typing import NamedTuple, Protocol

from ai_runtime_intelligent import guard


class Traced(Protocol):
    """The part of a span context that an exemplar shows."""

    @property
    def trace_id(self) -> int:
        """128 bits."""

    @property
    def span_id(self) -> int:
        """64 bits."""


class Exemplar(NamedTuple):
    """One observation whose trace was kept, and when it was made (Unix seconds)."""

    value: float
    span: Traced
    seconds: float


class Number:
    """A counter or a gauge."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: float = 0

    def inc(self, by: float = 1) -> None:
        """Add."""
        with guard.lock:
            self.value += by

    def set(self, value: float) -> None:
        """Replace."""
        self.value = value


class Buckets:
    """A histogram: counts by bucket, not cumulative, the last one above every edge."""

    __slots__ = ("counts", "edges", "exemplars", "sum")

    def __init__(self, edges: tuple[float, ...]) -> None:
        self.edges = edges
        self.counts = [0] * (len(edges) + 1)
        self.sum: float = 0.0
        self.exemplars: dict[int, Exemplar] = {}

    def observe(self, value: float, span: Traced | None = None) -> None:
        """Add one observation, and show its trace if that is kept."""
        bucket = bisect_left(self.edges, value)
        with guard.lock:
            self.counts[bucket] += 1
            self.sum += value
        if span is not None:
            self.exemplars[bucket] = Exemplar(value, span, time())
