"""Rollout: the way of one change, from planned to kept or rolled back, by one transition table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from ai_runtime_intelligent.contract.kinds import Outcome, Phase

from .change import Change
from .identity import identify
from .signal import Window

EventKind = Literal[
    "begin",  # the setting was written to the remote config
    "observed",  # the service reports that it obeys the new value
    "unobserved",  # it did not report so in time
    "confirmed",
    "refuted",
    "inconclusive",
    "error",
    "undo",  # a person asked for the old value
]

TRANSITIONS: Final[Mapping[tuple[Phase, EventKind], Phase]] = {
    ("planned", "begin"): "applying",
    ("applying", "observed"): "watching",
    ("applying", "unobserved"): "stuck",
    ("applying", "undo"): "rolled_back",
    ("watching", "confirmed"): "kept",
    ("watching", "refuted"): "rolled_back",
    ("watching", "inconclusive"): "rolled_back",
    ("watching", "error"): "rolled_back",
    ("watching", "undo"): "rolled_back",
    ("stuck", "observed"): "watching",
    ("stuck", "undo"): "rolled_back",
    ("kept", "undo"): "rolled_back",
}
"""Every legal move; whatever is not here is refused."""

RUNNING: Final[tuple[Phase, ...]] = ("planned", "applying", "watching", "stuck")
"""Phases in which the rollout holds its tunable: no other change may touch it."""


class IllegalMoveError(ValueError):
    """Raised when an event does not belong to the phase."""


@dataclass(frozen=True)
class Event:
    """What happened to a rollout, when (Unix seconds), by whom and why."""

    kind: EventKind
    at: float
    who: str
    why: str


@dataclass(frozen=True)
class Rollout:
    """Where one change stands. ``baseline`` is pinned at the start: the window that the change is compared with."""

    id: str
    change: Change
    phase: Phase
    baseline: Window
    since: float
    why: str


def start(change: Change, baseline: Window, at: float) -> Rollout:
    """Plan the rollout of a change, its baseline pinned."""
    return Rollout(identify("rollout", change.id), change, "planned", baseline, at, f"asked by {change.asked_by}")


def advance(rollout: Rollout, event: Event) -> Rollout:
    """Return the rollout after the event.

    Raises:
        IllegalMoveError: the transition table has no such move.
    """
    phase = TRANSITIONS.get((rollout.phase, event.kind))
    if phase is None:
        allowed = ", ".join(kind for at, kind in TRANSITIONS if at == rollout.phase) or "nothing"
        raise IllegalMoveError(f"rollout {rollout.id} is {rollout.phase}: {event.kind} is refused, allowed: {allowed}")
    return replace(rollout, phase=phase, since=event.at, why=event.why)


def restores(event: EventKind, phase: Phase) -> bool:
    """Whether the move from this phase by this event must apply the inverse."""
    return TRANSITIONS.get((phase, event)) == "rolled_back"


def event_of(outcome: Outcome) -> EventKind:
    """The event that a verdict is to its rollout."""
    return outcome
