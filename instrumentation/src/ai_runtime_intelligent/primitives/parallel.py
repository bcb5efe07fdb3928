"""Branches of one input that run at the same time, as many at once as there are slots."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cached_property
from time import perf_counter
from typing import Any, Final

from ai_runtime_intelligent.contract.metrics import QUEUE
from ai_runtime_intelligent.runtime.places import caller_place
from ai_runtime_intelligent.runtime.tunables import Tunable

from .base import Primitive
from .calls import Call, as_call
from .definition import CATALOG, Definition
from .naming import name_of, shortened

_SLOTS: Final = 8
_MOST_SLOTS: Final = 64


class ParallelPrimitive(Primitive):
    """Runs every branch on the same input, at most ``<name>.max_concurrency`` of one execution at once.

    Gives a dict by branch for a mapping of branches, a list in their order for a sequence. When a branch fails the
    others are cancelled and its error is raised as it came.
    """

    kind = "parallel"

    def __init__(
        self, name: str, branches: Mapping[str, Any] | Sequence[Any], *, max_concurrency: int = _SLOTS
    ) -> None:
        """Raises ValueError without a branch, or when ``max_concurrency`` is not from 1 to 64."""
        named = dict(branches) if isinstance(branches, Mapping) else {str(i): b for i, b in enumerate(branches)}
        if not named:
            raise ValueError(f"{name} needs at least one branch")
        super().__init__(name, details={"branches": list(named)})
        self._as_list = not isinstance(branches, Mapping)
        self._calls = {branch: as_call(target) for branch, target in named.items()}
        self.max_concurrency = self._slots(max_concurrency)

    def _slots(self, default: int) -> Tunable:
        about = "Branches of one execution that run at once."
        return self._tunable("max_concurrency", default, (1, _MOST_SLOTS), unit="1", about=about)

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


class Fork(ParallelPrimitive):
    """What ``a | b`` gives: named after its branches, and a primitive of its own once it is executed.

    Before that it may be no more than the beginning of a wider one.
    """

    def __init__(self, parts: list[Any]) -> None:
        self.parts = parts
        self.name = shortened(f"({' | '.join(name_of(part) for part in parts)})")
        self._place = caller_place()
        self._as_list = True
        self._calls = {str(i): as_call(part) for i, part in enumerate(parts)}

    @cached_property
    def definition(self) -> Definition:  # type: ignore[override]
        """What is known of it, entered on its first execution."""
        details = {"branches": [name_of(part) for part in self.parts]}
        span_name = f"{ParallelPrimitive.__name__}.execute"
        return CATALOG.define(Definition(self.name, self.kind, span_name=span_name, place=self._place, details=details))

    @cached_property
    def max_concurrency(self) -> Tunable:  # type: ignore[override]
        """Branches that run at once: all of them, unless there are very many."""
        return self._slots(min(max(_SLOTS, len(self.parts)), _MOST_SLOTS))


async def _all(tasks: list[asyncio.Future[Any]]) -> list[Any]:
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
