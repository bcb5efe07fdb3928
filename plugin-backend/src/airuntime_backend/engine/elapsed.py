"""Elapsed: how long ago something was, on a wall clock that may jump."""

from __future__ import annotations

from typing import Final

from airuntime_backend.ports import Clock

_MOST: Final = 10_000


def is_fresh(at: float, now: float, seconds: float) -> bool:
    """Whether a moment on record is less than so many seconds ago.

    One that lies further ahead was told by a clock that has been set right since: nothing has to wait until it comes.
    """
    return abs(now - at) < seconds


class Elapsed:
    """Seconds since moments on record. Never negative; and once seen, a moment recedes steadily, whatever jumps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[tuple[str, float], tuple[float, float]] = {}

    def since(self, what: str, at: float) -> float:
        """Seconds since ``at`` (Unix seconds), which belongs to ``what``."""
        steady = self._clock.steady()
        if len(self._seen) > _MOST:
            self._seen.clear()
        before, first = self._seen.setdefault((what, at), (max(0.0, self._clock.now() - at), steady))
        return before + max(0.0, steady - first)
