"""Parallel branches: order, slots, failure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from ai_runtime_intelligent import ParallelPrimitive
from ai_runtime_intelligent.runtime.tunables import TUNABLES

Value = Callable[..., float | None]

pytestmark = pytest.mark.asyncio


def sleeping(seconds: float) -> Callable[[Any], Any]:
    """A branch that takes so long and gives its input and its time."""

    async def branch(value: Any) -> Any:
        await asyncio.sleep(seconds)
        return value, seconds

    return branch


async def test_results_come_by_name_or_in_order() -> None:
    """A mapping gives a dict by branch, a sequence a list in its order; plain functions are branches too."""
    named = ParallelPrimitive("p", {"slow": sleeping(0.02), "quick": sleeping(0.0), "plain": lambda v: v})
    listed = ParallelPrimitive("p", [sleeping(0.02), sleeping(0.0)])

    assert await named.execute("x") == {"slow": ("x", 0.02), "quick": ("x", 0.0), "plain": "x"}
    assert await listed.execute("x") == [("x", 0.02), ("x", 0.0)]


async def test_branches_in_turn_wait_for_a_slot(value: Value) -> None:
    """With one slot three equal branches wait 0 + d + 2d; with three they wait not at all."""
    parallel = ParallelPrimitive("p", [sleeping(0.05)] * 3, max_concurrency=1)

    await parallel.execute("x")
    in_turn = value("airuntime_queue_seconds_sum", primitive="p", kind="parallel") or 0
    TUNABLES.apply({"p.max_concurrency": 3})
    await parallel.execute("x")
    at_once = (value("airuntime_queue_seconds_sum", primitive="p", kind="parallel") or 0) - in_turn

    assert in_turn == pytest.approx(0.15, abs=0.06)
    assert at_once < 0.02
    assert value("airuntime_queue_seconds_count", primitive="p", kind="parallel") == 6


async def test_failure_cancels_the_others_and_comes_out_as_it_is() -> None:
    """The first error is raised itself, after the other branches have been cancelled."""
    error, cancelled = KeyError("no"), asyncio.Event()

    async def fails(_: Any) -> None:
        await asyncio.sleep(0.01)
        raise error

    async def waits(_: Any) -> None:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(KeyError) as caught:
        await ParallelPrimitive("p", [fails, waits]).execute("x")

    assert caught.value is error
    assert cancelled.is_set()


async def test_cancellation_reaches_every_branch() -> None:
    """Cancelling the execution cancels its branches."""
    ended: list[int] = []

    async def waits(n: int) -> None:
        try:
            await asyncio.sleep(10)
        finally:
            ended.append(n)

    task = asyncio.ensure_future(ParallelPrimitive("p", [waits, waits]).execute(1))
    await asyncio.sleep(0.01)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [1, 1]


async def test_no_branch_is_refused() -> None:
    """Nothing to run, or a limit out of bounds, is told at construction."""
    with pytest.raises(ValueError, match="at least one branch"):
        ParallelPrimitive("p", [])
    with pytest.raises(ValueError, match=r"p\.max_concurrency must be from 1 to 64"):
        ParallelPrimitive("p", [len], max_concurrency=0)
