"""The workshop: a repository of its own in which a patch becomes commits and work trees.

A worktree of the user's repository would share its settings, stash and branches with whatever a check command does.
So the worktrees are of a copy that has the one commit on which the patch stands, and nothing of it is trusted again:
what is published is made anew. With pinned dates the same patch gives the same commits each time.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from airuntime_backend.patch_ports import BrokenError

from .command import Git, GitError, upload_pack
from .pushing import told
from .repository import Blob

_WHO: Final = ("AI Runtime Intelligence", "airuntime@localhost")
_WHOSE: Final = ("AUTHOR", "COMMITTER")


@dataclass(frozen=True)
class Commits:
    """The patch and its revert."""

    patch: str
    revert: str


_SHA256: Final = 64
"""Digits of a commit in a repository that hashes by SHA-256."""


def _hashes(commit: str) -> tuple[str, ...]:
    """How a repository that knows such a commit has to be made; without a word git takes SHA-1."""
    return ("--object-format=sha256",) if len(commit) == _SHA256 else ()


class Workshop:
    """A folder of its own with a copy of one commit. Every method raises ``BrokenError`` when git cannot."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store.git"
        self._git = Git(self.store)

    def open(self, source: Path, base: str) -> None:
        """Start from nothing, with one commit of the source repository."""
        self.close()
        self.store.mkdir(parents=True, mode=0o700)
        self._do("init", "--quiet", "--bare", "--template=", "--initial-branch=none", *_hashes(base), ".")
        self._do(
            "fetch", "--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head",
            f"--upload-pack={upload_pack(source)}", str(source), base,
        )  # fmt: skip

    def close(self) -> None:
        """Take everything away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def commit(self, base: str, files: Iterable[Blob], messages: tuple[str, str], at: float) -> Commits:
        """Commit the files on the base, and the base's own files on that; the messages are of both in this order."""
        index = {"GIT_INDEX_FILE": str(self.folder / "index")}
        self._do("read-tree", base, env=index)
        for file in files:
            blob = self._do("hash-object", "-w", "--stdin", given=file.content)
            self._do("update-index", "--cacheinfo", f"{file.mode},{blob},{file.path}", env=index)
        tree = self._do("write-tree", env=index)
        patch = self._commit(tree, base, messages[0], at)
        return Commits(patch, self._commit(f"{base}^{{tree}}", patch, messages[1], at))

    def tree(self, name: str, commit: str) -> Path:
        """A fresh work tree of a commit."""
        path = self.folder / name
        self._do("worktree", "add", "--quiet", "--detach", str(path), commit)
        return path

    def push(self, remote: str, refs: Mapping[str, str], env: Mapping[str, str], seconds: float) -> None:
        """Push commits to branches of a remote; one that is there already is left when it is the same."""
        git = Git(self.store, env, seconds)
        wanted = [f"{commit}:refs/heads/{name}" for name, commit in refs.items()]
        try:
            git("push", "--quiet", "--atomic", "--no-verify", remote, *wanted)
        except GitError as error:
            raise BrokenError(f"the branches could not be pushed: {told(error)}") from None

    def _commit(self, tree: str, parent: str, message: str, at: float) -> str:
        found = self._do("rev-parse", tree)
        who = {
            f"GIT_{whose}_{key}": value for whose in _WHOSE for key, value in zip(("NAME", "EMAIL"), _WHO, strict=True)
        }
        when = {f"GIT_{whose}_DATE": f"@{int(at)} +0000" for whose in _WHOSE}
        return self._do("commit-tree", found, "-p", parent, "-F", "-", given=message, env={**who, **when})

    def _do(self, *args: str, given: str | bytes = b"", env: Mapping[str, str] | None = None) -> str:
        try:
            return self._git(*args, given=given, env=env)
        except GitError as error:
            raise BrokenError(f"the workshop could not be set up: {error}") from None
