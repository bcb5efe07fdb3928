"""What a transition of a rollout writes into the remote config of its service."""

from __future__ import annotations

from ai_runtime_intelligent.flow.rollout import RUNNING, Rollout, restores
from sqlalchemy.orm import Session

from airuntime_backend.ports import Experiment, Move

from .services import end_experiment, next_generation, write_experiment, write_setting


def write_config(session: Session, moved: Move) -> None:
    """Write what services are to obey after the transition, if that is another thing than before."""
    before, after, change = moved.before, moved.after, moved.after.change
    kept = after.phase == "kept"
    if restores(moved.event.kind, before.phase):
        end_experiment(session, after.id)
        if before.phase == "kept" or before.dealing is None:
            write_setting(session, change.inverse, after.id)
    elif kept and before.phase != "kept":
        write_setting(session, change.forward, after.id)
    elif before.phase != "planned" and before.share == after.share:
        return
    experiment = _experiment(after)
    if experiment is not None:
        write_experiment(session, change.forward.service, experiment)
    elif kept:
        end_experiment(session, after.id)
    next_generation(session, change.forward.service, moved.event.at)


def _experiment(rollout: Rollout) -> Experiment | None:
    """What is tried out while the rollout stands where it does."""
    runs = rollout.phase in RUNNING or (rollout.phase == "kept" and rollout.share < 1)
    if rollout.dealing is None or not runs:
        return None
    change = rollout.change
    return Experiment(
        change.forward.tunable,
        rollout.id,
        change.inverse.value,
        change.after,
        rollout.share,
        rollout.dealing,
        holdout=rollout.phase == "kept",
    )
