"""Aside: who does what must not hold us up, such as sending the last spans to a receiver that never answers."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Event, Thread

from ai_runtime_intelligent.quiet import failed

Job = tuple[Callable[[], object], Event]


class Aside:
    """A thread that waits for work, one piece after the other.

    It is there before it is needed: while the interpreter ends, no thread can be started (Python 3.12 and later).
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.begin()

    def begin(self) -> None:
        """Start the thread; in a forked child anew, for it is not there."""
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        Thread(target=_work_off, args=(self._jobs,), name=self._name, daemon=True).start()

    def within(self, seconds: float, work: Callable[[], object]) -> bool:
        """Have ``work`` done; whether that was so within so many seconds. It is not broken off."""
        done = Event()
        self._jobs.put((work, done))
        return done.wait(seconds)

    def end(self) -> None:
        """End the thread once all is done that it was given."""
        self._jobs.put(None)


def _work_off(jobs: SimpleQueue[Job | None]) -> None:
    while (job := jobs.get()) is not None:
        work, done = job
        try:
            work()
        except Exception:  # noqa: BLE001 - what it meets is not the user's affair, and the next piece is still to do
            failed("Aside")
        finally:
            done.set()
