"""Spans on their way out: that nobody takes them is told in one line, until somebody does again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from ai_runtime_intelligent.quiet import forget, log_once

LOST: Final = "%s are lost: %s (%s); it is tried again with the next ones, calls are not affected"
"""What is said of spans and of metrics."""


class TellingExporter(SpanExporter):
    """Hands on to ``inner``, whatever it raises."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner
        self._key = f"export:{id(self)}"

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them once. What fails is not kept: memory stays bounded."""
        try:
            result = self._inner.export(spans)
        except Exception as error:  # noqa: BLE001 - OpenTelemetry would log it again and again
            log_once(self._key, LOST, "spans", "their exporter failed", type(error).__name__)
            return SpanExportResult.FAILURE
        if result is SpanExportResult.SUCCESS:
            forget(self._key)
        else:
            log_once(self._key, LOST, "spans", "nobody took them", type(self._inner).__name__)
        return result

    def shutdown(self) -> None:
        """Stop sending."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what the exporter itself holds back."""
        return self._inner.force_flush(timeout_millis)
