"""Rollouts: one transition table, and nothing beside it."""

from typing import get_args

import pytest
from ai_runtime_intelligent.contract.kinds import PHASES, Phase
from ai_runtime_intelligent.flow.change import Current, Setting, plan
from ai_runtime_intelligent.flow.rollout import (
    RUNNING,
    TRANSITIONS,
    Event,
    EventKind,
    IllegalMoveError,
    Rollout,
    advance,
    restores,
    start,
)
from support.flow import WINDOW, suggestion

EVENTS: tuple[EventKind, ...] = get_args(EventKind)


def rollout(phase: Phase = "planned") -> Rollout:
    """A rollout that stands in a phase."""
    change = plan(suggestion(), Current(2.0, Setting("shop", "answers.ttl_seconds", None)), "ann", at=1.0)
    planned = start(change, WINDOW, at=1.0)
    return Rollout(planned.id, change, phase, planned.baseline, planned.since, planned.why)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("kind", EVENTS)
def test_every_move_is_in_the_table_or_refused(phase: Phase, kind: EventKind) -> None:
    """There is no third way."""
    event = Event(kind, 9.0, "ann", "because")
    if (phase, kind) in TRANSITIONS:
        moved = advance(rollout(phase), event)

        assert (moved.phase, moved.since, moved.why) == (TRANSITIONS[phase, kind], 9.0, "because")
    else:
        with pytest.raises(IllegalMoveError, match=phase):
            advance(rollout(phase), event)


def test_a_start_pins_the_baseline() -> None:
    """What the change is compared with is fixed before it begins."""
    planned = rollout()

    assert planned.baseline == WINDOW
    assert advance(planned, Event("begin", 2.0, "ann", "")).baseline == WINDOW


@pytest.mark.parametrize("phase", [phase for phase in PHASES if phase not in {"planned", "rolled_back"}])
def test_whatever_was_written_can_be_undone(phase: Phase) -> None:
    """From each phase in which the setting stands, a person gets back to the old value."""
    assert restores("undo", phase)


def test_what_has_ended_holds_nothing() -> None:
    """Kept and rolled back are ends."""
    assert set(PHASES) - set(RUNNING) == {"kept", "rolled_back"}
    assert [kind for at, kind in TRANSITIONS if at == "rolled_back"] == []
