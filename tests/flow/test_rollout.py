"""Rollouts: one transition table, and nothing beside it."""

from dataclasses import replace
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
    return replace(planned, phase=phase, share=0.01)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("kind", EVENTS)
def test_every_move_is_in_the_table_or_refused(phase: Phase, kind: EventKind) -> None:
    """There is no third way."""
    event = Event(kind, 9.0, "ann", "because", share=0.1)
    if (phase, kind) in TRANSITIONS:
        held = 5.0 if kind == "resumed" else None
        moved = advance(replace(rollout(phase), held=held), event)

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


@pytest.mark.parametrize("share", [None, 0.0, 0.005, 0.01, 1.1])
def test_a_share_that_does_not_grow_is_refused(share: float | None) -> None:
    """What has one hundredth of the calls gets more of them, or goes back."""
    with pytest.raises(IllegalMoveError, match="no growth"):
        advance(rollout("watching"), Event("grown", 9.0, "worker", "", share))


def test_the_share_follows_the_events() -> None:
    """It grows as told, is all when kept, and nothing when rolled back."""
    grown = advance(rollout("watching"), Event("grown", 9.0, "worker", "safe", 0.1))

    assert (grown.phase, grown.share, grown.since) == ("watching", 0.1, 9.0)
    assert advance(grown, Event("confirmed", 10.0, "worker", "")).share == 1.0
    assert advance(grown, Event("refuted", 10.0, "worker", "")).share == 0.0


def test_a_rollout_starts_with_a_share() -> None:
    """All of the calls where nothing else is said, and never none of them."""
    planned = rollout()

    assert start(planned.change, WINDOW, at=1.0).share == 1.0
    assert start(planned.change, WINDOW, at=1.0, share=0.01).share == 0.01
    with pytest.raises(ValueError, match="share"):
        start(planned.change, WINDOW, at=1.0, share=0.0)


def test_a_clock_that_went_back_does_not_take_the_rollout_back_in_time() -> None:
    """No event is before the one that came first."""
    watching = advance(replace(rollout("applying"), since=50.0), Event("observed", 20.0, "ann", ""))

    assert (watching.since, watching.stepped, watching.revision) == (50.0, 50.0, 1)


def test_the_share_stands_still_once_and_goes_on_once() -> None:
    """Held is no phase, but no move is made twice either."""
    held = advance(rollout("watching"), Event("held", 9.0, "ann", "Prometheus is gone"))
    resumed = advance(held, Event("resumed", 12.0, "ann", ""))

    assert (held.held, held.phase, held.stepped) == (9.0, "watching", 1.0)
    assert resumed.held is None
    with pytest.raises(IllegalMoveError, match="is held already"):
        advance(held, Event("held", 10.0, "ann", ""))
    with pytest.raises(IllegalMoveError, match="is not held"):
        advance(resumed, Event("resumed", 13.0, "ann", ""))


@pytest.mark.parametrize(("share", "kept"), [(None, 1.0), (0.98, 0.98)])
def test_a_kept_change_gets_all_calls_but_those_that_are_held_out(share: float | None, kept: float) -> None:
    """Until they are released too."""
    after = advance(rollout("watching"), Event("confirmed", 9.0, "ann", "", share))

    assert after.share == kept
    assert advance(after, Event("released", 10.0, "ann", "")).share == 1.0


def test_a_holdout_is_never_more_than_the_control_was() -> None:
    """Keeping takes no calls away from the candidate."""
    with pytest.raises(IllegalMoveError, match="is less"):
        advance(rollout("watching"), Event("confirmed", 9.0, "ann", "", 0.001))
