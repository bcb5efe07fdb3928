"""``airuntime watch`` on rollouts of a fleet for which time passes with every look."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from ai_runtime_intelligent.testing import FakeClock
from rolling.scraped import Scraped
from support.backend import TOKEN_SETTINGS, TOKENS, client_of, shop
from support.commands import Living, run
from support.environment import clean
from support.fleet import HARMFUL, Fleet, FleetWorld
from support.prometheus import free_port
from support.web import answering

OPERATOR: Final = {"AIRUNTIME_OPERATOR_TOKEN": TOKENS["operator"]}
VIEWER: Final = {"AIRUNTIME_VIEWER_TOKEN": TOKENS["viewer"]}
FAST: Final = ("--interval", "0.05")


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """A fleet whose backend wants tokens and has one open suggestion."""
    scraped = Scraped()
    with shop(tmp_path, FleetWorld(scraped), **TOKEN_SETTINGS) as backend:
        backend.client = client_of(backend, "operator")
        fleet = Fleet(backend, scraped)
        fleet.step()
        backend.tick()
        yield fleet


@pytest.fixture
def url(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the fleet's backend answers; the command knows it."""
    with answering(Living(fleet)) as url:
        monkeypatch.setenv("AIRUNTIME_BACKEND_URL", url)
        yield url


def applied(fleet: Fleet) -> str:
    """The id of the suggestion, which is applied."""
    one = fleet.backend.suggestion()
    assert fleet.backend.move("apply", one).status_code == 200
    return str(one["id"])


@pytest.mark.usefixtures("url")
def test_a_change_is_watched_until_it_is_kept(fleet: Fleet) -> None:
    """Each line is new: phase, share, calls, effect with interval, replicas, what is lacking."""
    one = applied(fleet)
    done = run("watch", one, *FAST, **VIEWER)
    lines = done.stdout.splitlines()

    assert done.exit_code == 0, done.output
    assert lines[0].startswith("watching     share 0.1  calls ")
    assert all(before != after for before, after in pairwise(lines))
    middle = next(line for line in lines if "share 0.5" in line and "10 a side are needed" in line)
    for words in (" old, ", " new  cache_hit_ratio 0.", "replicas 2 obeying"):
        assert words in middle
    *_, last, words = lines
    assert last.startswith("kept         share 1  calls ")
    assert "  cache_hit_ratio went from 0." in last
    assert words == f"answers.ttl_seconds: 2 to 60 s, kept; take it back: airuntime rollback {one}"


@pytest.mark.usefixtures("url")
def test_a_change_that_harms_is_watched_until_it_is_rolled_back(fleet: Fleet) -> None:
    """Exit code 3; for programs one object a line, with the outcome in the last."""
    fleet.behaviours["candidate"] = HARMFUL
    one = applied(fleet)
    done = run("watch", one, *FAST, "--json", **VIEWER)
    told = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.exit_code == 3, done.output
    assert [each["outcome"] for each in told] == [None] * (len(told) - 1) + ["rolled_back"]
    assert {each["suggestion"] for each in told} == {one}
    assert (told[0]["phase"], told[0]["share"], told[0]["waits_for"]) == ("watching", 0.1, None)
    assert (told[-1]["status"], told[-1]["share"]) == ("rolled_back", 0.0)
    assert told[-1]["calls"]["candidate"] > 0
    assert told[-1]["effect"]["low"] <= told[-1]["effect"]["high"]
    assert "error_ratio" in told[-1]["why"]


@pytest.mark.usefixtures("url")
def test_a_change_that_nobody_obeys_is_stuck(fleet: Fleet) -> None:
    """Exit code 4, with what to look at."""
    for replica in fleet.replicas:
        replica.polls = False
    one = applied(fleet)
    done = run("watch", one, *FAST, **VIEWER)

    assert done.exit_code == 4, done.output
    assert done.stdout.splitlines()[0].startswith("applying     share 0.1")
    assert "No replica obeys it: " in done.stdout
    assert f"airuntime rollback {one}" in done.stdout


@pytest.mark.usefixtures("url")
def test_apply_goes_on_watching(fleet: Fleet) -> None:
    """With the exit code of the outcome; for programs the first line tells what apply did."""
    one = fleet.backend.suggestion()["id"]
    done = run("apply", one, "--yes", "--watch", "--json", *FAST, **OPERATOR)
    first, *told = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.exit_code == 0, done.output
    assert (first["did"], first["suggestion"]["status"]) == ("applied", "applied")
    assert (told[0]["phase"], told[-1]["outcome"]) == ("applying", "kept")
    again = run("apply", one, "--yes", "--watch", **OPERATOR)
    assert again.exit_code == 0
    assert again.stdout.startswith("Nothing to do, it is kept already.")


def test_a_deadline_ends_the_watching_only(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 5; what stands still is told once."""
    one = applied(fleet)
    living, clock = Living(fleet, steps=0), FakeClock()
    module = import_module("airuntime_backend.cli.watch")
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=clock, sleep=clock.advance))
    with answering(living) as url:
        monkeypatch.setenv("AIRUNTIME_BACKEND_URL", url)
        done = run("watch", one, "--timeout", "1", "--interval", "0.25", **VIEWER)

    assert done.exit_code == 5
    assert len(done.stdout.splitlines()) == 1
    assert living.looks == 5  # the first at once, the last at the deadline
    assert "It has not ended within 1 s, and goes on." in done.stderr
    assert fleet.phase == "applying"


def test_what_waits_is_watched_until_it_is_let_go(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says for what; cancelled, nothing runs: exit code 6."""
    one = fleet.backend.queue()
    living = Living(fleet, steps=0)

    def cancelling(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        if living.looks == 2:
            assert fleet.backend.move("cancel", one).status_code == 200
        return living(environ, start)

    with answering(cancelling) as url:
        monkeypatch.setenv("AIRUNTIME_BACKEND_URL", url)
        done = run("watch", one["id"], *FAST, **VIEWER)
    first, second, words = done.stdout.splitlines()

    assert done.exit_code == 6, done.output
    assert first == "queued       waits for person: somebody else must approve it"
    assert second == "open         waits no more"
    assert words == f"Nothing of it runs or waits. Apply it: airuntime apply {one['id']}"


@contextmanager
def restarting(fleet: Fleet, port: int) -> Iterator[None]:
    """A backend that goes away after the second look, for a while."""
    living = Living(fleet, steps=1)

    def serve() -> None:
        with answering(living, port):
            ready.set()
            _until(lambda: living.looks >= 2)
        time.sleep(0.4)
        living._steps = 5
        with answering(living, port):
            _until(done.is_set)

    ready, done = threading.Event(), threading.Event()
    thread = threading.Thread(target=serve, name="restarting")
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()


def _until(so: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until it is so."""
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_backend_that_restarts_is_waited_for(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says once that it is away, and that it is back; the outcome is the rollout's."""
    one, port = applied(fleet), free_port()
    monkeypatch.setenv("AIRUNTIME_BACKEND_URL", f"http://127.0.0.1:{port}")
    with restarting(fleet, port):
        done = run("watch", one, *FAST, **VIEWER)

    away, back = done.stderr.splitlines()
    assert done.exit_code == 0, done.output
    assert away.startswith(f"the backend at http://127.0.0.1:{port} cannot be reached (ConnectionError)")
    assert away.endswith("; it is waited for")
    assert back == f"the backend at http://127.0.0.1:{port} answers again"
    assert "kept  " in done.stdout


def test_a_proxy_before_a_backend_that_restarts_is_waited_for(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """502 is no last word; a suggestion that is gone, or a token that is refused, is."""
    one = applied(fleet)
    living, answers = Living(fleet, steps=5), iter(["200 OK", "502 Bad Gateway", "200 OK", "401 Unauthorized"])

    def proxy(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        status = next(answers)
        if status == "200 OK":
            return living(environ, start)
        start(status, [("Content-Type", "text/html")])
        return [b"<p>no</p>"]

    with answering(proxy) as url:
        monkeypatch.setenv("AIRUNTIME_BACKEND_URL", url)
        done = run("watch", one, *FAST, **VIEWER)

    assert done.exit_code == 1
    away, back, refused = done.stderr.splitlines()
    assert away == f"the backend at {url} answered: 502; it is waited for"
    assert back == f"the backend at {url} answers again"
    assert "refuses the token (401)" in refused
    assert not [token for token in TOKENS.values() if token in done.output]


def test_ctrl_c_leaves_the_change_alone(fleet: Fleet) -> None:
    """It says so, and how to go on; exit code 130."""
    one = applied(fleet)
    with answering(Living(fleet, steps=0)) as url:
        # What a shell starts in the background ignores the signal, and so would its children.
        command = ["env", "--default-signal=INT", sys.executable, "-m", "airuntime_backend.cli", "watch", one, *FAST]
        with subprocess.Popen(  # noqa: S603 - our own command
            command,
            env=clean(AIRUNTIME_BACKEND_URL=url, **VIEWER),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as watching:
            assert watching.stdout is not None
            first = watching.stdout.readline()
            watching.send_signal(signal.SIGINT)
            try:
                _, said = watching.communicate(timeout=30)
            finally:
                watching.kill()

    assert watching.returncode == 130
    assert first.startswith("applying     share 0.1")
    assert said == (
        f"Watching has ended; the change has not. Watch it again: airuntime watch {one}; "
        f"take it back: airuntime rollback {one}\n"
    )
    assert (fleet.backend.suggestion()["status"], fleet.phase) == ("applied", "applying")


def test_what_is_not_there_cannot_be_watched(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Neither a suggestion nor a backend."""
    nobody = run("watch", "nope", **VIEWER)
    monkeypatch.setenv("AIRUNTIME_BACKEND_URL", f"http://127.0.0.1:{free_port()}")
    nowhere = run("watch", "nope", **VIEWER)

    assert url not in nowhere.output
    assert (nobody.exit_code, nowhere.exit_code) == (1, 1)
    assert "there is no suggestion 'nope'" in nobody.output
    assert "'airuntime serve'" in nowhere.output
