"""Balance: whether both arms have as many calls as they were dealt. Arms count calls at their end, so some may hang."""

from __future__ import annotations

from math import log
from typing import Final

_CHANCE: Final = 9 * log(10)
"""As unlikely as once in a billion: it may be looked at many times."""


def missing(control_calls: int, candidate_calls: int, share: float) -> float:
    """Of the calls that the candidate was dealt, the share (0..1) that has not ended; 0 where that may be chance.

    The candidate gets ``share`` of the calls, one by one. That so few of n are its own has a probability of at most
    exp(-n KL) (Chernoff, *A measure of asymptotic efficiency*, Annals of Mathematical Statistics, 1952).
    """
    n = control_calls + candidate_calls
    if not n or not 0 < share < 1 or candidate_calls >= share * n:
        return 0.0
    seen = candidate_calls / n
    distance = (1 - seen) * log((1 - seen) / (1 - share)) + (seen * log(seen / share) if seen else 0.0)
    if n * distance < _CHANCE:
        return 0.0
    return 1 - candidate_calls * (1 - share) / (control_calls * share)
