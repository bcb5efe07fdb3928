"""The service is killed and started again: Grafana's connection comes back by itself, the launcher stays."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import grpc
from support.grafana import Grafana, Handshake, Person, query
from support.launcher import LAUNCHER, launched, within
from support.prometheus import free_port
from support.served import served


def answers(grafana: Grafana) -> Callable[[], bool]:
    """A check whether a query is answered now."""

    def ask() -> bool:
        try:
            return not grafana.query(Person(), query("A", "suggestions"))["A"].error
        except grpc.RpcError:
            return False

    return ask


def test_grafana_finds_a_service_that_was_started_again(tmp_path: Path) -> None:
    """One channel over three lives: a worker that is killed, then all of it killed and started anew."""
    ports = {"AIRUNTIME_HTTP_PORT": str(free_port()), "AIRUNTIME_GRPC_PORT": str(free_port())}
    with launched((str(LAUNCHER),), f"localhost:{ports['AIRUNTIME_GRPC_PORT']}") as launcher:
        handshake = Handshake.read(launcher.line(5) or "")
        with Grafana(handshake.address) as grafana:
            with served(tmp_path, **ports) as first:
                assert answers(grafana)()
                os.kill(first.workers()[0], signal.SIGKILL)
                assert within(60, answers(grafana))
            assert not answers(grafana)()

            with served(tmp_path, **ports):
                assert within(60, answers(grafana))
                assert grafana.serving()
        assert launcher.process.poll() is None
