"""The user's source: the lines that a manifest names, from the configured folders and from nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from airuntime_backend.adapters.source import SourceFolders
from airuntime_backend.manifest import Primitive

LINES = "".join(f"line {number}\n" for number in range(1, 101))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A source folder with a package in it, and files beside it that are nobody's business."""
    package = tmp_path / "src" / "shop"
    package.mkdir(parents=True)
    (package / "answers.py").write_text(LINES, encoding="utf-8")
    (package / ".env").write_text("KEY=hunter2", encoding="utf-8")
    (tmp_path / "outside.py").write_text("secret = 'hunter2'\n", encoding="utf-8")
    return tmp_path / "src"


def lines(root: Path, file: object, line: int = 2, end_line: int = 4) -> str | None:
    """The text that is shown of a primitive."""
    found = SourceFolders((root,)).snippet(
        Primitive(name="answers", kind="cache", file=str(file), line=line, end_line=end_line)
    )
    return None if found is None else found.text


def test_the_lines_of_a_primitive_are_found(root: Path) -> None:
    """By the path that the service gave; shown by the path inside the folder."""
    primitive = Primitive(name="a", kind="cache", file=str(root / "shop" / "answers.py"), line=2, end_line=4)

    found = SourceFolders((root / "missing", root)).snippet(primitive)

    assert found is not None
    assert (found.file, found.line, found.end_line, found.text) == ("shop/answers.py", 2, 4, "line 2\nline 3\nline 4")


@pytest.mark.parametrize("file", ["/app/src/shop/answers.py", "/shop/answers.py", "src/shop/answers.py"])
def test_a_service_that_runs_elsewhere_is_found_by_the_end_of_its_path(root: Path, file: str) -> None:
    """In a container the same package has another parent."""
    assert lines(root, file) == "line 2\nline 3\nline 4"


@pytest.mark.parametrize(
    ("line", "end_line", "first", "count"), [(1, 0, "line 1", 1), (99, 200, "line 99", 2), (5, 100, "line 5", 60)]
)
def test_no_more_than_sixty_lines_are_shown(root: Path, line: int, end_line: int, first: str, count: int) -> None:
    """From the first, as far as there are any."""
    text = lines(root, root / "shop" / "answers.py", line, end_line)

    assert text is not None
    assert (text.splitlines()[0], len(text.splitlines())) == (first, count)


@pytest.mark.parametrize("line", [0, 101])
def test_a_line_that_is_not_there_shows_nothing(root: Path, line: int) -> None:
    """The file changed since the service started, perhaps."""
    assert lines(root, root / "shop" / "answers.py", line, line) is None


@pytest.mark.parametrize(
    "file",
    [
        "",
        "..",
        "/etc/passwd",
        "../outside.py",
        "shop/../../outside.py",
        "/app/shop/../../outside.py",
        "shop/.env",
        "shop",
        "shop/answers.py\x00",
        "shop/\x00.py",
        "x" * 5_000 + ".py",
        "shop/missing.py",
    ],
)
def test_nothing_else_is_shown(root: Path, file: str) -> None:
    """No file outside the folder, none that is no Python, nothing that is no path."""
    assert lines(root, file) is None
    assert lines(root, root / file) is None


def test_links_and_what_is_no_file_are_not_followed(root: Path) -> None:
    """Out of the folder, in circles, or into a pipe that would never end."""
    (root / "link.py").symlink_to(root.parent / "outside.py")
    (root / "folder").symlink_to(root.parent)
    (root / "loop.py").symlink_to(root / "loop.py")
    os.mkfifo(root / "pipe.py")

    for name in ("link.py", "folder/outside.py", "loop.py", "pipe.py"):
        assert lines(root, root / name, 1, 1) is None


def test_without_folders_nothing_is_shown(root: Path) -> None:
    """Source is shown only where it was asked for."""
    primitive = Primitive(name="a", kind="cache", file=str(root / "shop" / "answers.py"), line=1)

    assert SourceFolders(()).snippet(primitive) is None
