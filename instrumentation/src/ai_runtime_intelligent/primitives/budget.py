"""A retry budget: a token bucket that calls fill and retries empty.

Retries then stay a share of the load, and cannot multiply it when everything fails at once (Beyer and others,
*Site Reliability Engineering* (2016), chapters 21 and 22).
"""

from __future__ import annotations

from ai_runtime_intelligent import forks


class Budget:
    """Tokens for retries, shared by every execution of a primitive; it starts full."""

    def __init__(self, burst: float) -> None:
        self._lock = forks.lock()
        self._burst = burst
        self._tokens = burst

    def earn(self, tokens: float) -> None:
        """An execution begins: it earns a part of a retry, for all."""
        with self._lock:
            self._tokens = min(self._burst, self._tokens + tokens)

    def spend(self) -> bool:
        """Take the token of one retry; False when there is none."""
        with self._lock:
            if self._tokens < 1.0:
                return False
            self._tokens -= 1.0
            return True
