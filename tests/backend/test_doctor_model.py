"""The doctor on the model: named, installed, priced, reachable and permitted, each with the next step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from airuntime_backend.cli.points import Point, model
from airuntime_demo.fake_llm import FakeLLM
from airuntime_demo.serving import in_thread
from flask import Flask
from support.backend import settings
from support.environment import forget
from support.fake_gemini import install
from support.prometheus import free_port
from support.web import answering

KEY = "sk-of-the-doctor-1234567890"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of nobody else."""
    forget(monkeypatch)


def seen(tmp_path: Path, name: str, **more: Any) -> Point:
    """What the doctor says of the model that these settings name."""
    return model(settings(tmp_path, llm_model=name, **more))


def test_without_a_model_all_is_well(tmp_path: Path) -> None:
    """It is an extra; how to have one is told."""
    point = seen(tmp_path, "")

    assert (point.configured, point.ok) == (False, True)
    assert "AIRUNTIME_LLM_MODEL" in point.next_step


def test_one_that_answers_is_in_order(tmp_path: Path) -> None:
    """It is asked for its list of models, for which nobody pays."""
    fake = FakeLLM()
    with in_thread(fake.app()) as url:
        point = seen(tmp_path, "openai:gpt-4o-mini", llm_url=f"{url}/v1", llm_key=KEY)

    assert (point.reachable, point.permitted, point.next_step) == (True, True, "")
    assert fake.bill.calls.total() == 0


@pytest.mark.parametrize("name", ["openai:gpt-4o-mini", "anthropic:claude-haiku-4-5"])
def test_a_refused_key_is_told_and_not_shown(tmp_path: Path, name: str) -> None:
    """With the variable to look at."""
    app = Flask("refusing")
    app.add_url_rule("/<path:_>", view_func=lambda _: (f"no {KEY}", 401))
    with answering(app) as url:
        point = seen(tmp_path, name, llm_url=url, llm_key=KEY)

    assert (point.reachable, point.permitted) == (True, False)
    assert point.next_step == "check AIRUNTIME_LLM_API_KEY"
    assert KEY not in point.detail


def test_one_that_is_down_is_told(tmp_path: Path) -> None:
    """With the variable to look at."""
    point = seen(tmp_path, "openai:gpt-4o-mini", llm_url=f"http://127.0.0.1:{free_port()}", llm_key=KEY)

    assert point.reachable is False
    assert "cannot be reached (ConnectionError)" in point.detail
    assert point.next_step == "check AIRUNTIME_LLM_BASE_URL"


def test_what_names_no_model_is_told(tmp_path: Path) -> None:
    """With what was expected."""
    point = seen(tmp_path, "nobody")

    assert point.ok is False
    assert "expected <provider>:<model>" in point.detail


def test_one_without_a_price_is_told(tmp_path: Path) -> None:
    """It would never be asked, and nobody would know why."""
    point = seen(tmp_path, "ollama:our-own-model")

    assert point.permitted is False
    assert "AIRUNTIME_LLM_UNPRICED=1" in point.next_step


def test_the_command_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not run."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    missing = seen(tmp_path, "gemini-cli:gemini-2.5-flash")
    monkeypatch.setenv("PATH", str(install(tmp_path / "bin")))
    there = seen(tmp_path, "gemini-cli:gemini-2.5-flash")

    assert (missing.ok, missing.detail) == (False, "the command 'gemini' is not installed")
    assert there.ok
