"""Exact counts under many tasks and threads, and calls that wait for nobody."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any, Final

from ai_runtime_intelligent import guard, instrument, setup_apm

from .worker import answer, workers

TASKS: Final = 10_000
THREADS: Final = 16
CALLS_A_THREAD: Final = 5_000
_WAIT_SECONDS: Final = 10.0


def step() -> None:
    """Do nothing."""


class Counts:
    """A measured process under load."""

    def __init__(self) -> None:
        self._apm = setup_apm("bench", port=0)

    def tasks(self) -> dict[str, Any]:
        """Ten thousand tasks at once inside the same ``execute``: how many were in flight, and whether all counted."""
        return asyncio.run(self._tasks())

    async def _tasks(self) -> dict[str, Any]:
        gate = asyncio.Event()

        @instrument(name="task")
        async def execute() -> None:
            await gate.wait()

        tasks = [asyncio.ensure_future(execute()) for _ in range(TASKS)]
        await asyncio.sleep(0)
        inflight, free = self._value("airuntime_inflight", "task"), _lock_is_free()
        gate.set()
        await asyncio.gather(*tasks)
        return {"inflight": inflight, "lock_free": free, "exact": self._exact("task", TASKS)}

    def threads(self) -> dict[str, Any]:
        """Sixteen threads that call as fast as they can: whether every call was counted once."""
        call = instrument(step, name="thread")
        threads = [threading.Thread(target=_repeat, args=(call, CALLS_A_THREAD)) for _ in range(THREADS)]
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(interval)
        return {"exact": self._exact("thread", THREADS * CALLS_A_THREAD)}

    def held_scrape(self) -> dict[str, Any]:
        """Calls made while a scrape stands still half way: whether they all returned, and were counted."""
        call = instrument(step, name="held")
        call()
        scrape = iter(self._apm.registry.collect())
        next(scrape)
        caller = threading.Thread(target=_repeat, args=(call, 999))
        caller.start()
        caller.join(_WAIT_SECONDS)
        waited = caller.is_alive()
        list(scrape)
        caller.join()
        return {"waited": waited, "exact": self._exact("held", 1000)}

    def _exact(self, name: str, calls: int) -> bool:
        found = [
            self._value("airuntime_executions_total", name, status="ok"),
            self._value("airuntime_duration_seconds_count", name),
            self._value("airuntime_duration_seconds_bucket", name, le="+Inf"),
            self._value("airuntime_self_seconds_count", name),
        ]
        return found == [calls] * 4 and self._value("airuntime_inflight", name) == 0

    def _value(self, metric: str, name: str, **labels: str) -> float | None:
        return self._apm.registry.get_sample_value(
            metric, {"service": "bench", "primitive": name, "kind": "function", **labels}
        )


def _repeat(call: Any, count: int) -> None:
    for _ in range(count):
        call()


def _lock_is_free() -> bool:
    """Whether another thread than this one gets the lock of the recorder at once."""
    found: list[bool] = []

    def attempt() -> None:
        found.append(guard.lock.acquire(blocking=False))
        if found[0]:
            guard.lock.release()

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    return found[0]


def measure() -> dict[str, dict[str, Any]]:
    """What was found of each of the three."""
    with workers("counts", ["counts"]) as (worker,):
        return {part: worker.ask(part) for part in ("tasks", "threads", "held_scrape")}


if __name__ == "__main__":
    counts = Counts()
    answer({"tasks": counts.tasks, "threads": counts.threads, "held_scrape": counts.held_scrape})
