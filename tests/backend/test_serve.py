"""``airuntime serve`` as a process: HTTP, gRPC and the worker together, and nothing of them afterwards."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from typing import Any

import pytest
import requests
from support.grafana import Grafana, Person, query
from support.launcher import within
from support.prometheus import free_port
from support.served import Served, refuses, served
from support.world import manifest


def findings(backend: Served) -> list[Any]:
    """The column ``summary`` of the latest analysis."""
    body = {"queries": [{"refId": "A", "type": "findings"}], "range": {"from": 0, "to": 60_000}}
    answer = requests.post(f"{backend.http}/api/query", json=body, timeout=5).json()
    (frame,) = answer["results"]["A"]["frames"]
    names = [field["name"] for field in frame["schema"]["fields"]]
    summaries: list[Any] = frame["data"]["values"][names.index("summary")]
    return summaries


def alive(pid: int) -> bool:
    """Whether a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def address_of(url: str) -> tuple[str, int]:
    """Host and port."""
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)


def listens(address: str) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(address_of(address)) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_everything_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """HTTP and gRPC answer, the worker analyses, and a signal ends it all with code 0 and no word of trouble."""
    with served(tmp_path) as backend:
        health = requests.get(f"{backend.http}/healthz", timeout=5).json()
        with Grafana(backend.grpc) as grafana:
            served_by_grpc = grafana.serving()
            answer = grafana.query(Person(), query("A", "suggestions"))["A"]
        analysed = within(60, lambda: any("Prometheus" in told for told in findings(backend)))
        (worker,) = backend.workers()

        code = backend.end(number)

        log = backend.text()
        left = [address for address in (backend.http, backend.grpc) if listens(address)]
        assert (code, left, alive(worker)) == (0, [], False), log

    assert health["dependencies"]["database"] == {"configured": True, "ok": True, "detail": "sqlite"}
    assert health["dependencies"]["prometheus"]["ok"] is False
    assert served_by_grpc
    assert (answer.error, len(answer.frames)) == ("", 0)  # there is nothing yet to suggest
    assert analysed
    assert "Traceback" not in log


def test_it_can_be_started_again_at_once_when_its_first_process_was_killed(tmp_path: Path) -> None:
    """Its worker ends too, though somebody is in the middle of a request, and the ports are free."""
    with served(tmp_path) as backend, socket.create_connection(address_of(backend.http)) as slow:
        slow.sendall(b"POST /api/query HTTP/1.1\r\nHost: backend\r\nContent-Length: 100\r\n\r\n{")
        (worker,) = backend.workers()
        assert requests.get(f"{backend.http}/healthz", timeout=5).ok

        backend.end(signal.SIGKILL)

        assert within(9, lambda: not alive(worker))
        assert [address for address in (backend.http, backend.grpc) if listens(address)] == []
        ports = {"AIRUNTIME_HTTP_PORT": backend.http, "AIRUNTIME_GRPC_PORT": backend.grpc}
        with served(tmp_path, **{name: address.rpartition(":")[2] for name, address in ports.items()}) as again:
            assert again.ready()


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    """A manifest that was taken survives a kill; the second start finds the schema as it is."""
    with served(tmp_path) as backend:
        url = f"{backend.http}/runtime/services/shop/manifest"
        assert requests.put(url, json=manifest(), timeout=5).status_code == 200
        backend.end(signal.SIGKILL)
        (tmp_path / "state.db").stat()

    with served(tmp_path) as backend:
        told = requests.get(f"{backend.http}/api/variables/primitives", timeout=5).json()

    assert told == [{"text": "answers", "value": "answers"}]


def test_a_worker_that_was_killed_is_replaced(tmp_path: Path) -> None:
    """Out of memory, for instance: gunicorn starts another one, gRPC included."""
    with served(tmp_path) as backend:
        (worker,) = backend.workers()
        os.kill(worker, signal.SIGKILL)

        assert within(60, lambda: backend.workers() not in ([], [worker]) and backend.ready())
        with Grafana(backend.grpc) as grafana:
            assert grafana.serving()
        assert backend.end() == 0


def test_no_worker_outlives_its_master(tmp_path: Path) -> None:
    """When the master is killed, what it started goes by itself."""
    with served(tmp_path) as backend:
        (worker,) = backend.workers()
        backend.end(signal.SIGKILL)

        assert within(60, lambda: not alive(worker))
        assert not listens(backend.grpc)


def test_tokens_from_the_environment_are_needed(tmp_path: Path) -> None:
    """Over a real socket as in the tests of the gate."""
    with served(tmp_path, AIRUNTIME_VIEWER_TOKEN="viewer-token") as backend:
        url = f"{backend.http}/suggestions"
        statuses = [
            requests.get(url, headers=headers, timeout=5).status_code
            for headers in ({}, {"Authorization": "Bearer guess"}, {"Authorization": "Bearer viewer-token"})
        ]

        assert statuses == [401, 401, 200]
        assert "viewer-token" not in backend.text()


def test_a_grpc_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """Another backend, most likely."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, output = refuses(
            AIRUNTIME_HTTP_PORT=str(free_port()),
            AIRUNTIME_GRPC_PORT=str(port),
            DATABASE_URL=f"sqlite:///{tmp_path}/state.db",
        )

    assert code == 4
    assert (
        f"cannot start: gRPC cannot listen on 127.0.0.1:{port}: is the port taken? "
        "Set AIRUNTIME_GRPC_HOST and AIRUNTIME_GRPC_PORT\n"
    ) in output
    assert "Traceback" not in output
