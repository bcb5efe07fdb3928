"""The unattended check against a backend that a test plays, and its command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from airuntime_demo import check as check_module
from airuntime_demo.check import Check, CheckTimeoutError, Report
from airuntime_demo.cli import main
from airuntime_demo.client import BackendAnswerError, Client
from airuntime_demo.layout import StackOptions
from airuntime_demo.wastes import FINDINGS, PRIMITIVES, Waste
from click.testing import CliRunner
from support.http_server import Quiet, serving

ROW_FIELDS = ("primitive", "finding", "state", "summary")


class Backend:
    """A backend and a Prometheus in one server: what it says is set by the test, what it is asked is kept."""

    def __init__(self) -> None:
        self.suggestions: list[dict[str, Any]] = []
        self.rows: list[tuple[str, ...]] = []
        self.verdict: dict[str, Any] | None = None
        self.conflicts = 0
        self.refusal: tuple[int, object] | None = None
        self.applied: list[dict[str, Any]] = []
        backend = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(200, backend.read(urlsplit(self.path).path))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._send(*backend.write(self.path, body))

            def _send(self, status: int, body: object) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self.handler = Handler
        self.url = ""

    def read(self, path: str) -> object:
        """Answer a GET."""
        if path == "/suggestions":
            return {"suggestions": [] if self.applied else self.suggestions}
        rollout = {"phase": "watching"} if self.applied else None
        return {"finding": {"name": "cold_cache"}, "verdict": self.verdict, "rollout": rollout}

    def write(self, path: str, body: dict[str, Any]) -> tuple[int, object]:
        """Answer a POST."""
        if path == "/api/query":
            columns = [list(column) for column in zip(*self.rows, strict=True)] or [[] for _ in ROW_FIELDS]
            frame = {"schema": {"fields": [{"name": name} for name in ROW_FIELDS]}, "data": {"values": columns}}
            return 200, {"results": {"A": {"frames": [frame]}}}
        if self.refusal:
            return self.refusal
        if self.conflicts:
            self.conflicts -= 1
            self.suggestions[0]["revision"] += 1
            return 409, {"error": {"code": "conflict", "message": "it is at another revision"}}
        self.applied.append({"path": path, **body})
        return 200, {}


@pytest.fixture
def backend() -> Iterator[Backend]:
    """A backend that says nothing yet."""
    made = Backend()
    with serving(made.handler) as made.url:
        yield made


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for windows that a test does not need."""
    for name in ("HEALTHY_SECONDS", "WINDOW_SECONDS"):
        monkeypatch.setattr(check_module, name, 0.1)
    monkeypatch.setattr(check_module, "_POLL_SECONDS", 0.01)


class Running:
    """A stack of which only the URLs are needed."""

    def __init__(self, backend: Backend, waste: Waste) -> None:
        self.options = StackOptions(waste)
        self.urls = type("Urls", (), {"prometheus": backend.url})()

    def check(self) -> None:
        """Nothing has died."""


def run(backend: Backend, waste: Waste, timeout: float = 10.0) -> Report:
    """One check against the backend."""
    stack: Any = Running(backend, waste)
    with Client(backend.url, "operator") as client:
        return Check(stack, client, lambda _line: None, began=time.monotonic(), timeout=timeout).run()


def suggestion(primitive: str = "answer_cache") -> dict[str, Any]:
    """One open suggestion."""
    title = "Keep entries longer"
    tunable = f"{primitive}.ttl_seconds"
    return {
        "id": "sug_1", "revision": 1, "title": title, "primitive": primitive, "tunable": tunable, "to_value": 300.0
    }  # fmt: skip


def verdict(outcome: str = "confirmed") -> dict[str, Any]:
    """A verdict with numbers."""
    return {"outcome": outcome, "reason": "it moved", "goal": {"before": 0.2, "after": 0.8}}


def test_a_measured_effect_is_ok(backend: Backend) -> None:
    """Found, applied at its revision, obeyed, confirmed: the report has the numbers and the times in order."""
    backend.suggestions, backend.verdict = [suggestion()], verdict()
    report = run(backend, "cache")

    assert report.ok
    assert (report.finding, report.tunable) == ("cold_cache", "answer_cache.ttl_seconds")
    assert (report.before, report.after) == (0.2, 0.8)
    assert (report.setup_s or 0) <= (report.first_finding_s or 0) <= (report.applied_s or 0) <= (report.effect_s or 0)
    assert backend.applied[0]["path"] == "/suggestions/sug_1/apply"
    assert backend.applied[0]["revision"] == 1


def test_a_conflict_is_answered_by_reading_again(backend: Backend) -> None:
    """When the suggestion has a new revision, that one is applied."""
    backend.suggestions, backend.verdict, backend.conflicts = [suggestion()], verdict(), 2

    assert run(backend, "cache").ok
    assert backend.applied[0]["revision"] == 3


@pytest.mark.parametrize("outcome", ["refuted", "inconclusive"])
def test_an_effect_that_is_not_confirmed_is_not_ok(backend: Backend, outcome: str) -> None:
    """Numbers alone do not make a check succeed."""
    backend.suggestions, backend.verdict = [suggestion()], verdict(outcome)

    assert not run(backend, "cache").ok


def test_a_verdict_without_numbers_is_not_ok(backend: Backend) -> None:
    """What could not be measured has no before and no after."""
    backend.suggestions, backend.verdict = [suggestion()], {"outcome": "error", "reason": "lost", "goal": None}
    report = run(backend, "cache")

    assert not report.ok
    assert (report.before, report.after) == (None, None)


def test_a_finding_elsewhere_than_the_waste_is_not_ok(backend: Backend) -> None:
    """A suggestion about another primitive is a false alarm, whatever its effect."""
    backend.suggestions, backend.verdict = [suggestion("model_router")], verdict()
    report = run(backend, "cache")

    assert not report.ok
    assert report.reason == "the waste was planted in answer_cache"


def healthy() -> list[tuple[str, ...]]:
    """A row for each waste that was looked for, and one of a check that needs more time."""
    rows = [(str(PRIMITIVES[waste]), finding, "clear", "all is well") for waste, finding in FINDINGS.items()]
    return [*rows, ("answer_cache", "slower", "unsure", "too young to be compared with its own past")]


def test_nothing_planted_and_nothing_suggested_gives_the_reasons(backend: Backend) -> None:
    """The healthy report has no finding and the backend's reasons."""
    backend.rows = healthy()

    report = run(backend, "none").as_json()

    assert report["ok"] is True
    assert report["finding"] is None
    assert "answer_cache: all is well" in str(report["reason"])


@pytest.mark.parametrize("state", ["unsure", "unread"])
def test_what_could_not_be_judged_is_not_health(backend: Backend, state: str) -> None:
    """One waste that could not be looked for, and the report is not ok; its reason is in the report."""
    backend.rows = [*healthy()[1:], ("answer_cache", "cold_cache", state, "Prometheus is down")]

    report = run(backend, "none")

    assert not report.ok
    assert "Prometheus is down" in str(report.reason)


def test_a_false_alarm_is_not_ok(backend: Backend) -> None:
    """With nothing planted a suggestion fails the check, and so does a finding without one."""
    backend.rows = [("answer_cache", "cold_cache", "found", "cold")]
    found = run(backend, "none")
    backend.suggestions = [suggestion()]
    suggested = run(backend, "none")

    assert (found.ok, found.finding) == (False, "cold_cache")
    assert (suggested.ok, suggested.finding) == (False, "cold_cache")


def test_silence_is_not_health(backend: Backend) -> None:
    """A backend that gives no reason has not judged."""
    report = run(backend, "none")

    assert not report.ok
    assert report.reason == "the backend gave no reason"


def test_waiting_ends_with_what_the_backend_says(backend: Backend) -> None:
    """The error names what was waited for and why the backend suggests nothing."""
    backend.rows = [("answer_cache", "cold_cache", "clear", "12 observations, 60 are needed")]

    with pytest.raises(CheckTimeoutError, match=r"waited for a suggestion.*12 observations"):
        run(backend, "cache", timeout=0.1)


def test_a_refusal_of_the_backend_has_its_sentence(backend: Backend) -> None:
    """The client raises what the backend said, with the status."""
    backend.refusal = (403, {"error": {"code": "forbidden", "message": "an operator may"}})
    backend.suggestions = [suggestion()]

    with pytest.raises(BackendAnswerError, match=r"403.*an operator may"):
        run(backend, "cache")


@pytest.mark.parametrize("command", ["up", "check"])
def test_a_wrong_waste_is_refused_before_anything_starts(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment is checked first, and the message lists what may be written."""
    monkeypatch.setenv("DEMO_WASTE", "cash")
    result = CliRunner().invoke(main, [command])

    assert result.exit_code == 2
    assert "cache, router, retry, serial, none" in result.output


def test_ctrl_c_stops_the_demo_and_leaves_no_process(tmp_path: Any) -> None:
    """Interrupted while it starts, the command ends with 130 and nothing that it started is left."""
    env = dict(os.environ) | {"TMPDIR": str(tmp_path)}
    demo = subprocess.Popen(
        [sys.executable, "-m", "airuntime_demo.cli", "check", "--waste", "none"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert demo.stderr is not None
    lines = [demo.stderr.readline(), demo.stderr.readline()]
    started = _children(demo.pid)
    demo.send_signal(signal.SIGINT)
    demo.send_signal(signal.SIGINT)
    out, error = demo.communicate(timeout=30)

    assert "llm is ready" in lines[1]
    assert demo.returncode == 130, error
    assert out == ""
    assert started
    assert not any(Path(f"/proc/{pid}").exists() for pid in started)


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
