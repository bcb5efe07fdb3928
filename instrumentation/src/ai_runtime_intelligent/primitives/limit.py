"""A concurrency limit: so many calls at once, the others wait their turn."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from ai_runtime_intelligent.contract.metrics import QUEUE, WAITING

from .base import Primitive
from .calls import as_call
from .slots import Slots


class ConcurrencyLimitPrimitive(Primitive):
    """Lets at most ``<name>.limit`` calls of the wrapped primitive run at once, in all threads and event loops.

    Whoever asked first goes first. The limit is obeyed at once when it grows; when it shrinks, running calls end first.
    """

    kind = "limit"

    def __init__(self, name: str, primitive: Any, *, limit: int = 10) -> None:
        """Raises ValueError when ``limit`` is not from 1 to 10000."""
        super().__init__(name, known=[(WAITING, ()), (QUEUE, ())])
        self._call = as_call(primitive)
        self.limit = self._tunable(
            "limit", limit, (1, 10_000), unit="1", about="Calls that run at once.", scope="process"
        )
        self._slots = Slots(self.limit.get)
        self.limit.watch(self._slots.hand_out)

    async def _run(self, value: Any, context: Any) -> Any:
        asked = perf_counter()
        if not self._slots.take_now():
            await self._wait()
        self._observe(QUEUE, perf_counter() - asked)
        try:
            return await self._call(value, context)
        finally:
            self._slots.give_back()

    async def _wait(self) -> None:
        self._show(WAITING, self._slots.waiting + 1)
        try:
            await self._slots.take()
        finally:
            self._show(WAITING, self._slots.waiting)
