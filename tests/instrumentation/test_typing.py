"""The types of the public API: a strict type checker takes right uses and no wrong ones, and the wheel has them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import ai_runtime_intelligent
import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "instrumentation"
API = ROOT / "tests" / "typing" / "api.py"

WRONG = {
    'bare("one")': "arg-type",
    "bare(1, txt='a')": "call-arg",
    "a: str = bare(1)": "assignment",
    "b: int = named('?')": "assignment",
    "Searcher({}).search('a')": "attr-defined",
    "Shop().open('nine')": "arg-type",
    "instrument(bare, kind='oracle')": "call-overload",
    "instrument(bare, nme='x')": "call-overload",
    "RetryPrimitive('r', bare, backoff_strategy='eager')": "arg-type",
    "CachePrimitive('c', bare, ttl='1')": "call-arg",
    "CachePrimitive('c', bare) + bare": "operator",
    "setup_apm(5)": "arg-type",
    "IntelligentRuntime(5)": "arg-type",
    "IntelligentRuntime('s', True)": "call-arg",
    "rate_quality('good')": "arg-type",
    "tuned({'a': 'b'})": "dict-item",
    "from ai_runtime_intelligent import Instument": "attr-defined",
}
"""A use, and the code of the error that a type checker gives for it."""


def mypy(*files: Path) -> list[str]:
    """What mypy, strict, says of the files, as `file:line: kind: text [code]`."""
    words = [sys.executable, "-m", "mypy", "--no-error-summary", *map(str, files)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603 - our own words
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_right_uses_pass_and_wrong_ones_do_not(tmp_path: Path) -> None:
    """Everything keeps its types under `instrument()`, and each mistake is told where it is made, as what it is."""
    wrong = tmp_path / "wrong.py"
    lines = [API.read_text(encoding="utf-8"), *WRONG]
    wrong.write_text("\n".join(lines), encoding="utf-8")
    begin = lines[0].count("\n") + 2

    found = mypy(API, wrong)

    told = {
        int(line): code
        for line, code in re.findall(r"wrong\.py:(\d+): error: .*\[([\w-]+)\]$", "\n".join(found), re.MULTILINE)
    }
    assert told == {begin + place: code for place, code in enumerate(WRONG.values())}
    assert not [line for line in found if line.startswith(str(API.relative_to(ROOT)))]


def test_the_file_uses_every_public_name() -> None:
    """Nothing public is left out of what type checkers look at; the list of names is that of the type checker too."""
    tree = ast.parse(API.read_text(encoding="utf-8"))
    imported = {one.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for one in node.names}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    assert set(ai_runtime_intelligent.__all__) <= imported & used
    source = ast.parse(Path(ai_runtime_intelligent.__file__).read_text(encoding="utf-8"))
    guarded = next(node for node in source.body if isinstance(node, ast.If))
    seen = {alias.name for node in guarded.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == set(ai_runtime_intelligent.__all__)


def test_make_check_reads_it_strictly() -> None:
    """The file stands below what `make check` gives to mypy, which is strict."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert settings["strict"] is True
    assert re.search(r"^SOURCES := .* tests ", makefile, re.MULTILINE)
    assert "\tmypy $(SOURCES)\n" in makefile


def test_wheel_ships_its_types_and_nothing_of_the_tests(tmp_path: Path) -> None:
    """What is installed has every module and `py.typed`, or type checkers would not look into it."""
    words = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*words, "--wheel-dir", str(tmp_path), str(PACKAGE)], check=True, capture_output=True, timeout=120)  # noqa: S603 - our own words
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        names = {name for name in opened.namelist() if ".dist-info/" not in name}

    modules = {path.relative_to(PACKAGE / "src").as_posix() for path in (PACKAGE / "src").rglob("*.py")}
    assert "ai_runtime_intelligent/py.typed" in names
    assert modules <= names
    assert all(name.startswith("ai_runtime_intelligent/") for name in names)


@pytest.mark.parametrize("module", ["ai_runtime_intelligent", "ai_runtime_intelligent.testing"])
def test_import_of_all_gives_exactly_the_public_names(module: str) -> None:
    """`from ... import *` brings each of them and nothing else."""
    brought: dict[str, object] = {}
    exec(f"from {module} import *", brought)  # noqa: S102 - our own words

    assert set(brought) - {"__builtins__"} == set(sys.modules[module].__all__)
