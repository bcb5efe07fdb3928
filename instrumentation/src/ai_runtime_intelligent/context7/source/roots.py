"""Which files may be read: Python below the configured folders, and never what holds secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 2_000_000
TOO_LARGE: Final = f"it is larger than {MOST_BYTES} bytes"
"""Why a file of Python is not read that is, most likely, a table of numbers."""

_SECRET: Final = re.compile(
    r"\.env|.*\.(env|pem|key|p12|pfx|jks|kdbx|keystore)$|\.env\..*|id_(rsa|dsa|ecdsa|ed25519)|"
    r"\.(netrc|npmrc|pypirc|git-credentials|htpasswd)$|(secrets?|credentials?|passwords?)\.",
    re.IGNORECASE,
)
_NOT_SOURCE: Final = frozenset({"__pycache__", "node_modules"})


class RefusedError(Exception):
    """A file may not be read: the message names it and says why."""


@dataclass(frozen=True)
class Place:
    """A file that may be read: its real path, and its name below its root, which is what is shown."""

    path: Path
    shown: str


class Roots:
    """The configured folders, or single files."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self._roots = tuple(root.resolve() for root in roots if root.exists())

    def place(self, path: Path) -> Place:
        """The file, if it may be read. Raises ``RefusedError``."""
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):  # what a manifest names may loop, or be no path at all
            raise RefusedError(f"{path}: there is no such file") from None
        root = next((root for root in self._roots if real.is_relative_to(root)), None)
        if root is None:
            how = "a symbolic link that leaves" if path.is_symlink() else "outside"
            raise RefusedError(f"{path}: it is {how} the configured folders")
        why = _refusal(path, real)
        if why:
            raise RefusedError(f"{path}: {why}")
        return Place(real, real.name if real == root else str(real.relative_to(root)))

    def find(self, file: str) -> Place | None:
        """The file as a service names it: at its path, or by its longest tail when the service runs elsewhere."""
        named = Path(file)
        tails = [root.joinpath(*named.parts[start:]) for root in self._roots for start in range(1, len(named.parts))]
        for path in (named, *tails):
            try:
                return self.place(path)
            except RefusedError:
                continue
        return None

    def files(self) -> Iterator[Place]:
        """Every file that may be read, each once, in order."""
        seen = set[Path]()
        for root in self._roots:
            for path in [root] if root.is_file() else _python_below(root):
                place = self._placed(path)
                if place is not None and place.path not in seen:
                    seen.add(place.path)
                    yield place

    def too_large(self) -> Iterator[str]:
        """Every file that would be read if it were not larger than :data:`MOST_BYTES`, by its name below its root."""
        for root in self._roots:
            for path in () if root.is_file() else _python_below(root):
                if path.is_file() and not path.is_symlink() and _is_large(path) and not _SECRET.match(path.name):
                    yield str(path.relative_to(root))

    def _placed(self, path: Path) -> Place | None:
        try:
            return self.place(path)
        except RefusedError:
            return None


def _refusal(named: Path, real: Path) -> str:
    if _SECRET.match(named.name) or _SECRET.match(real.name):
        return "its name says that it holds secrets"
    if named.is_symlink():
        return "it is a symbolic link"
    if real.suffix != ".py" or not real.is_file():
        return "it is no Python file"
    return TOO_LARGE if _is_large(real) else ""


def _is_large(path: Path) -> bool:
    return path.stat().st_size > MOST_BYTES


def _python_below(root: Path) -> Iterator[Path]:
    """Without environments, hidden folders and what tools leave; links to folders are not followed."""
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(one for one in folders if _is_source(here / one))
        yield from (here / name for name in sorted(files) if name.endswith(".py"))


def _is_source(folder: Path) -> bool:
    hidden = folder.name.startswith(".") or folder.name in _NOT_SOURCE
    return not hidden and not (folder / "pyvenv.cfg").exists()
