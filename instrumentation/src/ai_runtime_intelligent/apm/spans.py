"""Spans by OpenTelemetry, one for each execution."""

from __future__ import annotations

from contextlib import suppress
from contextvars import Token

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import StatusCode, Tracer

from ai_runtime_intelligent.contract.kinds import Status


class Span:
    """A started span, current in its context until it ends."""

    __slots__ = ("_otel", "_token")

    def __init__(self, tracer: Tracer, name: str, attributes: dict[str, str]) -> None:
        self._otel = tracer.start_span(name, attributes=attributes)
        self._token: Token[Context] = otel_context.attach(trace.set_span_in_context(self._otel))

    def end(self, status: Status, error: BaseException | None) -> None:
        """Close the span; an error or a timeout is recorded on it, a cancellation is no failure."""
        self.leave()
        if error is not None and status in ("error", "timeout"):
            self._otel.record_exception(error)
            self._otel.set_status(StatusCode.ERROR, type(error).__name__)
        self._otel.end()

    def leave(self) -> None:
        """Stop being the current span. Without :meth:`end` the span is never exported."""
        # A coroutine closed by the garbage collector ends in another context than it began in.
        with suppress(ValueError):
            self._token.var.reset(self._token)

    def exemplar(self) -> dict[str, str] | None:
        """What a histogram may point to: the trace, if it is kept."""
        context = self._otel.get_span_context()
        if not context.trace_flags.sampled:
            return None
        return {"trace_id": trace.format_trace_id(context.trace_id), "span_id": trace.format_span_id(context.span_id)}
