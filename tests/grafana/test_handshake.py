"""Grafana's start: the launcher's line, the connection, health, metrics, and streams that do not exist."""

from __future__ import annotations

import json
from pathlib import Path

import grpc
import pytest
from airuntime_backend.adapters.prometheus import Prometheus
from airuntime_backend.grafana import pluginv2_pb2 as pb
from support.grafana import SECONDS, Grafana, Person
from support.prometheus import free_port
from support.stage import Stage, staged


def test_the_launchers_line_is_what_grafana_reads(stage: Stage) -> None:
    """Core protocol 1, plugin protocol 2, gRPC over TCP at the address of the service."""
    handshake = stage.handshake

    assert (handshake.core, handshake.protocol) == (1, 2)
    assert (handshake.network, handshake.transport) == ("tcp", "grpc")
    assert handshake.address.startswith("127.0.0.1:")


def test_the_plugin_says_that_it_serves(grafana: Grafana) -> None:
    """Grafana asks the standard health service for the name plugin before anything else."""
    assert grafana.serving()


@pytest.mark.parametrize("through", ["app", "data source"])
def test_save_and_test_says_that_all_is_well(grafana: Grafana, through: str) -> None:
    """One sentence for people, each dependency in the details."""
    answer = grafana.health(Person(role="Viewer", through=through))

    assert (answer.status, answer.message) == (pb.CheckHealthResponse.OK, _WELL)
    details = json.loads(answer.jsonDetails)
    assert details["dependencies"]["database"] == {"configured": True, "ok": True, "detail": "sqlite"}
    assert details["dependencies"]["context7"]["configured"] is False


_WELL = "the backend answers, and so does everything it needs"


def test_save_and_test_names_what_is_down(tmp_path: Path) -> None:
    """With Prometheus down the data source's page says so, and what to check."""
    url = f"http://127.0.0.1:{free_port()}"
    with staged(tmp_path, metrics=Prometheus(url)) as stage:
        answer = stage.grafana.health(Person())

    assert answer.status == pb.CheckHealthResponse.ERROR
    told = f"prometheus: Prometheus at {url} cannot be reached (ConnectionError): check that it runs"
    assert answer.message == told
    assert json.loads(answer.jsonDetails)["dependencies"]["database"]["ok"] is True


def test_metrics_are_the_backends_own(stage: Stage) -> None:
    """Grafana collects what Prometheus would scrape."""
    stage.backend.tick()

    request = pb.CollectMetricsRequest(pluginContext=Person().context())
    text = stage.grafana.diagnostics.CollectMetrics(request, timeout=SECONDS).metrics.prometheus.decode()

    assert 'airuntime_suggestions{service="shop",status="open"} 1.0' in text
    assert "# TYPE airuntime_finding_score gauge" in text


def test_a_live_channel_that_is_none_is_refused(grafana: Grafana) -> None:
    """Subscribing finds nothing, publishing is refused, running ends with a word why."""
    asked = {"pluginContext": Person().context(), "path": "findings"}

    subscribed = grafana.stream.SubscribeStream(pb.SubscribeStreamRequest(**asked), timeout=SECONDS)
    published = grafana.stream.PublishStream(pb.PublishStreamRequest(**asked), timeout=SECONDS)
    with pytest.raises(grpc.RpcError) as ran:
        next(grafana.stream.RunStream(pb.RunStreamRequest(**asked), timeout=SECONDS))

    assert subscribed.status == pb.SubscribeStreamResponse.NOT_FOUND
    assert published.status == pb.PublishStreamResponse.PERMISSION_DENIED
    assert isinstance(ran.value, grpc.Call)
    assert (ran.value.code(), ran.value.details()) == (
        grpc.StatusCode.NOT_FOUND,
        "there is no live channel 'findings'",
    )
