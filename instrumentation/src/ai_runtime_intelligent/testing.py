"""For tests of what is instrumented: everything measured is kept in memory, and nothing leaves the process.

:func:`measuring` and :func:`tuned` are context managers for any test framework. With pytest, ``pytest_plugins =
["ai_runtime_intelligent.pytest_fixtures"]`` in a ``conftest.py`` gives fixtures of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ai_runtime_intelligent.contract import env, metrics
from ai_runtime_intelligent.contract.kinds import Status
from ai_runtime_intelligent.runtime.settings import Prices
from ai_runtime_intelligent.runtime.tunables import TUNABLES, Number

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    from prometheus_client.metrics_core import Metric as Family

    from ai_runtime_intelligent.apm.setup import Apm

__all__ = ["FakeClock", "Measured", "measuring", "tuned"]

_SERVICE: Final = "test"
_WHILE_MEASURING: Final[Mapping[str, str | None]] = {
    env.DISABLED.name: None,
    env.METRICS_EXPORTER.name: "none",
    "OTEL_TRACES_SAMPLER": None,  # OpenTelemetry's own: a sampler would leave spans out
}


class Measured:
    """What was measured since :func:`measuring` was entered; it may be asked at any time, and after it too."""

    def __init__(self, apm: Apm, exporter: InMemorySpanExporter) -> None:
        self._apm = apm
        self._exporter = exporter
        self._last: Sequence[Family] | None = None

    def value(self, metric: str, **labels: str) -> float:
        """The sum of all series of a sample that have these labels, 0.0 when none has.

        ``metric`` is the name of a sample as Prometheus shows it: ``airuntime_executions_total``,
        ``airuntime_duration_seconds_count``.
        """
        families = self._apm.registry.collect() if self._last is None else self._last
        samples = (sample for family in families for sample in family.samples if sample.name == metric)
        return sum((sample.value for sample in samples if labels.items() <= sample.labels.items()), 0.0)

    def calls(self, primitive: str, status: Status | None = None) -> int:
        """How often ``primitive`` was executed, and ended with ``status`` if one is given."""
        more = {} if status is None else {"status": str(status)}
        return int(self.value(metrics.EXECUTIONS.name, primitive=primitive, **more))

    def cost_usd(self, **labels: str) -> float:
        """What models cost: all of them, or those with these labels (``primitive``, ``model``, ``route``)."""
        return self.value(metrics.COST.name, **labels)

    def spans(self, primitive: str | None = None) -> list[ReadableSpan]:
        """Finished spans, the first that ended first; only those of ``primitive`` if one is given."""
        self._apm.tracer_provider.force_flush()
        found = self._exporter.get_finished_spans()
        return [one for one in found if primitive in (None, (one.attributes or {}).get("primitive.name"))]

    def end(self) -> None:
        """Measure no more; what was measured is kept."""
        if self._last is None:
            self._last = list(self._apm.registry.collect())
            self._apm.shutdown()


@contextmanager
def measuring(service_name: str = _SERVICE, *, prices: Prices | None = None) -> Iterator[Measured]:
    """Measure every instrumented call inside, from zero, whatever the environment says.

    No port is opened and nothing is sent. What was measuring before goes on afterwards. ``prices`` are as for
    ``setup_apm()``.
    """
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import (  # noqa: PLC0415 - loaded only in tests
        InMemorySpanExporter,
    )

    from ai_runtime_intelligent.apm.setup import setup_apm  # noqa: PLC0415 - the same

    exporter = InMemorySpanExporter()
    with _environment(_WHILE_MEASURING):
        apm = setup_apm(service_name, export_to_prometheus=False, span_exporter=exporter, prices=prices)
    measured = Measured(apm, exporter)
    try:
        yield measured
    finally:
        measured.end()


@contextmanager
def tuned(values: Mapping[str, Number]) -> Iterator[None]:
    """Let tunables have these values inside, as a backend would set them: ``{"answers.ttl_seconds": 5.0}``.

    Other tunables keep theirs, and all have them again afterwards. Raises ValueError for a value outside the bounds;
    a name that nothing declares is taken when something does.
    """
    held = {one.spec.name: one.value for one in TUNABLES.all() if one.value != one.spec.default}
    TUNABLES.apply({**held, **values})
    try:
        yield
    finally:
        TUNABLES.apply(held)


class FakeClock:
    """Seconds that pass when a test says so: ``CachePrimitive(..., clock=clock)``."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds

    def __call__(self) -> float:
        """What time it is."""
        return self._seconds

    def advance(self, seconds: float) -> None:
        """Let time pass. Raises ValueError when it would go back."""
        if seconds < 0:
            raise ValueError(f"time only passes, got {seconds!r} seconds")
        self._seconds += seconds


@contextmanager
def _environment(values: Mapping[str, str | None]) -> Iterator[None]:
    held = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(held)


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
