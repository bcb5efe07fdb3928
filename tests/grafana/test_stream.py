"""The live channel of a suggestion: the progress of its rollout, as Grafana Live reads it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import grpc
import pytest
from airuntime_backend.grafana import pluginv2_pb2 as pb
from airuntime_backend.grafana.stream import MOST_CHANNELS
from support.fleet import Fleet, FleetWorld
from support.grafana import SECONDS, Grafana, Person
from support.stage import Stage


@pytest.fixture
def fleet(stage: Stage) -> Fleet:
    """The shop's replicas, with a change begun."""
    backend = stage.backend
    assert isinstance(backend.world, FleetWorld)
    fleet = Fleet(backend, backend.world.scraped)
    fleet.step()
    backend.tick()
    backend.move("apply", backend.suggestion())
    return fleet


def asked(stage: Stage, **who: str) -> dict[str, Any]:
    """What Grafana says when somebody opens the channel of the shop's suggestion."""
    path = f"rollout/{stage.backend.suggestion()['id']}"
    return {"pluginContext": Person(**({"role": "Viewer"} | who)).context(), "path": path}


def row(data: bytes) -> dict[str, Any]:
    """The one row of a frame."""
    frame = json.loads(data)
    names = [field["name"] for field in frame["schema"]["fields"]]
    return {name: values[0] for name, values in zip(names, frame["data"]["values"], strict=True)}


def test_who_subscribes_is_told_where_it_stands(stage: Stage, fleet: Fleet, grafana: Grafana) -> None:
    """A viewer may watch, and need not wait for the next step."""
    fleet.until("watching")
    answer = grafana.stream.SubscribeStream(pb.SubscribeStreamRequest(**asked(stage)), timeout=SECONDS)

    assert answer.status == pb.SubscribeStreamResponse.OK
    told = row(answer.data)
    assert told["phase"] == "watching"
    assert 0 < told["share"] < 1


def test_every_step_is_told_until_the_end(stage: Stage, fleet: Fleet, grafana: Grafana) -> None:
    """The channel ends by itself with the rollout; calls never fall and nothing is told twice."""
    packets: Iterator[Any] = grafana.stream.RunStream(pb.RunStreamRequest(**asked(stage)), timeout=60)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(lambda: [row(packet.data) for packet in packets])
        fleet.until("kept")
        seen = reading.result()

    assert seen[-1]["phase"] == "kept"
    assert seen[-1]["candidate_calls"] > 0
    assert len({json.dumps(one) for one in seen}) == len(seen)
    counted = [one["candidate_calls"] for one in seen if one["candidate_calls"] is not None]
    assert counted == sorted(counted)


@pytest.mark.parametrize("path", ["rollout/none", "rollout/", "rollout/../healthz", "findings"])
def test_a_channel_that_is_none_is_not_found(grafana: Grafana, path: str) -> None:
    """Whatever it is called."""
    request = pb.SubscribeStreamRequest(pluginContext=Person().context(), path=path)

    answer = grafana.stream.SubscribeStream(request, timeout=SECONDS)

    assert answer.status == pb.SubscribeStreamResponse.NOT_FOUND


@pytest.mark.usefixtures("fleet")
def test_channels_leave_threads_for_queries(stage: Stage, grafana: Grafana) -> None:
    """The one too many is refused, the others go on, and one that is left makes room."""
    with ExitStack() as watching:
        calls = [grafana.stream.RunStream(pb.RunStreamRequest(**asked(stage))) for _ in range(MOST_CHANNELS)]
        for call in calls:
            watching.callback(call.cancel)
            assert next(call).data
        with pytest.raises(grpc.RpcError) as refused:
            next(grafana.stream.RunStream(pb.RunStreamRequest(**asked(stage)), timeout=SECONDS))
        assert grafana.health(Person()).status == pb.CheckHealthResponse.OK

    assert isinstance(refused.value, grpc.Call)
    assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    deadline = time.monotonic() + SECONDS
    while not _opens(grafana, stage):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _opens(grafana: Grafana, stage: Stage) -> bool:
    """Whether a channel can be opened now: one that was left is noticed within a look."""
    call = grafana.stream.RunStream(pb.RunStreamRequest(**asked(stage)), timeout=SECONDS)
    try:
        return bool(next(call).data)
    except grpc.RpcError:
        return False
    finally:
        call.cancel()
