"""One call of an async ``execute`` that does nothing, in every way of measuring it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

from .worker import Rounds, answer, interleaved, ratio, workers

VARIANTS: Final = {
    "bare": "the bare call",
    "empty": "an empty wrapper",
    "disabled": "ours, AIRUNTIME_DISABLED=1",
    "kept_1": "ours, 1 % of the spans kept",
    "kept_100": "ours, every span kept",
    "hand_1": "by hand, 1 % of the spans kept",
    "hand": "by hand: span, counter, histogram",
}

_SHARE: Final = 0.01
_ROUND_SECONDS: Final = float(os.environ.get("BENCH_ROUND_SECONDS", "0.15"))


class Step:
    """A primitive that does nothing."""

    async def execute(self, value: int, context: Any = None) -> int:  # noqa: ARG002 - the shape of every primitive
        """Give the value back."""
        return value


class Sink(SpanExporter):
    """Takes spans, counts them and throws them away."""

    def __init__(self) -> None:
        self.spans = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Count."""
        self.spans += len(spans)
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing to close."""


class Subject:
    """A variant: what to call, and what it recorded of it."""

    def __init__(self, step: Any, recorded: Callable[[], float | None] = lambda: None) -> None:
        self.step = step
        self.recorded = recorded


def bare() -> Subject:
    """Nothing around the call."""
    return Subject(Step())


def empty() -> Subject:
    """A wrapper that only calls."""
    step = Step()
    execute = step.execute

    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        return await execute(*args, **kwargs)

    step.execute = wrapper  # type: ignore[method-assign]
    return Subject(step)


def by_hand(share: float) -> Subject:
    """What the documentation of OpenTelemetry says to write around a call."""
    from opentelemetry.exporter.prometheus import PrometheusMetricReader  # noqa: PLC0415 - not in every variant
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415
    from prometheus_client import CollectorRegistry  # noqa: PLC0415

    registry = CollectorRegistry()
    meter = MeterProvider([PrometheusMetricReader(registry=registry)]).get_meter("bench")
    tracer = _tracing(share).get_tracer("bench")
    executions, duration = meter.create_counter("executions"), meter.create_histogram("duration", unit="s")
    step = Step()
    execute = step.execute

    async def measured(value: int, context: Any = None) -> int:
        started, status = perf_counter(), "ok"
        attributes = {"primitive.name": "step", "primitive.type": "function"}
        try:
            with tracer.start_as_current_span("Step.execute", attributes=attributes):
                return await execute(value, context)
        except BaseException:
            status = "error"
            raise
        finally:
            executions.add(1, {"primitive": "step", "kind": "function", "status": status})
            duration.record(perf_counter() - started, {"primitive": "step", "kind": "function"})

    step.execute = measured  # type: ignore[method-assign]
    return Subject(step)


def ours(share: float) -> Subject:
    """``instrument()``, on the user's own tracer provider."""
    from ai_runtime_intelligent import instrument, setup_apm  # noqa: PLC0415 - not in every variant

    trace.set_tracer_provider(_tracing(share))
    apm = setup_apm("bench", port=0)
    step = instrument(Step(), name="step")
    labels = {"service": "bench", "primitive": "step", "kind": "function"}

    def recorded() -> float | None:
        values = [
            apm.registry.get_sample_value("airuntime_executions_total", {**labels, "status": "ok"}),
            apm.registry.get_sample_value("airuntime_duration_seconds_count", labels),
            apm.registry.get_sample_value("airuntime_self_seconds_count", labels),
        ]
        return values[0] if len(set(values)) == 1 else -1.0

    return Subject(step, recorded)


def _tracing(share: float) -> TracerProvider:
    provider = TracerProvider(sampler=ParentBasedTraceIdRatio(share))
    provider.add_span_processor(BatchSpanProcessor(SINK))
    return provider


SINK: Final = Sink()
_MAKERS: Final[dict[str, Callable[[], Subject]]] = {
    "bare": bare,
    "empty": empty,
    "disabled": lambda: ours(1.0),
    "kept_1": lambda: ours(_SHARE),
    "kept_100": lambda: ours(1.0),
    "hand_1": lambda: by_hand(_SHARE),
    "hand": lambda: by_hand(1.0),
}


class Calls:
    """Rounds of calls, about as long for the quick variants as for the slow ones."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._loop = asyncio.new_event_loop()
        self.made = 0
        seconds = min(self._seconds(500) for _ in range(3))
        self._count = max(500, int(500 * _ROUND_SECONDS / seconds))

    def round(self) -> float:
        """Microseconds of one call."""
        return self._seconds(self._count) / self._count * 1e6

    def exact(self) -> dict[str, float | None]:
        """Calls made, calls recorded, spans kept."""
        return {"made": self.made, "recorded": self._subject.recorded(), "spans": SINK.spans}

    def _seconds(self, count: int) -> float:
        self.made += count
        return self._loop.run_until_complete(self._run(count))

    async def _run(self, count: int) -> float:
        step = self._subject.step
        started = perf_counter()
        for value in range(count):
            await step.execute(value)
        return perf_counter() - started


def measure(rounds: int) -> tuple[Rounds, dict[str, Any]]:
    """Microseconds of a call by variant and round, and what the variant with 1 % kept recorded."""
    with workers("calls", VARIANTS, {"disabled": {"AIRUNTIME_DISABLED": "1"}}) as asked:
        found = interleaved(asked, rounds)
        exact = next(worker for worker in asked if worker.variant == "kept_1").ask("exact")
    return found, exact


def ratios(found: Rounds) -> dict[str, float]:
    """Each variant over the hand-written one, and the disabled one over the empty wrapper."""
    over_hand = {variant: ratio(found, variant, "hand") for variant in VARIANTS}
    return {**over_hand, "disabled_over_empty": ratio(found, "disabled", "empty")}


if __name__ == "__main__":
    calls = Calls(_MAKERS[sys.argv[1]]())
    answer({"round": calls.round, "exact": calls.exact})
