"""The metrics of one primitive, bound once: what the frame of a call writes to."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from time import time
from typing import TYPE_CHECKING, Any, Final

from ai_runtime_intelligent import guard
from ai_runtime_intelligent.contract import metrics
from ai_runtime_intelligent.contract.kinds import STATUSES, ArmName, Status
from ai_runtime_intelligent.contract.metrics import Metric
from ai_runtime_intelligent.primitives.definition import Definition
from ai_runtime_intelligent.primitives.frame import status_of
from ai_runtime_intelligent.quiet import failed, quiet
from ai_runtime_intelligent.runtime.arms import Experiment

from .cells import Exemplar
from .current import Span
from .joined import ArmTotals, Joined
from .spans import Start, starter

if TYPE_CHECKING:
    from .recorder import Recorder

_EDGES: Final = metrics.DURATION.buckets
"""Of both histograms that every execution goes into."""


class Bound:
    """Label sets of one primitive, looked up once and kept.

    ``piece`` reads the text of one event of a stream; None where what is asked and answered is not recorded.
    """

    piece: Callable[[Any], str] | None = None

    def __init__(self, recorder: Recorder, definition: Definition) -> None:
        self.definition = definition
        self._recorder = recorder
        self._labels = (definition.name, definition.kind)
        self._executions = {s: recorder.number(metrics.EXECUTIONS, (*self._labels, s)) for s in STATUSES}
        self._duration = recorder.buckets(metrics.DURATION, self._labels)
        self._self = recorder.buckets(metrics.SELF, self._labels)
        self._inflight = recorder.number(metrics.INFLIGHT, self._labels)
        self._observes = type(self).observed is not Bound.observed
        self._start = self._starter()

    def _starter(self) -> Start | None:
        tracer = self._recorder.tracer
        attributes = {"primitive.name": self.definition.name, "primitive.type": self.definition.kind}
        return starter(tracer, self.definition.span_name, attributes) if tracer is not None else None

    @quiet
    def initialise(self, definition: Definition) -> None:
        """Follow ``definition`` and let its known label sets start at 0, so that a rate sees their first increase."""
        renamed = definition.span_name != self.definition.span_name
        self.definition = definition
        if renamed:
            self._start = self._starter()
        for metric, labels in definition.known:
            self._recorder.child(metric, (*self._labels, *labels))

    def begin(self) -> Span | None:
        """An execution starts. The span, if any, is current until it is left, which is before :meth:`end`."""
        with guard.lock:
            self._inflight.value += 1
        try:
            return self._start() if self._start is not None else None
        except Exception:  # noqa: BLE001 - a sampler, or a processor, that fails costs the span and no count
            failed("Bound.begin")
            return None

    def end(self, span: Span | None, error: BaseException | None, seconds: float, own: float, result: Any) -> None:
        """The execution ended after ``seconds``, of which ``own`` were not its children's."""
        status: Status = "ok" if error is None else status_of(error)
        executions, duration, self_time = self._executions[status], self._duration, self._self
        bucket, own_bucket = bisect_left(_EDGES, seconds), bisect_left(_EDGES, own)
        with guard.lock:  # written out, and not a call for each: this is what every execution costs
            self._inflight.value -= 1
            executions.value += 1
            duration.counts[bucket] += 1
            duration.sum += seconds
            self_time.counts[own_bucket] += 1
            self_time.sum += own
        if span is not None:
            if self.piece is not None:
                self.answered(span, result)
            if span.kept is not None:
                now = time()
                duration.exemplars[bucket] = Exemplar(seconds, span.kept, now)
                self_time.exemplars[own_bucket] = Exemplar(own, span.kept, now)
            try:
                span.finish(status, error)
            except Exception:  # noqa: BLE001 - the same of a processor, or of an error that cannot be put into words
                failed("Span.finish")
        if self._observes:
            self.observed(status, error, seconds, result)

    def retire(self) -> None:
        """Let what is under way end without a trace from now on."""
        self.end = self._ended_elsewhere  # type: ignore[assignment, method-assign]

    @staticmethod
    def _ended_elsewhere(span: Span | None, *_: object) -> None:
        if span is not None:
            span.leave()

    def withdraw(self) -> None:
        """The execution goes on elsewhere: as if it had not started here."""
        self._inflight.inc(-1)

    def observed(self, status: Status, error: BaseException | None, seconds: float, result: Any) -> None:
        """What a kind records beyond every other; nothing by default."""

    def asked(self, span: Span | None, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> int | None:
        """The execution sends a model what stands in these arguments; not recorded by default.

        Returns:
            What it asks, as a number; None where nobody wants to know that it was answered.
        """

    def settled(self, question: int) -> None:
        """What was asked was answered; nothing by default."""

    def answered(self, span: Span, result: Any) -> None:
        """A model answered, within an execution that is over; not recorded by default."""

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

    def joined(self) -> Joined:
        """What an execution keeps that is in an arm."""
        return Joined()

    def arm(self, experiment: Experiment, arm: ArmName) -> ArmTotals:
        """The totals of an arm of this primitive."""
        return self._recorder.trials.totals(self._labels, experiment, arm)

    def settling(self, experiment: Experiment, arm: ArmName) -> ArmTotals:
        """The totals of an arm while a time block settles."""
        return self._recorder.trials.settling(self._labels, experiment, arm)

    def executions(self) -> Mapping[Status, float]:
        """Executions so far by how they ended."""
        return {status: number.value for status, number in self._executions.items()}
