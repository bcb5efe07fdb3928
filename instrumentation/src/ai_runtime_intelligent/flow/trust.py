"""Trust: what a rule predicted, what came of it, and how far it is therefore believed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal, get_args

from ai_runtime_intelligent.contract.kinds import Outcome

from .suggestion import Expected

Held = Literal["kept", "short", "missed"]
"""``kept``: the measured value is in the predicted interval or better; ``short``: better than before, but not so far;
``missed``: no better, or worse."""
HELD: Final[tuple[Held, ...]] = get_args(Held)

_WORTH: Final = {"kept": 1.0, "short": 0.5, "missed": 0.0}
_BELIEF: Final = (4.0, 1.0)
"""What a new rule is believed to have kept and missed: 0.8, which a few misses undo."""


@dataclass(frozen=True)
class Prediction:
    """One prediction beside what was measured afterwards."""

    rule: str
    expected: Expected
    measured: float
    held: Held

    @property
    def error(self) -> float:
        """Distance between the middle of the prediction and what came, as a share of the change that it predicted."""
        middle = (self.expected.low + self.expected.high) / 2
        return abs(self.measured - middle) / abs(middle - self.expected.now)


def judge(rule: str, expected: Expected, outcome: Outcome, before: float, measured: float) -> Prediction | None:
    """Hold a prediction against the verdict's numbers; None when they could not tell.

    The claim is held to the change that it predicted, from the value that the verdict measured before: the world may
    have moved since the claim was made.
    """
    if outcome not in ("confirmed", "refuted"):
        return None
    scale = before / expected.now if expected.now else 1.0
    least = (expected.high if expected.direction == "lower" else expected.low) * scale
    reached = measured <= least if expected.direction == "lower" else measured >= min(1.0, least)
    if outcome == "refuted":
        return Prediction(rule, expected, measured, "missed")
    return Prediction(rule, expected, measured, "kept" if reached else "short")


def trust(predictions: Iterable[Prediction]) -> float:
    """The share of its predictions that a rule is believed to keep, 0..1: a beta distribution's mean."""
    worth = [_WORTH[one.held] for one in predictions]
    kept, missed = _BELIEF
    return (kept + sum(worth)) / (kept + missed + len(worth))


def usual_error(predictions: Iterable[Prediction]) -> float | None:
    """The median error; None before there is any."""
    errors = [one.error for one in predictions]
    return median(errors) if errors else None
