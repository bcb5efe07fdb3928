"""Ended: what services make of a rollout after its end, and when its holdout ends."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from ai_runtime_intelligent.flow.rollout import Rollout

from airuntime_backend.ports import Ledger, Move, Progress

from .fleet import FleetReader, told
from .pace import Pace
from .steps import Steps

_log = logging.getLogger(__name__)

LOOK_BACK_SECONDS: Final = 3600.0
"""How long after its end a rollout is read back."""

_HELP: Final = ": restart those that do not, or see why they do not poll their config"


class Ended:
    """Sees to rollouts that are kept or rolled back. Raises ``UpstreamError`` or ``BadRequestError``."""

    def __init__(self, *, ledger: Ledger, pace: Pace, fleet: FleetReader, steps: Steps) -> None:
        self._ledger = ledger
        self._pace = pace
        self._fleet = fleet
        self._steps = steps
        self._told: dict[str, tuple[str, ...]] = {}

    def look_back(self, rollout: Rollout, seen: Progress | None) -> Move | None:
        """For a while see whether all replicas obey what holds now; end a holdout that is over."""
        if seen is not None and self._steps.since(rollout, rollout.since) <= LOOK_BACK_SECONDS:
            self._read_back(rollout, seen)
        return self._release(rollout)

    def _read_back(self, rollout: Rollout, seen: Progress) -> None:
        replicas = self._fleet.read(rollout, self._steps.now(), seen.replicas)
        self._ledger.put_progress(replace(seen, replicas=replicas))
        waited = self._steps.since(rollout, rollout.since) >= self._pace.obey_seconds
        if waited and replicas.late != self._told.get(rollout.id, ()):
            self._told[rollout.id] = replicas.late
            _log.log(
                logging.ERROR if replicas.late else logging.INFO,
                "rollout %s is %s, and %s" + (_HELP if replicas.late else ""),
                rollout.id,
                rollout.phase,
                told(replicas),
            )

    def _release(self, rollout: Rollout) -> Move | None:
        """End a holdout that nobody deals any more, or that is not wanted any more."""
        if rollout.phase != "kept" or rollout.share >= 1:
            return None
        dealt = {one.rollout for one in self._ledger.config(rollout.change.forward.service).experiments}
        if rollout.id not in dealt:
            return self._steps.move(rollout, "released", "a later change took the place of its holdout")
        if self._pace.holdout <= 0:
            return self._steps.move(rollout, "released", "holdouts are switched off")
        return None
