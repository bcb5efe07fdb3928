"""Elastic and Datadog: their addresses, keys and names by OTLP, and their own agents where they are asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ai_runtime_intelligent import IntelligentRuntime, Settings, instrument, quiet, setup_apm
from ai_runtime_intelligent.apm.exporters.datadog import datadog as datadog_destination
from ai_runtime_intelligent.apm.exporters.elastic import elastic as elastic_destination
from ai_runtime_intelligent.apm.exporters.otlp import metric_exporter
from ai_runtime_intelligent.runtime.settings import ApmSettings
from opentelemetry.sdk.metrics import Counter
from opentelemetry.sdk.metrics.export import AggregationTemporality
from support import apm_server, datadog, otlp
from support.apm_server import ApmServer
from support.datadog import TestAgent
from support.otlp import Receiver, attributes

VARIABLES = [name for name in os.environ if name.startswith(("OTEL_", "ELASTIC_APM_", "DD_"))]
WORK = """
import asyncio
from ai_runtime_intelligent import instrument, setup_apm

@instrument(name="outer")
async def outer():
    await asyncio.gather(inner(1), inner(2))

@instrument(name="inner")
async def inner(number):
    await asyncio.sleep(0.01)
    {below}

@instrument(name="broken")
def broken():
    raise LookupError("no such shelf")
"""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of whoever runs the tests."""
    for name in VARIABLES:
        monkeypatch.delenv(name)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of OTLP."""
    with otlp.running() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def started() -> Iterator[TestAgent]:
    """Datadog's test agent."""
    with datadog.running() as agent:
        yield agent


@pytest.fixture
def agent(started: TestAgent) -> TestAgent:
    """Datadog's test agent, with nothing in it."""
    started.forget()
    return started


@pytest.fixture
def server() -> Iterator[ApmServer]:
    """A fake of Elastic's server."""
    with apm_server.running() as server:
        yield server


def one() -> int:
    """A function of the user's."""
    return 1


def measure(backend: str, **more: Any) -> None:
    """One call of a service, and its end."""
    apm = setup_apm("shop", backend=backend, **more)
    assert instrument(one, name="step")() == 1
    apm.shutdown()


def run(code: str, **variables: str) -> None:
    """Run code in an interpreter of its own, for agents are one for a process and read the environment early."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("variable", "key", "authorization"),
    [("ELASTIC_APM_SECRET_TOKEN", "t0ken", "Bearer t0ken"), ("ELASTIC_APM_API_KEY", "a2V5", "ApiKey a2V5")],
)
@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_elastic_by_otlp(  # noqa: PLR0917 - what the cases differ in
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, variable: str, key: str, authorization: str, protocol: str
) -> None:
    """Spans and metrics reach the APM server with its key, version and environment, by either protocol."""
    monkeypatch.setenv("ELASTIC_APM_SERVER_URL", receiver.grpc if protocol == "grpc" else f"{receiver.http}/")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=blue")
    monkeypatch.setenv(variable, key)
    monkeypatch.setenv("ELASTIC_APM_ENVIRONMENT", "prod")
    monkeypatch.setenv("ELASTIC_APM_SERVICE_VERSION", "1.2.3")

    measure("elastic", port=0)

    assert {request.path for request in receiver.received} == {"/v1/traces", "/v1/metrics"}
    assert {request.headers["authorization"] for request in receiver.received} == {authorization}
    assert {request.headers["x-tenant"] for request in receiver.received} == {"blue"}
    told = {"service.name": "shop", "service.version": "1.2.3", "deployment.environment": "prod"}
    assert told.items() <= receiver.resource().items()
    assert {"one"} == set(receiver.spans())
    assert "airuntime_executions" in receiver.metrics()


def test_elastic_key_goes_to_elastic_alone(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an OTLP endpoint says where to send, Elastic's key is not sent along, and no key is ever shown."""
    monkeypatch.setenv("ELASTIC_APM_SECRET_TOKEN", "t0ken")
    assert elastic_destination().endpoint == "http://127.0.0.1:8200"
    assert elastic_destination().headers == {"authorization": "Bearer t0ken"}
    assert "t0ken" not in repr(elastic_destination())

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http)
    measure("elastic")

    assert receiver.received
    assert not any("authorization" in request.headers for request in receiver.received)


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_datadog_by_otlp(agent: TestAgent, monkeypatch: pytest.MonkeyPatch, protocol: str) -> None:
    """Datadog's own agent takes spans and metrics, and finds service, version, environment and tags in them."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", agent.otlp_grpc if protocol == "grpc" else agent.otlp_http)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
    monkeypatch.setenv("DD_ENV", "prod")
    monkeypatch.setenv("DD_VERSION", "1.2.3")
    monkeypatch.setenv("DD_TAGS", "team:search region:eu")

    measure("datadog", port=0)

    (request,) = agent.otlp("traces")
    (sent,) = request["resource_spans"]
    told = {pair["key"]: pair["value"]["string_value"] for pair in sent["resource"]["attributes"]}
    expected = {"service.name": "shop", "service.version": "1.2.3", "deployment.environment": "prod", "team": "search"}
    assert (expected | {"region": "eu"}).items() <= told.items()
    assert [span["name"] for scope in sent["scope_spans"] for span in scope["spans"]] == ["one"]
    assert "airuntime_executions" in json.dumps(agent.otlp("metrics"))


def test_datadog_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """An agent on this machine; the one that is named; without one, the intake of the site, with the key."""
    local = datadog_destination()
    monkeypatch.setenv("DD_API_KEY", "k3y")
    intake = datadog_destination()
    monkeypatch.setenv("DD_SITE", "datadoghq.eu")
    european = datadog_destination()
    monkeypatch.setenv("DD_AGENT_HOST", "ddagent")
    named = datadog_destination()

    assert (local.endpoint, local.grpc_endpoint) == ("http://127.0.0.1:4318", "http://127.0.0.1:4317")
    assert (intake.endpoint, intake.headers) == ("https://otlp.datadoghq.com", {"dd-api-key": "k3y"})
    assert european.endpoint == "https://otlp.datadoghq.eu"
    assert (named.endpoint, named.headers) == ("http://ddagent:4318", {})
    assert "k3y" not in repr(intake)


def test_datadog_intake_takes_deltas_by_http_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Counts go to the intake as what came since the last push; gRPC, which it does not take, is told and not used."""
    monkeypatch.setenv("DD_API_KEY", "k3y")
    exporter = metric_exporter(datadog_destination())
    assert exporter is not None
    assert exporter._preferred_temporality is not None
    assert exporter._preferred_temporality[Counter] is AggregationTemporality.DELTA

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    assert datadog_destination().protocol("traces") == "http/protobuf"
    assert "OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf here, got 'grpc'" in caplog.text


def test_datadog_library(agent: TestAgent) -> None:
    """Through ddtrace, our spans stand below what it traces, overlapping ones too, and what it traces below ours."""
    below = "with tracer.trace('db.query'): pass"
    code = f"""
from ddtrace.trace import tracer
{WORK.format(below=below)}
apm = setup_apm("shop", backend="datadog", vendor_agent=True, port=0)
with tracer.trace("web.request"):
    asyncio.run(outer())
try:
    broken()
except LookupError:
    pass
apm.shutdown()
"""
    run(code, DD_TRACE_AGENT_URL=agent.url, DD_INSTRUMENTATION_TELEMETRY_ENABLED="false", DD_ENV="prod")

    spans = [span for trace in agent.traces() for span in trace]
    ids = {span["span_id"]: span["name"] for span in spans}
    parents = sorted((span["name"], ids.get(span["parent_id"])) for span in spans if span["name"] != "broken")
    assert parents == [
        ("db.query", "inner"),
        ("db.query", "inner"),
        ("inner", "outer"),
        ("inner", "outer"),
        ("outer", "web.request"),
        ("web.request", None),
    ]
    (outer,) = (span for span in spans if span["name"] == "outer")
    assert (outer["service"], outer["meta"]["primitive.name"]) == ("shop", "outer")
    (broken,) = (span for span in spans if span["name"] == "broken")
    assert (broken["error"], broken["meta"]["error.type"]) == (1, "LookupError")
    assert "in broken" in broken["meta"]["error.stack"]
    assert "no such shelf" not in json.dumps(agent.traces()), "nobody asked for the words of errors"
    assert agent.otlp("traces") == []


def test_elastic_agent(server: ApmServer) -> None:
    """Through elastic-apm, what has no parent is a transaction, all else spans; errors are told by type and way."""
    below = "with elasticapm.capture_span('query'): pass"
    code = f"""
import elasticapm
{WORK.format(below=below)}
apm = setup_apm("shop", backend="elastic", vendor_agent=True, port=0)
asyncio.run(outer())
try:
    broken()
except LookupError:
    pass
apm.shutdown()
"""
    run(code, ELASTIC_APM_SERVER_URL=server.url, ELASTIC_APM_SECRET_TOKEN="t0ken", ELASTIC_APM_METRICS_INTERVAL="0s")

    transactions, spans = server.of("transaction"), server.of("span")
    assert (transactions["outer"]["outcome"], transactions["broken"]["outcome"]) == ("success", "failure")
    assert spans["inner"]["parent_id"] == transactions["outer"]["id"]
    inner = {event["span"]["id"] for event in server.events if event.get("span", {}).get("name") == "inner"}
    assert spans["query"]["parent_id"] in inner
    assert transactions["outer"]["context"]["tags"] == {"primitive_name": "outer", "primitive_type": "function"}
    (error,) = (event["error"] for event in server.events if "error" in event)
    assert (error["exception"]["message"], error["exception"]["type"]) == ("LookupError", "LookupError")
    assert "in broken" in error["context"]["custom"]["stacktrace"]
    assert "no such shelf" not in json.dumps(server.events), "nobody asked for the words of errors"
    assert server.events[0]["metadata"]["service"]["name"] == "shop"
    assert server.authorizations == {"Bearer t0ken"}


def test_agents_tell_the_words_of_errors_when_asked_to(server: ApmServer, agent: TestAgent) -> None:
    """With content captured, errors reach both vendors as their agents tell them."""
    code = f"""
{WORK.format(below="pass")}
apm = setup_apm("shop", backend=BACKEND, vendor_agent=True, port=0)
try:
    broken()
except LookupError:
    pass
apm.shutdown()
"""
    on = {"OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "true"}
    elastic, dd = code.replace("BACKEND", "'elastic'"), code.replace("BACKEND", "'datadog'")

    run(elastic, ELASTIC_APM_SERVER_URL=server.url, ELASTIC_APM_METRICS_INTERVAL="0s", **on)
    run(dd, DD_TRACE_AGENT_URL=agent.url, DD_INSTRUMENTATION_TELEMETRY_ENABLED="false", **on)

    (error,) = (event["error"] for event in server.events if "error" in event)
    assert error["exception"]["message"] == "LookupError: no such shelf"
    (broken,) = (span for trace in agent.traces() for span in trace if span["name"] == "broken")
    assert broken["meta"]["error.message"] == "no such shelf"


def test_agent_of_the_application_is_used_and_left_open(server: ApmServer) -> None:
    """Where the application has a client of Elastic's already, our spans go through it, and it stays."""
    code = """
import elasticapm
client = elasticapm.Client(service_name="theirs")
from ai_runtime_intelligent import instrument, setup_apm
apm = setup_apm("shop", backend="elastic", vendor_agent=True, port=0)
call = instrument(lambda: 1, name="ours")
client.begin_transaction("request")
call()
client.end_transaction("theirs")
apm.shutdown()
assert elasticapm.get_client() is client
client.close()
"""
    run(code, ELASTIC_APM_SERVER_URL=server.url, ELASTIC_APM_METRICS_INTERVAL="0s")

    assert server.of("span")["<lambda>"]["parent_id"] == server.of("transaction")["theirs"]["id"]


def test_agent_that_records_nothing_disturbs_nobody(server: ApmServer) -> None:
    """With an agent that is switched off, calls return what they would, and nothing is sent."""
    code = """
from ai_runtime_intelligent import instrument, setup_apm
apm = setup_apm("shop", backend="elastic", vendor_agent=True, port=0)
assert instrument(lambda: 1, name="ours")() == 1
apm.shutdown()
"""
    run(code, ELASTIC_APM_SERVER_URL=server.url, ELASTIC_APM_RECORDING="false")

    assert server.of("transaction") == {}


def test_absent_agent_falls_back_to_otlp(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An agent that is asked for and not installed is told of once, and spans go by OTLP."""
    monkeypatch.setitem(sys.modules, "elasticapm", None)
    monkeypatch.setenv("ELASTIC_APM_SERVER_URL", receiver.http)
    quiet._told.clear()

    measure("elastic", vendor_agent=True, port=0)

    assert "install ai-runtime-intelligent[elastic]" in caplog.text
    assert set(receiver.spans()) == {"one"}


def test_agent_needs_a_vendor() -> None:
    """OpenTelemetry has no agent of its own."""
    with pytest.raises(ValueError, match="vendor_agent needs the backend of a vendor, got 'opentelemetry'"):
        setup_apm("shop", vendor_agent=True)


def test_vendor_in_a_configuration_file(receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`runtime.apm.backend` of a configuration file chooses the vendor."""
    config = tmp_path / "config.yaml"
    config.write_text("runtime: {service_name: shop, apm: {backend: elastic, export_to_prometheus: false}}\n")
    monkeypatch.setenv("ELASTIC_APM_SERVER_URL", receiver.http)
    monkeypatch.setenv("ELASTIC_APM_SECRET_TOKEN", "t0ken")

    with IntelligentRuntime.from_config(config):
        instrument(one, name="step")()

    assert receiver.resource()["service.name"] == "shop"
    assert {request.headers["authorization"] for request in receiver.received} == {"Bearer t0ken"}


def test_vendor_names_the_service_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor's name for the service is used when neither the code nor OpenTelemetry gives one."""
    monkeypatch.setenv("DD_SERVICE", "by-datadog")
    monkeypatch.setenv("ELASTIC_APM_SERVICE_NAME", "by-elastic")
    for backend, name in (("datadog", "by-datadog"), ("elastic", "by-elastic"), ("opentelemetry", "unknown_service")):
        apm: Any = ApmSettings(backend=backend)  # type: ignore[arg-type]
        assert IntelligentRuntime(settings=Settings(apm=apm)).service_name == name
    monkeypatch.setenv("OTEL_SERVICE_NAME", "by-opentelemetry")
    assert IntelligentRuntime(settings=Settings(apm=apm)).service_name == "by-opentelemetry"


def test_attributes_of_a_span_are_read(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vendor by OTLP gets the same spans as everybody: their attributes name the primitive."""
    monkeypatch.setenv("ELASTIC_APM_SERVER_URL", receiver.http)

    measure("elastic", export_to_prometheus=False)

    assert attributes(receiver.spans()["one"]) == {"primitive.name": "step", "primitive.type": "function"}
