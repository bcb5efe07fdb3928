"""Moves: the one place where transitions of rollouts are written, and told to whoever listens."""

from __future__ import annotations

import logging
from collections.abc import Callable

from airuntime_backend.ports import Move, Rollouts, SuggestionRecord

_log = logging.getLogger(__name__)

Listener = Callable[[Move], None]


class Moves:
    """Writes each transition in one transaction, and after that tells it to the listeners, whose failures are logged.

    A listener may miss what was written just before the process was killed: what must not be missed is in the audit.
    """

    def __init__(self, rollouts: Rollouts) -> None:
        self._rollouts = rollouts
        self._listeners: list[Listener] = [_logged]

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with every transition from now on."""
        self._listeners.append(listener)

    def begin(self, record: SuggestionRecord, moved: Move, turn: int | None = None) -> None:
        """Write the first one. Raises ``ConflictError`` when the tunable, the suggestion or the turn is taken."""
        self._rollouts.begin(record, moved, turn)
        self._tell(moved)

    def move(self, moved: Move) -> None:
        """Write one. Raises ``ConflictError`` when the rollout is no longer where ``before`` has it."""
        self._rollouts.move(moved)
        self._tell(moved)

    def _tell(self, moved: Move) -> None:
        for listener in self._listeners:
            try:
                listener(moved)
            except Exception:  # noqa: BLE001 - the transition is on record, whatever a listener makes of it
                _log.exception("a listener failed on the transition of rollout %s", moved.after.id)


def _logged(moved: Move) -> None:
    rollout = moved.after
    forward = rollout.change.forward
    level = logging.ERROR if rollout.phase == "stuck" else logging.INFO
    _log.log(
        level,
        "rollout %s of %s/%s is %s at a share of %g: %s",
        rollout.id,
        forward.service,
        forward.tunable,
        rollout.phase,
        rollout.share,
        moved.event.why,
    )
