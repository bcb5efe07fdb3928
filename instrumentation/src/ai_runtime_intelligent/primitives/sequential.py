"""Steps that run one after the other, each on what the one before it gave."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from ai_runtime_intelligent.runtime.places import caller_place

from .base import Primitive
from .calls import as_call
from .definition import CATALOG, Definition
from .naming import name_of, shortened


class SequentialPrimitive(Primitive):
    """Gives the first step's result to the second, and so on; what the last one gives is the result.

    All steps get the same context. The first error ends the sequence and is raised as it came.
    """

    kind = "sequential"

    def __init__(self, name: str, steps: Sequence[Any]) -> None:
        """Raises ValueError without a step."""
        if not steps:
            raise ValueError(f"{name} needs at least one step")
        super().__init__(name, details={"steps": [name_of(step) for step in steps]})
        self._calls = [as_call(step) for step in steps]

    async def _run(self, value: Any, context: Any) -> Any:
        for call in self._calls:
            value = await call(value, context)
        return value


class Chain(SequentialPrimitive):
    """What ``a >> b`` gives: named after its steps, and a primitive of its own once it is executed.

    Before that it may be no more than the beginning of a longer chain.
    """

    def __init__(self, parts: list[Any]) -> None:
        self.parts = parts
        self.name = shortened(" >> ".join(name_of(part) for part in parts))
        self._place = caller_place()
        self._calls = [as_call(part) for part in parts]

    @cached_property
    def definition(self) -> Definition:  # type: ignore[override]
        """What is known of it, entered on its first execution."""
        details = {"steps": [name_of(part) for part in self.parts]}
        span_name = f"{SequentialPrimitive.__name__}.execute"
        return CATALOG.define(Definition(self.name, self.kind, span_name=span_name, place=self._place, details=details))
