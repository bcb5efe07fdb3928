"""Slots for work: as many as the limit of the moment, in the order of asking, over all threads and event loops."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from ai_runtime_intelligent import forks


class _Turn:
    """A place in the queue. ``future`` belongs to the event loop of whoever waits."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.future: asyncio.Future[None] = self._loop.create_future()
        self.granted = False

    def wake(self) -> bool:
        """Let the one who waits go on; False when its event loop is closed, and nobody waits any more."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._come)
            return True
        return False

    def _come(self) -> None:
        if not self.future.done():
            self.future.set_result(None)


class Slots:
    """Slots that are taken and given back. ``limit`` is asked whenever one is wanted or comes free."""

    def __init__(self, limit: Callable[[], float]) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._queue: deque[_Turn] = deque()
        self._taken = 0
        forks.renew(self)

    def begin_anew(self) -> None:
        """In a forked child nobody holds a slot or waits for one."""
        self._lock = threading.Lock()
        self._queue = deque()
        self._taken = 0

    @property
    def taken(self) -> int:
        """Slots in use; more than the limit when it has shrunk since."""
        return self._taken

    @property
    def waiting(self) -> int:
        """Those who wait for a slot."""
        return len(self._queue)

    def take_now(self) -> bool:
        """Take a slot if one is free and nobody waits for it."""
        with self._lock:
            return self._take_free()

    async def take(self) -> None:
        """Take a slot when it is one's turn. A cancelled wait takes none."""
        with self._lock:
            if self._take_free():
                return
            turn = _Turn()
            self._queue.append(turn)
        try:
            await turn.future
        except BaseException:
            self._forgo(turn)
            raise

    def give_back(self) -> None:
        """Free a slot that was taken."""
        with self._lock:
            self._taken = max(0, self._taken - 1)
        self.hand_out()

    def hand_out(self) -> None:
        """Give the free slots to those who wait, the longest first; to be called when the limit has grown."""
        while (turn := self._next()) is not None:
            if not turn.wake():
                with self._lock:
                    self._taken -= 1
                    turn.granted = False

    def _take_free(self) -> bool:
        if self._queue or self._taken >= self._limit():
            return False
        self._taken += 1
        return True

    def _next(self) -> _Turn | None:
        with self._lock:
            if not self._queue or self._taken >= self._limit():
                return None
            turn = self._queue.popleft()
            self._taken += 1
            turn.granted = True
            return turn

    def _forgo(self, turn: _Turn) -> None:
        with self._lock:
            if turn.granted:
                self._taken -= 1
            elif turn in self._queue:
                self._queue.remove(turn)
        self.hand_out()
