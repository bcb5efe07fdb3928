"""OpenTelemetry's providers: the user's own where they have set some, else ours."""

from __future__ import annotations

import os
import weakref
from dataclasses import dataclass, replace
from threading import Thread
from typing import Final

from opentelemetry import metrics, trace
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from prometheus_client import CollectorRegistry

from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.quiet import log_once

LAST_SPANS_SECONDS: Final = 2.0
"""How long a shutdown waits for the last spans to be taken."""

_ours: Final[weakref.WeakSet[object]] = weakref.WeakSet()


@dataclass(frozen=True)
class Tracing:
    """A tracer provider, whether it is ours to shut down, and the exporter and processor that we added."""

    provider: TracerProvider
    owned: bool
    exporter: SpanExporter | None = None
    processor: BatchSpanProcessor | None = None

    def close(self) -> None:
        """Send what is left, in two seconds or not at all; the user's own provider stays open."""
        closing = Thread(target=self._shutdown, name="airuntime-last-spans", daemon=True)
        closing.start()
        closing.join(LAST_SPANS_SECONDS)
        if closing.is_alive() and self.exporter is not None:
            self.exporter.shutdown()  # ends its waiting between two tries
            closing.join(LAST_SPANS_SECONDS)
            log_once("spans", "the last spans were not sent: nobody took them within %s s", LAST_SPANS_SECONDS)

    def _shutdown(self) -> None:
        if self.owned:
            self.provider.shutdown()
        elif self.processor is not None:
            self.processor.shutdown()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Metering:
    """A meter provider, whether it is ours to shut down, and our reader on it."""

    provider: MeterProvider
    owned: bool
    reader: PrometheusMetricReader | None

    def close(self) -> None:
        """Take our reader away; the user's own provider stays open."""
        if self.owned:
            self.provider.shutdown()
        elif self.reader is not None:
            self.provider.remove_metric_reader(self.reader)


def tracing(service: str, exporter: SpanExporter | None, *, export: bool) -> Tracing:
    """The tracer provider, with ``exporter`` or OTLP behind it if ``export``.

    On the user's own provider only an exporter that was given is added: theirs already sends where they want.
    """
    current = trace.get_tracer_provider()
    if isinstance(current, TracerProvider) and current not in _ours:
        return _exporting(Tracing(current, owned=False, exporter=exporter if export else None))
    provider = TracerProvider(resource=_resource(service))
    _ours.add(provider)
    if not isinstance(current, TracerProvider):
        trace.set_tracer_provider(provider)
    return _exporting(Tracing(provider, owned=True, exporter=(exporter or _otlp()) if export else None))


def metering(service: str, registry: CollectorRegistry, *, export: bool) -> Metering:
    """The meter provider, with its metrics in ``registry`` if ``export``."""
    reader = PrometheusMetricReader(registry=registry) if export else None
    current = metrics.get_meter_provider()
    if isinstance(current, MeterProvider) and current not in _ours:
        if reader is not None:
            current.add_metric_reader(reader)
        return Metering(current, owned=False, reader=reader)
    provider = MeterProvider([reader] if reader else [], resource=_resource(service))
    _ours.add(provider)
    if not isinstance(current, MeterProvider):
        metrics.set_meter_provider(provider)
    return Metering(provider, owned=True, reader=reader)


def _resource(service: str) -> Resource:
    return Resource.create({SERVICE_NAME: service})


def _exporting(tracing: Tracing) -> Tracing:
    if tracing.exporter is None:
        return tracing
    processor = BatchSpanProcessor(tracing.exporter)
    tracing.provider.add_span_processor(processor)
    return replace(tracing, processor=processor)


def _otlp() -> SpanExporter | None:
    if not os.environ.get(env.OTLP_ENDPOINT.name):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
    except ImportError:
        log_once(
            "otlp", "%s is set, but spans are not sent: install ai-runtime-intelligent[otlp]", env.OTLP_ENDPOINT.name
        )
        return None
    return OTLPSpanExporter()
