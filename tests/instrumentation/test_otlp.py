"""OTLP: spans and metrics as a real receiver gets them, by gRPC and by HTTP, and beside providers of the user's."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ai_runtime_intelligent import Apm, instrument, setup_apm
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support import otlp
from support.otlp import Receiver, attributes

Python = Callable[[str], str]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of OTLP."""
    with otlp.running() as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of whoever runs the tests."""
    for name in ("PROTOCOL", "TRACES_ENDPOINT", "METRICS_ENDPOINT", "TRACES_PROTOCOL", "METRICS_PROTOCOL", "HEADERS"):
        monkeypatch.delenv(f"OTEL_EXPORTER_OTLP_{name}", raising=False)


def one() -> int:
    """A function of the user's."""
    return 1


def address(receiver: Receiver, protocol: str) -> str:
    """Where the receiver takes this protocol."""
    return receiver.grpc if protocol == "grpc" else receiver.http


def measure(**more: Any) -> Apm:
    """Two calls of a service, and its end."""
    apm = setup_apm("shop", export_to_prometheus=False, **more)
    call = instrument(one, name="step")
    assert [call(), call()] == [1, 1]
    apm.shutdown()
    return apm


def point(receiver: Receiver, metric: str, **labels: str) -> Any:
    """The one point of a metric with these attributes."""
    found = receiver.metrics()[metric]
    points = getattr(found, found.WhichOneof("data")).data_points
    (only,) = (one for one in points if labels.items() <= attributes(one).items())
    return only


@pytest.mark.parametrize(("protocol", "transport"), [(None, "http"), ("http/protobuf", "http"), ("grpc", "grpc")])
def test_spans_and_metrics_arrive(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, protocol: str | None, transport: str
) -> None:
    """By the protocol of the environment, HTTP without a word, with its headers, under the service's name."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address(receiver, transport))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=blue")
    if protocol:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)

    measure()

    assert {(request.transport, request.headers["x-tenant"]) for request in receiver.received} == {(transport, "blue")}
    assert attributes(receiver.spans()["one"]) == {"primitive.name": "step", "primitive.type": "function"}
    assert receiver.resource()["service.name"] == "shop"
    labels = {"service": "shop", "primitive": "step", "kind": "function"}
    assert point(receiver, "airuntime_executions", **labels, status="ok").as_double == 2
    assert point(receiver, "airuntime_duration_seconds", **labels).count == 2
    executions = point(receiver, "step.executions", status="ok")
    assert executions.as_int + executions.as_double == 2


def test_a_protocol_for_each_signal(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spans and metrics may go different ways to different places."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", receiver.grpc)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", f"{receiver.http}/v1/metrics")

    measure()

    assert {(request.transport, request.path) for request in receiver.received} == {
        ("grpc", "/v1/traces"),
        ("http", "/v1/metrics"),
    }


def test_histograms_arrive_as_they_are_scraped(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Buckets are not cumulative, edges are those of the contract, and names are OpenTelemetry's where it has some."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http)
    apm = setup_apm("shop", export_to_prometheus=False)
    answer = {"model": "gpt-4o", "usage": {"prompt_tokens": 1000, "completion_tokens": 3}}
    instrument(lambda: answer, name="ask", kind="llm")()
    apm.shutdown()

    tokens = point(receiver, "gen_ai.client.token.usage", **{"gen_ai.token.type": "input"})
    assert (tokens.count, tokens.sum, sum(tokens.bucket_counts)) == (1, 1000, 1)
    assert list(tokens.explicit_bounds[:3]) == [1, 4, 16]
    assert tokens.bucket_counts[list(tokens.explicit_bounds).index(1024)] == 1
    assert not tokens.HasField("min")
    duration = receiver.metrics()["gen_ai.client.operation.duration"]
    assert (duration.unit, receiver.metrics()["gen_ai.client.token.usage"].unit) == ("s", "{token}")
    assert attributes(duration.histogram.data_points[0])["gen_ai.operation.name"] == "chat"


def test_deltas_when_they_are_preferred(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """With delta temporality each push holds what came since the last one, the contract's metrics too."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta")
    apm = setup_apm("shop", export_to_prometheus=False)
    call = instrument(one, name="step")
    found = []
    for calls in (2, 3):
        for _ in range(calls):
            call()
        apm.meter_provider.force_flush()
        found.append(point(receiver, "airuntime_executions", primitive="step", status="ok"))
    apm.shutdown()

    assert [one.as_double for one in found] == [2, 3]
    assert found[0].time_unix_nano == found[1].start_time_unix_nano
    assert receiver.metrics()["airuntime_executions"].sum.aggregation_temporality == 1


def test_scraped_metrics_are_not_sent_unless_asked_for(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who exposes metrics to Prometheus sends spans alone, until OTEL_METRICS_EXPORTER names otlp."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http)
    for exporter, paths in (("", {"/v1/traces"}), ("prometheus,otlp", {"/v1/traces", "/v1/metrics"})):
        monkeypatch.setenv("OTEL_METRICS_EXPORTER", exporter)
        receiver.received.clear()
        apm = setup_apm("shop", port=0)
        instrument(one, name="step")()
        apm.shutdown()
        assert {request.path for request in receiver.received} == paths


def test_none_sends_nothing(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenTelemetry's own word for no exporter is obeyed, and AIRUNTIME_DISABLED turns sending off too."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http)
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
    measure()
    monkeypatch.delenv("OTEL_TRACES_EXPORTER")
    monkeypatch.setenv("AIRUNTIME_DISABLED", "1")
    measure()

    assert receiver.received == []


def test_given_exporter_goes_before_the_environment(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, exporter: InMemorySpanExporter
) -> None:
    """Spans go to the exporter that is given, and to no other."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http)

    measure(span_exporter=exporter)

    assert [span.name for span in exporter.get_finished_spans()] == ["one", "one"]
    assert "/v1/traces" not in {request.path for request in receiver.received}


@pytest.mark.parametrize("variable", ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"])
def test_unknown_protocol_is_told(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, variable: str
) -> None:
    """The variable, its value and what it may be are named, and HTTP is used: the program goes on."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http)
    monkeypatch.setenv(variable, "http/json")

    measure()

    assert f"{variable} must be http/protobuf or grpc here, got 'http/json'; http/protobuf is used" in caplog.text
    assert set(receiver.spans()) == {"one"}


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_dead_receiver_holds_nobody_up(monkeypatch: pytest.MonkeyPatch, protocol: str) -> None:
    """With nobody at the endpoint calls work, and the end comes within seconds."""
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and never answers
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
        started = time.monotonic()
        measure()

    assert time.monotonic() - started < 10


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_exit_without_shutdown_sends_what_is_left(receiver: Receiver, python: Python, protocol: str) -> None:
    """A program that just ends has its last spans and counts sent all the same."""
    code = f"""
import os
os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "{address(receiver, protocol)}"
os.environ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "{protocol}"
from ai_runtime_intelligent import instrument, setup_apm
apm = setup_apm("svc", export_to_prometheus=False)
instrument(lambda: 1, name="f")()
"""
    python(code)

    assert list(receiver.spans()) == ["<lambda>"]
    assert point(receiver, "airuntime_executions", primitive="f", status="ok").as_double == 1


def test_exit_sends_what_is_left_where_no_thread_can_be_started(receiver: Receiver, python: Python) -> None:
    """From Python 3.12 on that is so while the interpreter ends."""
    code = f"""
import os, threading
os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "{address(receiver, "http/protobuf")}"
from ai_runtime_intelligent import instrument, setup_apm
apm = setup_apm("svc", export_to_prometheus=False)
instrument(lambda: 1, name="f")()
def refused(self):
    raise RuntimeError("can't create new thread at interpreter shutdown")
threading.Thread.start = refused
"""
    assert python(code) == ""

    assert list(receiver.spans()) == ["<lambda>"]
    assert point(receiver, "airuntime_executions", primitive="f", status="ok").as_double == 1


def test_exit_with_a_dead_receiver_is_not_held_up(python: Python) -> None:
    """A program whose receiver never answers ends within seconds all the same."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        code = f"""
import os
os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:{silent.getsockname()[1]}"
from ai_runtime_intelligent import instrument, setup_apm
apm = setup_apm("svc", export_to_prometheus=False)
instrument(lambda: 1, name="f")()
"""
        started = time.monotonic()
        python(code)

    assert time.monotonic() - started < 15


def test_providers_of_the_user_are_added_to(receiver: Receiver, python: Python) -> None:
    """The user's providers stay and get our exporters beside their own; of metrics, ours alone go our way."""
    code = f"""
import os
os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "{receiver.http}"
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
theirs, reader = InMemorySpanExporter(), InMemoryMetricReader()
tracers, meters = TracerProvider(), MeterProvider([reader])
tracers.add_span_processor(SimpleSpanProcessor(theirs))
trace.set_tracer_provider(tracers)
metrics.set_meter_provider(meters)
meters.get_meter("mine").create_counter("mine").add(1)
from ai_runtime_intelligent import instrument, setup_apm
apm = setup_apm("svc", export_to_prometheus=False)
assert tuple(apm) == (tracers, meters)
instrument(lambda: 1, name="f")()
apm.shutdown()
with tracers.get_tracer("mine").start_as_current_span("after"):
    pass
names = [m.name for r in reader.get_metrics_data().resource_metrics for s in r.scope_metrics for m in s.metrics]
print([s.name for s in theirs.get_finished_spans()], sorted(names))
"""

    assert python(code) == "['<lambda>', 'after'] ['f.executions', 'mine']"
    assert list(receiver.spans()) == ["<lambda>"]
    assert {"airuntime_executions", "f.executions"} <= set(receiver.metrics())
    assert "mine" not in receiver.metrics()


def test_user_who_sends_by_otlp_does_not_send_twice(receiver: Receiver, python: Python) -> None:
    """Where the user's provider has an OTLP exporter already, spans are not sent by a second one."""
    code = f"""
import os
os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "{receiver.http}"
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
from ai_runtime_intelligent import instrument, setup_apm
apm = setup_apm("svc", port=0)
instrument(lambda: 1, name="f")()
apm.shutdown()
"""

    python(code)

    assert [request.path for request in receiver.received] == ["/v1/traces"]
