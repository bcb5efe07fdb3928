"""Recovery: workers that are killed, or meet, leave every rollout whole; each move is made once."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from ai_runtime_intelligent.contract.kinds import ARM_MEASURES
from ai_runtime_intelligent.flow.arm import ArmStats
from ai_runtime_intelligent.flow.rollout import Dealing, Event, advance
from ai_runtime_intelligent.flow.suggestion import Guardrail
from airuntime_backend.app import services_of
from airuntime_backend.engine.elapsed import Elapsed
from airuntime_backend.engine.judging import policy_of, slower_share
from airuntime_backend.engine.moves import Moves
from airuntime_backend.errors import ConflictError
from airuntime_backend.ports import Move
from support.fleet import Fleet
from support.flow import suggestion
from support.world import Clock


def begun(fleet: Fleet) -> None:
    """A rollout that is watched."""
    fleet.step()
    fleet.backend.tick()
    fleet.backend.move("apply", fleet.backend.suggestion())
    fleet.until("watching")


def test_of_many_workers_one_moves_a_rollout(fleet: Fleet) -> None:
    """Others that have read the same revision write nothing, whatever the move: not even one that changes no phase."""
    begun(fleet)
    ledger = fleet.backend.ledger
    (rollout,) = ledger.rollouts()
    event = Event("grown", fleet.backend.clock.now(), "airuntime", "safe", 0.5)
    moved = Move(rollout, advance(rollout, event), event, "worker")
    barrier = threading.Barrier(8)

    def move(_: int) -> str:
        barrier.wait()
        try:
            ledger.move(moved)
        except ConflictError as error:
            return error.code
        return "moved"

    generation = ledger.config("shop").generation
    with ThreadPoolExecutor(8) as pool:
        found = Counter(pool.map(move, range(8)))

    assert found == {"moved": 1, "conflict": 7}
    assert ledger.config("shop").generation == generation + 1
    assert [entry.action for entry in ledger.audit()] == ["begin", "observed", "grown"]


def test_a_worker_that_dies_between_looking_and_writing_has_done_nothing(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one does it, once."""
    begun(fleet)
    real = type(fleet.backend.ledger).move

    def killed(*_: object) -> None:
        raise SystemExit("killed")

    monkeypatch.setattr(type(fleet.backend.ledger), "move", killed)
    with pytest.raises(SystemExit):
        fleet.wait(lambda: fleet.backend.ledger.rollouts()[-1].share == 0.5)
    assert fleet.backend.ledger.rollouts()[-1].share == 0.1
    monkeypatch.setattr(type(fleet.backend.ledger), "move", real)

    fleet.step()

    assert fleet.backend.ledger.rollouts()[-1].share == 0.5
    assert [entry.action for entry in fleet.backend.ledger.audit()] == ["begin", "observed", "grown"]


def test_a_move_that_fails_half_way_leaves_nothing(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rollout, config, status and audit are one transaction."""
    begun(fleet)
    ledger = fleet.backend.ledger
    before = ledger.rollouts(), ledger.config("shop"), ledger.suggestions(), ledger.audit()

    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("airuntime_backend.adapters.ledger.rollouts.entry_of", broken)
    (rollout,) = before[0]
    event = Event("undo", fleet.backend.clock.now(), "ada", "no")
    with pytest.raises(OSError, match="full"):
        ledger.move(Move(rollout, advance(rollout, event), event, "local"))

    assert before == (ledger.rollouts(), ledger.config("shop"), ledger.suggestions(), ledger.audit())


def test_transitions_are_told_once_they_are_written(fleet: Fleet) -> None:
    """In one place, and a listener that fails stops nobody."""
    heard: list[tuple[str, str]] = []
    moves: Moves = services_of(fleet.backend.app).changes._moves

    def broken(_: Move) -> None:
        raise ValueError("deaf")

    moves.listen(broken)
    moves.listen(lambda moved: heard.append((moved.event.kind, fleet.backend.ledger.rollouts()[-1].phase)))
    begun(fleet)
    fleet.until("kept")

    assert heard == [("begin", "applying"), ("observed", "watching"), ("grown", "watching"), ("confirmed", "kept")]


def test_elapsed_time_is_steady_once_it_was_seen() -> None:
    """However the wall clock is set, and never negative."""
    clock = Clock(at=100.0, steadily=0.0)
    elapsed = Elapsed(clock)

    assert elapsed.since("r", 40.0) == 60.0
    assert elapsed.since("r", 400.0) == 0.0
    clock.at, clock.steadily = 9_999.0, 5.0
    assert elapsed.since("r", 40.0) == 65.0
    clock.at, clock.steadily = 1.0, 8.0
    assert (elapsed.since("r", 40.0), elapsed.since("r", 400.0)) == (68.0, 8.0)


@pytest.mark.parametrize(("growth", "share"), [(0.0, 0.0), (0.25, 0.0275), (0.5, 0.0575)])
def test_a_slower_percentile_is_a_larger_share_of_slow_calls(growth: float, share: float) -> None:
    """Of log-normal seconds with sigma 1."""
    assert slower_share(growth) == pytest.approx(share, abs=0.0005)


def test_a_suggestion_is_judged_by_what_arms_measure() -> None:
    """Its own guardrails first, then those that hold for all, where there is anything to watch."""
    slower = Guardrail("seconds_p95", 0.25, relative=True)
    asked = replace(suggestion(), guardrails=(*suggestion().guardrails, slower))
    paid = ArmStats(calls=9, cost_usd=1.0, rated=9)

    policy = policy_of(asked, Dealing("key", 60.0, 15.0, 2.0, 4.0), paid, paid)
    poor = policy_of(asked, Dealing("key", 60.0, 15.0), ArmStats(), ArmStats())

    assert policy.goal == "cache_hit_ratio"
    assert [rail.measure for rail in policy.guardrails] == [
        "error_ratio",
        "slow_p95_ratio",
        "usd_per_call",
        "quality_mean",
    ]
    assert policy.guardrails[1].max_increase == pytest.approx(0.0275, abs=0.0005)
    assert [rail.measure for rail in poor.guardrails] == ["error_ratio"]
    assert {policy.goal, *policy.also, *(rail.measure for rail in policy.guardrails)} <= set(ARM_MEASURES)
