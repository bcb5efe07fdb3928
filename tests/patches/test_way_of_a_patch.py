"""From a suggestion to a branch whose check passed and whose benchmark improved, and back, on a real repository."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from airuntime_backend.patch_ports import BrokenError, RefusedError
from support.yard import FILE, GOOD, SOURCE, Bench, commit, git, snapshot, yard


def test_a_patch_becomes_a_branch_with_its_revert_and_touches_nothing_else(tmp_path: Path) -> None:
    """Index, HEAD, work tree, stash, settings and hooks are byte for byte as before; two refs and objects are new."""
    with yard(tmp_path) as here:
        before = snapshot(here.repository)
        run = here.run()

        assert (run["phase"], run["bench"]["outcome"]) == ("branched", "confirmed"), run["why"]
        after = snapshot(here.repository)
        new = {name for name in after if after[name] != before.get(name)}
        assert set(before) <= set(after)
        assert all(name.startswith((".git/objects/", ".git/refs/heads/airuntime/", ".git/logs/refs/heads/airuntime/"))
                   for name in new)  # fmt: skip
        assert not list(tmp_path.glob("hook-ran-*"))
        assert not list(here.workshop.glob("*"))
        branches = run["branches"]
        changed = git(here.repository, "diff", "--name-only", "main", branches["branch"])
        assert changed == f"src/{FILE}"
        assert git(here.repository, "diff", "main", branches["revert_branch"]) == ""
        assert git(here.repository, "rev-parse", f"{branches['branch']}~1") == git(here.repository, "rev-parse", "main")
        message = git(here.repository, "log", "-1", "--format=%B", branches["branch"])
        assert message.startswith("Let 3 branches of lookups run side by side instead of 1\n")
        assert f"Suggestion: {here.suggestion.id}" in message
        assert "Asked-By: local" in message
        assert git(here.repository, "fsck", "--strict") == ""


def test_taken_back_the_repository_has_no_branch_of_ours(tmp_path: Path) -> None:
    """What stays are objects that nothing names, as after any branch that is deleted."""
    here = Bench(tmp_path)
    run, about = here.prepared()
    before = git(here.repository, "for-each-ref")
    here.bench.publish(run, about)
    here.bench.publish(run, about)

    assert len(git(here.repository, "for-each-ref").splitlines()) == len(before.splitlines()) + 2
    here.bench.withdraw(run)
    here.bench.withdraw(run)
    assert git(here.repository, "for-each-ref") == before


def test_a_branch_on_which_somebody_built_is_not_taken_away(tmp_path: Path) -> None:
    """It is no longer ours alone."""
    here = Bench(tmp_path)
    run, about = here.prepared()
    assert run.branches is not None
    here.bench.publish(run, about)
    git(here.repository, "branch", "-f", run.branches.branch, "main")

    here.bench.withdraw(run)

    names = git(here.repository, "for-each-ref", "--format=%(refname:short)", "refs/heads")
    assert names.splitlines() == [run.branches.branch, "main"]


def test_a_branch_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """Somebody took the name while the patch was tried: neither branch is made."""
    here = Bench(tmp_path)
    run, about = here.prepared()
    assert run.branches is not None
    git(here.repository, "branch", run.branches.revert_branch)
    before = snapshot(here.repository)

    with pytest.raises(RefusedError, match="exists already"):
        here.bench.publish(run, about)

    assert snapshot(here.repository) == before


def test_only_what_was_proved_is_published(tmp_path: Path) -> None:
    """A record that names other commits than the patch makes is not believed."""
    here = Bench(tmp_path)
    run, about = here.prepared()
    assert run.branches is not None
    forged = replace(run, branches=replace(run.branches, commit="f" * 40))

    with pytest.raises(BrokenError, match="does not give the same commits again"):
        here.bench.publish(forged, about)


def _merge(repository: Path, branch: str) -> str:
    git(repository, "merge", "-q", "--no-ff", "-m", "merged", branch)
    return git(repository, "rev-parse", "HEAD")


def _squash(repository: Path, branch: str) -> str:
    (repository / "README.md").write_text("meanwhile\n")
    commit(repository, "meanwhile")
    git(repository, "merge", "-q", "--squash", branch)
    return commit(repository, "squashed")


def _by_hand(repository: Path) -> str:
    (repository / "src" / FILE).write_text(SOURCE)
    return commit(repository, "by hand")


@pytest.mark.parametrize("merge", [_merge, _squash])
def test_a_merged_patch_is_known_by_its_commit_or_its_content(
    tmp_path: Path, merge: Callable[[Path, str], str]
) -> None:
    """Merged, squashed, and taken back by its revert branch or by hand."""
    here = Bench(tmp_path)
    run, about = here.prepared()
    assert run.branches is not None
    here.bench.publish(run, about)
    base = git(here.repository, "rev-parse", "main")

    merged = merge(here.repository, run.branches.branch)
    undone = _by_hand(here.repository) if merge is _squash else _merge(here.repository, run.branches.revert_branch)

    seen = [here.bench.carries(run, one) for one in (base, merged, merged[:12], undone, "0" * 40)]
    assert seen == [False, True, True, False, None]


def test_a_name_below_the_repository_does_as_well_as_one_below_its_folder(tmp_path: Path) -> None:
    """Evidence names files below a source folder, people and models often below the repository."""
    here = Bench(tmp_path)
    run, _ = here.prepared(GOOD.replace(FILE, f"src/{FILE}"))
    other, _ = here.prepared(GOOD)

    assert run.branches is not None
    assert other.branches is not None
    assert git(here.repository, "diff", "--name-only", "main") == ""
    assert run.branches.base == other.branches.base
