"""The OpenTelemetry counter ``{name}.executions`` of each primitive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opentelemetry.metrics import Observation

from ai_runtime_intelligent.contract import metrics

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics import MeterProvider

    from .bound import Bound


class ExecutionCounters:
    """Observable counters that read at export what calls accumulated."""

    def __init__(self, provider: MeterProvider) -> None:
        self._meter = provider.get_meter("ai_runtime_intelligent")
        self._bounds: dict[str, list[Bound]] = {}

    def add(self, bound: Bound) -> None:
        """Count ``bound``, unless its counter would collide with a metric of the contract."""
        name = _instrument_name(bound.definition.name)
        if f"{name}_executions_total" == metrics.EXECUTIONS.name:
            return
        if name in self._bounds:
            self._bounds[name].append(bound)
            return
        bounds = self._bounds[name] = [bound]
        self._meter.create_observable_counter(
            f"{name}.executions", [lambda _: _observations(bounds)], description="Executions of the primitive."
        )

    def forget(self) -> None:
        """Read none of those that were added; the counters stay, for those that will be."""
        for bounds in self._bounds.values():
            bounds.clear()


def _observations(bounds: list[Bound]) -> list[Observation]:
    return [
        Observation(
            count, {"primitive.name": bound.definition.name, "primitive.type": bound.definition.kind, "status": s}
        )
        for bound in bounds
        for s, count in bound.executions().items()
    ]


def _instrument_name(name: str) -> str:
    """``name`` in the characters that OpenTelemetry allows."""
    clean = re.sub(r"[^a-zA-Z0-9_.\-/]", "_", name)[:200]
    return clean if clean[:1].isalpha() else f"p_{clean}"
