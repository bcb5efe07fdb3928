"""Files and repositories that are not like most: a patch changes the lines that it shows, and nothing else of them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from airuntime_backend.adapters.advisor_llm.lines import lines_of
from support.yard import FILE, GOOD, SOURCE, Bench, commit, git

NEW: Final = "max_concurrency=3)"
NO_END: Final = SOURCE.rstrip("\n")


def by_git(folder: Path, source: str) -> str:
    """The diff that git itself makes of the good change to this source."""
    (folder / "shop").mkdir(parents=True)
    git(folder, "init", "-q")
    (folder / FILE).write_bytes(source.encode())
    git(folder, "add", "-A")
    (folder / FILE).write_bytes(source.replace("max_concurrency=1)", NEW).encode())
    shown = subprocess.run(
        ["git", "diff", "--no-color"],  # noqa: S607 - whichever git there is
        cwd=folder, capture_output=True, check=True,
    )  # fmt: skip
    return shown.stdout.decode()


def patched(here: Bench, source: str, diff: str) -> bytes:
    """The file in the commit of the patch, where it was that source."""
    (here.repository / "src" / FILE).write_bytes(source.encode())
    commit(here.repository)
    run, about = here.prepared(diff)
    here.bench.publish(run, about)
    assert run.branches is not None
    shown = subprocess.run(  # noqa: S603 - words of the tests' own
        ["git", "cat-file", "blob", f"{run.branches.commit}:src/{FILE}"],  # noqa: S607 - whichever git there is
        cwd=here.repository, capture_output=True, check=True,
    )  # fmt: skip
    return shown.stdout


SOURCES: Final = {
    "lines end with CR LF": SOURCE.replace("\n", "\r\n"),
    "a form feed between parts": SOURCE.replace("\n\ndef look_up", "\n\f\ndef look_up"),
    "a line separator in a text": SOURCE.replace("Wait as", "Wait\u2028as"),
    "no end of the last line": NO_END,
    "a mark of byte order": f"\ufeff{SOURCE}",
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_a_patch_of_gits_own_gives_the_file_that_git_would(tmp_path: Path, source: str) -> None:
    """Byte by byte."""
    diff = by_git(tmp_path / "elsewhere", source)

    found = patched(Bench(tmp_path), source, diff)

    assert found == source.replace("max_concurrency=1)", NEW).encode()


def test_a_patch_without_carriage_returns_leaves_those_of_the_file(tmp_path: Path) -> None:
    """A model writes lines that end with LF, whatever the file has; its neighbours must not be changed by that."""
    source = SOURCE.replace("\n", "\r\n")

    found = patched(Bench(tmp_path), source, GOOD)

    assert found == source.replace("max_concurrency=1)", NEW).encode()


def test_lines_are_those_of_diffs() -> None:
    """Together they are the text."""
    text = "one\r\ntwo\fstill two\n\u2028three\rstill three"

    assert lines_of(text) == ["one\r\n", "two\fstill two\n", "\u2028three\rstill three"]
    assert lines_of("") == []


def test_a_repository_that_hashes_by_sha256_is_one_as_well(tmp_path: Path) -> None:
    """The workshop is made like it."""
    here = Bench(tmp_path)
    shutil.rmtree(here.repository / ".git")
    git(here.repository, "init", "-q", "-b", "main", "--object-format=sha256")
    commit(here.repository)

    run, suggestion = here.prepared()
    here.bench.publish(run, suggestion)

    assert run.branches is not None
    assert git(here.repository, "rev-parse", run.branches.branch) == run.branches.commit
    assert len(run.branches.commit) == len("0" * 64)


def test_a_branch_that_leaves_no_room_is_told_before_anything_runs(tmp_path: Path) -> None:
    """Git cannot have airuntime and airuntime/x; nobody has to wait for a benchmark to hear it."""
    here = Bench(tmp_path)
    git(here.repository, "branch", "airuntime")

    assert "the branch airuntime leaves no room for airuntime/suggestion" in here.refused(GOOD)
