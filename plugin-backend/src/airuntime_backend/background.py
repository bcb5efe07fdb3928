"""Background work: huey runs the worker's pass at its interval, one pass at a time, in threads of this process."""

from __future__ import annotations

import logging
from pathlib import Path

from huey import SqliteHuey
from huey.consumer import Consumer, Scheduler

from .engine.worker import Worker

_log = logging.getLogger(__name__)
_LOCK = "airuntime-pass"


class _InProcess(Consumer):  # type: ignore[misc]  # huey is untyped
    """A consumer that leaves the process' signal handlers alone."""

    def _set_signal_handlers(self) -> None:
        """The server owns them."""


def _consumer(huey: SqliteHuey, interval_seconds: float) -> Consumer:
    """One worker thread; periodic tasks run at our interval instead of huey's own, one minute."""

    class EveryInterval(Scheduler):  # type: ignore[misc]  # huey is untyped
        periodic_task_seconds = interval_seconds

    class InProcess(_InProcess):
        scheduler_class = EveryInterval

    return InProcess(huey, workers=1, worker_type="thread", initial_delay=0.2)


class Background:
    """The worker in the background of a server process."""

    def __init__(self, worker: Worker, interval_seconds: float, queue: Path) -> None:
        self._huey = SqliteHuey("airuntime", filename=str(queue), results=False)

        @self._huey.periodic_task(lambda _: True, expires=interval_seconds)  # type: ignore[untyped-decorator]  # huey is untyped
        def airuntime_pass() -> None:
            if not self._huey.is_locked(_LOCK):
                with self._huey.lock_task(_LOCK):
                    worker.tick()

        self._consumer = _consumer(self._huey, interval_seconds)

    def start(self) -> None:
        """Start the threads; a lock that a killed process left is taken away first."""
        self._huey.flush_locks(_LOCK)
        self._consumer.start()

    def stop(self) -> None:
        """Let a running pass end, then stop."""
        self._consumer.stop(graceful=True)
