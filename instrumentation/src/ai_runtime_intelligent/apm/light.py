"""OpenTelemetry spans that cost little to make: the SDK's own span, copied from one that the SDK built.

Everything that two executions of a primitive have in common is built once, by the SDK, and copied. Attributes, events
and links are shared until somebody adds to them. All else is the SDK's class: processors, exporters and the user's
code meet a span like any other.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from typing import Any, Final, cast

from opentelemetry.attributes import BoundedAttributes
from opentelemetry.context import Context
from opentelemetry.sdk.trace import EventBase, SynchronousMultiSpanProcessor, Tracer
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.sdk.util import BoundedList
from opentelemetry.trace import Link, SpanContext
from opentelemetry.util.types import AnyValue

_FIELDS: Final = frozenset(
    {
        "_attributes", "_context", "_end_time", "_events", "_instrumentation_info", "_instrumentation_scope", "_kind",
        "_limits", "_links", "_lock", "_name", "_parent", "_record_end_metrics", "_record_exception", "_resource",
        "_sampler", "_set_status_on_exception", "_span_processor", "_start_time", "_status", "_trace_config",
    }
)  # fmt: skip
"""What a span of the SDK consists of, as far as this module knows: with one of another make nothing is copied."""


class LightSpan(SdkSpan):
    """A span of the SDK whose attributes, events and links are shared until they change."""

    def set_attributes(self, attributes: Mapping[str, AnyValue]) -> None:
        """As the SDK does."""
        self._take_attributes()
        super().set_attributes(attributes)

    def set_attribute(self, key: str, value: AnyValue) -> None:
        """As the SDK does."""
        self._take_attributes()
        super().set_attribute(key, value)

    def _take_attributes(self) -> None:
        with self._lock:
            shared = cast("BoundedAttributes", self._attributes)._immutable  # noqa: SLF001 - it has no other name
            if shared and self._end_time is None:
                self._attributes = BoundedAttributes(
                    self._limits.max_span_attributes,
                    self._attributes,
                    immutable=False,
                    max_value_len=self._limits.max_span_attribute_length,
                )

    def _add_event(self, event: EventBase) -> None:
        with self._lock:
            if not self._events:
                self._events = BoundedList(self._limits.max_events)
        super()._add_event(event)

    def _add_link(self, link: Link) -> None:
        with self._lock:
            if not self._links:
                self._links = BoundedList(self._limits.max_links)
        super()._add_link(link)


class Template:
    """What the spans of one primitive have in common."""

    def __init__(self, tracer: Tracer, fields: dict[str, Any]) -> None:
        self._tracer = tracer
        self._fields = fields

    def start(self, context: SpanContext, parent: SpanContext | None) -> LightSpan:
        """A started span."""
        span = object.__new__(LightSpan)
        fields = span.__dict__
        fields.update(self._fields)
        fields["_context"] = context
        fields["_parent"] = parent
        fields["_lock"] = threading.Lock()
        fields["_resource"] = self._tracer.resource
        span.start()
        return span


def template(tracer: Tracer, name: str, attributes: Mapping[str, AnyValue]) -> Template | None:
    """The template of spans of this name, or None when the SDK builds its spans from other parts than known here."""
    maker = copy.copy(tracer)
    maker.sampler = ALWAYS_ON
    maker.span_processor = SynchronousMultiSpanProcessor()  # type: ignore[no-untyped-call] # nobody hears of the model
    model = maker.start_span(name, Context(), attributes=attributes)
    model.end()
    fields = vars(model)
    if set(fields) != _FIELDS:
        return None
    changed = {"_sampler": tracer.sampler, "_span_processor": tracer.span_processor, "_start_time": None}
    return Template(tracer, {**fields, **changed, "_end_time": None})
