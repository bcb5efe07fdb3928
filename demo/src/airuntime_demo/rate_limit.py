"""When the fake model refuses: windows of time, not single requests, as a provider's rate limit does."""

from __future__ import annotations

import random
from dataclasses import dataclass

OPEN_SECONDS = 0.3
"""Length of one window: shorter than a sensible first backoff, longer than a burst of immediate retries."""

GAP_SECONDS = (1.9, 2.3)
"""Shortest and longest time between two windows."""


@dataclass
class RateLimitWindows:
    """A seeded timetable of windows, each 0.3 s, about one in eight of all moments.

    Windows come by time and not by request, so that load does not change the share of refused requests.
    Times are seconds on any clock that starts at 0 and never runs back.
    """

    rng: random.Random
    opened: int = 0
    _opens: float = 0.0
    _closes: float = 0.0

    def remaining(self, now: float) -> float:
        """Seconds until requests are served again; 0 while they are."""
        while now >= self._closes:
            self._opens = self._closes + self.rng.uniform(*GAP_SECONDS)
            self._closes = self._opens + OPEN_SECONDS
            self.opened += 1
        return self._closes - now if now >= self._opens else 0.0
