"""The embedded loop: what helps is kept, what harms goes back, what cannot be told goes back too."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from ai_runtime_intelligent import (
    Apm,
    ConcurrencyLimitPrimitive,
    ParallelPrimitive,
    RouterPrimitive,
    instrument,
)
from ai_runtime_intelligent.intelligence.optimizer import DEADLINE_SECONDS, Optimizer
from ai_runtime_intelligent.runtime.tunables import TUNABLES

pytestmark = pytest.mark.asyncio


class Clock:
    """A clock that stands still until it is moved."""

    now = 1_000_000.0

    def __call__(self) -> float:
        """The time that was set."""
        return self.now


async def moment(_: Any) -> None:
    """A branch that takes one."""
    await asyncio.sleep(0.001)


def serial_stage() -> ParallelPrimitive:
    """Four branches that run in turn."""
    return ParallelPrimitive("stage", [moment] * 4, max_concurrency=1)


async def until(
    optimizer: Optimizer, clock: Clock, call: Callable[[], Awaitable[Any]], *, done: Callable[[], bool], most: int = 80
) -> None:
    """Look after every forty calls, each look half a minute after the one before, until something has come about."""
    for _ in range(most):
        for _ in range(4):
            await asyncio.gather(*(call() for _ in range(10)))
        clock.now += 31.0
        optimizer.look()
        if done():
            return
    raise AssertionError("nothing came about")


async def test_what_helps_is_tried_on_a_share_and_kept(apm: Apm, caplog: pytest.LogCaptureFixture) -> None:
    """A serial stage gets its slots: at first for some calls, beside the old value, then for all."""
    assert apm.recorder is not None
    caplog.set_level(logging.INFO, logger="ai_runtime_intelligent")
    stage, clock = serial_stage(), Clock()
    optimizer = Optimizer(apm.recorder, learning_rate=0.2, clock=clock)
    shares = set()

    def done() -> bool:
        experiment = stage.max_concurrency.experiment
        shares.add(experiment.share if experiment else None)
        return bool(optimizer.history)

    await until(optimizer, clock, lambda: stage.execute("x"), done=done)

    (tried,) = optimizer.history
    assert (tried.rollout.phase, stage.max_concurrency.value, stage.max_concurrency.experiment) == ("kept", 4, None)
    assert {0.2, 0.5} <= shares
    assert tried.verdict is not None
    assert tried.verdict.outcome == "confirmed"
    assert tried.verdict.goal is not None
    assert tried.verdict.goal.after < tried.verdict.goal.before
    assert (tried.rollout.change.before, tried.rollout.change.after, tried.rollout.change.inverse.value) == (1, 4, None)
    assert "Let 4 branches of stage run side by side instead of 1: kept" in caplog.text

    optimizer.stop()
    assert stage.max_concurrency.value == 1


async def test_cheap_route_is_kept_for_what_it_saves(apm: Apm) -> None:
    """Easy requests that all take the expensive model are sent to the cheap one, judged by what a call costs."""
    assert apm.recorder is not None

    @instrument(name="cheap", kind="llm", model="gpt-4o-mini")
    async def cheap(_: Any) -> dict[str, Any]:
        return {"model": "gpt-4o-mini", "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}

    @instrument(name="dear", kind="llm", model="gpt-4o")
    async def dear(_: Any) -> dict[str, Any]:
        return {"model": "gpt-4o", "usage": {"prompt_tokens": 1000, "completion_tokens": 100}}

    router = RouterPrimitive("router", {"fast": cheap, "premium": dear}, score=lambda _: 0.3, threshold=0.1)
    clock = Clock()
    optimizer = Optimizer(apm.recorder, learning_rate=1.0, clock=clock)
    await until(optimizer, clock, lambda: router.execute("x"), done=lambda: bool(optimizer.history))

    assert [tried.rollout.phase for tried in optimizer.history] == ["kept"]
    assert router.threshold.value == 0.5
    optimizer.stop()


async def test_what_harms_goes_back_and_is_not_tried_again(apm: Apm) -> None:
    """What is behind a limit fails when more come at once: the higher limit is undone, and stays away."""
    assert apm.recorder is not None
    running = 0

    async def fragile(_: Any) -> None:
        nonlocal running
        running += 1
        try:
            await asyncio.sleep(0.002)
            if running > 2:
                raise ConnectionError
        finally:
            running -= 1

    limit = ConcurrencyLimitPrimitive("limit", fragile, limit=2)
    optimizer = Optimizer(apm.recorder, interval_seconds=0.1)

    async def busy(seconds: float) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            await asyncio.gather(*(limit.execute(i) for i in range(8)), return_exceptions=True)

    await busy(0.5)
    optimizer.look()
    experiment = limit.limit.experiment
    assert experiment is not None
    assert (experiment.candidate, experiment.mode, experiment.share) == (3, "block", 0.5)
    for _ in range(100):
        await busy(optimizer._until_next_block())
        optimizer.look()
        if optimizer.history:
            break

    (tried,) = optimizer.history
    assert (tried.rollout.phase, limit.limit.value, limit.limit.experiment) == ("rolled_back", 2, None)
    assert tried.verdict is not None
    assert tried.verdict.outcome == "refuted"
    await busy(0.5)
    optimizer.look()
    assert limit.limit.experiment is None
    optimizer.stop()


async def test_what_cannot_be_told_goes_back_at_the_deadline(apm: Apm) -> None:
    """Without traffic there is no verdict: when its time is over the change goes back."""
    assert apm.recorder is not None
    stage, clock = serial_stage(), Clock()
    optimizer = Optimizer(apm.recorder, clock=clock)
    await until(optimizer, clock, lambda: stage.execute("x"), done=lambda: optimizer.trial is not None)

    clock.now += DEADLINE_SECONDS / 2
    optimizer.look()
    assert stage.max_concurrency.experiment is not None
    clock.now += DEADLINE_SECONDS
    optimizer.look()

    assert [tried.rollout.phase for tried in optimizer.history] == ["rolled_back"]
    assert [stage.max_concurrency.value, stage.max_concurrency.experiment] == [1, None]


async def test_all_is_well_and_nothing_is_touched(apm: Apm) -> None:
    """A healthy program keeps its values, however long it is looked at."""
    assert apm.recorder is not None
    stage, clock = ParallelPrimitive("stage", [moment] * 2), Clock()
    optimizer = Optimizer(apm.recorder, learning_rate=0.5, clock=clock)
    for _ in range(5):
        await asyncio.gather(*(stage.execute("x") for _ in range(50)))
        clock.now += 31.0
        optimizer.look()

    assert (optimizer.trial, optimizer.history, optimizer.kept) == (None, [], {})
    assert stage.max_concurrency.value == 8


async def test_it_runs_in_the_background_and_ends(apm: Apm) -> None:
    """Started, it looks by itself; stopped in the middle of a trial, the old value holds and no thread is left."""
    assert apm.recorder is not None
    stage = serial_stage()
    optimizer = Optimizer(apm.recorder, interval_seconds=0.05, min_samples=20).start()
    async with asyncio.timeout(20):
        while optimizer.trial is None:
            await stage.execute("x")
    optimizer.stop()
    optimizer.stop()

    assert [stage.max_concurrency.value, stage.max_concurrency.experiment, optimizer.trial] == [1, None, None]
    assert "airuntime-optimizer" not in {thread.name for thread in threading.enumerate()}


async def test_error_in_a_look_ends_nothing(
    apm: Apm, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A look that fails is told once, and the next one comes."""
    assert apm.recorder is not None
    looks = threading.Semaphore(0)
    optimizer = Optimizer(apm.recorder, interval_seconds=0.01)

    def fails() -> None:
        looks.release()
        raise RuntimeError("ours")

    monkeypatch.setattr(optimizer, "look", fails)
    optimizer.start()
    for _ in range(3):
        assert await asyncio.to_thread(looks.acquire, timeout=5)
    optimizer.stop()

    assert caplog.text.count("Optimizer.look failed") == 1


async def test_tunable_that_somebody_else_tries_out_is_left_alone(apm: Apm) -> None:
    """An experiment that runs already is not disturbed."""
    assert apm.recorder is not None
    stage, clock = serial_stage(), Clock()
    for _ in range(20):
        await asyncio.gather(*(stage.execute("x") for _ in range(10)))
    optimizer = Optimizer(apm.recorder, clock=clock)
    other = _other_experiment()
    TUNABLES.apply({}, [other])
    optimizer.look()

    assert (optimizer.trial, stage.max_concurrency.experiment) == (None, other)


def _other_experiment() -> Any:
    from ai_runtime_intelligent.runtime.arms import Experiment  # noqa: PLC0415 - only here

    return Experiment("stage.max_concurrency", "somebody's", 2, 0.5)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"learning_rate": 0.0}, r"learning_rate must be above 0 and at most 1, got 0\.0"),
        ({"learning_rate": 1.5}, r"learning_rate must be above 0 and at most 1, got 1\.5"),
        ({"min_samples": 0}, "min_samples must be 1 or more, got 0"),
        ({"interval_seconds": 0}, "interval_seconds must be above 0, got 0"),
    ],
)
async def test_settings_out_of_bounds_are_refused(apm: Apm, settings: dict[str, Any], told: str) -> None:
    """The error names the setting, its value and what was expected."""
    assert apm.recorder is not None

    with pytest.raises(ValueError, match=told):
        Optimizer(apm.recorder, **settings)
