"""How long what failed takes to recover, learnt from the attempts that were made anyway."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent import forks

_GAIN: Final = 1 / 8
_DEVIATION_GAIN: Final = 1 / 4


class Recovery:
    """An estimate of the seconds from a first failure to the moment from which a call works again.

    The attempts of one execution bracket that moment between the last one that failed and the one that worked; its
    middle is what is learnt, so that the estimate can fall as well as rise. Mean and mean deviation are smoothed as
    TCP does with round trips (RFC 6298, section 2), but one deviation is added, not four: a retry that comes too
    early costs an attempt, not a congested network.
    """

    def __init__(self) -> None:
        self._lock = forks.lock()
        self._mean: float | None = None
        self._deviation = 0.0

    @property
    def seconds(self) -> float | None:
        """The wait after which the next attempt will most likely work; None before anything was learnt."""
        with self._lock:
            return None if self._mean is None else self._mean + self._deviation

    def came(self, after: float, by: float) -> None:
        """An attempt ``after`` so many seconds still failed, the one ``by`` so many worked."""
        self._learn((after + by) / 2)

    def stayed_away(self, after: float) -> None:
        """The last attempt failed as well, ``after`` so many seconds: it takes longer than that."""
        if after > (self.seconds or 0.0):
            self._learn(after)

    def _learn(self, seconds: float) -> None:
        with self._lock:
            if self._mean is None:
                self._mean, self._deviation = seconds, seconds / 2
                return
            self._deviation += _DEVIATION_GAIN * (abs(seconds - self._mean) - self._deviation)
            self._mean += _GAIN * (seconds - self._mean)
