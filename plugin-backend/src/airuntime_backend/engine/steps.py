"""Steps: what the worker makes of a rollout by itself, and how long ago something was in it."""

from __future__ import annotations

from typing import Final

from ai_runtime_intelligent.flow.rollout import Event, EventKind, Rollout, advance
from ai_runtime_intelligent.flow.saving import Saving
from ai_runtime_intelligent.flow.verdict import Verdict

from airuntime_backend.ports import Clock, Move

from .elapsed import Elapsed
from .people import SELF

_WORKER: Final = "worker"


class Steps:
    """Makes moves in the worker's name, on a clock that may jump."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._elapsed = Elapsed(clock)

    def now(self) -> float:
        """Unix seconds."""
        return self._clock.now()

    def since(self, rollout: Rollout, at: float) -> float:
        """Seconds since a moment of the rollout (Unix seconds)."""
        return self._elapsed.since(rollout.id, at)

    def move(
        self,
        rollout: Rollout,
        kind: EventKind,
        why: str,
        share: float | None = None,
        *,
        verdict: Verdict | None = None,
        saving: Saving | None = None,
    ) -> Move:
        """The move by an event that happens now, with the verdict that brought it about, if one did."""
        event = Event(kind, self.now(), SELF, why, share)
        return Move(rollout, advance(rollout, event), event, _WORKER, verdict, saving)
