"""The metric families of one service: their label sets, as prometheus_client collects them and as text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from opentelemetry.trace import format_span_id, format_trace_id
from prometheus_client.metrics_core import Metric as PrometheusMetric
from prometheus_client.samples import Exemplar as PrometheusExemplar
from prometheus_client.samples import Sample
from prometheus_client.utils import floatToGoString

from ai_runtime_intelligent.contract.metrics import Metric

from .cells import Buckets, Exemplar, Number

Labels = tuple[str, ...]
"""Label values in the order of the metric's labels, without the service."""

_ESCAPES: Final = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


class Family:
    """Every label set of one metric."""

    def __init__(self, metric: Metric, service: str) -> None:
        self.metric = metric
        self.service = service
        self.cells: dict[Labels, Number | Buckets] = {}
        self.edges = (*(_text(edge) for edge in metric.buckets), "+Inf")

    def add(self, labels: Labels) -> Number | Buckets:
        """Enter a label set, at 0."""
        cell = Buckets(self.metric.buckets) if self.metric.type == "histogram" else Number()
        return self.cells.setdefault(labels, cell)

    def samples(self) -> Iterator[Sample]:
        """What prometheus_client reads."""
        name = self.metric.name
        for labels, cell in self.cells.copy().items():
            named = dict(zip(self.metric.labels, (self.service, *labels), strict=True))
            if isinstance(cell, Number):
                yield Sample(name, named, cell.value)
            else:
                for edge, count, exemplar in self._buckets(cell):
                    shown = exemplar and PrometheusExemplar(_trace(exemplar), exemplar.value, exemplar.seconds)
                    yield Sample(f"{name}_bucket", {**named, "le": edge}, count, None, shown)
                yield Sample(f"{name}_count", named, count)
                yield Sample(f"{name}_sum", named, cell.sum)

    def lines(self, *, openmetrics: bool) -> Iterator[str]:
        """The same as text, a label set at a time."""
        name, kind = self.metric.name, self.metric.type
        title = name.removesuffix("_total") if openmetrics else name
        yield f"# HELP {title} {self.metric.help}\n# TYPE {title} {kind}\n"
        for labels, cell in self.cells.copy().items():
            named = self._label_text(labels)
            if isinstance(cell, Number):
                yield f"{name}{{{named}}} {_text(cell.value)}\n"
            else:
                yield self._histogram_text(named, cell, openmetrics=openmetrics)

    def _histogram_text(self, labels: str, cell: Buckets, *, openmetrics: bool) -> str:
        start = f"{self.metric.name}_bucket{{{labels},le="
        lines, count = [], 0
        for edge, count, exemplar in self._buckets(cell):
            shown = _exemplar_text(exemplar) if exemplar and openmetrics else ""
            lines.append(f'{start}"{edge}"}} {count}{shown}\n')
        lines.append(f"{self.metric.name}_count{{{labels}}} {count}\n")
        lines.append(f"{self.metric.name}_sum{{{labels}}} {_text(cell.sum)}\n")
        return "".join(lines)

    def _buckets(self, cell: Buckets) -> Iterator[tuple[str, int, Exemplar | None]]:
        """Upper edge, observations up to it, and exemplar of each bucket."""
        for bucket, (edge, count) in enumerate(zip(self.edges, accumulate(cell.counts.copy()), strict=True)):
            yield edge, count, cell.exemplars.get(bucket)

    def _label_text(self, labels: Labels) -> str:
        values = (self.service, *labels)
        return ",".join(
            f'{name}="{value.translate(_ESCAPES)}"' for name, value in zip(self.metric.labels, values, strict=True)
        )


class Shown(PrometheusMetric):
    """A family during one scrape. Its samples are made when somebody reads them: our own endpoint reads the text."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._samples: list[Sample] | None = None
        super().__init__(family.metric.name.removesuffix("_total"), family.metric.help, family.metric.type)

    @property
    def samples(self) -> list[Sample]:
        """Every sample of the family."""
        if self._samples is None:
            self._samples = list(self.family.samples())
        return self._samples

    @samples.setter
    def samples(self, samples: list[Sample]) -> None:
        """The base class sets an empty list at first; what is set later stands."""
        self._samples = samples or None


def _text(number: float) -> str:
    return str(floatToGoString(number))  # type: ignore[no-untyped-call]


def _trace(exemplar: Exemplar) -> dict[str, str]:
    return {"trace_id": format_trace_id(exemplar.span.trace_id), "span_id": format_span_id(exemplar.span.span_id)}


def _exemplar_text(exemplar: Exemplar) -> str:
    labels = ",".join(f'{name}="{value}"' for name, value in _trace(exemplar).items())
    return f" # {{{labels}}} {_text(exemplar.value)} {exemplar.seconds}"
