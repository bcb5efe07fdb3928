"""Webhooks: signed by the specification, kept over restarts, tried again, told apart by an id that stays."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final

import pytest
from airuntime_backend.adapters.ledger import SqlOutbox
from airuntime_backend.adapters.webhooks import endpoints
from airuntime_backend.errors import BadRequestError
from standardwebhooks import Webhook
from support.backend import Backend, shop
from support.http_server import Quiet, serving

SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Receiver:
    """A receiver that verifies what comes by the specification's own library, and answers as it is told."""

    status: int = 204
    url: str = ""
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """What serves it."""
        receiver = self

        class Handler(Quiet):
            def do_POST(self) -> None:  # noqa: N802 - the name that the server looks for
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.ids.append(self.headers["webhook-id"])
                if receiver.status < 300:
                    Webhook(SECRET).verify(body, dict(self.headers))
                    receiver.taken.append((self.headers["webhook-id"], json.loads(body)))
                self.send_response(receiver.status)
                self.end_headers()

        return Handler


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    receiver = Receiver()
    with serving(receiver.handler()) as url:
        receiver.url = f"{url}/secret-path"
        yield receiver


@contextmanager
def telling(tmp_path: Path, *receivers: Receiver) -> Iterator[Backend]:
    """A backend that tells the receivers, with one open suggestion."""
    urls = " ".join(f"r{index}={one.url}" for index, one in enumerate(receivers))
    secrets = " ".join(f"r{index}={SECRET}" for index in range(len(receivers)))
    with shop(tmp_path, webhooks=urls, webhook_secrets=secrets) as backend:
        backend.clock.at = time.time()
        backend.tick()
        yield backend


def test_a_transition_is_told_signed_and_once(receiver: Receiver, tmp_path: Path) -> None:
    """With what changed, who asked and why."""
    with telling(tmp_path, receiver) as backend:
        backend.move("apply", backend.suggestion())
        backend.tick(1)
        backend.tick(1)

    ((_, told),) = receiver.taken
    assert told["type"] == "rollout.applying"
    data = told["data"]
    assert (data["service"], data["tunable"], data["from"], data["to"]) == ("shop", "answers.ttl_seconds", 2.0, 60.0)
    assert (data["before"], data["after"], data["who"]) == ("planned", "applying", "local")


def test_what_fails_is_tried_again_over_a_restart_with_the_same_id_and_no_secret_is_logged(
    receiver: Receiver, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The next attempt is made by another process, after the pause that the specification advises."""
    caplog.set_level(logging.DEBUG)
    receiver.status = 500
    with telling(tmp_path, receiver) as backend:
        backend.move("apply", backend.suggestion())
        backend.tick(1)
        backend.tick(1)
        waiting = SqlOutbox(backend.ledger.engine).backlog()
    receiver.status = 200
    with telling(tmp_path, receiver) as backend:
        backend.tick(10)

    assert waiting == {("r0", "waiting"): 1}
    assert len(receiver.ids) == 2
    assert receiver.ids[0] == receiver.ids[1] == receiver.taken[0][0]
    assert "secret-path" not in caplog.text.replace("POST /secret-path", "")
    assert SECRET not in caplog.text


def test_one_endpoint_that_is_gone_does_not_keep_the_other_from_its_message(receiver: Receiver, tmp_path: Path) -> None:
    """410 gives a message up."""
    gone = Receiver(status=410)
    with serving(gone.handler()) as url:
        gone.url = url
        with telling(tmp_path, gone, receiver) as backend:
            backend.move("apply", backend.suggestion())
            backend.tick(1)
            backlog = SqlOutbox(backend.ledger.engine).backlog()
            metrics = backend.client.get("/metrics").text

    assert [told["type"] for _, told in receiver.taken] == ["rollout.applying"]
    assert backlog == {("r0", "given_up"): 1}
    assert 'airuntime_webhook_backlog{endpoint="r0",state="given_up"} 1.0' in metrics


@pytest.mark.parametrize(
    ("urls", "secrets", "told"),
    [
        ({"a": "http://a"}, {}, "must name the same: a"),
        ({"a": "http://a"}, {"a": "hunter2"}, "that of a must be whsec_"),
    ],
)
def test_a_wrong_secret_stops_the_start_and_is_not_told(
    urls: dict[str, str], secrets: dict[str, str], told: str
) -> None:
    """By the endpoint's name alone."""
    with pytest.raises(BadRequestError, match=told) as caught:
        endpoints(urls, secrets)

    assert "hunter2" not in str(caught.value)
