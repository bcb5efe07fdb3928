"""Webhooks: signed by the specification, kept over restarts, tried again, told apart by an id that stays."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event, Semaphore
from types import SimpleNamespace
from typing import Any, Final, cast

import pytest
from airuntime_backend.adapters.ledger import SqlOutbox
from airuntime_backend.adapters.webhooks import HttpHooks, endpoints
from airuntime_backend.app import services_of
from airuntime_backend.background import Background
from airuntime_backend.engine.postman import Postman
from airuntime_backend.errors import BadRequestError, UpstreamError
from airuntime_backend.ports import AuditEntry, Message
from standardwebhooks import Webhook
from support.backend import Backend, shop
from support.http_server import Quiet, serving
from support.postgres import another, running

SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Receiver:
    """A receiver that verifies what comes by the specification's own library, and answers as it is told.

    While ``silent`` it answers nothing; ``slow`` sends a letter of a header now and then, and never an end.
    """

    status: int = 204
    location: str = ""
    silent: bool = False
    slow: bool = False
    url: str = ""
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    asked: Event = field(default_factory=Event)
    released: Event = field(default_factory=Event)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """What serves it."""
        receiver = self

        class Handler(Quiet):
            def do_POST(self) -> None:  # noqa: N802 - the name that the server looks for
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.ids.append(self.headers["webhook-id"])
                receiver.asked.set()
                if receiver.silent:
                    receiver.released.wait()
                    self.close_connection = True
                    return
                if receiver.slow:
                    self._drip()
                    return
                if receiver.status < 300:
                    Webhook(SECRET).verify(body, dict(self.headers))
                    receiver.taken.append((self.headers["webhook-id"], json.loads(body)))
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()

            def _drip(self) -> None:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                with suppress(OSError):
                    while not receiver.released.wait(0.02):
                        self.wfile.write(b"a")

        return Handler


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """The receiver at an address of its own; who is silent is let go at the end."""
    with serving(receiver.handler()) as url:
        receiver.url = f"{url}/secret-path"
        try:
            yield receiver
        finally:
            receiver.released.set()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with receiving(Receiver()) as receiver:
        yield receiver


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A real PostgreSQL for the tests of this file."""
    with running() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.db"
    return another(request.getfixturevalue("postgres"))


@contextmanager
def telling(tmp_path: Path, *receivers: Receiver, **more: Any) -> Iterator[Backend]:
    """A backend that tells the receivers, with one open suggestion."""
    urls = " ".join(f"r{index}={one.url}" for index, one in enumerate(receivers))
    secrets = " ".join(f"r{index}={SECRET}" for index in range(len(receivers)))
    with shop(tmp_path, webhooks=urls, webhook_secrets=secrets, **more) as backend:
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
    receiver: Receiver, tmp_path: Path, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The next attempt is made by another process, after the pause that the specification advises."""
    caplog.set_level(logging.DEBUG)
    receiver.status = 500
    with telling(tmp_path, receiver, database_url=database) as backend:
        backend.move("apply", backend.suggestion())
        backend.tick(1)
        backend.tick(1)
        waiting = SqlOutbox(backend.ledger.engine).backlog()
    receiver.status = 200
    with telling(tmp_path, receiver, database_url=database) as backend:
        backend.tick(10)
        backend.tick(1)
        after = SqlOutbox(backend.ledger.engine).backlog()

    assert waiting == {("r0", "waiting"): 1}
    assert after == {}
    assert len(receiver.ids) == 2
    assert receiver.ids[0] == receiver.ids[1] == receiver.taken[0][0]
    assert "secret-path" not in caplog.text
    assert SECRET not in caplog.text


def test_one_endpoint_that_is_gone_does_not_keep_the_other_from_its_message(receiver: Receiver, tmp_path: Path) -> None:
    """410 gives a message up."""
    with receiving(Receiver(status=410)) as gone, telling(tmp_path, gone, receiver) as backend:
        backend.move("apply", backend.suggestion())
        backend.tick(1)
        backlog = SqlOutbox(backend.ledger.engine).backlog()
        metrics = backend.client.get("/metrics").text

    assert [told["type"] for _, told in receiver.taken] == ["rollout.applying"]
    assert backlog == {("r0", "given_up"): 1}
    assert 'airuntime_webhook_backlog{endpoint="r0",state="given_up"} 1.0' in metrics


def test_a_redirect_is_no_delivery_and_leads_nowhere(
    receiver: Receiver, tmp_path: Path, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever answers for the address has no say over where the message goes; it waits, and the log says why."""
    caplog.set_level(logging.INFO)
    with (
        receiving(Receiver(status=307, location=receiver.url)) as moved,
        telling(tmp_path, moved, database_url=database) as backend,
    ):
        backend.move("apply", backend.suggestion())
        backend.tick(1)
        backlog = SqlOutbox(backend.ledger.engine).backlog()

    assert (len(moved.ids), receiver.ids) == (1, [])
    assert backlog == {("r0", "waiting"): 1}
    assert "webhook r0: r0 answered 307, and redirects are not followed: name where it is now; attempt 2" in caplog.text


@pytest.mark.parametrize("dragging", [Receiver(silent=True), Receiver(slow=True)], ids=["silent", "slow"])
def test_an_attempt_ends_however_the_receiver_drags_it_out(dragging: Receiver) -> None:
    """The time is for the whole attempt: a letter now and then does not lengthen it."""
    with receiving(dragging):
        hooks = HttpHooks(endpoints({"r0": dragging.url}, {"r0": SECRET}), seconds=0.3)

        with pytest.raises(UpstreamError, match=r"^r0 did not answer within 0\.3 s$"):
            hooks.send("r0", Message("msg_1", "{}"), time.time())


def test_one_that_hangs_keeps_neither_the_others_nor_the_rollouts_waiting(
    receiver: Receiver, tmp_path: Path, database: str
) -> None:
    """It never answers; the other is told of one transition after the other meanwhile, and rollouts are looked at."""
    with (
        receiving(Receiver(silent=True)) as hanging,
        telling(tmp_path, hanging, receiver, database_url=database) as backend,
    ):
        passes = Semaphore(0)
        hooks = HttpHooks(endpoints({"r0": hanging.url, "r1": receiver.url}, dict.fromkeys(("r0", "r1"), SECRET)), 600)
        background = _background(backend, hooks, passes)
        background.start()
        try:
            applied = backend.move("apply", backend.suggestion()).get_json()
            assert hanging.asked.wait(60)
            assert _until(lambda: len(receiver.taken) == 1)
            backend.move("rollback", applied)
            assert _until(lambda: len(receiver.taken) == 2)
            assert all(passes.acquire(timeout=60) for _ in range(3))
        finally:
            hanging.released.set()
            background.stop()

    assert [told["type"] for _, told in receiver.taken] == ["rollout.applying", "rollout.rolled_back"]
    assert (hanging.ids[0], hanging.taken) == (receiver.ids[0], [])


def _background(backend: Backend, hooks: HttpHooks, passes: Semaphore) -> Background:
    """The worker's threads, at short intervals; each look at the rollouts lets one more through ``passes``."""

    def verify() -> None:
        worker.verifier.verify()
        passes.release()

    worker = services_of(backend.app).worker
    outbox = SqlOutbox(backend.ledger.engine)
    postman = Postman(outbox=outbox, hooks=hooks, ledger=backend.ledger, clock=backend.clock)
    told = replace(worker, verifier=cast("Any", SimpleNamespace(verify=verify)), rounds=postman.rounds())
    return Background(told, lambda: None, analyse_seconds=3600, verify_seconds=0.1)


def _until(true: Callable[[], bool]) -> bool:
    """Whether it comes true before patience ends."""
    pause = Event()
    return any(true() or pause.wait(0.05) for _ in range(1200))


def test_two_workers_deliver_each_message_once(receiver: Receiver, tmp_path: Path, database: str) -> None:
    """Both look at the same moment; one takes it."""
    with telling(tmp_path, receiver, database_url=database) as backend:
        outbox = SqlOutbox(backend.ledger.engine)
        hooks = HttpHooks(endpoints({"r0": receiver.url}, {"r0": SECRET}))
        men = [Postman(outbox=outbox, hooks=hooks, ledger=backend.ledger, clock=backend.clock) for _ in range(2)]
        for number in range(5):
            backend.ledger.enter(
                AuditEntry(backend.clock.at, "me", "test", "note", f"s{number}", "open", "open", "why")
            )
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda man: man.deliver("r0"), men))
        backlog = outbox.backlog()

    assert (len(receiver.ids), len(set(receiver.ids)), backlog) == (5, 5, {})


def test_a_long_queue_of_one_hides_nothing_of_another(tmp_path: Path, database: str) -> None:
    """However much waits for an endpoint; and what waits for one that is no longer configured is given up."""
    with shop(tmp_path, database_url=database) as backend:
        outbox, entry = SqlOutbox(backend.ledger.engine), AuditEntry(1.0, "me", "test", "note", "s", "open", "open", "")
        for endpoint, entries in (("busy", 7), ("quiet", 1)):
            for _ in range(entries):
                backend.ledger.enter(entry)
            outbox.address((endpoint,), 1.0)

        found = {endpoint: len(outbox.due(endpoint, 2.0, 5)) for endpoint in ("busy", "quiet")}
        outbox.abandon(("quiet",), "the endpoint is no longer configured")

        assert found == {"busy": 5, "quiet": 1}
        assert outbox.backlog() == {("busy", "given_up"): 7, ("quiet", "waiting"): 1}


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
