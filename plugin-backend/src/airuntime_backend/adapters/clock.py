"""The time of this machine."""

from __future__ import annotations

import time


class SystemClock:
    """The wall clock."""

    def now(self) -> float:
        """Unix seconds."""
        return time.time()

    def steady(self) -> float:
        """The monotonic clock."""
        return time.monotonic()
