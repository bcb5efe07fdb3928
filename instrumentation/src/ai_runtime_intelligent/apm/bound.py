"""The metrics of one primitive, bound once: what the frame of a call writes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.contract.kinds import STATUSES, Status
from ai_runtime_intelligent.contract.metrics import Metric
from ai_runtime_intelligent.primitives.definition import Definition
from ai_runtime_intelligent.primitives.frame import status_of
from ai_runtime_intelligent.quiet import quiet

from .spans import Span

if TYPE_CHECKING:
    from .recorder import Recorder


class Bound:
    """Label sets of one primitive, looked up once and kept."""

    def __init__(self, recorder: Recorder, definition: Definition) -> None:
        self.definition = definition
        self._recorder = recorder
        self._labels = (definition.name, definition.kind)
        self._tracer = recorder.tracer
        self._attributes = {"primitive.name": definition.name, "primitive.type": definition.kind}
        self._executions = {s: recorder.child(metrics.EXECUTIONS, (*self._labels, s)) for s in STATUSES}
        self._duration = recorder.child(metrics.DURATION, self._labels)
        self._self = recorder.child(metrics.SELF, self._labels)
        self._inflight = recorder.child(metrics.INFLIGHT, self._labels)

    @quiet
    def initialise(self, definition: Definition) -> None:
        """Follow ``definition`` and let its known label sets start at 0, so that a rate sees their first increase."""
        self.definition = definition
        for metric, labels in definition.known:
            self._recorder.child(metric, (*self._labels, *labels))

    def begin(self) -> Span | None:
        """An execution starts. The span, if any, is current until :meth:`end`."""
        span = Span(self._tracer, self.definition.span_name, self._attributes) if self._tracer else None
        self._inflight.inc()
        return span

    def end(self, span: Span | None, error: BaseException | None, seconds: float, own: float, result: Any) -> None:
        """The execution ended after ``seconds``, of which ``own`` were not its children's."""
        status = status_of(error)
        self._inflight.dec()
        self._executions[status].inc()
        exemplar = span.exemplar() if span is not None else None
        self._duration.observe(seconds, exemplar)
        self._self.observe(own, exemplar)
        if span is not None:
            span.end(status, error)
        self.observed(status, error, seconds, result)

    def withdraw(self, span: Span | None) -> None:
        """The execution goes on elsewhere: as if it had not started here."""
        self._inflight.dec()
        if span is not None:
            span.leave()

    def observed(self, status: Status, error: BaseException | None, seconds: float, result: Any) -> None:
        """What a kind records beyond every other; nothing by default."""

    @quiet
    def count(self, metric: Metric, labels: tuple[str, ...], by: float = 1.0) -> None:
        """Add to a counter of this primitive."""
        self._recorder.child(metric, (*self._labels, *labels)).inc(by)

    @quiet
    def observe(self, metric: Metric, value: float) -> None:
        """Add to a histogram of this primitive."""
        self._recorder.child(metric, self._labels).observe(value)

    @quiet
    def show(self, metric: Metric, value: float) -> None:
        """Set a gauge of this primitive."""
        self._recorder.child(metric, self._labels).set(value)

    def executions(self) -> dict[Status, float]:
        """Executions so far by how they ended."""
        return {status: counter._value.get() for status, counter in self._executions.items()}  # noqa: SLF001
