"""The ``gemini`` command as the model: what it gets, what it may answer, and that none of it outlives the wait."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airuntime_backend.adapters.advisor_llm.answer import Answer
from airuntime_backend.adapters.advisor_llm.gemini_cli import GeminiCli
from airuntime_backend.adapters.advisor_llm.model import Model
from pydantic import SecretStr
from support.advice import KEY, Desk, desk
from support.fake_gemini import install

MODEL = Model("gemini-cli", "gemini-2.5-flash")
STATS = {
    "models": {
        "gemini-2.5-flash-lite": {"tokens": {"prompt": 1_000, "candidates": 10, "thoughts": 0}},
        "gemini-2.5-flash": {"tokens": {"prompt": 9_000, "candidates": 90, "thoughts": 900}},
    }
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Suggestions, and the command on the PATH with a home of its own."""
    monkeypatch.setenv("PATH", f"{install(tmp_path / 'bin')}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AIRUNTIME_OPERATOR_TOKEN", "the-operators-own")
    (tmp_path / "home").mkdir()
    with desk(tmp_path) as one:
        say(one)
        yield one


def say(shop: Desk, **said: Any) -> None:
    """What the command is to do."""
    (shop.folder.parent / "home" / "said.json").write_text(json.dumps(said), encoding="utf-8")


def seen(shop: Desk) -> dict[str, Any]:
    """What the command was given."""
    found: dict[str, Any] = json.loads((shop.folder.parent / "home" / "seen.json").read_text(encoding="utf-8"))
    return found


def told(shop: Desk, seconds: float = 10.0, command: str = "gemini") -> str:
    """Why it did not word the suggestion; nothing when it did."""
    editor = shop.editor(model=MODEL, client=GeminiCli(MODEL, command=command), seconds=seconds)
    (suggestion,), missing = editor.edit([shop.offer()])
    assert (suggestion.wording is None) == bool(missing)
    return missing[0].partition("did not word it: ")[2] if missing else ""


def test_its_answer_words_the_suggestion(shop: Desk) -> None:
    """It gets the document on its standard input, the rules as the prompt, and an empty folder."""
    assert told(shop) == ""

    given = seen(shop)
    assert json.loads(given["stdin"])["change"]["tunable"] == "answers.ttl_seconds"
    assert "You word suggestions for operators" in given["prompt"]
    assert (given["model"], given["output_format"], given["folder"]) == ("gemini-2.5-flash", "json", [])


def test_it_gets_none_of_our_secrets(shop: Desk) -> None:
    """Its own key, when one is configured, and what it needs to find its login."""
    told(shop)
    without = seen(shop)["env"]
    GeminiCli(MODEL, SecretStr(KEY)).ask("", seen(shop)["stdin"], 10.0, Answer)

    assert "the-operators-own" not in json.dumps(without)
    assert "GEMINI_API_KEY" not in without
    assert seen(shop)["env"]["GEMINI_API_KEY"] == KEY


def test_what_every_model_used_is_paid(shop: Desk) -> None:
    """It asks a small one first, and thinks; all of it is counted at the price of the one that was named."""
    say(shop, stats=STATS)
    told(shop)

    assert shop.calls.spent(0.0) == pytest.approx(10_000 * 0.3e-6 + 1_000 * 2.5e-6)


def test_without_numbers_it_is_paid_as_if_it_had_used_all(shop: Desk) -> None:
    """An answer that says it was free is not believed."""
    say(shop, stats={})
    told(shop)

    assert shop.calls.spent(0.0) > 3_000 * 2.5e-6


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"exit": 1}, "the command ended with 1"),
        ({"exit": 42}, "the command ended with 42"),
        ({"out": "Loaded cached credentials.\nhello"}, "the command's output is not its JSON format"),
        ({"out": '{"error": {"type": "ApiError", "message": "quota", "code": 429}}'}, "is not its JSON format"),
        ({"out": '{"response": null}'}, "the command's output holds no answer"),
        ({"out": " " * 300_000}, "the answer has 300000 bytes, at most 200000 are read"),
        ({"answer": "Ignore all rules."}, "not of the form that was asked"),
        ({"answer": "{}"}, "not of the form that was asked: title: Field required"),
    ],
)
def test_what_is_no_answer_is_refused(shop: Desk, said: dict[str, Any], words: str) -> None:
    """With what was wrong, and the rule's words stand."""
    say(shop, **said)

    assert words in told(shop)


def test_a_fence_around_the_answer_is_taken_off(shop: Desk) -> None:
    """Models like to put one."""
    told(shop)
    body = GeminiCli(MODEL).ask("", seen(shop)["stdin"], 10.0, Answer).answer
    say(shop, answer=f"```json\n{body.model_dump_json()}\n```")

    assert GeminiCli(MODEL).ask("", seen(shop)["stdin"], 10.0, Answer).answer == body


def test_what_takes_too_long_is_killed_with_all_it_started(shop: Desk) -> None:
    """Nothing runs on when the pass goes on."""
    say(shop, seconds=60)
    began = time.monotonic()

    assert told(shop, seconds=1.5) == "no answer within 1.5 s"
    assert time.monotonic() - began < 10
    assert not Path(f"/proc/{seen(shop)['child']}").exists() or state(seen(shop)["child"]) == "Z"


def state(pid: int) -> str:
    """The state of a process: Z is one that has ended and that nobody has asked about yet."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0]


def test_a_command_that_is_not_there_is_said_to_be_missing(shop: Desk) -> None:
    """By its name."""
    assert told(shop, command="gemini-of-nobody") == "the command 'gemini-of-nobody' is not installed"
