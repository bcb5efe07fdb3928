"""The user's repository. It is read without a lock; two branches are all that is ever put into it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.flow.patch import Branches

from airuntime_backend.patch_ports import BrokenError, RefusedError

from .command import Git, GitError, upload_pack

_FILES: Final = frozenset({"100644", "100755"})
_KINDS: Final = {"120000": "a symbolic link", "160000": "a submodule", "040000": "a folder"}


@dataclass(frozen=True)
class Blob:
    """A file as a commit has it."""

    path: str
    mode: str
    content: bytes


class Repository:
    """One repository, at the top of its work tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._git = Git(folder)

    def standing(self) -> tuple[str, str]:
        """The commit that is checked out, and the name of its branch.

        Raises:
            RefusedError: it is no repository, a shallow one, not on a branch, or its tracked files are changed.
        """
        self._is_whole()
        try:
            branch = self._git("symbolic-ref", "--quiet", "--short", "HEAD")
        except GitError:
            raise RefusedError(f"{self.folder}: HEAD is detached: check out the branch that patches are for") from None
        try:
            commit = self._git("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
            changed = self._git("status", "--porcelain", "--untracked-files=no", "--ignore-submodules=none")
        except GitError as error:
            raise RefusedError(f"{self.folder}: it has no commit, or cannot be read ({error})") from None
        if changed:
            first = changed.splitlines()[0][3:]
            raise RefusedError(
                f"{self.folder}: {len(changed.splitlines())} tracked file(s) are changed, such as {first!r}: commit or "
                "stash them, a patch is made for what is committed"
            )
        return commit, branch

    def _is_whole(self) -> None:
        if not self.folder.is_dir():
            raise RefusedError(f"{self.folder}: there is no such folder")
        try:
            top = self._git("rev-parse", "--show-toplevel")
            shallow = self._git("rev-parse", "--is-shallow-repository")
        except GitError as error:
            raise RefusedError(f"{self.folder}: it is no git repository with a work tree ({error})") from None
        if Path(top).resolve() != self.folder.resolve():
            raise RefusedError(f"{self.folder}: it lies within the repository {top}: name that one")
        if shallow == "true":
            raise RefusedError(f"{self.folder}: it is a shallow clone: git fetch --unshallow")

    def is_free(self, name: str, commit: str = "") -> None:
        """Raise ``RefusedError`` when a branch of that name exists and names another commit than ours."""
        found = self._branch(name)
        if found not in {"", commit}:
            raise RefusedError(f"{self.folder}: the branch {name} exists already: rename or delete it")
        above = name.rpartition("/")[0]
        if above and self._branch(above):
            raise RefusedError(f"{self.folder}: the branch {above} leaves no room for {name}: rename or delete it")

    def blob(self, commit: str, path: str) -> Blob | None:
        """A file as the commit has it; None when there is none. Raises ``RefusedError`` when it is no plain file."""
        entry = self._git("ls-tree", "-z", commit, "--", path).rstrip("\0")
        if not entry:
            return None
        mode = entry.partition(" ")[0]
        if mode not in _FILES:
            raise RefusedError(f"patch: {path} is {_KINDS.get(mode, 'no file')}")
        return Blob(path, mode, self._git.raw("cat-file", "blob", f"{commit}:{path}"))

    def add(self, workshop: Path, branches: Branches) -> None:
        """Put both branches into the repository, both or none; that they are there already is well too.

        Raises:
            RefusedError: one of them exists and is another.
            BrokenError: git could not.
        """
        for name, commit in _pairs(branches):
            self.is_free(name, commit)
        wanted = [(name, commit) for name, commit in _pairs(branches) if not self._branch(name)]
        if not wanted:
            return
        orders = "".join(f"create refs/heads/{name} {commit}\n" for name, commit in wanted)
        try:
            self._git(
                "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-gc",
                f"--upload-pack={upload_pack(workshop)}", str(workshop), *(commit for _, commit in wanted),
            )  # fmt: skip
            self._git("update-ref", "--stdin", given=f"start\n{orders}prepare\ncommit\n")
        except GitError as error:
            raise BrokenError(f"the branches could not be made: {error}") from None

    def remove(self, branches: Branches) -> None:
        """Take both branches away, as far as they still name our commits. Raises ``BrokenError``."""
        ours = [(name, commit) for name, commit in _pairs(branches) if self._branch(name) == commit]
        orders = "".join(f"delete refs/heads/{name} {commit}\n" for name, commit in ours)
        try:
            if ours:
                self._git("update-ref", "--stdin", given=f"start\n{orders}prepare\ncommit\n")
        except GitError as error:
            raise BrokenError(f"the branches could not be taken away: {error}") from None

    def carries(self, revision: str, branches: Branches) -> bool | None:
        """Whether that commit has the patch: as an ancestor, or with the same content in every file it changes.

        None when the repository does not know the commit.
        """
        git = self._git
        if not git.says("cat-file", "-e", f"{revision}^{{commit}}"):
            return None
        if git.says("merge-base", "--is-ancestor", branches.commit, revision):
            return not git.says("merge-base", "--is-ancestor", branches.revert_commit, revision)
        if git.says("merge-base", "--is-ancestor", revision, branches.base):
            return False  # older than the patch
        names = git("diff", "--name-only", "-z", branches.base, branches.commit).split("\0")
        return git.says("diff", "--quiet", branches.commit, revision, "--", *(name for name in names if name))

    def _branch(self, name: str) -> str:
        try:
            return self._git("rev-parse", "--verify", "--quiet", f"refs/heads/{name}")
        except GitError:
            return ""


def _pairs(branches: Branches) -> tuple[tuple[str, str], ...]:
    return (branches.branch, branches.commit), (branches.revert_branch, branches.revert_commit)
