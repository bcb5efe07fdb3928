"""Self time: an execution's own time, without that of its children, however they overlap."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from accounting.clock import FastLoop
from ai_runtime_intelligent import instrument
from ai_runtime_intelligent.primitives.definition import CATALOG

Value = Callable[..., float | None]
Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a coroutine in time that passes only while it is waited for: exact however slow the machine is."""
    loop = FastLoop(1_000.0)
    monkeypatch.setattr("ai_runtime_intelligent.primitives.frame.perf_counter", loop.time)
    yield loop.run_until_complete
    loop.close()


def one() -> int:
    """A function of the user's."""
    return 1


def own(value: Value, name: str) -> float:
    """Own seconds of one function so far."""
    return value("airuntime_self_seconds_sum", primitive=name, kind="function") or 0.0


def test_children_at_once_are_covered_once(value: Value, run: Run) -> None:
    """Under gather, time with at least one child running is not the parent's; the rest is."""

    @instrument
    async def child(seconds: float) -> None:
        await asyncio.sleep(seconds)

    @instrument
    async def parent() -> None:
        await asyncio.sleep(0.05)
        await asyncio.gather(child(0.1), child(0.2), child(0.15))

    run(parent())

    assert own(value, "parent") == pytest.approx(0.05)
    assert own(value, "child") == pytest.approx(0.45)


@pytest.mark.asyncio
async def test_children_in_task_groups_and_threads_are_covered(value: Value) -> None:
    """Tasks of a task group and functions in threads find their parent: what the longest took is not its own."""

    @instrument
    def in_thread() -> None:
        time.sleep(0.1)

    @instrument
    async def in_task() -> None:
        await asyncio.sleep(0.1)

    @instrument
    async def parent() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(in_task())
            group.create_task(asyncio.to_thread(in_thread))

    await parent()

    lasted = value("airuntime_duration_seconds_sum", primitive="parent", kind="function") or 0.0
    assert own(value, "in_thread") >= 0.1
    assert own(value, "parent") <= lasted - max(own(value, "in_task"), own(value, "in_thread")) + 1e-6


def test_cancelled_child_is_covered_until_it_ended(value: Value, run: Run) -> None:
    """A child that is cut off covers the time that it ran, and no more."""

    @instrument
    async def child() -> None:
        await asyncio.sleep(10)

    @instrument
    async def parent() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(child(), 0.1)
        await asyncio.sleep(0.05)

    run(parent())

    assert own(value, "parent") == pytest.approx(0.05)
    assert own(value, "child") == pytest.approx(0.1)


def test_child_that_outlives_its_parent_harms_neither(value: Value, run: Run) -> None:
    """A task that goes on after its parent returned covers only what they shared, and still counts its own."""

    @instrument
    async def child() -> None:
        await asyncio.sleep(0.1)

    @instrument
    async def parent() -> asyncio.Task[None]:
        task = asyncio.create_task(child())
        await asyncio.sleep(0.02)
        return task

    run(run(parent()))

    assert own(value, "parent") == pytest.approx(0.0)
    assert own(value, "child") == pytest.approx(0.1)


def test_callers_know_their_callees(value: Value) -> None:
    """Each definition remembers whom it led to, for the manifest."""
    inner = instrument(one, name="inner")

    @instrument(name="outer")
    def outer() -> int:
        return inner()

    outer()

    assert value("airuntime_executions_total", primitive="inner", kind="function", status="ok") == 1
    assert {d.name: sorted(d.callees) for d in CATALOG.all()} == {"inner": [], "outer": ["inner"]}


@pytest.mark.asyncio
async def test_counts_are_exact_under_tasks_and_threads(value: Value) -> None:
    """Two thousand tasks and eight threads lose no execution and leave none in flight."""

    @instrument
    async def task() -> None:
        await asyncio.sleep(0)

    @instrument
    def thread() -> None:
        pass

    def many() -> None:
        for _ in range(500):
            thread()

    @instrument
    async def parent() -> None:
        await asyncio.gather(*(task() for _ in range(2000)), *(asyncio.to_thread(many) for _ in range(8)))

    await parent()

    assert value("airuntime_executions_total", primitive="task", kind="function", status="ok") == 2000
    assert value("airuntime_executions_total", primitive="thread", kind="function", status="ok") == 4000
    assert value("airuntime_inflight", primitive="thread", kind="function") == 0
