"""Pushing the contract's metrics by OTLP: what Prometheus would read, put into OpenTelemetry's shapes.

It rides on a periodic reader: each time that reader exports, the registry is read too, and both go out together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import time_ns
from typing import Any, Final

from opentelemetry.sdk.metrics import Counter
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricExporter,
    MetricExportResult,
    MetricsData,
    NumberDataPoint,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client import CollectorRegistry
from prometheus_client import Metric as Family
from prometheus_client.samples import Sample

from ai_runtime_intelligent.apm.inherited import drop_connections
from ai_runtime_intelligent.contract import metrics as contract
from ai_runtime_intelligent.quiet import forget, log_once

from .telling import LOST

SCOPE: Final = "ai_runtime_intelligent"

_CONTRACT: Final = {metric.name.removesuffix("_total"): metric for metric in contract.INSTRUMENTATION}
_UNITS: Final = {"1": "", "USD": "{USD}"}
"""Units that Prometheus' translation of OTLP would append to the name."""

Point = tuple[float, ...]
Key = tuple[str, tuple[tuple[str, str], ...]]
"""A metric and the labels of one of its series."""


@dataclass
class Counts:
    """What every series had counted when it was last sent, for who wants to know what came since."""

    sent: dict[Key, Point] = field(default_factory=dict)
    since: int = field(default_factory=time_ns)


class PushExporter(MetricExporter):
    """Sends what ``inner`` is given, and the contract's metrics in ``registry`` beside it.

    With ``only_ours`` the metrics of others, which their own readers send, are left out.
    """

    def __init__(self, inner: MetricExporter, registry: CollectorRegistry, *, only_ours: bool) -> None:
        temporality = inner._preferred_temporality  # noqa: SLF001 - the SDK's readers read it the same way
        super().__init__(temporality, inner._preferred_aggregation)  # noqa: SLF001 - the same
        self._inner = inner
        self._registry = registry
        self._only_ours = only_ours
        self._delta = (temporality or {}).get(Counter) == AggregationTemporality.DELTA
        self._counts = Counts()
        self._key = f"export:{id(self)}"

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: Any) -> MetricExportResult:
        """Send both. What a push that failed held is in the next one."""
        try:
            result = self._export(metrics_data, timeout_millis, **kwargs)
        except Exception as error:  # noqa: BLE001 - OpenTelemetry would log it again and again
            log_once(self._key, LOST, "metrics", "their exporter failed", type(error).__name__)
            return MetricExportResult.FAILURE
        if result is MetricExportResult.SUCCESS:
            forget(self._key)
        else:
            log_once(self._key, LOST, "metrics", "nobody took them", type(self._inner).__name__)
        return result

    def _export(self, metrics_data: MetricsData, timeout_millis: float, **kwargs: Any) -> MetricExportResult:
        now = time_ns()
        read = list(_read(self._registry))
        families = [_metric(family, self._counts, now, delta=self._delta) for family in read]
        result = self._inner.export(self._with(metrics_data, families), timeout_millis=timeout_millis, **kwargs)
        if self._delta and result is MetricExportResult.SUCCESS:
            sent = {(name, labels): point for name, _, series in read for labels, point in series.items()}
            self._counts = Counts(sent, now)
        return result

    def _with(self, metrics_data: MetricsData, families: list[Metric]) -> MetricsData:
        """What was given and ``families``, in one scope of our name: the encoder keeps one scope of a name."""
        first, *rest = metrics_data.resource_metrics
        given = [metric for scope in first.scope_metrics if scope.scope.name == SCOPE for metric in scope.metrics]
        ours = ScopeMetrics(InstrumentationScope(SCOPE), [*given, *families], "")
        if self._only_ours:
            return MetricsData([replace(first, scope_metrics=[ours])])
        others = [scope for scope in first.scope_metrics if scope.scope.name != SCOPE]
        return MetricsData([replace(first, scope_metrics=[*others, ours]), *rest])

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        """Nothing is held back here."""
        return self._inner.force_flush(timeout_millis)

    def begin_in_child(self) -> None:
        """In a forked child: what was sent was the parent's, and so are the connections."""
        self._counts = Counts()
        drop_connections(self._inner)

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:
        """Stop sending."""
        self._inner.shutdown(timeout_millis, **kwargs)


Read = tuple[str, Family, Mapping[tuple[tuple[str, str], ...], Point]]
"""A family with its series: one number each, or for a histogram the count of every bucket and the sum."""


def _read(registry: CollectorRegistry) -> Iterator[Read]:
    for family in registry.collect():
        if family.name in _CONTRACT:
            yield family.name, family, _histograms(family) if family.type == "histogram" else _numbers(family)


def _labels(sample: Sample) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in sample.labels.items() if name != "le" and value)


def _numbers(family: Family) -> dict[tuple[tuple[str, str], ...], Point]:
    samples = (sample for sample in family.samples if not sample.name.endswith("_created"))
    return {_labels(sample): (float(sample.value),) for sample in samples}


def _histograms(family: Family) -> dict[tuple[tuple[str, str], ...], Point]:
    cumulative: dict[tuple[tuple[str, str], ...], list[float]] = {}
    sums: dict[tuple[tuple[str, str], ...], float] = {}
    for sample in family.samples:
        if sample.name.endswith("_bucket"):
            cumulative.setdefault(_labels(sample), []).append(sample.value)
        elif sample.name.endswith("_sum"):
            sums[_labels(sample)] = sample.value
    return {
        labels: (*(high - low for low, high in zip([0.0, *counts], counts, strict=False)), sums.get(labels, 0.0))
        for labels, counts in cumulative.items()
    }


def _metric(read: Read, counts: Counts, now: int, *, delta: bool) -> Metric:
    name, family, series = read
    known = _CONTRACT[name]
    points = [(dict(labels), point, _grown(point, counts.sent.get((name, labels)))) for labels, point in series.items()]
    data: Any
    if known.type == "gauge":
        data = Gauge([NumberDataPoint(_named(labels), 0, now, point[0]) for labels, point, _ in points])
    elif known.type == "counter":
        numbers = [
            NumberDataPoint(_named(labels), counts.since, now, (grown if delta else point)[0])
            for labels, point, grown in points
        ]
        data = Sum(numbers, _temporality(delta=delta), is_monotonic=True)
    else:
        edges = known.buckets
        histograms = [
            _histogram(_named(labels), grown if delta else point, edges, (counts.since, now))
            for labels, point, grown in points
        ]
        data = Histogram(histograms, _temporality(delta=delta))
    return Metric(_otel_name(known), family.documentation, _UNITS.get(known.unit, known.unit), data)


def _grown(point: Point, before: Point | None) -> Point:
    """What came since ``before``; all of it after a reset."""
    if before is None or len(before) != len(point):
        return point
    grown = tuple(now - then for now, then in zip(point, before, strict=True))
    return point if min(grown, default=0) < 0 else grown


def _histogram(
    labels: dict[str, str], point: Point, edges: Sequence[float], times: tuple[int, int]
) -> HistogramDataPoint:
    counts, total = [int(count) for count in point[:-1]], point[-1]
    nothing: Any = None  # the least and greatest value are not known, which the protocol allows and the SDK's type not
    return HistogramDataPoint(labels, *times, sum(counts), total, counts, edges, nothing, nothing)


def _temporality(*, delta: bool) -> AggregationTemporality:
    return AggregationTemporality.DELTA if delta else AggregationTemporality.CUMULATIVE


def _otel_name(metric: contract.Metric) -> str:
    """The name in OpenTelemetry's spelling: with dots for the gen_ai metrics, which are its own."""
    name = metric.name.removesuffix("_total")
    if not name.startswith("gen_ai_"):
        return name
    return "gen_ai." + name.removeprefix("gen_ai_").removesuffix("_seconds").replace("_", ".")


def _named(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels as attributes in OpenTelemetry's spelling."""
    return {_attribute(name): value for name, value in labels.items()}


def _attribute(name: str) -> str:
    if name == "error_type":
        return "error.type"
    return "gen_ai." + name.removeprefix("gen_ai_").replace("_", ".") if name.startswith("gen_ai_") else name
