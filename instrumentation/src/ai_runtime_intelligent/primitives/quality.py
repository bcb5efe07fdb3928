"""The quality of a result, as its user judges it: what experiments are held to beside time, errors and cost."""

from __future__ import annotations

from .frame import frames_here


def rate_quality(score: float) -> None:
    """Say, inside an instrumented call, how good its result is: 0 = useless, 1 = perfect.

    It counts for the running call and for those that wait for it, where they take part in an experiment; the first
    rating of a call stands. Elsewhere it does nothing. Raises ValueError for a score outside 0..1.
    """
    if not 0 <= score <= 1:
        raise ValueError(f"score must be from 0 to 1, got {score!r}")
    for frame in frames_here():
        frame.rate(score)
