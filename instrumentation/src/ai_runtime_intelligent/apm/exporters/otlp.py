"""OTLP by gRPC or HTTP, through OpenTelemetry's own exporters, which are an extra."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from opentelemetry.util.re import parse_env_headers

from ai_runtime_intelligent.contract import env
from ai_runtime_intelligent.quiet import log_once

from .destination import Destination, Signal

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.trace.export import SpanExporter

_HEADERS: Final = {"traces": env.OTLP_TRACES_HEADERS, "metrics": env.OTLP_METRICS_HEADERS}


def span_exporter(destination: Destination) -> SpanExporter | None:
    """What sends spans to ``destination``; None, and a log line, when the package for it is not installed."""
    found = _exporter_class(destination, "traces", "trace_exporter", "OTLPSpanExporter")
    exporter: SpanExporter | None = None if found is None else found(**_arguments(destination, "traces"))
    return exporter


def metric_exporter(destination: Destination) -> MetricExporter | None:
    """What sends metrics to ``destination``; None, and a log line, when the package for it is not installed."""
    found = _exporter_class(destination, "metrics", "metric_exporter", "OTLPMetricExporter")
    if found is None:
        return None
    more = {"preferred_temporality": _delta()} if destination.delta else {}
    exporter: MetricExporter = found(**_arguments(destination, "metrics"), **more)
    return exporter


def _exporter_class(destination: Destination, signal: Signal, module: str, name: str) -> Any:
    protocol = "grpc" if destination.protocol(signal) == "grpc" else "http"
    try:
        return getattr(import_module(f"opentelemetry.exporter.otlp.proto.{protocol}.{module}"), name)
    except ImportError:
        log_once(f"otlp:{protocol}", "%s are not sent: install ai-runtime-intelligent[otlp]", signal)
        return None


def _arguments(destination: Destination, signal: Signal) -> dict[str, Any]:
    """What the exporter is told; the rest it reads from OpenTelemetry's variables itself."""
    address = destination.address(signal)
    if address is None:
        return {}
    if destination.protocol(signal) == "grpc":
        return {"endpoint": address, "headers": _headers(signal) | dict(destination.headers)}
    return {"endpoint": f"{address}/v1/{signal}", "headers": dict(destination.headers)}


def _headers(signal: Signal) -> dict[str, str]:
    """Headers of the environment, which the gRPC exporter forgets when it is given some."""
    text = os.environ.get(_HEADERS[signal].name) or os.environ.get(env.OTLP_HEADERS.name, "")
    return dict(parse_env_headers(text, liberal=True))


def _delta() -> dict[type, Any]:
    from opentelemetry.sdk.metrics import Counter, Histogram, ObservableCounter  # noqa: PLC0415 - only with a push
    from opentelemetry.sdk.metrics.export import AggregationTemporality  # noqa: PLC0415 - the same

    return dict.fromkeys((Counter, Histogram, ObservableCounter), AggregationTemporality.DELTA)
