"""Renewing stale answers behind the back of those who get them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from typing import Any, Final

from ai_runtime_intelligent import forks
from ai_runtime_intelligent.quiet import log_once

MOST_THREADS: Final = 8
"""Renewals of one cache that run in threads at once; more wait for a later request."""


class Renewals:
    """Background calls of one cache. What fails there is told once, and the stale answer stays."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = threading.Semaphore(MOST_THREADS)
        forks.renew(self)

    def begin_anew(self) -> None:
        """In a forked child no renewal runs."""
        self._slots = threading.Semaphore(MOST_THREADS)
        self._tasks = set()

    def begin(self, renewal: Coroutine[Any, Any, Any]) -> None:
        """Run ``renewal`` in the running event loop."""
        task = asyncio.get_running_loop().create_task(self._quietly(renewal))
        self._tasks.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, renewal: Coroutine[Any, Any, Any]) -> None:
        try:
            await renewal
        except Exception as error:  # noqa: BLE001 - nobody waits for it who could handle it
            self._tell(error)

    def begin_in_thread(self, renewal: Callable[[], Any]) -> bool:
        """Run ``renewal`` in a thread of its own; False when too many run already, or no more can be had."""
        slots = self._slots
        if not slots.acquire(blocking=False):
            return False
        context = copy_context()
        thread = threading.Thread(
            target=lambda: context.run(self._in_thread, renewal, slots),
            name=f"airuntime-renew-{self._name}",
            daemon=True,
        )
        try:
            thread.start()
        except RuntimeError:  # too many threads, or the interpreter ends
            slots.release()
            return False
        return True

    def _in_thread(self, renewal: Callable[[], Any], slots: threading.Semaphore) -> None:
        try:
            renewal()
        except Exception as error:  # noqa: BLE001 - the same
            self._tell(error)
        finally:
            slots.release()

    def _tell(self, error: Exception) -> None:
        log_once(
            f"renew:{self._name}",
            "%s: a stale answer could not be renewed (%s); it is given until it is too old",
            self._name,
            type(error).__name__,
        )
