"""Being the current span of OpenTelemetry's context, for as long as an execution runs."""

from __future__ import annotations

import functools
from contextvars import ContextVar, Token
from typing import Final, Protocol

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import Tracer
from opentelemetry.trace import NonRecordingSpan, SpanContext, StatusCode, TraceFlags
from opentelemetry.trace.span import TraceState

from ai_runtime_intelligent.contract.kinds import Status

from .failure import record

(KEY,) = trace.set_span_in_context(trace.INVALID_SPAN, Context())
"""Under which OpenTelemetry keeps the current span in a context. Its own functions take three calls to come to it."""


class _OfTheApi:
    """OpenTelemetry's context where it is not kept in a context variable, but as the user configured."""

    get = staticmethod(otel_context.get_current)
    set = staticmethod(otel_context.attach)
    reset = staticmethod(otel_context.detach)


def _variable() -> ContextVar[Context] | _OfTheApi:
    token = otel_context.attach(otel_context.get_current())
    otel_context.detach(token)
    return token.var if isinstance(token, Token) else _OfTheApi()


CURRENT: Final = _variable()
"""Where OpenTelemetry keeps the current context."""


class Span(Protocol):
    """What an execution holds of its span."""

    @property
    def kept(self) -> SpanContext | None:
        """The span's context when its trace is kept."""

    def finish(self, status: Status, error: BaseException | None) -> None:
        """Close the span, which is left; an error or a timeout is recorded on it, a cancellation is no failure."""

    def tag(self, name: str, value: str) -> None:
        """Say more about it, before it is closed."""

    def enter(self) -> None:
        """Be the current span again."""

    def leave(self) -> None:
        """Stop being the current span. Without :meth:`finish` the span is never exported."""


class RecordedSpan:
    """A span that was started. ``kept`` is its context when its trace is kept."""

    __slots__ = ("_otel", "_token", "kept")

    def __init__(self, otel: trace.Span, current: Context, kept: SpanContext | None) -> None:
        self.kept = kept
        self._otel = otel
        self._token: Token[Context] | None = CURRENT.set(Context({**current, KEY: otel}))

    def finish(self, status: Status, error: BaseException | None) -> None:
        """Hand the span to the processors."""
        try:
            if error is not None and status in ("error", "timeout"):
                self._otel.set_status(StatusCode.ERROR, type(error).__name__)
                record(self._otel, error)
        finally:
            self._otel.end()

    def tag(self, name: str, value: str) -> None:
        """Say more about it."""
        self._otel.set_attribute(name, value)

    def enter(self) -> None:
        """Be the current span."""
        self._token = CURRENT.set(Context({**CURRENT.get(), KEY: self._otel}))

    def leave(self) -> None:
        """Make the span before this one current again."""
        token, self._token = self._token, None
        _reset(token)


class DroppedSpan(NonRecordingSpan):
    """The span of a trace that is not kept: it only tells those below that it is not, and who they belong to.

    Its own context is made when somebody asks for it: most are never asked.
    """

    kept: Final = None

    def __init__(
        self, tracer: Tracer, trace_id: int, flags: TraceFlags, state: TraceState | None, current: Context
    ) -> None:
        self._tracer = tracer
        self._trace_id = trace_id
        self._flags = flags
        self._state = state
        self._token: Token[Context] | None = CURRENT.set(Context({**current, KEY: self}))

    def get_span_context(self) -> SpanContext:
        """The context of a span that is not recorded."""
        return self._context

    @functools.cached_property
    def _context(self) -> SpanContext:  # type: ignore[override]
        span_id = self._tracer.id_generator.generate_span_id()
        return SpanContext(self._trace_id, span_id, is_remote=False, trace_flags=self._flags, trace_state=self._state)

    def finish(self, status: Status, error: BaseException | None) -> None:
        """Nothing is handed on."""

    def tag(self, name: str, value: str) -> None:
        """Nothing is kept."""

    def enter(self) -> None:
        """Be the current span."""
        self._token = CURRENT.set(Context({**CURRENT.get(), KEY: self}))

    def leave(self) -> None:
        """Make the span before this one current again."""
        token, self._token = self._token, None
        _reset(token)


def _reset(token: Token[Context] | None) -> None:
    try:
        if token is not None:
            CURRENT.reset(token)
    except ValueError:
        pass  # a coroutine closed by the garbage collector ends in another context than it began in
