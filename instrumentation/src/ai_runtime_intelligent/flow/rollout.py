"""Rollout: the way of one change, from planned to kept or rolled back, by one transition table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from ai_runtime_intelligent.contract.kinds import ExperimentMode, Phase, TunableScope

from .change import Change
from .identity import identify
from .signal import Window

EventKind = Literal[
    "begin",  # the experiment was written to the remote config
    "observed",  # the service reports that it deals calls to the candidate
    "unobserved",  # it did not report so in time
    "grown",  # the candidate got a larger share of the calls
    "held",  # what it is judged by is out of sight: the share stands still
    "resumed",  # it is in sight again
    "confirmed",
    "refuted",
    "inconclusive",
    "error",
    "undo",  # a person asked for the old value
    "released",  # the calls that were held out on the old value go to the new one too
]

TRANSITIONS: Final[Mapping[tuple[Phase, EventKind], Phase]] = {
    ("planned", "begin"): "applying",
    ("applying", "observed"): "watching",
    ("applying", "unobserved"): "stuck",
    ("applying", "undo"): "rolled_back",
    ("watching", "grown"): "watching",
    ("watching", "held"): "watching",
    ("watching", "resumed"): "watching",
    ("watching", "confirmed"): "kept",
    ("watching", "refuted"): "rolled_back",
    ("watching", "inconclusive"): "rolled_back",
    ("watching", "error"): "rolled_back",
    ("watching", "undo"): "rolled_back",
    ("stuck", "observed"): "watching",
    ("stuck", "undo"): "rolled_back",
    ("kept", "undo"): "rolled_back",
    ("kept", "released"): "kept",
}
"""Every legal move; whatever is not here is refused."""

RUNNING: Final[tuple[Phase, ...]] = ("planned", "applying", "watching", "stuck")
"""Phases in which the rollout holds its tunable: no other change may touch it."""


class IllegalMoveError(ValueError):
    """Raised when an event does not belong to where the rollout stands."""


@dataclass(frozen=True)
class Event:
    """What happened to a rollout, when (Unix seconds), by whom and why.

    ``share`` is the new one of ``grown``, and of ``confirmed`` where some calls stay on the old value.
    """

    kind: EventKind
    at: float
    who: str
    why: str
    share: float | None = None


@dataclass(frozen=True)
class Dealing:
    """How calls are dealt to the two arms, pinned at the start.

    ``scope`` is the tunable's. ``block_seconds`` is the length of a time block, of which the first ``settle_seconds``
    are not counted. Calls slower than ``slow_p95`` and ``slow_p99`` seconds, percentiles of the old value, are slow.
    """

    scope: TunableScope = "call"
    block_seconds: float | None = None
    settle_seconds: float = 0.0
    slow_p95: float | None = None
    slow_p99: float | None = None

    @property
    def mode(self) -> ExperimentMode:
        """What shares its state switches by turns, all else deals call by call."""
        return "block" if self.scope == "process" else "call"


@dataclass(frozen=True)
class Rollout:
    """Where one change stands, ``since`` its last event, of which there were ``revision``.

    ``baseline`` is pinned at the start, where it ends: the window by which the old value is known. ``share`` of the
    calls, 0..1, is the candidate's, since ``stepped``. ``held`` is since when it may not grow, None while it may. A
    rollout without ``dealing`` has no control beside it.
    """

    id: str
    change: Change
    phase: Phase
    baseline: Window
    since: float
    why: str
    share: float = 1.0
    dealing: Dealing | None = None
    revision: int = 0
    stepped: float = 0.0
    held: float | None = None


def start(change: Change, baseline: Window, at: float, share: float = 1.0, dealing: Dealing | None = None) -> Rollout:
    """Plan the rollout of a change, its baseline pinned, at first for this share of the calls.

    Raises ValueError when the share is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, got {share!r}")
    why = f"asked by {change.asked_by}"
    return Rollout(identify("rollout", change.id), change, "planned", baseline, at, why, share, dealing, stepped=at)


def advance(rollout: Rollout, event: Event) -> Rollout:
    """Return the rollout after the event, which is never before the one that came first.

    Raises:
        IllegalMoveError: the transition table has no such move, the share would not grow, or it is held already.
    """
    phase = TRANSITIONS.get((rollout.phase, event.kind))
    if phase is None:
        allowed = ", ".join(kind for at, kind in TRANSITIONS if at == rollout.phase) or "nothing"
        raise IllegalMoveError(f"rollout {rollout.id} is {rollout.phase}: {event.kind} is refused, allowed: {allowed}")
    at = max(event.at, rollout.since)  # clocks jump
    return replace(
        rollout,
        phase=phase,
        since=at,
        why=event.why,
        share=_share(rollout, event, phase),
        revision=rollout.revision + 1,
        stepped=at if event.kind in ("begin", "observed", "grown", "confirmed") else rollout.stepped,
        held=_held(rollout, event, at),
    )


def _held(rollout: Rollout, event: Event, at: float) -> float | None:
    if event.kind in ("held", "resumed") and (event.kind == "held") != (rollout.held is None):
        told = "is not held" if rollout.held is None else "is held already"
        raise IllegalMoveError(f"rollout {rollout.id} {told}: {event.kind} is refused")
    return at if event.kind == "held" else None


def _share(rollout: Rollout, event: Event, phase: Phase) -> float:
    if event.kind == "grown":
        if event.share is None or not rollout.share < event.share <= 1:
            raise IllegalMoveError(f"rollout {rollout.id} has a share of {rollout.share:g}: {event.share} is no growth")
        return event.share
    if event.kind == "confirmed" and event.share is not None:
        if not rollout.share <= event.share <= 1:
            raise IllegalMoveError(f"rollout {rollout.id} has a share of {rollout.share:g}: {event.share} is less")
        return event.share
    return {"kept": 1.0, "rolled_back": 0.0}.get(phase, rollout.share)


def restores(event: EventKind, phase: Phase) -> bool:
    """Whether the move from this phase by this event must apply the inverse."""
    return TRANSITIONS.get((phase, event)) == "rolled_back"
