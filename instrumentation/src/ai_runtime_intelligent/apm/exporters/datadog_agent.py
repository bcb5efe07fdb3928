"""Datadog's own library for Python, ``ddtrace``."""

from __future__ import annotations

from typing import Any

from opentelemetry.util.types import AttributeValue

from .agent import NativeSpan


class DatadogAgent:
    """The library's tracer, which is one for the process and reads its own ``DD_*`` variables when it is imported."""

    def __init__(self, service: str) -> None:
        """Raises ImportError when ddtrace is not installed."""
        from ddtrace.trace import tracer  # noqa: PLC0415 - an extra

        self._tracer: Any = tracer
        self._service = service

    def start(self, name: str) -> NativeSpan:
        """A span below the one that runs."""
        return _Span(self._tracer.trace(name, service=self._service, resource=name))

    def flush(self) -> None:
        """Send what is finished."""
        self._tracer.flush()

    def close(self) -> None:
        """Send what is left; the tracer goes on, for it is not ours."""
        self.flush()


class _Span:
    def __init__(self, native: Any) -> None:
        self._native = native
        self.trace_id = int(native.trace_id)
        self.span_id = int(native.span_id)
        self.sampled = (native.context.sampling_priority or 1) > 0

    def name(self, name: str) -> None:
        """Call it otherwise."""
        self._native.name = self._native.resource = name

    def tag(self, name: str, value: AttributeValue) -> None:
        """Say more about it."""
        self._native.set_tag(name, value)

    def fail(self, error: BaseException | None) -> None:
        """It failed; the exception and its traceback are told with it."""
        if error is None:
            self._native.error = 1
        else:
            self._native.set_exc_info(type(error), error, error.__traceback__)

    def fail_without_words(self, kind: str, stack: str) -> None:
        """It failed."""
        self._native.error = 1
        self._native.set_tag("error.type", kind)
        self._native.set_tag("error.stack", stack)

    def finish(self) -> None:
        """It is over."""
        self._native.finish()
