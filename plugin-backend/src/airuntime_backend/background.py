"""Background work: huey runs the worker's passes, each kind at its interval and one at a time, in threads of ours.

The queue is in memory: what is due comes again by itself, and a look at the rollouts must not need room on a disk. Nor
can another process, which may hang, take from it. A look must not wait for an analysis, for a patch that is tried, or
for somebody who is slow to be told: what harms is to go back at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from threading import Lock
from time import monotonic
from typing import Final

from huey import MemoryHuey
from huey.consumer import Consumer, Scheduler

from .engine.worker import Worker

_log = logging.getLogger(__name__)
_ANALYSIS: Final = "airuntime_pass"
_VERIFICATION: Final = "airuntime_verification"
_PATCHES: Final = "airuntime_patches"
_DELIVERY: Final = "airuntime_delivery"


class _InProcess(Consumer):  # type: ignore[misc]  # huey is untyped
    """A consumer that leaves the process' signal handlers alone."""

    def _set_signal_handlers(self) -> None:
        """The server owns them."""


def _consumer(huey: MemoryHuey, interval_seconds: float, kinds: int) -> Consumer:
    """A thread for each kind of pass; periodic tasks run at our interval instead of huey's own, one minute."""

    class EveryInterval(Scheduler):  # type: ignore[misc]  # huey is untyped
        periodic_task_seconds = interval_seconds

    class InProcess(_InProcess):
        scheduler_class = EveryInterval

    return InProcess(huey, workers=kinds, worker_type="thread", initial_delay=0.2)


class _Due:
    """Says yes once an interval, on a clock that does not jump."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def __call__(self, _now: object) -> bool:
        now = monotonic()
        if now < self._next:
            return False
        self._next = now + 0.95 * self._seconds  # the scheduler wakes a little early now and then
        return True


class Background:
    """The worker in the background of a server process: it verifies, works on patches, and analyses."""

    def __init__(
        self, worker: Worker, patches: Callable[[], None], analyse_seconds: float, verify_seconds: float
    ) -> None:
        self._huey = MemoryHuey("airuntime", results=False)
        self._kinds = 0
        self._every(worker.verify, _VERIFICATION, verify_seconds)
        self._every(patches, _PATCHES, verify_seconds)
        self._every(worker.analyse, _ANALYSIS, analyse_seconds)
        for name in worker.rounds:
            self._every(partial(worker.deliver, name), f"{_DELIVERY}-{name}", verify_seconds)
        self._consumer = _consumer(self._huey, min(analyse_seconds, verify_seconds), self._kinds)

    def _every(self, job: Callable[[], None], name: str, seconds: float) -> None:
        """Run one kind of pass, never two at once. The lock is this process': nobody who dies leaves it locked."""
        running = Lock()

        def run() -> None:
            if running.acquire(blocking=False):
                try:
                    job()
                finally:
                    running.release()

        self._kinds += 1
        self._huey.periodic_task(_Due(seconds), expires=seconds, name=name.replace("-", "_"))(run)

    def start(self) -> None:
        """Start the threads."""
        self._consumer.start()

    def stop(self) -> None:
        """Let running passes end, then stop."""
        self._consumer.stop(graceful=True)
