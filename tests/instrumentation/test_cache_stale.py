"""Stale answers: given at once, renewed behind the back of those who get them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from ai_runtime_intelligent import CachePrimitive
from ai_runtime_intelligent.primitives.renewals import MOST_THREADS, Renewals
from ai_runtime_intelligent.runtime.tunables import TUNABLES

Value = Callable[..., float | None]


class Clock:
    """A clock that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        """The time that was set."""
        return self.now


class Source:
    """Answers with the number of the call, when it is let to, or fails as told."""

    def __init__(self) -> None:
        self.calls = 0
        self.error: Exception | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def execute(self, _: Any) -> int:
        """Count, wait to be let, answer or fail."""
        self.calls += 1
        number = self.calls
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return number


def requests(value: Value, result: str) -> float | None:
    """Requests so far that ended so."""
    return value("airuntime_cache_requests_total", primitive="c", kind="cache", result=result)


async def settled() -> None:
    """Let background tasks run."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_stale_answer_is_given_at_once_and_renewed_once(value: Value) -> None:
    """Requests for a stale answer do not wait; one call renews it, and the next request gets the new one."""
    source, clock = Source(), Clock()
    cache = CachePrimitive("c", source, ttl_seconds=10.0, stale_seconds=5.0, clock=clock)
    assert await cache.execute("q") == 1

    clock.now = 12.0
    source.may_answer.clear()
    assert [await cache.execute("q") for _ in range(3)] == [1, 1, 1]
    await settled()
    assert source.calls == 2
    source.may_answer.set()
    await settled()

    assert await cache.execute("q") == 2
    assert [requests(value, result) for result in ("miss", "stale", "hit")] == [1, 3, 1]
    assert value("airuntime_cache_evictions_total", primitive="c", kind="cache", reason="expired") == 0


@pytest.mark.asyncio
async def test_too_stale_is_a_miss_that_joins_the_renewal(value: Value) -> None:
    """Past ttl + stale the answer is gone; a request then waits for the renewal that is under way."""
    source, clock = Source(), Clock()
    cache = CachePrimitive("c", source, ttl_seconds=10.0, stale_seconds=5.0, clock=clock)
    await cache.execute("q")

    clock.now = 14.0
    source.may_answer.clear()
    assert await cache.execute("q") == 1
    clock.now = 15.0
    waiting = asyncio.ensure_future(cache.execute("q"))
    await settled()
    source.may_answer.set()

    assert await waiting == 2
    assert (source.calls, requests(value, "coalesced")) == (2, 1)
    assert value("airuntime_cache_evictions_total", primitive="c", kind="cache", reason="expired") == 1


@pytest.mark.asyncio
async def test_failed_renewal_keeps_the_stale_answer(caplog: pytest.LogCaptureFixture) -> None:
    """An error while renewing reaches nobody, is told once without its text, and the next request tries again."""
    source, clock = Source(), Clock()
    cache = CachePrimitive("c", source, ttl_seconds=10.0, stale_seconds=5.0, clock=clock)
    await cache.execute("q")

    clock.now, source.error = 12.0, ValueError("secret")
    for _ in range(2):
        assert await cache.execute("q") == 1
        await settled()

    assert source.calls == 3
    told = [record.getMessage() for record in caplog.records]
    assert told == ["c: a stale answer could not be renewed (ValueError); it is given until it is too old"]


@pytest.mark.asyncio
async def test_stale_seconds_is_tunable() -> None:
    """Without it nothing stale is given; it can be turned on while the cache runs."""
    source, clock = Source(), Clock()
    cache = CachePrimitive("c", source, ttl_seconds=10.0, clock=clock)
    await cache.execute("q")

    clock.now = 12.0
    assert await cache.execute("q") == 2
    TUNABLES.apply({"c.stale_seconds": 60.0})
    clock.now = 30.0
    assert await cache.execute("q") == 2


def test_sync_form_renews_in_a_thread(value: Value) -> None:
    """The sync form gives the stale answer at once as well, and one thread renews it."""
    clock, may_answer, calls = Clock(), threading.Event(), []

    def source(_: Any) -> int:
        calls.append(threading.current_thread().name)
        number = len(calls)
        if number > 1:
            assert may_answer.wait(5)
        return number

    cache = CachePrimitive("c", source, ttl_seconds=10.0, stale_seconds=50.0, clock=clock)
    cache.execute_sync("q")
    clock.now = 12.0
    assert [cache.execute_sync("q") for _ in range(3)] == [1, 1, 1]
    may_answer.set()
    until = time.monotonic() + 5
    while cache.execute_sync("q") == 1 and time.monotonic() < until:
        time.sleep(0.001)

    assert cache.execute_sync("q") == 2
    assert calls[1:] == ["airuntime-renew-c"]
    assert (requests(value, "stale") or 0) >= 3


def test_renewing_threads_are_few() -> None:
    """Past its limit a cache starts no more threads; a slot that is free again is used."""
    renewals, may_end = Renewals("c"), threading.Event()
    started = [renewals.begin_in_thread(lambda: may_end.wait(5)) for _ in range(MOST_THREADS + 2)]

    assert started == [True] * MOST_THREADS + [False] * 2
    may_end.set()
    until = time.monotonic() + 5
    while not renewals.begin_in_thread(lambda: None) and time.monotonic() < until:
        time.sleep(0.001)
    assert time.monotonic() < until
