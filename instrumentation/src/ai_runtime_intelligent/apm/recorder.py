"""The metrics of the contract in one registry, and their label sets, bound once and bounded in number."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from opentelemetry.trace import Tracer
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.contract.metrics import Metric
from ai_runtime_intelligent.contract.names import OTHER
from ai_runtime_intelligent.primitives.definition import Definition
from ai_runtime_intelligent.primitives.price_table import PriceTable
from ai_runtime_intelligent.quiet import log_once
from ai_runtime_intelligent.runtime.tunables import Tunable

from .bound import Bound
from .llm_calls import LlmBound

MAX_LABEL_SETS: Final = 2000
"""Label sets that one metric may have before new ones fold into ``other``."""

_CLOSED: Final = frozenset({"service", "kind", "status", "result", "reason", "outcome", "gen_ai_token_type"})
"""Labels with a closed vocabulary: they cannot grow, and stay as they are when the others fold."""

OnBind = Callable[[Bound], None]


class Recorder:
    """Writes what executions cost into ``registry``, for one service."""

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
        self._lock = threading.Lock()
        self._bound: dict[tuple[str, str], Bound] = {}
        self._metrics = {metric.name: _built(metric, registry) for metric in metrics.INSTRUMENTATION}
        self._children: dict[str, dict[tuple[str, ...], Any]] = {metric.name: {} for metric in metrics.INSTRUMENTATION}

    def child(self, metric: Metric, labels: tuple[str, ...]) -> Any:
        """The Prometheus child for ``labels``, given without the service; past the cap, the one of ``other``."""
        children = self._children[metric.name]
        found = children.get(labels)
        return self._bind_child(metric, children, labels) if found is None else found

    def _bind_child(self, metric: Metric, children: dict[tuple[str, ...], Any], labels: tuple[str, ...]) -> Any:
        with self._lock:
            if labels not in children and len(children) >= self._max:
                log_once(
                    f"cap:{id(self)}:{metric.name}",
                    "%s has %d label sets; new ones are counted under %r",
                    metric.name,
                    self._max,
                    OTHER,
                )
                labels = _folded(metric, labels)
            if labels not in children:
                children[labels] = self._metrics[metric.name].labels(self.service, *labels)
            return children[labels]

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

    def show_generation(self, generation: int) -> None:
        """Expose the generation of the remote config that is obeyed now; 0 = none."""
        self.child(metrics.CONFIG_GENERATION, ()).set(generation)

    def close(self) -> None:
        """Take the metrics out of the registry."""
        for built in self._metrics.values():
            self._registry.unregister(built)


def _built(metric: Metric, registry: CollectorRegistry) -> Counter | Gauge | Histogram:
    if metric.type == "histogram":
        return Histogram(metric.name, metric.help, metric.labels, registry=registry, buckets=metric.buckets)
    kind = Counter if metric.type == "counter" else Gauge
    return kind(metric.name, metric.help, metric.labels, registry=registry)


def _folded(metric: Metric, labels: tuple[str, ...]) -> tuple[str, ...]:
    names = metric.labels[1:]
    return tuple(value if name in _CLOSED else OTHER for name, value in zip(names, labels, strict=True))
