"""The recorder that calls write to, and all who look at it; in a forked child it begins at nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.primitives.definition import CATALOG
from ai_runtime_intelligent.runtime.tunables import TUNABLES

from .counters import ExecutionCounters
from .recorder import Recorder

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from ai_runtime_intelligent.primitives.price_table import PriceTable

    from .providers import Metering, Tracing


class Recording:
    """Records from its making until :meth:`end`."""

    def __init__(
        self,
        service: str,
        registry: CollectorRegistry,
        tracing: Tracing,
        metering: Metering,
        *,
        prices: PriceTable,
        max_label_sets: int,
    ) -> None:
        self._counters = ExecutionCounters(metering.provider)
        self._make = partial(
            Recorder,
            service,
            registry,
            tracer=tracing.provider.get_tracer("ai_runtime_intelligent"),
            prices=prices,
            max_label_sets=max_label_sets,
            on_bind=self._counters.add,
        )
        self.recorder = self._begin(generation=0)

    def _begin(self, generation: int) -> Recorder:
        recorder = self._make()
        recorder.show_generation(generation)
        CATALOG.activate(recorder)
        TUNABLES.listen(recorder.show_tunable)
        return recorder

    def begin_anew(self) -> None:
        """Count from nothing: what was counted, and what is under way, is the parent's."""
        generation = int(self.recorder.number(metrics.CONFIG_GENERATION, ()).value)
        self.recorder.retire()
        self.end()
        self._counters.forget()
        self.recorder = self._begin(generation)

    def end(self) -> None:
        """Let calls be bare again, or be recorded by whoever recorded before."""
        CATALOG.deactivate(self.recorder)
        TUNABLES.unlisten(self.recorder.show_tunable)
        self.recorder.close()
