"""``airuntime suggestions`` and ``catalog`` ask a running backend; ``doctor`` says what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from airuntime_backend.cli import main
from airuntime_demo.fake_context7 import FakeContext7
from click.testing import CliRunner, Result
from flask import Flask
from support.backend import TOKEN_SETTINGS, TOKENS, Backend, shop
from support.context7 import serving
from support.environment import forget
from support.prometheus import free_port
from support.web import answering

VIEWER: Final = {"AIRUNTIME_VIEWER_TOKEN": TOKENS["viewer"]}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of nobody else; nothing is kept outside."""
    forget(monkeypatch)
    monkeypatch.setenv("AIRUNTIME_CACHE_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none.db")


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """A backend with one suggestion, which wants a token; the command knows where it is."""
    with shop(tmp_path, **TOKEN_SETTINGS) as backend, answering(backend.app) as url:
        backend.tick()
        monkeypatch.setenv("AIRUNTIME_BACKEND_URL", url)
        yield backend


def run(*arguments: str, **given: str) -> Result:
    """The command with these arguments and variables."""
    return CliRunner().invoke(main, list(arguments), env=given)


def told(*arguments: str, **given: str) -> Any:
    """What it prints for programs."""
    done = run(*arguments, "--json", **given)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.usefixtures("running")
def test_suggestions_are_listed() -> None:
    """With id, state and change; for programs as the API has them."""
    (one,) = told("suggestions", "list", **VIEWER)
    done = run("suggestions", "list", **VIEWER)

    assert one["tunable"] == "answers.ttl_seconds"
    assert one["id"] in done.stdout
    assert one["title"] in done.stdout
    assert "answers.ttl_seconds: 2 to " in done.stdout
    assert told("suggestions", "list", "--status", "kept", **VIEWER) == []
    mistaken = run("suggestions", "list", "--status", "opened", **VIEWER)
    assert (mistaken.exit_code, "'queued'" in mistaken.output) == (2, True)
    assert "airuntime doctor" in run("suggestions", "list", "--service", "other", **VIEWER).stdout


@pytest.mark.usefixtures("running")
def test_a_suggestion_is_shown_with_its_evidence() -> None:
    """The claim, the numbers, the user's own lines, documentation of the installed version."""
    (listed,) = told("suggestions", "list", **VIEWER)
    done = run("suggestions", "show", listed["id"], **VIEWER)
    full = told("suggestions", "show", listed["id"], **VIEWER)

    assert done.exit_code == 0
    for words in (listed["title"], full["claim"], "cache_hit_ratio", "shop.py:2", "    def build():", "risk: low"):
        assert words in done.stdout
    assert {doc["source"] for doc in full["evidence"]["docs"]} == {"installed:cachetools"}
    assert full["evidence"]["docs"][0]["title"] in done.stdout


@pytest.mark.usefixtures("running")
def test_the_catalogue_is_markdown() -> None:
    """With each primitive's docstring, place, libraries with links, tunables and numbers."""
    done = run("catalog", **VIEWER)
    (entry,) = told("catalog", **VIEWER)["entries"]

    lines = done.stdout.splitlines()
    assert lines[:3] == ["# Primitives", "", "## shop"]
    assert "### answers (cache)" in lines
    assert "> Answers." in lines
    assert any(line.startswith("- Uses: [cachetools 7.1.0](https://") for line in lines)
    assert any(
        line.startswith("- Tunable `answers.ttl_seconds` = 2 s (1..86400 s, default 2 s): How") for line in lines
    )
    assert any("error_ratio 0.0%" in line for line in lines)
    assert entry["primitive"] == "answers"
    assert "No service has told" in run("catalog", "--service", "other", **VIEWER).stdout


def test_the_catalogue_says_what_it_lacks(running: Backend) -> None:
    """On the standard error, beside what is known."""
    running.world.down = True
    done = run("catalog", **VIEWER)

    assert done.exit_code == 0
    assert "Missing: Prometheus cannot be reached" in done.stderr
    assert "### answers (cache)" in done.stdout


def test_no_docstring_is_an_order_to_a_terminal_or_a_page(running: Backend) -> None:
    """Markdown and escape sequences in it are shown, not obeyed."""
    (one,) = running.ledger.manifests()
    doc = "\x1b[31m# Big\n<script>"
    primitive = one.primitives[0].model_copy(update={"doc": doc, "callees": ("a|b*c",)})
    running.ledger.put_manifest(one.model_copy(update={"primitives": (primitive,), "version": "2"}), 10_001.0)
    done = run("catalog", **VIEWER)

    assert "\x1b" not in done.stdout
    assert "> [31m# Big" in done.stdout
    assert "- Calls: a\\|b\\*c" in done.stdout


@pytest.mark.parametrize("command", [("suggestions", "list"), ("suggestions", "show", "x"), ("catalog",)])
def test_a_backend_that_is_not_there_is_told_with_the_next_step(command: tuple[str, ...]) -> None:
    """Without a password of its address."""
    url = f"http://me:hunter2@127.0.0.1:{free_port()}"
    done = run(*command, AIRUNTIME_BACKEND_URL=url)

    assert done.exit_code == 1
    assert f"the backend at {url.replace('me:hunter2@', '')} cannot be reached (ConnectionError)" in done.output
    assert "'airuntime serve'" in done.output
    assert "AIRUNTIME_BACKEND_URL" in done.output
    assert "hunter2" not in done.output


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize("token", [{}, {"AIRUNTIME_VIEWER_TOKEN": "wrong-token"}])
def test_a_refused_token_is_told(token: dict[str, str]) -> None:
    """By the variable to set, without the token."""
    done = run("catalog", **token)

    assert done.exit_code == 1
    assert "refuses the token" in done.output
    assert "AIRUNTIME_VIEWER_TOKEN" in done.output
    assert "wrong-token" not in done.output


@pytest.mark.usefixtures("running")
def test_an_unknown_suggestion_is_told() -> None:
    """In the backend's own words; an id cannot lead elsewhere."""
    for name in ("nope", "../catalog", "x/apply", "a?b#c"):
        done = run("suggestions", "show", name, **VIEWER)
        assert done.exit_code == 1
        assert "Error: the backend at " in done.output


def test_what_is_no_backend_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something else may listen there."""
    other = Flask("other")
    other.add_url_rule("/<path:path>", view_func=lambda path: f"<p>{path}</p>")
    with answering(other) as url:
        monkeypatch.setenv("AIRUNTIME_BACKEND_URL", url)
        done = run("catalog")

    assert done.exit_code == 1
    assert "is no backend: check AIRUNTIME_BACKEND_URL" in done.output


def points(done: Result) -> dict[str, dict[str, Any]]:
    """What the doctor says, by dependency."""
    return {one["name"]: one for one in json.loads(done.stdout)["dependencies"]}


@pytest.mark.usefixtures("running")
def test_the_doctor_finds_all_in_order(empty_prometheus: str, tmp_path: Path) -> None:
    """Exit code 0; what is left out is off and not wrong; nothing was made."""
    given = {"AIRUNTIME_PROMETHEUS_URL": empty_prometheus, "AIRUNTIME_SOURCE_ROOTS": str(tmp_path), **VIEWER}
    done = run("doctor", "--json", **given)
    found = points(done)

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["ok"] is True
    assert list(found)[:3] == ["prometheus", "database", "backend"]
    assert all(one["ok"] for one in found.values())
    assert found["prometheus"]["detail"].endswith("no primitive is measured yet")
    assert "instrumented service" in found["prometheus"]["next_step"]
    assert (found["source"]["configured"], found["libraries"]["configured"]) == (True, False)
    assert not (tmp_path / "none.db").exists()
    assert not (tmp_path / "mine").exists()
    text = run("doctor", **given)
    assert text.exit_code == 0
    assert "ok       backend" in text.stdout
    assert "off      context7" in text.stdout


def test_the_doctor_finds_what_is_missing(tmp_path: Path) -> None:
    """Exit code 1, and for each the variable that helps, without a secret."""
    wrong = {
        "AIRUNTIME_PROMETHEUS_URL": f"http://me:hunter2@127.0.0.1:{free_port()}",
        "AIRUNTIME_BACKEND_URL": f"http://me:hunter2@127.0.0.1:{free_port()}",
        "DATABASE_URL": f"sqlite:////nowhere/hunter2/{tmp_path.name}.db",
        "AIRUNTIME_SOURCE_ROOTS": f"{tmp_path}:/nowhere",
        "CONTEXT7_API_URL": f"http://127.0.0.1:{free_port()}",
        "CONTEXT7_API_KEY": "ctx7sk-hunter2",
    }
    done = run("doctor", "--json", **wrong)
    found = points(done)

    assert done.exit_code == 1
    assert {name for name, one in found.items() if not one["ok"]} == {
        "prometheus", "database", "backend", "source", "context7",
    }  # fmt: skip
    assert all(one["next_step"] for one in found.values() if not one["ok"])
    assert found["prometheus"]["reachable"] is False
    assert found["source"]["detail"] == "not there: /nowhere"
    text = run("doctor", **wrong)
    assert "FAILED   prometheus" in text.stdout
    assert "failed   context7" in text.stdout
    assert "hunter2" not in done.output + text.output


@pytest.mark.usefixtures("running")
def test_the_doctor_tells_a_refusal_from_silence(empty_prometheus: str) -> None:
    """A wrong key or token: reachable, and not permitted. A context7 that fails is no reason to fail."""
    with serving(FakeContext7()) as url:
        given = {"AIRUNTIME_PROMETHEUS_URL": empty_prometheus, "CONTEXT7_API_URL": url}
        refused = run("doctor", "--json", CONTEXT7_API_KEY="sk-wrong", **given)
        taken = run("doctor", "--json", CONTEXT7_API_KEY="ctx7sk-right", **given, **VIEWER)

    found = points(refused)
    assert refused.exit_code == 1
    assert (found["backend"]["reachable"], found["backend"]["permitted"]) == (True, False)
    assert (found["context7"]["reachable"], found["context7"]["permitted"]) == (True, False)
    assert found["context7"]["next_step"] == "check CONTEXT7_API_KEY"
    assert taken.exit_code == 0
    assert points(taken)["context7"]["ok"]


def test_the_doctor_opens_the_database_that_is_there(tmp_path: Path, running: Backend) -> None:
    """And leaves it as it is."""
    assert running.app
    ours = points(run("doctor", "--json", DATABASE_URL=f"sqlite:///{tmp_path}/state.db"))["database"]
    (tmp_path / "bad.db").write_text("no database " * 100, encoding="utf-8")
    bad = points(run("doctor", "--json", DATABASE_URL=f"sqlite:///{tmp_path}/bad.db"))["database"]
    none = points(run("doctor", "--json", DATABASE_URL="what is this"))["database"]

    assert (ours["ok"], ours["detail"]) == (True, "sqlite")
    assert (bad["ok"], bad["next_step"]) == (False, "check DATABASE_URL")
    assert (none["ok"], none["detail"]) == (False, "it is no database URL")
