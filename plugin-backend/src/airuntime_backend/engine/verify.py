"""Verification: every rollout is read back, and moved as far as the measurements carry it."""

from __future__ import annotations

import logging
from typing import Final

from ai_runtime_intelligent.flow.rollout import RUNNING, Rollout

from airuntime_backend.errors import BackendError, ConflictError
from airuntime_backend.ports import Clock, Ledger, Metrics, Move, Pricing, Progress

from .beginning import Beginning
from .ended import Ended
from .fleet import FleetReader
from .looking import Looker
from .moves import Moves
from .pace import Pace
from .steps import Steps
from .watching import Watching
from .worth import Worth

_log = logging.getLogger(__name__)

_OUTDATED: Final = (
    "it began under a version that compared before and after, and has no control: apply it again when it is suggested"
)


class Verifier:
    """Leads each rollout to what sees to its phase: :class:`Beginning`, :class:`Watching` or :class:`Ended`."""

    def __init__(
        self, *, metrics: Metrics, ledger: Ledger, pricing: Pricing, clock: Clock, pace: Pace, moves: Moves
    ) -> None:
        fleet, looker, self._steps = FleetReader(metrics, ledger), Looker(metrics, pace), Steps(clock)
        worth = Worth(metrics=metrics, ledger=ledger, pricing=pricing, clock=clock)
        self._ledger = ledger
        self._moves = moves
        self._beginning = Beginning(ledger=ledger, pace=pace, fleet=fleet, looker=looker, steps=self._steps)
        self._watching = Watching(ledger=ledger, pace=pace, fleet=fleet, looker=looker, steps=self._steps, worth=worth)
        self._ended = Ended(ledger=ledger, pace=pace, fleet=fleet, steps=self._steps)

    def verify(self) -> None:
        """One pass over all rollouts; what cannot be read now is read in the next."""
        seen, rollouts = self._ledger.progress(), self._ledger.rollouts()
        newest = newest_of(rollouts)
        for rollout in rollouts:
            if rollout.phase not in RUNNING and rollout.share in (0, 1) and rollout.id not in newest:
                continue  # a later one has the say
            try:
                move = self._next(rollout, seen.get(rollout.id))
            except BackendError as error:
                _log.warning("rollout %s cannot be looked at now: %s", rollout.id, error)
                move = self._unseen(rollout, seen.get(rollout.id), error.message)
            if move is not None:
                self._write(move)

    def _write(self, move: Move) -> None:
        try:
            self._moves.move(move)
        except ConflictError as error:
            _log.info("rollout %s moved meanwhile: %s", move.before.id, error)

    def _next(self, rollout: Rollout, seen: Progress | None) -> Move | None:
        if rollout.phase not in RUNNING:
            return self._ended.look_back(rollout, seen)
        if rollout.dealing is None:
            return self._steps.move(rollout, "undo", _OUTDATED)
        if rollout.phase == "watching":
            return self._watching.look(rollout, seen)
        return self._beginning.read_back(rollout, seen)

    def _unseen(self, rollout: Rollout, seen: Progress | None, why: str) -> Move | None:
        """What follows when nobody can tell how it does."""
        if rollout.phase == "applying":
            return self._beginning.unobserved(rollout, why)
        if rollout.phase == "watching":
            return self._watching.out_of_sight(rollout, seen, why)
        return None


def newest_of(rollouts: tuple[Rollout, ...]) -> frozenset[str]:
    """The latest rollout of each tunable, by id; ``rollouts`` are given oldest first."""
    latest = {(one.change.forward.service, one.change.forward.tunable): one.id for one in rollouts}
    return frozenset(latest.values())
