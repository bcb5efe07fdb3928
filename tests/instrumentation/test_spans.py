"""Spans that are kept: to processors, exporters and the user's code they are the SDK's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from ai_runtime_intelligent import Apm, instrument, setup_apm
from ai_runtime_intelligent.apm import light
from ai_runtime_intelligent.apm.light import LightSpan, template
from ai_runtime_intelligent.apm.spans import starter
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.environment_variables import OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanContext, StatusCode, TraceFlags, Tracer

ATTRIBUTES = {"primitive.name": "p", "primitive.type": "function"}
LINK = SpanContext(1, 2, is_remote=True, trace_flags=TraceFlags(1))


class Processor(SpanProcessor):
    """Marks what starts and remembers it."""

    def __init__(self) -> None:
        self.started: list[SdkSpan] = []

    def on_start(self, span: SdkSpan, parent_context: Context | None = None) -> None:
        """Add an attribute, as baggage processors do."""
        assert parent_context is None
        span.set_attribute("tenant", "acme")
        self.started.append(span)


@pytest.fixture
def processor() -> Processor:
    """A processor of the user's."""
    return Processor()


@pytest.fixture
def tracer(exporter: InMemorySpanExporter, processor: Processor) -> Iterator[Tracer]:
    """A tracer whose spans end in the exporter at once, and that knows limits."""
    provider = TracerProvider(span_limits=SpanLimits(max_span_attributes=4, max_attribute_length=5))
    provider.add_span_processor(processor)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield provider.get_tracer("t", "1.0")
    provider.shutdown()


def use(span: trace.Span) -> None:
    """Do to the current span what a user's code may do."""
    span.set_attribute("a", "too long")
    span.set_attributes({"b": 1, "c": 2})
    span.add_event("happened", {"what": "it"})
    span.add_link(LINK, {"why": "so"})
    span.update_name("renamed")


def comparable(span: ReadableSpan) -> dict[str, Any]:
    """Everything of a span but what differs from one to the next."""
    told: dict[str, Any] = json.loads(span.to_json())
    for name in ("context", "start_time", "end_time", "parent_id"):
        del told[name]
    for event in told["events"]:
        del event["timestamp"]
    return {
        **told,
        "scope": repr(span.instrumentation_scope),
        "dropped": (span.dropped_attributes, span.dropped_events, span.dropped_links),
    }


def test_used_span_is_exported_as_one_of_the_sdk(
    tracer: Tracer, exporter: InMemorySpanExporter, processor: Processor
) -> None:
    """Attributes, events, links, limits, scope, resource: what is exported equals what the SDK's span would give."""
    with tracer.start_as_current_span("p", attributes=ATTRIBUTES) as theirs:
        use(theirs)
    span = starter(tracer, "p", ATTRIBUTES)()
    assert span is not None
    use(trace.get_current_span())
    span.leave()
    span.finish("ok", None)

    expected, found = exporter.get_finished_spans()
    assert comparable(found) == comparable(expected)
    assert found.start_time is not None
    assert found.end_time is not None
    assert found.start_time <= found.end_time
    assert [type(span) for span in processor.started][1] is LightSpan
    assert all(isinstance(span, SdkSpan) for span in processor.started)


def test_untouched_spans_share_nothing_that_changes(tracer: Tracer, exporter: InMemorySpanExporter) -> None:
    """What is added to one span is seen on no other."""
    start = starter(tracer, "p", ATTRIBUTES)
    for number in range(3):
        span = start()
        assert span is not None
        if number == 1:
            use(trace.get_current_span())
        span.leave()
        span.finish("ok", None)

    first, used, last = exporter.get_finished_spans()
    assert comparable(first) == comparable(last)
    assert comparable(first) != comparable(used)
    assert not first.events
    assert not last.links


def test_error_is_on_the_span(tracer: Tracer, exporter: InMemorySpanExporter) -> None:
    """An error is an event with its traceback, and the status; after its end a span takes no more."""
    span = starter(tracer, "p", ATTRIBUTES)()
    assert span is not None
    mine = trace.get_current_span()
    span.leave()
    span.finish("error", KeyError("no"))
    mine.set_attribute("late", 1)
    mine.add_event("late")

    (found,) = exporter.get_finished_spans()
    assert found.status.status_code is StatusCode.ERROR
    assert found.status.description == "KeyError"
    assert [event.name for event in found.events] == ["exception"]
    assert "late" not in (found.attributes or {})
    assert not mine.is_recording()


def test_spans_nest_with_those_made_through_the_api(apm: Apm, exporter: InMemorySpanExporter) -> None:
    """Ours below theirs below ours: one trace, each the child of the one around it, under tasks too."""
    tracer = apm.tracer_provider.get_tracer("mine")

    @instrument(name="inner")
    async def inner() -> None:
        await asyncio.sleep(0)

    @instrument(name="outer")
    async def outer() -> None:
        with tracer.start_as_current_span("theirs"):
            await asyncio.gather(inner(), asyncio.ensure_future(inner()))

    asyncio.run(outer())
    apm.tracer_provider.force_flush()

    spans = exporter.get_finished_spans()
    names = {span.context.span_id: span.name for span in spans if span.context}
    parents = sorted((span.name, names.get(span.parent.span_id) if span.parent else None) for span in spans)
    assert parents == [("inner", "theirs"), ("inner", "theirs"), ("outer", None), ("theirs", "outer")]
    assert len({span.context.trace_id for span in spans if span.context}) == 1


def test_exemplars_point_only_to_kept_traces() -> None:
    """With a sampler that keeps nothing every metric is exact and no exemplar is shown."""
    provider = TracerProvider(ALWAYS_OFF, shutdown_on_exit=False)
    apm = setup_apm("svc", export_to_prometheus=False)
    assert apm.recorder is not None
    apm.recorder.tracer = provider.get_tracer("t")
    call = instrument(len, name="f")
    for _ in range(10):
        call("x")

    samples = [sample for metric in apm.registry.collect() for sample in metric.samples if "duration" in sample.name]
    assert [s.value for s in samples if s.name == "airuntime_duration_seconds_count"] == [10]
    assert not [sample for sample in samples if sample.exemplar]
    apm.shutdown()


def test_unknown_make_of_span_is_left_to_the_sdk(
    tracer: Tracer, exporter: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the SDK's span has a field that is not known here, the SDK starts every span itself."""
    assert template(tracer, "p", ATTRIBUTES) is not None  # type: ignore[arg-type]
    monkeypatch.setattr(light, "_FIELDS", light._FIELDS - {"_links"})

    span = starter(tracer, "p", ATTRIBUTES)()
    assert type(trace.get_current_span()).__name__ == "_Span"
    assert span is not None
    span.leave()
    span.finish("ok", None)
    assert [span.name for span in exporter.get_finished_spans()] == ["p"]


def test_metrics_of_the_sdk_about_its_spans_stay_complete(
    tracer: Tracer, monkeypatch: pytest.MonkeyPatch, exporter: InMemorySpanExporter
) -> None:
    """Where the SDK is asked to count its own spans, it is the SDK that starts them."""
    monkeypatch.setenv(OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED, "true")

    span = starter(tracer, "p", ATTRIBUTES)()
    assert span is not None
    assert type(trace.get_current_span()) is not LightSpan
    span.leave()
    span.finish("ok", None)
    assert len(exporter.get_finished_spans()) == 1
