"""What every call goes through: exact under load, waiting for nobody, bounded."""

from __future__ import annotations

import asyncio
import contextvars
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ai_runtime_intelligent import Apm, guard, instrument
from ai_runtime_intelligent.apm.recorder import Recorder
from ai_runtime_intelligent.contract import metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

Value = Callable[..., float | None]
T = TypeVar("T")

THREADS, TASKS = 16, 10_000


def one() -> int:
    """A function of the user's."""
    return 1


def counted(value: Value, name: str) -> list[float | None]:
    """Executions, durations, own times and calls in flight of one function."""
    return [
        value("airuntime_executions_total", primitive=name, kind="function", status="ok"),
        value("airuntime_duration_seconds_bucket", primitive=name, kind="function", le="+Inf"),
        value("airuntime_self_seconds_count", primitive=name, kind="function"),
        value("airuntime_inflight", primitive=name, kind="function"),
    ]


def in_a_thread(function: Callable[[], T]) -> T:
    """What ``function`` gives in another thread; TimeoutError when it has to wait."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function).result(timeout=10)


def lock_is_free() -> bool:
    """Whether another thread gets the lock at once."""

    def attempt() -> bool:
        free = guard.lock.acquire(blocking=False)
        if free:
            guard.lock.release()
        return free

    return in_a_thread(attempt)


def test_counts_are_exact_under_threads(value: Value) -> None:
    """Sixteen threads that are switched as often as can be lose no call."""
    call = instrument(one, name="f")

    def many() -> None:
        for _ in range(400):
            call()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=many) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(interval)

    assert counted(value, "f") == [THREADS * 400, THREADS * 400, THREADS * 400, 0]


def test_counts_are_exact_under_tasks_and_no_lock_is_held(value: Value) -> None:
    """Ten thousand tasks wait inside the same function: all are in flight, the lock is free, and all are counted."""

    async def main() -> None:
        gate = asyncio.Event()

        @instrument(name="f")
        async def waits() -> None:
            await gate.wait()

        tasks = [asyncio.ensure_future(waits()) for _ in range(TASKS)]
        await asyncio.sleep(0)
        assert counted(value, "f") == [0, 0, 0, TASKS]
        assert lock_is_free()
        gate.set()
        await asyncio.gather(*tasks)

    asyncio.run(main())
    assert counted(value, "f") == [TASKS, TASKS, TASKS, 0]


def test_no_lock_is_held_while_a_plain_function_runs(apm: Apm) -> None:
    """The user's code runs without any lock of ours."""
    assert apm.recorder is not None
    assert instrument(lock_is_free, name="f")()


def test_call_waits_for_no_scrape(apm: Apm, value: Value) -> None:
    """While a scrape stands still half way, calls return and are counted."""
    call = instrument(one, name="f")
    call()
    scrape = iter(apm.registry.collect())
    next(scrape)

    assert in_a_thread(call) == 1
    assert list(scrape)
    assert counted(value, "f")[0] == 2


def test_scrape_waits_for_no_call(apm: Apm) -> None:
    """While the lock is held, a scrape reads all the same."""
    instrument(one, name="f")()
    labels = {"service": "svc", "primitive": "f", "kind": "function", "status": "ok"}

    with guard.lock:
        assert in_a_thread(lambda: apm.registry.get_sample_value("airuntime_executions_total", labels)) == 1


def test_call_that_ends_in_the_middle_of_another_one_is_counted(value: Value) -> None:
    """A garbage collection or a signal may end a call while the same thread counts another: nothing hangs."""
    call = instrument(one, name="f")

    with guard.lock:
        call()

    assert counted(value, "f") == [1, 1, 1, 0]


def test_forked_child_does_not_wait_for_a_thread_that_it_does_not_have(python: Callable[[str], str]) -> None:
    """A fork while another thread counts leaves the child with a lock of its own."""
    code = """
import os, threading, warnings
warnings.simplefilter("ignore")
from ai_runtime_intelligent import guard, instrument, setup_apm
apm = setup_apm("svc", export_to_prometheus=False)
call = instrument(lambda: 1, name="f")
held, done = threading.Event(), threading.Event()
def hold():
    with guard.lock:
        held.set()
        done.wait(30)
thread = threading.Thread(target=hold)
thread.start()
held.wait(30)
child = os.fork()
if child == 0:
    call()
    labels = {"service": "svc", "primitive": "f", "kind": "function", "status": "ok"}
    os._exit(int(apm.registry.get_sample_value("airuntime_executions_total", labels)))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
done.set()
thread.join()
apm.shutdown()
"""

    assert python(code) == "1"


@settings(max_examples=60, deadline=None)
@given(
    cap=st.integers(min_value=1, max_value=20),
    calls=st.lists(st.tuples(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), st.integers(1, 9)), max_size=200),
)
def test_property_label_sets_are_bounded_and_lose_nothing(cap: int, calls: list[tuple[str, int]]) -> None:
    """For any cap and any labels: no more label sets than the cap and `other`, and the sum is what was added."""
    recorder = Recorder("svc", CollectorRegistry(), max_label_sets=cap)
    for label, by in calls:
        recorder.number(metrics.UNPRICED, ("p", "llm", label)).inc(by)

    cells = recorder._families[metrics.UNPRICED.name].cells
    assert len(cells) <= cap + 1
    assert sum(recorder.number(metrics.UNPRICED, labels).value for labels in cells) == sum(by for _, by in calls)
    kept = list(dict.fromkeys(label for label, _ in calls))[:cap]
    assert {labels[2] for labels in cells} <= {*kept, "other"}


def test_contexts_of_ended_calls_hold_no_chain(value: Value) -> None:
    """A context that was copied inside a call does not keep the calls around it alive."""
    copies: list[contextvars.Context] = []

    @instrument(name="inner")
    def inner() -> None:
        copies.append(contextvars.copy_context())

    @instrument(name="outer")
    def outer() -> None:
        inner()

    outer()

    frames = [held for held in copies[0].values() if type(held).__name__ == "Frame"]
    assert [(frame._parent, frame.bound.definition.name) for frame in frames] == [(None, "inner")]
    assert counted(value, "outer")[0] == 1
