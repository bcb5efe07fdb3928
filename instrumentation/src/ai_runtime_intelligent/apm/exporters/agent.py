"""A vendor's own agent package behind OpenTelemetry's tracing API.

The vendors' bridges to that API do not make our spans the running ones of their agent; these do, so that a span of ours
stands below the request that the agent traces, and the calls that the agent traces stand below ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.semconv.attributes.exception_attributes import EXCEPTION_STACKTRACE, EXCEPTION_TYPE
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.util.types import Attributes, AttributeValue

from ai_runtime_intelligent.apm.failure import EVENT
from ai_runtime_intelligent.quiet import log_once


class NativeSpan(Protocol):
    """A span of the agent, running since it was made."""

    trace_id: int
    span_id: int
    sampled: bool

    def name(self, name: str) -> None:
        """Call it otherwise."""

    def tag(self, name: str, value: AttributeValue) -> None:
        """Say more about it."""

    def fail(self, error: BaseException | None) -> None:
        """It failed; with ``error``, if that is known."""

    def fail_without_words(self, kind: str, stack: str) -> None:
        """It failed with an exception of this type, whose words are not to be told, which took this way."""

    def finish(self) -> None:
        """It is over."""


class Silent:
    """The span of an agent that records nothing, because it was told so or could not read what it was told."""

    trace_id = 0
    span_id = 0
    sampled = False

    def __init__(self, agent: str) -> None:
        log_once(f"silent:{agent}", "%s records nothing: no spans are sent; its own log says why", agent)

    def name(self, name: str) -> None:
        """Not told."""

    def tag(self, name: str, value: AttributeValue) -> None:
        """Not told."""

    def fail(self, error: BaseException | None) -> None:
        """Not told."""

    def fail_without_words(self, kind: str, stack: str) -> None:
        """Not told."""

    def finish(self) -> None:
        """Not told."""


class Agent(Protocol):
    """A vendor's agent package."""

    def start(self, name: str) -> NativeSpan:
        """A span below the one that is running here, and running from now on."""

    def flush(self) -> None:
        """Send what is finished."""

    def close(self) -> None:
        """Send what is left."""


class AgentSpan(trace.Span):
    """A native span as OpenTelemetry has it.

    Events other than exceptions, and links, are not told: the agents have none.
    """

    def __init__(self, native: NativeSpan) -> None:
        self._native = native
        self._running = True

    def end(self, end_time: int | None = None) -> None:  # noqa: ARG002 - the agent's own clock counts
        """It is over; only the first time counts."""
        if self._running:
            self._running = False
            self._native.finish()

    def get_span_context(self) -> SpanContext:
        """Its ids, as the agent made them."""
        flags = TraceFlags(TraceFlags.SAMPLED if self._native.sampled else TraceFlags.DEFAULT)
        return SpanContext(self._native.trace_id, self._native.span_id, is_remote=False, trace_flags=flags)

    def set_attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Say more about it."""
        for name, value in attributes.items():
            self._native.tag(name, value)

    def set_attribute(self, key: str, value: AttributeValue) -> None:
        """Say one thing more about it."""
        self._native.tag(key, value)

    def add_event(self, name: str, attributes: Attributes = None, timestamp: int | None = None) -> None:  # noqa: ARG002 - untold
        """Tell the agent of an exception; other events are not told."""
        if name == EVENT and attributes:
            told = (str(attributes.get(key, "")) for key in (EXCEPTION_TYPE, EXCEPTION_STACKTRACE))
            self._native.fail_without_words(*told)

    def update_name(self, name: str) -> None:
        """Call it otherwise."""
        self._native.name(name)

    def is_recording(self) -> bool:
        """Whether it still runs."""
        return self._running

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:  # noqa: ARG002 - untold
        """Tell the agent of a failure."""
        if (status.status_code if isinstance(status, Status) else status) is StatusCode.ERROR:
            self._native.fail(None)

    def record_exception(
        self,
        exception: BaseException,
        attributes: Attributes = None,  # noqa: ARG002 - untold
        timestamp: int | None = None,  # noqa: ARG002 - untold
        escaped: bool = False,  # noqa: ARG002, FBT001, FBT002 - the API's signature
    ) -> None:
        """Tell the agent of an exception."""
        self._native.fail(exception)


class AgentTracer(trace.Tracer):
    """Starts spans of ``agent``; their parent is always the one that runs, ``context`` is not looked at."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def start_span(  # noqa: PLR0917 - the API's signature
        self,
        name: str,
        context: Context | None = None,  # noqa: ARG002 - the agent knows what runs
        kind: SpanKind = SpanKind.INTERNAL,  # noqa: ARG002 - untold
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,  # noqa: ARG002 - untold
        start_time: int | None = None,  # noqa: ARG002 - the agent's own clock counts
        record_exception: bool = True,  # noqa: ARG002, FBT001, FBT002 - the same
        set_status_on_exception: bool = True,  # noqa: ARG002, FBT001, FBT002 - the same
    ) -> trace.Span:
        """A span that runs from now on."""
        span = AgentSpan(self._agent.start(name))
        span.set_attributes(attributes or {})
        return span

    @contextmanager
    def start_as_current_span(  # type: ignore[override]
        self, name: str, *args: Any, end_on_exit: bool = True, **more: Any
    ) -> Iterator[trace.Span]:
        """The same, current for OpenTelemetry too."""
        with trace.use_span(self.start_span(name, *args, **more), end_on_exit=end_on_exit) as span:
            yield span


class AgentProvider(trace.TracerProvider):
    """Gives tracers of ``agent``."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._tracer = AgentTracer(agent)

    def get_tracer(self, *_: Any, **__: Any) -> trace.Tracer:
        """The one tracer that there is."""
        return self._tracer

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - the agent has its own
        """Send what is finished."""
        self._agent.flush()
        return True
