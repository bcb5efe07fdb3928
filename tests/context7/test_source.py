"""The source index: what it reads, what it refuses to, and what it knows of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from textwrap import dedent
from typing import Final

import pytest
from ai_runtime_intelligent.context7.source.index import SourceIndex, named, reached
from ai_runtime_intelligent.context7.source.roots import RefusedError, Roots

SHOP: Final = '''
"""A shop."""
raise RuntimeError("imported!")
import asyncio
import yaml
from . import prices as costs
from .models import small
from ai_runtime_intelligent import CachePrimitive, instrument
import ai_runtime_intelligent as runtime


def build(client):
    """Put it together."""

    @instrument(name="answerer", kind="llm")
    async def answer(question: str, *, hard: bool = False) -> str:
        """Answer one question."""
        for attempt in range(3):
            text = await small(question)
        if hard and text:
            costs.count(text)
        return client.format(text)

    return CachePrimitive("answer_cache", answer)


class Desk:
    @runtime.instrument
    async def serve(self):
        return self.greet() + await small("x")

    def greet(self):
        return yaml.safe_load("a")


measured = instrument(small, name="small_model")
'''
MODELS: Final = (
    "async def small(question):\n    return await _ask(question)\n\n\nasync def _ask(question):\n    return question\n"
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A package that cannot be imported."""
    package = tmp_path / "code" / "shop"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "desk.py").write_text(dedent(SHOP), encoding="utf-8")
    (package / "models.py").write_text(MODELS, encoding="utf-8")
    return tmp_path / "code"


def test_it_knows_what_is_defined(shop: Path) -> None:
    """Also inside functions and classes: place, signature, docstring, complexity; and nothing was imported."""
    index = SourceIndex(Roots([shop]))
    desk = next(one for one in index.sources() if one.module == "shop.desk")
    functions = {one.name: one for one in desk.functions}
    answer = functions["build.<locals>.answer"]

    assert set(functions) == {"build", "build.<locals>.answer", "Desk.serve", "Desk.greet"}
    assert answer.signature == "async def answer(question: str, *, hard: bool=False) -> str"
    assert (answer.doc, answer.is_async, answer.complexity) == ("Answer one question.", True, 4)
    assert answer.place == "shop/desk.py:16"
    assert answer.end_line == 22
    assert [one.name for one in desk.libraries] == ["PyYAML"]
    assert "shop" not in sys.modules


def test_it_knows_what_is_called(shop: Path) -> None:
    """Imports are resolved, also relative ones; awaits in a loop are told; unknown receivers begin with a dot."""
    index = SourceIndex(Roots([shop]))
    sources = index.sources()
    functions = {f"{one.module}.{each.name}": each for one in sources for each in one.functions}

    answer = {call.path: call for call in functions["shop.desk.build.<locals>.answer"].calls}
    assert set(answer) == {"range", "shop.models.small", "shop.prices.count", ".client.format"}
    assert (answer["shop.models.small"].awaited, answer["shop.models.small"].in_loop) == (True, True)
    assert not answer["range"].in_loop
    assert [call.path for call in functions["shop.desk.Desk.serve"].calls] == ["Desk.greet", "shop.models.small"]
    assert [call.path for call in functions["shop.desk.Desk.greet"].calls] == ["yaml.safe_load"]


def test_it_finds_primitives_and_what_they_run(shop: Path) -> None:
    """By the name that they are measured under, and from there whatever their function calls."""
    sources = SourceIndex(Roots([shop])).sources()

    assert {one.name: one.kind for source in sources for one in source.primitives} == {
        "answerer": "instrument",
        "answer_cache": "CachePrimitive",
        "Desk.serve": "instrument",
        "small_model": "instrument",
    }
    found = named(sources, "Desk.serve")
    assert found is not None
    source, _, function = found
    assert function is not None
    assert {one.name for _, one in reached(sources, source, function)} == {"Desk.serve", "Desk.greet", "small", "_ask"}
    assert named(sources, "nobody") is None


def test_a_file_is_read_again_when_it_changes(shop: Path) -> None:
    """And is forgotten when it goes; what did not change is not read again."""
    index = SourceIndex(Roots([shop]))
    before = {one.file: one for one in index.sources()}
    models = shop / "shop" / "models.py"
    models.write_text("def other(): ...\n", encoding="utf-8")
    os.utime(models, ns=(time.time_ns(), time.time_ns() + 1))
    after = {one.file: one for one in index.sources()}

    assert [one.name for one in after["shop/models.py"].functions] == ["other"]
    assert after["shop/desk.py"] is before["shop/desk.py"]
    models.unlink()
    assert set(before) - {one.file for one in index.sources()} == {"shop/models.py"}


def test_what_cannot_be_parsed_is_told(tmp_path: Path) -> None:
    """The other files are read all the same."""
    (tmp_path / "broken.py").write_text("def (:\n", encoding="utf-8")
    (tmp_path / "deep.py").write_text("x = " + "(" * 5000 + ")" * 5000, encoding="utf-8")
    (tmp_path / "fine.py").write_text("def f(): ...\n", encoding="utf-8")
    found = {one.file: one for one in SourceIndex(Roots([tmp_path])).sources()}

    assert found["broken.py"].problem == "it cannot be read as Python (SyntaxError in line 1)"
    assert found["deep.py"].problem
    assert [one.name for one in found["fine.py"].functions] == ["f"]


ENCODED: Final = {
    "mark": b"\xef\xbb\xbfdef f():\n    return '\xc3\xa9'\n",
    "declared": b"# -*- coding: latin-1 -*-\r\ndef f():\r\n    return '\xe9'\r\n",
    "wrong": b"# coding: no-such-thing\ndef f():\n    return '\xc3\xa9'\n",
    "no text": b"# coding: rot13\ndef f():\n    return '\xc3\xa9'\n",
}


@pytest.mark.parametrize("name", ENCODED)
def test_source_is_read_in_the_encoding_that_it_has(tmp_path: Path, name: str) -> None:
    """By its mark or declaration, as Python does; where that is none, in UTF-8."""
    (tmp_path / "f.py").write_bytes(ENCODED[name])
    (found,) = SourceIndex(Roots([tmp_path])).sources()

    assert [one.name for one in found.functions] == ["f"]
    assert found.lines[-1] == "    return 'é'"


def test_names_around_thousands_of_functions_are_kept_once(tmp_path: Path) -> None:
    """Generated modules have so many: copies of all names for each would fill any memory."""
    body = "".join(f"def f{at}(a):\n    return g{at}(a)\n" for at in range(1_000))
    (tmp_path / "many.py").write_text(f"from other import g7\n{body}", encoding="utf-8")
    tracemalloc.start()
    (found,) = SourceIndex(Roots([tmp_path])).sources()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [call.path for call in found.functions[7].calls] == ["other.g7"]
    assert most < 20_000_000


REFUSED: Final = {
    "outside.py": "it is outside the configured folders",
    "code/away.py": "it is a symbolic link that leaves the configured folders",
    "code/.env": "its name says that it holds secrets",
    "code/.env.local": "its name says that it holds secrets",
    "code/server.pem": "its name says that it holds secrets",
    "code/id_rsa": "its name says that it holds secrets",
    "code/secrets.py": "its name says that it holds secrets",
    "code/credentials.py": "its name says that it holds secrets",
    "code/linked.py": "its name says that it holds secrets",
    "code/other.py": "it is a symbolic link",
    "code/data.json": "it is no Python file",
    "code/folder.py": "it is no Python file",
    "code/big.py": "it is larger than 2000000 bytes",
    "code/loop.py": "there is no such file",
    "code/none.py": "there is no such file",
    "code/sub/away/evil.py": "it is outside the configured folders",
}


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A folder with one file that may be read, and everything that may not."""
    code, outside = tmp_path / "code", tmp_path / "elsewhere"
    (code / "sub").mkdir(parents=True)
    outside.mkdir()
    (code / "fine.py").write_text("x = 1\n", encoding="utf-8")
    for path in (tmp_path / "outside.py", outside / "evil.py"):
        path.write_text("stolen = 1\n", encoding="utf-8")
    for name in (".env", ".env.local", "server.pem", "id_rsa", "secrets.py", "credentials.py", "data.json"):
        (code / name).write_text("password = 1\n", encoding="utf-8")
    (code / "folder.py").mkdir()
    (code / "big.py").write_text("#" * 2_000_001, encoding="utf-8")
    (code / "away.py").symlink_to(tmp_path / "outside.py")
    (code / "linked.py").symlink_to(code / "secrets.py")
    (code / "other.py").symlink_to(code / "fine.py")
    (code / "loop.py").symlink_to(code / "loop.py")
    (code / "sub" / "away").symlink_to(outside)
    return tmp_path


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_not_be_read_is_refused(mixed: Path, name: str) -> None:
    """With the reason; and it is not among the files."""
    roots = Roots([mixed / "code"])

    with pytest.raises(RefusedError) as refused:
        roots.place(mixed / name)
    assert str(refused.value) == f"{mixed / name}: {REFUSED[name]}"
    assert [place.shown for place in roots.files()] == ["fine.py"]
    assert [*roots.too_large()] == ["big.py"]


def test_a_service_that_runs_elsewhere_names_its_files_otherwise(mixed: Path) -> None:
    """The longest tail that is there is the file; one that leaves the roots is none."""
    roots = Roots([mixed / "code"])

    found = roots.find("/app/code/fine.py")
    assert found is not None
    assert found.shown == "fine.py"
    assert roots.find("/app/../outside.py") is None
    assert roots.find("../outside.py") is None
    assert roots.find("x\0y") is None


def test_environments_and_hidden_folders_are_left_out(tmp_path: Path) -> None:
    """They hold the source of others."""
    for name in ("app", "venv", ".git", "node_modules", "__pycache__"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "venv" / "pyvenv.cfg").write_text("", encoding="utf-8")

    assert [place.shown for place in Roots([tmp_path]).files()] == ["app/code.py"]


def git(folder: Path, *arguments: str, at: int = 1_700_000_000) -> None:
    """Run git in the folder, as somebody, at some time."""
    who = {f"GIT_{role}_{what}": "tester" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    when = {f"GIT_{role}_DATE": f"{at} +0000" for role in ("AUTHOR", "COMMITTER")}
    subprocess.run(["git", *arguments], cwd=folder, env={**os.environ, **who, **when}, check=True, capture_output=True)  # noqa: S603, S607


def test_git_says_how_old_a_function_is(tmp_path: Path) -> None:
    """By its youngest line; one with a line that is not committed has no age, and no program of a repository is run."""
    file, witness = tmp_path / "code.py", tmp_path / "witness"
    file.write_text("def old():\n    return 1\n\n\ndef new():\n    return 1\n", encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "code.py")
    git(tmp_path, "commit", "-q", "-m", "one")
    file.write_text(file.read_text(encoding="utf-8").replace("return 1", "return 2", 2).replace("2", "1", 1))
    git(tmp_path, "commit", "-q", "-am", "two", at=1_750_000_000)
    file.write_text(file.read_text(encoding="utf-8") + "\n\ndef fresh():\n    return 3\n", encoding="utf-8")
    git(tmp_path, "config", "core.fsmonitor", f"touch {witness}")
    roots = Roots([tmp_path])

    aged = SourceIndex(roots).aged(roots.place(file))

    assert {one.name: one.changed for one in aged.functions} == {
        "old": 1_700_000_000.0,
        "new": 1_750_000_000.0,
        "fresh": None,
    }
    assert not witness.exists()


def test_without_git_there_is_no_age(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is no trouble."""
    monkeypatch.setenv("PATH", "")
    roots = Roots([shop])

    aged = SourceIndex(roots).aged(roots.place(shop / "shop" / "models.py"))

    assert [one.changed for one in aged.functions] == [None, None]
