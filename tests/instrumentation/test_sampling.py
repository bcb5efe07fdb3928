"""Which traces are kept: what OpenTelemetry's samplers would decide, whoever is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ai_runtime_intelligent.apm.current import DroppedSpan
from ai_runtime_intelligent.apm.sampling import Head, head_of
from ai_runtime_intelligent.apm.spans import starter
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    AlwaysRecordSampler,
    Decision,
    ParentBased,
    ParentBasedTraceIdRatio,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.trace.span import TraceState

ATTRIBUTES = {"primitive.name": "p", "primitive.type": "function"}


class Ids(IdGenerator):
    """Gives the ids that a test wants."""

    def __init__(self, trace_id: int, *, random: bool = True) -> None:
        self.trace_id = trace_id
        self.random = random

    def generate_span_id(self) -> int:
        """Always the same."""
        return 7

    def generate_trace_id(self) -> int:
        """The one given."""
        return self.trace_id

    def is_trace_id_random(self) -> bool:
        """As given."""
        return self.random


class Own(Sampler):
    """A sampler of the user's: a span at a time, by its name."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def should_sample(self, *args: Any, **kwargs: Any) -> SamplingResult:
        """Keep what is called kept, record what is called recorded, drop the rest."""
        name = args[2] if len(args) > 2 else kwargs["name"]
        self.asked.append(name)
        decisions = {"kept": Decision.RECORD_AND_SAMPLE, "recorded": Decision.RECORD_ONLY}
        return SamplingResult(decisions.get(name, Decision.DROP), {"by": "me"})

    def get_description(self) -> str:
        """A name."""
        return "Own"


class Halved(TraceIdRatioBased):
    """A sampler of the SDK's with another decision."""

    def should_sample(self, *_: Any, **__: Any) -> SamplingResult:
        """Keep nothing."""
        return SamplingResult(Decision.DROP)


@contextmanager
def under(parent: SpanContext | None) -> Iterator[None]:
    """Run below a span of this context."""
    context = Context() if parent is None else trace.set_span_in_context(NonRecordingSpan(parent), Context())
    token = otel_context.attach(context)
    try:
        yield
    finally:
        otel_context.detach(token)


ids = st.integers(min_value=1, max_value=2**128 - 1)
rates = st.sampled_from([0.0, 0.01, 0.5, 1.0])
roots = st.one_of(st.sampled_from([ALWAYS_ON, ALWAYS_OFF]), rates.map(TraceIdRatioBased))
samplers = st.one_of(roots, roots.map(ParentBased), rates.map(ParentBasedTraceIdRatio))
parents = st.one_of(
    st.none(),
    st.builds(
        SpanContext,
        ids,
        st.integers(min_value=1, max_value=2**64 - 1),
        st.booleans(),
        st.integers(min_value=0, max_value=3).map(TraceFlags),
        st.sampled_from([TraceState(), TraceState([("vendor", "1")])]),
    ),
)


@settings(max_examples=200, deadline=None)
@given(sampler=samplers, trace_id=ids, parent=parents, random=st.booleans())
def test_property_decision_is_that_of_the_sdk(
    sampler: Sampler,
    trace_id: int,
    parent: SpanContext | None,
    random: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """For every sampler of the SDK, trace id and parent, those below see what they would see below the SDK's span."""
    tracer = TracerProvider(sampler, shutdown_on_exit=False, id_generator=Ids(trace_id, random=random)).get_tracer("t")
    with under(parent):
        expected = tracer.start_span("p", attributes=ATTRIBUTES).get_span_context()
        span = starter(tracer, "p", ATTRIBUTES)()
        found = trace.get_current_span().get_span_context()
        if span is not None:
            span.leave()

    assert found.trace_id == expected.trace_id
    assert found.trace_flags == expected.trace_flags
    assert found.trace_state == expected.trace_state
    assert (span is not None and span.kept is not None) == expected.trace_flags.sampled
    if span is not None:
        assert found.is_remote is False


@pytest.mark.parametrize(
    ("sampler", "head"),
    [
        (ALWAYS_ON, Head(2**64, follows=False)),
        (TraceIdRatioBased(0.25), Head(2**62, follows=False)),
        (ParentBasedTraceIdRatio(0.5), Head(2**63, follows=True)),
        (ParentBased(ALWAYS_OFF), Head(0, follows=True)),
        (ParentBased(ALWAYS_ON, local_parent_not_sampled=ALWAYS_ON), None),
        (ParentBased(Own()), None),
        (AlwaysRecordSampler(ALWAYS_OFF), None),
        (Halved(1.0), None),
        (Own(), None),
    ],
)
def test_only_what_is_understood_is_decided_here(sampler: Sampler, head: Head | None) -> None:
    """The rule of the SDK's own samplers is read; any other sampler has to be asked."""
    assert head_of(sampler) == head


def test_sampler_of_the_user_is_asked_and_obeyed() -> None:
    """A sampler of any other make is called for each span, once; its attributes and its recording are kept."""
    sampler, exporter, ended = Own(), InMemorySpanExporter(), []

    class Ended(SpanProcessor):
        def on_end(self, span: ReadableSpan) -> None:
            ended.append((span.name, dict(span.attributes or {})))

    provider = TracerProvider(sampler, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    provider.add_span_processor(Ended())
    tracer = provider.get_tracer("t")

    kept = []
    for name in ("kept", "recorded", "dropped"):
        span = starter(tracer, name, ATTRIBUTES)()
        assert span is not None
        kept.append(span.kept is not None)
        span.leave()
        span.finish("ok", None)

    assert sampler.asked == ["kept", "recorded", "dropped"]
    assert kept == [True, False, False]
    assert ended == [("kept", {"by": "me"}), ("recorded", {"by": "me"})]
    assert [span.name for span in exporter.get_finished_spans()] == ["kept"]


def test_below_a_dropped_span_nothing_is_kept_and_headers_agree() -> None:
    """Children made here or through the API, and what goes out in headers, carry the same unsampled trace."""
    tracer = TracerProvider(ParentBased(ALWAYS_OFF), shutdown_on_exit=False).get_tracer("t")
    start = starter(tracer, "p", ATTRIBUTES)
    outer = start()
    assert isinstance(outer, DroppedSpan)

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    child = tracer.start_span("child")
    context = outer.get_span_context()

    assert start() is None
    assert carrier["traceparent"].split("-")[1:] == [f"{context.trace_id:032x}", f"{context.span_id:016x}", "02"]
    assert child.get_span_context().trace_id == context.trace_id
    assert not child.is_recording()
    outer.leave()
    assert trace.get_current_span() is trace.INVALID_SPAN


def test_two_dropped_traces_have_two_ids() -> None:
    """Each execution that is not kept begins a trace of its own, as it would with the SDK."""
    start = starter(TracerProvider(ALWAYS_OFF, shutdown_on_exit=False).get_tracer("t"), "p", ATTRIBUTES)
    seen = set()
    for _ in range(3):
        span = start()
        assert isinstance(span, DroppedSpan)
        seen.add(span.get_span_context().trace_id)
        span.leave()

    assert len(seen) == 3
