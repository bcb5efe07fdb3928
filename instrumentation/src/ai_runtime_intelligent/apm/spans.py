"""Spans by OpenTelemetry: whether an execution gets one is decided first, and only a kept one is made."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.environment_variables import OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED
from opentelemetry.sdk.trace import Tracer as SdkTracer
from opentelemetry.trace import SpanContext, TraceFlags, Tracer

from .current import CURRENT, KEY, DroppedSpan, RecordedSpan, Span
from .light import Template, template
from .sampling import TRACE_ID_BITS, Head, head_of

_SAMPLED: Final = TraceFlags.SAMPLED
_FLAGS: Final = tuple(TraceFlags(bits) for bits in range(256))

Start = Callable[[], Span | None]
"""Starts the span of one execution; None when there is nothing to make or to tell anybody."""


def starter(tracer: Tracer, name: str, attributes: Mapping[str, str]) -> Start:
    """How the executions of a primitive start their spans.

    With a sampler of the SDK's the decision is drawn first. Any other sampler, and an SDK that is unlike the one known
    here, starts every span itself.
    """
    if type(tracer) is SdkTracer and tracer._is_enabled() and not _counts_its_spans():  # noqa: SLF001 - no other way
        head, made = head_of(tracer.sampler), template(tracer, name, attributes)
        if head is not None and made is not None:
            return HeadStart(tracer, head, made).start
    return lambda: _sdk_start(tracer, name, attributes)


def _counts_its_spans() -> bool:
    return os.environ.get(OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED, "").strip().lower() == "true"


def _sdk_start(tracer: Tracer, name: str, attributes: Mapping[str, str]) -> Span:
    span = tracer.start_span(name, attributes=attributes)
    context = span.get_span_context()
    return RecordedSpan(span, CURRENT.get(), context if context.trace_flags & _SAMPLED else None)


class HeadStart:
    """Starts spans by the rule of a known sampler."""

    def __init__(self, tracer: SdkTracer, head: Head, made: Template) -> None:
        self._tracer = tracer
        self._head = head
        self._template = made
        self._trace_id = tracer.id_generator.generate_trace_id
        self._span_id = tracer.id_generator.generate_span_id
        self._random = TraceFlags.RANDOM_TRACE_ID if tracer.id_generator.is_trace_id_random() else 0
        self._unkept = _FLAGS[self._random]

    def start(self) -> Span | None:
        """A span that is kept, one that tells those below that nothing is kept, or None when they know already."""
        current = CURRENT.get()
        outer = current.get(KEY)
        if outer is not None:
            if type(outer) is DroppedSpan and self._head.follows:
                return None
            parent = trace.get_current_span(current).get_span_context()
            if parent.is_valid:
                return self._under(parent, current)
        trace_id = self._trace_id()
        if trace_id & TRACE_ID_BITS < self._head.bound:  # keeps(), without the call
            return self._keep(trace_id, self._random, None, current)
        return DroppedSpan(self._tracer, trace_id, self._unkept, None, current)

    def _under(self, parent: SpanContext, current: Context) -> Span | None:
        sampled = parent.trace_flags & _SAMPLED
        random = parent.trace_flags & TraceFlags.RANDOM_TRACE_ID
        if sampled if self._head.follows else self._head.keeps(parent.trace_id):
            return self._keep(parent.trace_id, random, parent, current)
        if not sampled:
            return None
        return DroppedSpan(self._tracer, parent.trace_id, _FLAGS[random], parent.trace_state, current)

    def _keep(self, trace_id: int, random: int, parent: SpanContext | None, current: Context) -> Span:
        flags = _FLAGS[random | _SAMPLED]
        state = parent.trace_state if parent is not None else None
        context = SpanContext(trace_id, self._span_id(), is_remote=False, trace_flags=flags, trace_state=state)
        return RecordedSpan(self._template.start(context, parent), current, context)
