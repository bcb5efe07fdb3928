"""The base of our own primitives: one measured ``execute`` around what each of them does."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ai_runtime_intelligent.contract.kinds import PrimitiveKind, TunableScope, TunableType
from ai_runtime_intelligent.contract.metrics import Metric
from ai_runtime_intelligent.runtime.places import caller_place
from ai_runtime_intelligent.runtime.tunables import TUNABLES, Number, Tunable, TunableSpec

from .definition import CATALOG, Definition, LabelSet
from .frame import Frame
from .operators import Composable


class Primitive(Composable, ABC):
    """A named part of a workflow, to be put together by ``>>`` and ``|``. Subclasses say in ``_run`` what it does."""

    kind: ClassVar[PrimitiveKind]

    def __init__(
        self, name: str, *, details: Mapping[str, object] | None = None, known: Sequence[LabelSet] = ()
    ) -> None:
        self.name = name
        self.definition = CATALOG.define(
            Definition(
                name,
                self.kind,
                span_name=f"{type(self).__name__}.execute",
                place=caller_place(),
                details=details,
                known=known,
            )
        )

    async def execute(self, input: Any, context: Any = None) -> Any:  # noqa: A002 - the name that workflows use
        """Run on ``input``; ``context`` is handed on as it is. Raises what the wrapped code raises."""
        bound = self.definition.bound
        if bound is None:
            return await self._run(input, context)
        with Frame(bound):
            return await self._run(input, context)

    @abstractmethod
    async def _run(self, value: Any, context: Any) -> Any: ...

    def _tunable(
        self,
        what: str,
        default: Number,
        bounds: tuple[Number, Number],
        *,
        unit: str,
        about: str,
        scope: TunableScope = "call",
    ) -> Tunable:
        name = f"{self.name}.{what}"
        type_: TunableType = "int" if isinstance(bounds[0], int) else "float"
        spec = TunableSpec(name, self.name, self.kind, type_, default, bounds[0], bounds[1], unit, about, scope)
        return TUNABLES.declare(spec)

    def _count(self, metric: Metric, *labels: str, by: float = 1.0) -> None:
        if (bound := self.definition.bound) is not None:
            bound.count(metric, labels, by)

    def _observe(self, metric: Metric, value: float) -> None:
        if (bound := self.definition.bound) is not None:
            bound.observe(metric, value)

    def _show(self, metric: Metric, value: float) -> None:
        if (bound := self.definition.bound) is not None:
            bound.show(metric, value)
