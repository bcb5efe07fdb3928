"""The cache without an event loop: the same answers, one call for all threads."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from ai_runtime_intelligent import CachePrimitive

Value = Callable[..., float | None]


class Source:
    """Counts its calls, and answers after a moment."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.errors: list[BaseException] = []

    def __call__(self, value: Any) -> str:
        """Answer, or raise the next of the errors."""
        self.calls.append(value)
        time.sleep(0.02)
        if self.errors:
            raise self.errors.pop(0)
        return f"{value}!"


def requests(value: Value, result: str) -> float | None:
    """Requests so far that ended so."""
    return value("airuntime_cache_requests_total", primitive="c", kind="cache", result=result)


def at_once(threads: int, call: Callable[[], Any]) -> list[Any]:
    """What so many threads get that call at the same moment: a value or the error."""
    barrier = threading.Barrier(threads)

    def run() -> Any:
        barrier.wait(5)
        try:
            return call()
        except BaseException as error:  # noqa: BLE001 - it is the answer of this thread
            return error

    with ThreadPoolExecutor(threads) as pool:
        return [future.result(10) for future in [pool.submit(run) for _ in range(threads)]]


def test_sync_and_async_form_share_the_answers(value: Value) -> None:
    """What one form fetched the other gives; both are measured as executions."""
    source = Source()
    cache = CachePrimitive("c", source)

    assert cache.execute_sync("q") == "q!"
    assert asyncio.run(cache.execute("q")) == "q!"
    assert source.calls == ["q"]
    assert (requests(value, "miss"), requests(value, "hit")) == (1, 1)
    assert value("airuntime_executions_total", primitive="c", kind="cache", status="ok") == 2


def test_equal_requests_of_threads_make_one_call(value: Value) -> None:
    """Sixteen threads that ask at the same moment make one call; the others wait, and their wait is not own time."""
    source = Source()
    cache = CachePrimitive("c", source)

    assert at_once(16, lambda: cache.execute_sync("q")) == ["q!"] * 16
    assert source.calls == ["q"]
    assert requests(value, "miss") == 1
    assert (requests(value, "coalesced") or 0) + (requests(value, "hit") or 0) == 15


def test_error_is_shared_and_not_kept() -> None:
    """Threads that wait get the leader's error itself; the next request asks anew."""
    source, error = Source(), ValueError("no")
    source.errors = [error]
    cache = CachePrimitive("c", source)

    got = at_once(4, lambda: cache.execute_sync("q"))
    assert got.count(error) >= 1
    assert {type(one) for one in got} <= {ValueError, str}
    assert cache.execute_sync("q") == "q!"


def test_interrupted_leader_hands_over() -> None:
    """When the thread that calls is interrupted, another one calls; nobody else is interrupted."""
    source = Source()
    source.errors = [KeyboardInterrupt()]
    cache = CachePrimitive("c", source)

    got = at_once(4, lambda: cache.execute_sync("q"))
    assert sum(isinstance(one, KeyboardInterrupt) for one in got) == 1
    assert got.count("q!") == 3


def test_call_within_its_own_call_does_not_wait_for_itself(value: Value) -> None:
    """A wrapped function that asks the cache for its own key gets past the cache instead of waiting for ever."""
    calls = []

    def source(question: str) -> str:
        calls.append(question)
        return cache.execute_sync(question) if len(calls) == 1 else "end"

    cache = CachePrimitive("c", source)

    assert cache.execute_sync("q") == "end"
    assert (len(calls), requests(value, "bypass")) == (2, 1)


def test_asynchronous_source_is_refused_without_a_warning() -> None:
    """Around a coroutine function the sync form says what to call instead, and leaves no coroutine behind."""

    async def source(value: str) -> str:
        return value

    with pytest.raises(TypeError, match=r"await execute\(\) instead"):
        CachePrimitive("c", source).execute_sync("q")


def test_not_measured_it_is_the_bare_work() -> None:
    """Without a recorder the sync form caches all the same."""
    source = Source()
    cache = CachePrimitive("c", source)

    assert [cache.execute_sync("q") for _ in range(2)] == ["q!", "q!"]
    assert source.calls == ["q"]
