"""A circuit breaker: what failed again and again is left alone for a while (Nygard, *Release It!*, chapter 5)."""

from __future__ import annotations

from ai_runtime_intelligent import forks


class Breaker:
    """Counts failures in a row. Thresholds and times are given with each question: they may change."""

    def __init__(self) -> None:
        self._lock = forks.lock()
        self._failures = 0
        self._tripped = 0.0

    def lets_through(self, failures: float, seconds: float, now: float) -> bool:
        """Whether to try, after fewer than ``failures`` in a row (0 = always) or ``seconds`` since the last one.

        After that time one call tries, and the others wait for what becomes of it, or for as long again.
        """
        with self._lock:
            if not failures or self._failures < failures:
                return True
            if now - self._tripped < seconds:
                return False
            self._tripped = now
            return True

    def failed(self, now: float) -> None:
        """A try failed at ``now``."""
        with self._lock:
            self._failures += 1
            self._tripped = now

    def worked(self) -> None:
        """A try worked: everyone may try again."""
        with self._lock:
            self._failures = 0
