"""The stand-in for Context7 is one to Upstash's own client too: it reads every answer as Context7's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from airuntime_demo.fake_context7 import FakeContext7
from airuntime_demo.snippets import LIBRARIES
from support.context7 import serving

SCRIPT: Final = Path(__file__).with_name("context7_sdk.mjs")
FRONTEND: Final = Path(__file__).parents[2] / "plugin-frontend"


def run(url: str, key: str) -> subprocess.CompletedProcess[str]:
    """The script, with the client that the frontend's lock file names."""
    node = shutil.which("node")
    assert node is not None
    return subprocess.run(  # noqa: S603 - our script, from this folder
        [node, "--input-type=module", "-"],
        input=SCRIPT.read_text(encoding="utf-8"),
        cwd=FRONTEND,
        env={"PATH": os.environ["PATH"], "CONTEXT7_API_URL": url, "CONTEXT7_API_KEY": key},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    """What Upstash's client makes of the stand-in's answers."""
    with serving(FakeContext7()) as url:
        done = run(url, "ctx7sk-demo")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_it_finds_libraries(answer: dict[str, Any]) -> None:
    """With every field that the client promises; none for a name that nobody has."""
    known = next(library for library in LIBRARIES if library.title == "cachetools")
    (library,) = answer["libraries"]

    assert (library["id"], library["name"], library["versions"]) == (known.id, known.title, [known.version])
    assert library["description"] == known.description
    assert library["totalSnippets"] == len(known.snippets)
    assert f"- Context7-compatible library ID: {known.id}" in answer["asText"]
    assert answer["nothing"] == []


def test_it_reads_documentation(answer: dict[str, Any]) -> None:
    """Code and words, each with title, content and source, as JSON and as text."""
    first = answer["docs"][0]

    assert "TTLCache" in first["content"]
    assert "```python" in first["content"]
    assert all({"title", "content", "source"} == set(one) and all(one.values()) for one in answer["docs"])
    assert first["title"] in answer["docsAsText"]


def test_it_understands_errors(answer: dict[str, Any]) -> None:
    """The message is the one of its own error."""
    assert answer["unknown"] == "Library '/no/library' not found. Search for its id first."


def test_it_is_refused_with_a_wrong_key() -> None:
    """As Context7 would."""
    with serving(FakeContext7()) as url:
        done = run(url, "sk-wrong")

    assert done.returncode == 1
    assert "Invalid API key" in done.stderr
