"""The concurrency limit: never more at once, nobody forgotten, whatever happens to the limit and to those who wait."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from ai_runtime_intelligent import ConcurrencyLimitPrimitive
from ai_runtime_intelligent.primitives.slots import Slots
from ai_runtime_intelligent.runtime.tunables import TUNABLES
from hypothesis import given, settings
from hypothesis import strategies as st

Value = Callable[..., float | None]

LABELS = {"primitive": "l", "kind": "limit"}


class Work:
    """Counts how many of its calls run at once; each ends when it is let to."""

    def __init__(self) -> None:
        self.running = self.most = 0
        self.done: list[Any] = []
        self.may_end = asyncio.Event()

    async def __call__(self, value: Any) -> Any:
        """Run until it may end."""
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.may_end.wait()
            self.done.append(value)
            return value
        finally:
            self.running -= 1


async def settled() -> None:
    """Let everything run that can."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_calls_wait_their_turn(value: Value) -> None:
    """Two run, three wait in the order of asking; waiting is measured, and both gauges tell who does what."""
    work = Work()
    limit = ConcurrencyLimitPrimitive("l", work, limit=2)
    tasks = [asyncio.ensure_future(limit.execute(i)) for i in range(5)]
    await settled()

    assert (work.running, value("airuntime_inflight", **LABELS), value("airuntime_waiting", **LABELS)) == (2, 5, 3)
    await asyncio.sleep(0.02)
    work.may_end.set()
    assert await asyncio.gather(*tasks) == list(range(5))
    assert (work.most, work.done) == (2, list(range(5)))
    assert value("airuntime_queue_seconds_count", **LABELS) == 5
    assert (value("airuntime_queue_seconds_sum", **LABELS) or 0) >= 3 * 0.02
    assert (value("airuntime_inflight", **LABELS), value("airuntime_waiting", **LABELS)) == (0, 0)


@pytest.mark.asyncio
async def test_limit_grows_at_once_and_shrinks_as_calls_end() -> None:
    """A higher limit lets those in that wait, though no call ends; a lower one lets nobody in until enough have."""
    work = Work()
    limit = ConcurrencyLimitPrimitive("l", work, limit=1)
    tasks = [asyncio.ensure_future(limit.execute(i)) for i in range(6)]
    await settled()
    assert work.running == 1

    TUNABLES.apply({"l.limit": 4})
    await settled()
    assert work.running == 4

    TUNABLES.apply({"l.limit": 2})
    tasks[0].cancel()
    await settled()
    assert (work.running, limit._slots.taken, limit._slots.waiting) == (3, 3, 2)
    work.may_end.set()
    assert (await asyncio.gather(*tasks, return_exceptions=True))[1:] == [1, 2, 3, 4, 5]
    assert (limit._slots.taken, limit._slots.waiting) == (0, 0)


@pytest.mark.asyncio
async def test_limit_that_another_thread_raises_wakes_this_loop() -> None:
    """The thread that reads the remote config lets those in who wait in an event loop."""
    work = Work()
    limit = ConcurrencyLimitPrimitive("l", work, limit=1)
    tasks = [asyncio.ensure_future(limit.execute(i)) for i in range(2)]
    await settled()

    await asyncio.to_thread(TUNABLES.apply, {"l.limit": 2})
    async with asyncio.timeout(5):
        while work.running < 2:  # noqa: ASYNC110 - there is nothing to wait for but the other thread's wake
            await asyncio.sleep(0.001)
    work.may_end.set()
    await asyncio.gather(*tasks)


@pytest.mark.asyncio
async def test_cancelled_wait_takes_no_slot_and_keeps_nobody_out() -> None:
    """Whether it is cancelled while it waits or just when its turn comes, the next one goes in."""
    work = Work()
    limit = ConcurrencyLimitPrimitive("l", work, limit=1)
    tasks = [asyncio.ensure_future(limit.execute(i)) for i in range(4)]
    await settled()
    tasks[1].cancel()
    await settled()

    tasks[0].cancel()
    await asyncio.sleep(0)  # the turn of the third is on its way
    tasks[2].cancel()
    await settled()
    work.may_end.set()

    assert await tasks[3] == 3
    assert (limit._slots.taken, limit._slots.waiting) == (0, 0)


@pytest.mark.asyncio
async def test_error_frees_the_slot() -> None:
    """A call that fails gives its slot back."""

    async def fails(_: Any) -> None:
        raise KeyError("no")

    limit = ConcurrencyLimitPrimitive("l", fails, limit=1)
    for _ in range(3):
        with pytest.raises(KeyError):
            await limit.execute("x")


def test_one_limit_for_all_event_loops() -> None:
    """Loops in eight threads together never run more calls at once than the limit."""
    lock, running, most = threading.Lock(), 0, 0

    async def work(_: Any) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        await asyncio.sleep(0.001)
        with lock:
            running -= 1

    limit = ConcurrencyLimitPrimitive("l", work, limit=3)

    async def many() -> None:
        await asyncio.gather(*(limit.execute(i) for i in range(25)))

    threads = [threading.Thread(target=lambda: asyncio.run(many())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert not any(thread.is_alive() for thread in threads)
    assert most == 3
    assert (running, limit._slots.taken, limit._slots.waiting) == (0, 0, 0)


def test_waiter_of_a_closed_loop_is_passed_over() -> None:
    """A slot that would go to an event loop that is gone goes to the next one that waits."""
    slots, loop = Slots(lambda: 1), asyncio.new_event_loop()
    assert slots.take_now()
    waiting = loop.create_task(slots.take())
    loop.run_until_complete(asyncio.sleep(0))
    waiting._log_destroy_pending = False  # type: ignore[attr-defined] # it is left behind on purpose
    loop.close()

    async def next_one() -> None:
        task = asyncio.ensure_future(slots.take())
        await asyncio.sleep(0)
        slots.give_back()
        await asyncio.wait_for(task, 5)

    asyncio.run(next_one())
    assert (slots.taken, slots.waiting) == (1, 0)
    del waiting
    assert slots.taken == 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["ask", "end", "cancel", "step"]) | st.integers(1, 5), max_size=60),
    st.integers(0, 2**16),
)
def test_property_never_more_than_the_limit_and_nobody_forgotten(steps: list[str | int], seed: int) -> None:
    """After any asking, ending, cancelling and changing: no slot is lost, and none is given past the limit."""

    async def run() -> None:
        rnd, limit = random.Random(seed), 2
        slots = Slots(lambda: limit)
        asked: list[asyncio.Task[None]] = []
        for step in steps:
            before = slots.taken
            if step == "ask":
                asked.append(asyncio.ensure_future(slots.take()))
            elif step == "end" and any(task.done() and not task.cancelled() for task in asked):
                asked.remove(rnd.choice([task for task in asked if task.done() and not task.cancelled()]))
                slots.give_back()
            elif step == "cancel" and asked:
                rnd.choice(asked).cancel()
            elif isinstance(step, int):
                limit = step
                slots.hand_out()
            else:
                await settled()
            assert slots.taken <= max(limit, before)
        await settled()
        has_slot = [task for task in asked if task.done() and not task.cancelled()]
        assert slots.taken == len(has_slot)
        assert slots.waiting == 0 or slots.taken >= limit
        for task in asked:
            task.cancel()
        await settled()

    asyncio.run(run())
