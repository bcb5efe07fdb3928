"""A suggestion that a model worded, from the worker's pass to the API, the command line and the health page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airuntime_backend.cli import main
from airuntime_demo.scripted_llm import Scripted, ScriptedLLM
from airuntime_demo.serving import in_thread
from click.testing import CliRunner
from support.advice import KEY, answered, document, obedient
from support.backend import Backend, shop
from support.web import answering

PATCH = """\
--- a/shop.py
+++ b/shop.py
@@ -1,3 +1,6 @@
 import x
+
+
 def build():
-    return CachePrimitive()
+    primitive = CachePrimitive()
+    return primitive
"""


def patching(body: dict[str, Any]) -> Scripted:
    """Answers as it was told to, with a patch."""
    return Scripted(arguments=json.dumps(answered(document(body)) | {"patch": PATCH}))


@pytest.fixture
def model() -> ScriptedLLM:
    """A model that answers as it is told to."""
    return ScriptedLLM(obedient)


@pytest.fixture
def backend(tmp_path: Path, model: ScriptedLLM) -> Iterator[Backend]:
    """A backend whose suggestions that model words."""
    with (
        in_thread(model.app()) as url,
        shop(tmp_path, llm_model="openai:gpt-4o-mini", llm_url=f"{url}/v1", llm_key=KEY) as backend,
    ):
        yield backend


def test_whose_words_they_are_is_told(backend: Backend) -> None:
    """With what the rule said itself; what is changed and promised is the rule's."""
    backend.tick()
    one = backend.suggestion()

    assert one["claim"].endswith("It is worth doing before anything else.")
    assert one["wording"]["author"] == "openai:gpt-4o-mini"
    assert one["claim"].startswith(one["wording"]["of_rule"])
    assert len(one["wording"]["cites"]) == 1
    assert (one["rule"], one["to_value"], one["patch"]) == ("cold_cache", 60.0, None)


def test_a_patch_is_shown_with_its_author(backend: Backend, model: ScriptedLLM) -> None:
    """As the text that it is."""
    model.script = patching
    backend.tick()

    assert backend.suggestion()["patch"] == {"author": "openai:gpt-4o-mini", "text": PATCH, "run": None}


def test_the_command_line_shows_both(backend: Backend, model: ScriptedLLM, monkeypatch: pytest.MonkeyPatch) -> None:
    """In full, as text."""
    model.script = patching
    backend.tick()
    with answering(backend.app) as url:
        monkeypatch.setenv("AIRUNTIME_BACKEND_URL", url)
        shown = CliRunner().invoke(main, ["suggestions", "show", backend.suggestion()["id"]]).stdout

    assert "worded by openai:gpt-4o-mini; the rule says: " in shown
    assert "  patch by openai:gpt-4o-mini, to be read before anybody applies it\n    --- a/shop.py" in shown
    assert "    +    primitive = CachePrimitive()" in shown


def test_without_a_model_the_words_are_the_rules(tmp_path: Path) -> None:
    """And there is no author to name."""
    with shop(tmp_path) as backend:
        backend.tick()
        one = backend.suggestion()

        assert (one["wording"], one["patch"]) == (None, None)
        assert backend.client.get("/healthz").get_json()["dependencies"]["model"]["configured"] is False


def test_health_says_what_is_spent(backend: Backend) -> None:
    """Of today's budget, by whom."""
    backend.tick()
    told = backend.client.get("/healthz").get_json()["dependencies"]["model"]

    assert told["ok"] is True
    assert told["detail"].startswith("openai:gpt-4o-mini, 0.0")
    assert told["detail"].endswith(" of 1 USD spent today")


def test_a_lie_is_told_and_not_repeated(backend: Backend, model: ScriptedLLM) -> None:
    """The pass says whose answer was refused for what; the suggestion is there in the rule's words."""
    model.script = lambda body: Scripted(arguments=json.dumps(answered(document(body)) | {"cites": ["s1", "d99"]}))
    told = backend.client.post("/analyze").get_json()

    assert len(told["suggested"]) == 1
    assert any(
        "its answer is refused: cites 'd99', which is no evidence that was shown" in one for one in told["problems"]
    )
    assert backend.suggestion()["wording"] is None


def test_the_key_is_nowhere_to_be_seen(backend: Backend, model: ScriptedLLM, caplog: pytest.LogCaptureFixture) -> None:
    """Not when the model is asked, and not when it refuses."""
    model.script = lambda _: Scripted(raw=json.dumps({"error": {"message": f"bad key {KEY}"}}), status=401)
    told = backend.client.post("/analyze").text
    health = backend.client.get("/healthz").text

    assert "it answered HTTP 401" in told
    assert model.keys == [f"Bearer {KEY}"]
    assert KEY not in told + health + caplog.text
