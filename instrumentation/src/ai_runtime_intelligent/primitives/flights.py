"""Single flight: of several equal calls at the same time only one is made, and all get its answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakKeyDictionary

from ai_runtime_intelligent import forks

UnderWay = dict[Hashable, "asyncio.Future[Any]"]


class Flights:
    """Calls under way, by event loop and key. A cancelled leader does not cancel those who wait for it."""

    def __init__(self) -> None:
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, UnderWay] = WeakKeyDictionary()

    def find(self, key: Hashable) -> asyncio.Future[Any] | None:
        """The call under way for ``key`` in this event loop."""
        return self._here().get(key)

    def begin(self, key: Hashable) -> asyncio.Future[Any]:
        """Enter a call for ``key``; the caller ends it with :meth:`answer`, :meth:`fail` or :meth:`give_up`."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._here()[key] = future
        return future

    def answer(self, key: Hashable, value: Any) -> None:
        """Hand ``value`` to those who wait."""
        self._here().pop(key).set_result(value)

    def fail(self, key: Hashable, error: Exception) -> None:
        """Hand ``error`` to those who wait."""
        future = self._here().pop(key)
        future.set_exception(error)
        future.exception()  # seen: with nobody waiting it is no forgotten error

    def give_up(self, key: Hashable) -> None:
        """The leader was cancelled: those who wait find no answer, and one of them leads."""
        self._here().pop(key).cancel()

    def _here(self) -> UnderWay:
        loop = asyncio.get_running_loop()
        found = self._by_loop.get(loop)
        return self._by_loop.setdefault(loop, {}) if found is None else found


class ThreadFlight:
    """One call that a thread makes, and others may wait for."""

    def __init__(self) -> None:
        self._thread = threading.get_ident()
        self._ended = threading.Event()
        self._outcome: Callable[[], Any] | None = None

    @property
    def is_mine(self) -> bool:
        """Whether this very thread makes the call: waiting for it would be for ever."""
        return self._thread == threading.get_ident()

    def board(self) -> None:
        """Let this thread make the call that another one began."""
        self._thread = threading.get_ident()

    def answer(self, value: Any) -> None:
        """Hand ``value`` to those who wait."""
        self._outcome = lambda: value
        self._ended.set()

    def fail(self, error: Exception) -> None:
        """Hand ``error`` to those who wait."""

        def raises() -> None:
            raise error

        self._outcome = raises
        self._ended.set()

    def give_up(self) -> None:
        """The leader was interrupted: those who wait find no answer, and one of them leads."""
        self._ended.set()

    def landed(self) -> Callable[[], Any] | None:
        """Wait for the end: what gives the answer or raises the error, None when the leader gave up."""
        self._ended.wait()
        return self._outcome


class ThreadFlights:
    """Calls under way in all threads, by key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, ThreadFlight] = {}
        forks.renew(self)

    def begin_anew(self) -> None:
        """In a forked child nobody makes the calls that threads of the parent were making."""
        self._lock = threading.Lock()
        self._under_way = {}

    def join(self, key: Hashable) -> tuple[ThreadFlight, bool]:
        """The call under way for ``key``, or a new one that the caller leads (True) and ends with :meth:`leave`."""
        with self._lock:
            found = self._under_way.get(key)
            if found is not None:
                return found, False
            flight = self._under_way[key] = ThreadFlight()
            return flight, True

    def leave(self, key: Hashable) -> None:
        """The call for ``key`` has ended: the next one is a new one."""
        with self._lock:
            self._under_way.pop(key, None)
