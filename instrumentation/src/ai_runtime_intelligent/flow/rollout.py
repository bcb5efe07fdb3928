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
    "grown",  # the candidate got a larger share of the calls
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
    ("watching", "grown"): "watching",
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
    """Raised when an event does not belong to the phase, or a share would not grow by it."""


@dataclass(frozen=True)
class Event:
    """What happened to a rollout, when (Unix seconds), by whom and why; ``share`` is the new one of ``grown``."""

    kind: EventKind
    at: float
    who: str
    why: str
    share: float | None = None


@dataclass(frozen=True)
class Rollout:
    """Where one change stands, ``since`` its last event.

    ``baseline`` is pinned at the start: the window that the change is compared with, unless a control arm runs beside.
    ``share`` of the calls, 0..1, is the candidate's.
    """

    id: str
    change: Change
    phase: Phase
    baseline: Window
    since: float
    why: str
    share: float = 1.0


def start(change: Change, baseline: Window, at: float, share: float = 1.0) -> Rollout:
    """Plan the rollout of a change, its baseline pinned, at first for this share of the calls.

    Raises ValueError when the share is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, got {share!r}")
    why = f"asked by {change.asked_by}"
    return Rollout(identify("rollout", change.id), change, "planned", baseline, at, why, share)


def advance(rollout: Rollout, event: Event) -> Rollout:
    """Return the rollout after the event.

    Raises:
        IllegalMoveError: the transition table has no such move, or the share would not grow.
    """
    phase = TRANSITIONS.get((rollout.phase, event.kind))
    if phase is None:
        allowed = ", ".join(kind for at, kind in TRANSITIONS if at == rollout.phase) or "nothing"
        raise IllegalMoveError(f"rollout {rollout.id} is {rollout.phase}: {event.kind} is refused, allowed: {allowed}")
    return replace(rollout, phase=phase, since=event.at, why=event.why, share=_share(rollout, event, phase))


def _share(rollout: Rollout, event: Event, phase: Phase) -> float:
    if event.kind == "grown":
        if event.share is None or not rollout.share < event.share <= 1:
            raise IllegalMoveError(f"rollout {rollout.id} has a share of {rollout.share:g}: {event.share} is no growth")
        return event.share
    return {"kept": 1.0, "rolled_back": 0.0}.get(phase, rollout.share)


def restores(event: EventKind, phase: Phase) -> bool:
    """Whether the move from this phase by this event must apply the inverse."""
    return TRANSITIONS.get((phase, event)) == "rolled_back"


def event_of(outcome: Outcome) -> EventKind:
    """The event that a verdict is to its rollout."""
    return outcome
