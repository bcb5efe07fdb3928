"""Single flight: of several equal calls at the same time only one is made, and all get its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Any


class Flights:
    """Calls under way, by event loop and key. A cancelled leader does not cancel those who wait for it."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[int, Hashable], asyncio.Future[Any]] = {}

    def find(self, key: Hashable) -> asyncio.Future[Any] | None:
        """The call under way for ``key`` in this event loop."""
        return self._under_way.get(_place(key))

    def begin(self, key: Hashable) -> asyncio.Future[Any]:
        """Enter a call for ``key``; the caller ends it with :meth:`answer`, :meth:`fail` or :meth:`give_up`."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._under_way[_place(key)] = future
        return future

    def answer(self, key: Hashable, value: Any) -> None:
        """Hand ``value`` to those who wait."""
        self._pop(key).set_result(value)

    def fail(self, key: Hashable, error: Exception) -> None:
        """Hand ``error`` to those who wait."""
        future = self._pop(key)
        future.set_exception(error)
        future.exception()  # seen: with nobody waiting it is no forgotten error

    def give_up(self, key: Hashable) -> None:
        """The leader was cancelled: those who wait find no answer, and one of them leads."""
        self._pop(key).cancel()

    def _pop(self, key: Hashable) -> asyncio.Future[Any]:
        return self._under_way.pop(_place(key))


def _place(key: Hashable) -> tuple[int, Hashable]:
    return id(asyncio.get_running_loop()), key
