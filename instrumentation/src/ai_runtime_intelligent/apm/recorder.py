"""The metrics of the contract in one registry, and their label sets, bound once and bounded in number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, cast

from opentelemetry.trace import Tracer
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric as PrometheusMetric
from prometheus_client.registry import Collector

from ai_runtime_intelligent import guard
from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.contract.metrics import Metric
from ai_runtime_intelligent.contract.names import OTHER
from ai_runtime_intelligent.primitives.definition import Definition
from ai_runtime_intelligent.primitives.price_table import PriceTable
from ai_runtime_intelligent.quiet import log_once
from ai_runtime_intelligent.runtime.tunables import Tunable

from .bound import Bound
from .cells import Buckets, Number
from .families import Family, Labels, Shown
from .llm_calls import LlmBound
from .trials import Trials

MAX_LABEL_SETS: Final = 2000
"""Label sets that one metric may have before new ones fold into ``other``."""

_CLOSED: Final = frozenset({"service", "kind", "status", "result", "reason", "outcome", "gen_ai_token_type"})
"""Labels with a closed vocabulary: they cannot grow, and stay as they are when the others fold."""

OnBind = Callable[[Bound], None]


class Recorder(Collector):
    """Keeps what executions cost, for one service, and shows it in ``registry``."""

    def __init__(
        self,
        service: str,
        registry: CollectorRegistry,
        *,
        tracer: Tracer | None = None,
        prices: PriceTable | None = None,
        max_label_sets: int = MAX_LABEL_SETS,
        on_bind: OnBind | None = None,
    ) -> None:
        self.service = service
        self.tracer = tracer
        self.prices = prices or PriceTable({})
        self._max = max_label_sets
        self._registry = registry
        self._on_bind = on_bind
        self._bound: dict[tuple[str, str], Bound] = {}
        self._families = {metric.name: Family(metric, service) for metric in metrics.INSTRUMENTATION}
        self.trials = Trials(self)
        registry.register(self)

    def child(self, metric: Metric, labels: Labels) -> Any:
        """What accumulates for ``labels``, given without the service; past the cap, that of ``other``."""
        family = self._families[metric.name]
        found = family.cells.get(labels)
        return self._bind_child(family, labels) if found is None else found

    def number(self, metric: Metric, labels: Labels) -> Number:
        """The :meth:`child` of a counter or a gauge."""
        return cast("Number", self.child(metric, labels))

    def buckets(self, metric: Metric, labels: Labels) -> Buckets:
        """The :meth:`child` of a histogram."""
        return cast("Buckets", self.child(metric, labels))

    def _bind_child(self, family: Family, labels: Labels) -> Any:
        with guard.lock:
            full = labels not in family.cells and len(family.cells) >= self._max
            cell = family.add(_folded(family.metric, labels) if full else labels)
        if full:
            name = family.metric.name
            log_once(
                f"cap:{id(self)}:{name}", "%s has %d label sets; new ones are counted under %r", name, self._max, OTHER
            )
        return cell

    def forget(self, metric: Metric, labels: Labels) -> None:
        """Show ``labels`` no more."""
        with guard.lock:
            self._families[metric.name].cells.pop(labels, None)

    def collect(self) -> Iterator[PrometheusMetric]:
        """What the registry shows: every family, with its numbers of this moment."""
        for family in self._families.values():
            yield Shown(family)

    describe = collect

    def bind(self, definition: Definition) -> Bound:
        """The metrics of ``definition``; the same ones for every definition of its name and kind."""
        key = (definition.name, definition.kind)
        bound = self._bound.get(key)
        if bound is None:
            bound = (LlmBound if definition.kind == "llm" else Bound)(self, definition)
            if len(self._bound) < self._max:
                self._bound[key] = bound
                self._kept(bound)
        bound.initialise(definition)
        return bound

    def _kept(self, bound: Bound) -> None:
        if self._on_bind is not None:
            self._on_bind(bound)

    def show_tunable(self, tunable: Tunable) -> None:
        """Expose the value that is obeyed now."""
        spec = tunable.spec
        self.child(metrics.TUNABLE_VALUE, (spec.primitive, spec.kind, spec.name)).set(tunable.value)
        self.trials.show(spec.name, (spec.primitive, spec.kind), tunable.experiment)

    def show_generation(self, generation: int) -> None:
        """Expose the generation of the remote config that is obeyed now; 0 = none."""
        self.child(metrics.CONFIG_GENERATION, ()).set(generation)

    def retire(self) -> None:
        """Let what is under way end without a trace: in a forked child it is the parent's."""
        for bound in self._bound.values():
            bound.retire()

    def close(self) -> None:
        """Take the metrics out of the registry."""
        self._registry.unregister(self)


def _folded(metric: Metric, labels: Labels) -> Labels:
    names = metric.labels[1:]
    return tuple(value if name in _CLOSED else OTHER for name, value in zip(names, labels, strict=True))
