"""`setup_apm()`: providers, ports, twice in one process, off by the environment."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

import pytest
from ai_runtime_intelligent import Apm, CachePrimitive, instrument, setup_apm
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY, CollectorRegistry

EXECUTIONS = "airuntime_executions_total"


@pytest.fixture
def apm(exporter: InMemorySpanExporter) -> Iterator[Apm]:
    """A service `svc` that is measured, its metrics on a free port."""
    apm = setup_apm("svc", port=0, span_exporter=exporter)
    yield apm
    apm.shutdown()


def one() -> int:
    """A function of the user's."""
    return 1


def executions(apm: Apm, name: str) -> float | None:
    """Executions that went well so far."""
    labels = {"service": apm.service, "primitive": name, "kind": "function", "status": "ok"}
    return apm.registry.get_sample_value(EXECUTIONS, labels)


def test_latest_setup_records_and_the_one_before_goes_on_after_it() -> None:
    """Two set-ups in one process do not collide: the latest one records until it is shut down."""
    call = instrument(one, name="f")
    first = setup_apm("first", port=0)
    call()
    second = setup_apm("second", port=0)
    call()
    assert (executions(first, "f"), executions(second, "f")) == (1, 1)
    assert first.metrics_port != second.metrics_port

    second.shutdown()
    call()
    assert executions(first, "f") == 2
    first.shutdown()


def test_after_shutdown_nothing_is_recorded_and_nothing_is_left(apm: Apm) -> None:
    """After shutdown calls are bare again and the port is free; it may be called again."""
    call, port = instrument(one, name="f"), apm.metrics_port
    assert port

    apm.shutdown()
    apm.shutdown()

    assert call() == 1
    assert executions(apm, "f") is None
    assert apm.metrics_port is None
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_own_registry_can_be_used_again() -> None:
    """A registry of the user's is left as it was found, so that the next set-up finds it free."""
    registry = CollectorRegistry()
    for service in ("a", "b"):
        apm = setup_apm(service, registry=registry, port=0)
        assert apm.registry is registry
        apm.shutdown()

    assert list(registry.collect()) == []


def test_default_registry_is_left_alone(apm: Apm) -> None:
    """Nothing of ours is registered in prometheus_client's global registry."""
    assert apm.registry is not REGISTRY
    assert not [metric.name for metric in REGISTRY.collect() if "airuntime" in metric.name or metric.name == "target"]


def test_taken_port_does_not_stop_the_program(caplog: pytest.LogCaptureFixture) -> None:
    """When the port is taken, metrics are not exposed, one line says so, and calls are recorded all the same."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        apm = setup_apm("svc", port=taken.getsockname()[1])

    assert apm.metrics_port is None
    assert "choose another port" in caplog.text
    instrument(one, name="f")()
    assert executions(apm, "f") == 1
    apm.shutdown()


def test_disabled_is_the_bare_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """With AIRUNTIME_DISABLED=1 nothing is measured or exposed, and primitives do their work."""
    monkeypatch.setenv("AIRUNTIME_DISABLED", "1")
    apm = setup_apm("svc", port=0)
    call = instrument(one, name="f")

    assert call() == 1
    assert CachePrimitive("c", call).definition.bound is None
    assert (apm.recorder, apm.metrics_port) == (None, None)
    assert list(apm.registry.collect()) == []
    apm.shutdown()


def test_bad_arguments_are_refused() -> None:
    """An unknown backend or an empty name is told at once."""
    with pytest.raises(ValueError, match="unknown backend 'carrier-pigeon'; known are opentelemetry"):
        setup_apm("svc", backend="carrier-pigeon")
    with pytest.raises(ValueError, match="name of the service"):
        setup_apm("")


def test_providers_of_the_user_stay_and_ours_are_added(python: Callable[[str], str]) -> None:
    """Providers set before keep their own processors and readers, get our spans and counters, and stay open."""
    code = """
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
theirs, ours, reader = InMemorySpanExporter(), InMemorySpanExporter(), InMemoryMetricReader()
tracers, meters = TracerProvider(), MeterProvider([reader])
tracers.add_span_processor(SimpleSpanProcessor(theirs))
trace.set_tracer_provider(tracers)
metrics.set_meter_provider(meters)
from ai_runtime_intelligent import instrument, setup_apm
apm = setup_apm("svc", port=0, span_exporter=ours)
assert apm.tracer_provider is tracers and apm.meter_provider is meters
instrument(lambda: 1, name="f")()
names = [m.name for r in reader.get_metrics_data().resource_metrics for s in r.scope_metrics for m in s.metrics]
assert apm.registry.get_sample_value(
    "f_executions_total",
    {"primitive_name": "f", "primitive_type": "function", "status": "ok", "otel_scope_name": "ai_runtime_intelligent",
     "otel_scope_version": "", "otel_scope_schema_url": ""}) == 1
apm.shutdown()
with tracers.get_tracer("mine").start_as_current_span("after"):
    pass
print([s.name for s in theirs.get_finished_spans()], [s.name for s in ours.get_finished_spans()], names)
"""

    assert python(code) == "['<lambda>', 'after'] ['<lambda>'] ['f.executions']"


def test_without_providers_ours_become_the_global_ones(python: Callable[[str], str]) -> None:
    """The user's own spans, made through the API alone, nest with ours."""
    code = """
from opentelemetry import metrics, trace
from ai_runtime_intelligent import setup_apm
apm = setup_apm("svc", port=0)
print(trace.get_tracer_provider() is apm.tracer_provider, metrics.get_meter_provider() is apm.meter_provider)
"""

    assert python(code) == "True True"


def test_dead_span_receiver_does_not_hold_up_the_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nobody at the OTLP endpoint, calls work and shutdown returns within seconds."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    apm = setup_apm("svc", port=0)
    assert instrument(one, name="f")() == 1
    started = time.monotonic()

    apm.shutdown()

    assert time.monotonic() - started < 5
