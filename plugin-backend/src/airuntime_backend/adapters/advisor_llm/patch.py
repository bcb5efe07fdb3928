"""A patch: a unified diff that changes lines of the files shown, applied exactly or not at all.

unidiff reads it; applying is ours, because ``git apply`` is not on every machine, and a hunk that had to be moved to
fit would be of other code than the model was shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from .errors import RefusedError
from .lines import lines_of

if TYPE_CHECKING:
    from unidiff.patch import Hunk, PatchedFile, PatchSet

_MAX_CHANGED: Final = 80
_MAX_FILES: Final = 3
_NOT_LINES: Final = (
    (re.compile(r"^(?:GIT binary patch|Binary files )", re.MULTILINE), "it adds a binary"),
    (re.compile(r"^(?:new file mode|new mode|deleted file mode) 120000", re.MULTILINE), "it adds a symbolic link"),
    (re.compile(r"^(?:new file mode|index .*|new mode) ?160000|^[-+]Subproject ", re.MULTILINE), "it adds a submodule"),
    (re.compile(r"^(?:old|new) mode ", re.MULTILINE), "it changes a file's mode"),
    (re.compile(r"^(?:rename|copy) (?:from|to) |^similarity index", re.MULTILINE), "it renames a file"),
    (re.compile(r"^new file mode ", re.MULTILINE), "it adds a file"),
    (re.compile(r"^deleted file mode ", re.MULTILINE), "it deletes a file"),
)
_OUTSIDE: Final = re.compile(r"^/|^~|\\|^[A-Za-z]:|(?:^|/)(?:\.\.|(?i:\.git))(?:/|$)|\x00")
_CHECKING: Final = re.compile(
    r"(?:^|/)(?:(?i:tests?|testing|__tests__)|\.ci|\.github|\.circleci|\.buildkite)/|"
    r"(?:^|/)(?:\.gitlab-ci|\.travis|\.drone|azure-pipelines|bitbucket-pipelines)\.ya?ml$|(?:^|/)Jenkinsfile$|"
    r"(?:^|/)(?:test_[^/]*|[^/]*_test|conftest|noxfile|setup|sitecustomize|usercustomize)\.py$|"
    r"(?:^|/)(?:Makefile|Justfile|tox\.ini|pytest\.ini|setup\.cfg|pyproject\.toml|\.pre-commit-config\.yaml|[^/]*\.sh)$"
)


def patched(text: str, sources: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The files that a patch changes, before and after. ``sources`` are the files that it may change, by name.

    Raises:
        RefusedError: it is no patch of lines, reaches for other files, or does not apply as it stands.
    """
    changed = _changed(text)
    for name in changed:
        if name not in sources:
            raise RefusedError(f"patch: {name[:100]!r} is not a file of the evidence")
    return {name: (sources[name], _applied(one, sources[name])) for name, one in changed.items()}


def names(text: str) -> tuple[str, ...]:
    """The files that a patch would change, as it names them. Raises ``RefusedError`` as :func:`patched` does."""
    return tuple(_changed(text))


def _changed(text: str) -> dict[str, PatchedFile]:
    for pattern, why in _NOT_LINES:
        if pattern.search(text):
            raise RefusedError(f"patch: {why}")
    files = _parsed(text)
    changed = {_name(one): one for one in files}
    if len(changed) != len(files) or len(files) > _MAX_FILES:
        raise RefusedError(f"patch: it has {len(files)} files, of each at most one part, and {_MAX_FILES} at most")
    for name in changed:
        _allowed(name)
    size = sum(one.added + one.removed for one in files)
    if not 0 < size <= _MAX_CHANGED:
        raise RefusedError(f"patch: it changes {size} lines, 1 to {_MAX_CHANGED} are taken")
    return changed


def _parsed(text: str) -> PatchSet:
    from unidiff.errors import UnidiffParseError  # noqa: PLC0415 - an extra
    from unidiff.patch import PatchSet  # noqa: PLC0415 - an extra

    try:
        files = PatchSet(text if text.endswith("\n") else f"{text}\n")
    except UnidiffParseError:
        raise RefusedError("patch: it is no unified diff whose hunks have the lines that they announce") from None
    if not files or any(not one for one in files):
        raise RefusedError("patch: it is no unified diff")
    return files


def _name(file: PatchedFile) -> str:
    source, target = (_stripped(name) for name in (file.source_file, file.target_file))
    if source == "/dev/null" or target == "/dev/null":
        raise RefusedError(f"patch: it {'adds' if source == '/dev/null' else 'deletes'} a file")
    if source != target:
        raise RefusedError("patch: it renames a file")
    return target


def _stripped(name: str) -> str:
    return name[2:] if name[:2] in {"a/", "b/"} else name


def _allowed(name: str) -> None:
    if _OUTSIDE.search(name):
        raise RefusedError("patch: it reaches outside the configured folders")
    if _CHECKING.search(name):
        raise RefusedError("patch: it changes what checks the program")


def _applied(file: PatchedFile, before: str) -> str:
    """The file after the patch. Lines that stay are the file's own, and new ones end as those do."""
    lines, after, at = lines_of(before), list[str](), 0
    end = "\r\n" if lines and all(line.endswith("\r\n") for line in lines[:-1] or lines) else "\n"
    for hunk in file:
        start = hunk.source_start - 1 if hunk.source_length else hunk.source_start
        old = [line.value for line in hunk if line.is_context or line.is_removed]
        if start < at or not _alike(lines[start : start + len(old)], old):
            raise RefusedError(f"patch: it does not apply to {_name(file)} at line {hunk.source_start}")
        after += lines[at:start]
        after += _new(hunk, lines[start : start + len(old)], end)
        at = start + len(old)
    return "".join((*after, *lines[at:]))


def _alike(have: list[str], want: list[str]) -> bool:
    return [line.rstrip("\r\n") for line in have] == [line.rstrip("\r\n") for line in want]


def _new(hunk: Hunk, have: list[str], end: str) -> list[str]:
    """The lines that take the place of those that the file has there."""
    new, at, kept = list[str](), 0, False
    for line in hunk:
        if line.is_context or line.is_removed:
            new += have[at : at + 1] if line.is_context else []
            at += 1
        elif line.is_added:
            new.append(line.value.rstrip("\r\n") + end)
        elif kept:  # the mark of a file that ends without a line feed
            new[-1] = new[-1].rstrip("\r\n")
        kept = line.is_context or line.is_added
    return new
