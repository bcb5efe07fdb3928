"""The cache: what it answers, what it forgets, and how it counts both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from ai_runtime_intelligent import CachePrimitive
from ai_runtime_intelligent.runtime.tunables import TUNABLES

Value = Callable[..., float | None]

pytestmark = pytest.mark.asyncio


class Clock:
    """A clock that stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        """The time that was set."""
        return self.now


class Model:
    """Counts its calls, and answers after a moment."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.error: Exception | None = None

    async def execute(self, value: Any) -> str:
        """Answer, or fail as told."""
        self.calls.append(value)
        await asyncio.sleep(0.01)
        if self.error is not None:
            raise self.error
        return f"{value}!"


def requests(value: Value, result: str) -> float | None:
    """Requests so far that ended so."""
    return value("airuntime_cache_requests_total", primitive="c", kind="cache", result=result)


def evictions(value: Value, reason: str) -> float | None:
    """Entries gone so far for that reason."""
    return value("airuntime_cache_evictions_total", primitive="c", kind="cache", reason=reason)


async def test_second_equal_request_is_a_hit(value: Value) -> None:
    """An answer is given again, and its age is observed."""
    model, clock = Model(), Clock()
    cache = CachePrimitive("c", model, clock=clock)

    assert await cache.execute("q") == "q!"
    clock.now = 7.0
    assert await cache.execute("q") == "q!"

    assert model.calls == ["q"]
    assert (requests(value, "miss"), requests(value, "hit")) == (1, 1)
    assert value("airuntime_cache_reuse_seconds_sum", primitive="c", kind="cache") == 7.0
    assert value("airuntime_cache_entries", primitive="c", kind="cache") == 1
    assert (value("airuntime_cache_bytes", primitive="c", kind="cache") or 0) > 0


async def test_every_result_and_reason_starts_at_zero(value: Value) -> None:
    """All series exist before the first request."""
    CachePrimitive("c", Model())

    assert {requests(value, result) for result in ("hit", "miss", "stale", "coalesced", "bypass")} == {0.0}
    assert {evictions(value, reason) for reason in ("expired", "capacity", "cleared")} == {0.0}


async def test_too_old_entry_is_counted_as_expired_and_fetched_again(value: Value) -> None:
    """A request that finds its entry too old is a miss, an expiry, and an observed age."""
    model, clock = Model(), Clock()
    cache = CachePrimitive("c", model, ttl_seconds=2.0, clock=clock)

    await cache.execute("q")
    clock.now = 5.0
    await cache.execute("q")

    assert len(model.calls) == 2
    assert (requests(value, "miss"), evictions(value, "expired")) == (2, 1)
    assert value("airuntime_cache_reuse_seconds_sum", primitive="c", kind="cache") == 5.0


async def test_longer_ttl_revives_what_is_still_held() -> None:
    """The time to live is read on each request: a longer one makes an old entry good again."""
    model, clock = Model(), Clock()
    cache = CachePrimitive("c", model, ttl_seconds=2.0, clock=clock)

    await cache.execute("q")
    clock.now = 5.0
    TUNABLES.apply({"c.ttl_seconds": 300.0})
    await cache.execute("q")

    assert model.calls == ["q"]


async def test_least_recently_used_goes_first(value: Value) -> None:
    """Past max_entries the entry goes that was not asked for the longest; a lower limit is obeyed at once."""
    model = Model()
    cache = CachePrimitive("c", model, max_entries=2)
    for question in ("a", "b", "a", "c", "a"):
        await cache.execute(question)

    assert model.calls == ["a", "b", "c"]
    assert evictions(value, "capacity") == 1

    TUNABLES.apply({"c.max_entries": 1})
    await cache.execute("d")
    assert len(cache) == 1
    assert evictions(value, "capacity") == 3


async def test_equal_requests_at_once_make_one_call(value: Value) -> None:
    """Single flight: all get the answer of the one call; waiting for it is not the cache's own time."""
    model = Model()
    cache = CachePrimitive("c", model)

    assert await asyncio.gather(*(cache.execute("q") for _ in range(5))) == ["q!"] * 5
    assert model.calls == ["q"]
    assert (requests(value, "miss"), requests(value, "coalesced")) == (1, 4)
    total = value("airuntime_duration_seconds_sum", primitive="c", kind="cache") or 0
    assert (value("airuntime_self_seconds_sum", primitive="c", kind="cache") or 0) < 0.5 * total


async def test_error_is_shared_and_not_kept() -> None:
    """Those who wait get the error of the call; the next request asks anew."""
    model = Model()
    model.error = ValueError("no")
    cache = CachePrimitive("c", model)

    results = await asyncio.gather(cache.execute("q"), cache.execute("q"), return_exceptions=True)
    assert list(results) == [model.error, model.error]

    model.error = None
    assert await cache.execute("q") == "q!"


async def test_cancelled_leader_hands_over() -> None:
    """When the one that calls is cancelled, another one calls: nobody else is cancelled."""
    model = Model()
    cache = CachePrimitive("c", model)
    leader = asyncio.ensure_future(cache.execute("q"))
    followers = [asyncio.ensure_future(cache.execute("q")) for _ in range(3)]
    await asyncio.sleep(0.002)
    leader.cancel()

    assert await asyncio.gather(*followers) == ["q!"] * 3
    assert leader.cancelled()
    assert len(model.calls) == 2


async def test_cancelled_follower_leaves_the_call_alone() -> None:
    """Cancelling one that waits does not cancel the call that others wait for."""
    cache = CachePrimitive("c", Model())
    leader, follower = (asyncio.ensure_future(cache.execute("q")) for _ in range(2))
    await asyncio.sleep(0.002)
    follower.cancel()

    assert await leader == "q!"


async def test_key_decides_what_is_equal(value: Value) -> None:
    """Inputs of one key share an answer; without a key, or with one that cannot be hashed, the cache is bypassed."""
    model = Model()
    cache = CachePrimitive("c", model, key=lambda q: q.strip().lower() or None)
    for question in ("Hi", " hi ", "", ""):
        await cache.execute(question)

    assert model.calls == ["Hi", "", ""]
    assert requests(value, "bypass") == 2

    assert await CachePrimitive("c", model).execute(["list"]) == "['list']!"
    assert requests(value, "bypass") == 3


async def test_clear_forgets_everything(value: Value) -> None:
    """After clear() every request is a miss, and the entries are counted as cleared."""
    model = Model()
    cache = CachePrimitive("c", model)
    await cache.execute("a")
    await cache.execute("b")
    cache.clear()
    await cache.execute("a")

    assert model.calls == ["a", "b", "a"]
    assert evictions(value, "cleared") == 2
    assert value("airuntime_cache_entries", primitive="c", kind="cache") == 1


async def test_one_cache_serves_two_event_loops() -> None:
    """Equal requests in two event loops at once do not wait for each other's futures."""
    model = Model()
    cache = CachePrimitive("c", model)

    def elsewhere() -> str:
        return str(asyncio.run(cache.execute("q")))

    assert list(await asyncio.gather(cache.execute("q"), asyncio.to_thread(elsewhere))) == ["q!", "q!"]
