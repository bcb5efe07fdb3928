"""``airuntime analyze``: findings with place and documentation, for people and programs, on any source."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from airuntime_backend.cli import main
from airuntime_demo.fake_context7 import FakeContext7
from click.testing import CliRunner, Result
from support.context7 import serving
from support.environment import forget
from support.prometheus import free_port

SLOW = """import time
import requests


async def answer(question):
    time.sleep(1)
    return requests.get(question)  # \x1b[31mred
"""


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of nobody else, and an index of one's own."""
    forget(monkeypatch)
    monkeypatch.setenv("AIRUNTIME_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder with one slow file."""
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "slow.py").write_text(SLOW, encoding="utf-8")
    return folder


def run(*arguments: object) -> Result:
    """The command with these arguments."""
    return CliRunner().invoke(main, ["analyze", *map(str, arguments)])


def told(*arguments: object) -> Any:
    """What it prints for programs."""
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_findings_have_a_place_and_documentation(code: Path) -> None:
    """One line with file and line, the reason, the source, and what the installed version says of it."""
    done = run(code)

    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert "slow.py:6: time.sleep() stops the event loop [blocking_call] in answer" in lines
    assert "slow.py:7: requests.get() has no time limit [no_timeout] in answer" in lines
    assert "      6 |     time.sleep(1)" in lines
    assert any(line.startswith("  docs: asyncio.") and "installed:asyncio 3." in line for line in lines)
    assert any(f"(installed:requests {version('requests')}) https://" in line for line in lines)
    assert lines[-1].startswith("3 findings in 1 files, 1 functions, ")
    assert f"Libraries: requests {version('requests')}" in lines


def test_programs_get_all_of_it(code: Path) -> None:
    """Findings, primitives, libraries, complexity; and nothing but JSON on the standard output."""
    report = told(code)

    assert (report["files"], report["functions"]) == (1, 1)
    assert [(one["check"], one["line"]) for one in report["findings"]] == [
        ("blocking_call", 6),
        ("blocking_call", 7),
        ("no_timeout", 7),
    ]
    first = report["findings"][0]
    assert first["code"] == {"file": "slow.py", "line": 6, "end_line": 6, "text": "    time.sleep(1)"}
    assert {"source", "id", "version", "title", "text", "url"} == set(first["docs"][0])
    assert report["most_complex"] == [{"function": "answer", "file": "slow.py", "line": 5, "complexity": 1}]


def test_one_file_may_be_named(code: Path) -> None:
    """Then its folder is not read."""
    (code / "other.py").write_text("import time\nasync def f():\n    time.sleep(1)\n", encoding="utf-8")

    assert {one["file"] for one in told(code / "slow.py", "--no-docs")["findings"]} == {"slow.py"}


def test_where_all_is_well_it_says_so(code: Path) -> None:
    """With what was looked at, and no finding."""
    (code / "slow.py").write_text("async def answer(question):\n    return question\n", encoding="utf-8")
    done = run(code)

    assert done.exit_code == 0
    assert "Nothing stands out: 9 checks looked at 1 functions." in done.stdout


def test_the_demo_has_nothing_to_be_ashamed_of() -> None:
    """Its wastes are values, not code; its primitives are all found."""
    demo = Path(__file__).parents[2] / "demo" / "src"
    report = told(demo)

    assert report["findings"] == []
    assert {one["name"] for one in report["primitives"]} >= {"assistant", "answer_cache", "model_router", "model_retry"}
    assert {"name": "openai", "version": version("openai")} in report["libraries"]


def test_a_large_installed_package_is_analysed() -> None:
    """A hundred files and more, with nothing that could not be read."""
    import sqlalchemy  # noqa: PLC0415

    report = told(Path(sqlalchemy.__file__).parent, "--no-docs")

    assert report["files"] > 200
    assert report["functions"] > 5_000
    assert report["not_read"] == []


def test_it_says_what_it_is_doing(code: Path) -> None:
    """On the standard error, so that the output stays what was asked for."""
    done = run(code)

    assert "Reading source" in done.stderr
    assert f"Reading the documentation of requests=={version('requests')}" in done.stderr


def test_without_documentation_nothing_is_looked_up(code: Path) -> None:
    """Which is quicker."""
    report = told(code, "--no-docs")

    assert len(report["findings"]) == 3
    assert all(one["docs"] == [] for one in report["findings"])


def test_context7_is_asked_where_it_is_configured(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its snippets stand beside those of the installed version, which come first."""
    with serving(FakeContext7()) as url:
        monkeypatch.setenv("CONTEXT7_API_URL", url)
        (first, *_) = told(code)["findings"]

    sources = [doc["source"] for doc in first["docs"]]
    assert sources[0] == "installed:asyncio"
    assert any(source.startswith("context7:/python/cpython") for source in sources)


def test_context7_that_is_down_takes_nothing_away(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed answers; and offline it is not even asked."""
    monkeypatch.setenv("CONTEXT7_API_URL", f"http://127.0.0.1:{free_port()}")
    online, offline = run(code, "--json"), run(code, "--json", "--offline")

    assert [json.loads(one.stdout)["findings"] for one in (online, offline)] == [told(code)["findings"]] * 2
    assert all(one["docs"] for one in json.loads(online.stdout)["findings"])
    assert "documentation of requests from Context7: " in " ".join(json.loads(online.stdout)["missing"])
    assert json.loads(offline.stdout)["missing"] == []
    assert "Missing: documentation of asyncio from Context7: " in run(code).stderr


def test_nothing_in_the_source_reaches_the_terminal_as_an_order(code: Path) -> None:
    """Escape sequences of a comment are not printed, in no form."""
    assert "\x1b" not in run(code).stdout
    assert "\\u001b" not in run(code, "--json").stdout


def test_what_cannot_be_read_is_told(code: Path) -> None:
    """The rest is analysed all the same."""
    (code / "broken.py").write_text("def (:\n", encoding="utf-8")
    (code / "table.py").write_text("#" * 2_000_001, encoding="utf-8")
    why = {
        "broken.py": "it cannot be read as Python (SyntaxError in line 1)",
        "table.py": "it is larger than 2000000 bytes",
    }
    done = run(code)

    assert all(f"Not read: {file}: {reason}" in done.stdout for file, reason in why.items())
    assert {one["file"]: one["why"] for one in told(code)["not_read"]} == why
    assert "slow.py:6" in done.stdout


def test_an_empty_folder_is_no_mistake(tmp_path: Path) -> None:
    """There is nothing in it."""
    (tmp_path / "empty").mkdir()

    assert told(tmp_path / "empty")["files"] == 0
    said = run(tmp_path / "empty").stdout
    assert "There is no Python source here" in said
    assert "Nothing stands out" not in said


@pytest.mark.parametrize(
    ("name", "code_", "words"),
    [
        ("nowhere", 2, "does not exist"),
        ("data.txt", 1, "it is no Python file"),
        (".env", 1, "its name says that it holds secrets"),
        ("link.py", 1, "it is a symbolic link"),
    ],
)
def test_what_may_not_be_read_is_refused(code: Path, name: str, code_: int, words: str) -> None:
    """With the reason, in one line."""
    for plain in ("data.txt", ".env"):
        (code / plain).write_text("PASSWORD=hunter2", encoding="utf-8")
    (code / "link.py").symlink_to(code / "slow.py")

    done = run(code / name)

    assert done.exit_code == code_
    assert words in done.output
    assert "Traceback" not in done.output
    assert "hunter2" not in done.output
