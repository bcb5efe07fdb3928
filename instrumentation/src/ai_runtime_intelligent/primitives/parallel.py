"""Branches of one input that run at the same time, as many at once as there are slots."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

from ai_runtime_intelligent.contract.metrics import QUEUE

from .base import Primitive
from .calls import Call, as_call


class ParallelPrimitive(Primitive):
    """Runs every branch on the same input, at most ``<name>.max_concurrency`` of one execution at once.

    Gives a dict by branch for a mapping of branches, a list in their order for a sequence. When a branch fails the
    others are cancelled and its error is raised as it came.
    """

    kind = "parallel"

    def __init__(self, name: str, branches: Mapping[str, Any] | Sequence[Any], *, max_concurrency: int = 8) -> None:
        """Raises ValueError without a branch, or when ``max_concurrency`` is not from 1 to 64."""
        named = dict(branches) if isinstance(branches, Mapping) else {str(i): b for i, b in enumerate(branches)}
        if not named:
            raise ValueError(f"{name} needs at least one branch")
        super().__init__(name, details={"branches": list(named)})
        self._as_list = not isinstance(branches, Mapping)
        self._calls = {branch: as_call(target) for branch, target in named.items()}
        self.max_concurrency = self._tunable(
            "max_concurrency", max_concurrency, (1, 64), unit="1", about="Branches of one execution that run at once."
        )

    async def _run(self, value: Any, context: Any) -> Any:
        slots = asyncio.Semaphore(int(self.max_concurrency.get()))
        asked = perf_counter()
        branches = [self._branch(call, slots, asked, value, context) for call in self._calls.values()]
        results = await _all([asyncio.ensure_future(branch) for branch in branches])
        return results if self._as_list else dict(zip(self._calls, results, strict=True))

    async def _branch(self, call: Call, slots: asyncio.Semaphore, asked: float, value: Any, context: Any) -> Any:
        async with slots:
            self._observe(QUEUE, perf_counter() - asked)
            return await call(value, context)


async def _all(tasks: list[asyncio.Future[Any]]) -> list[Any]:
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
