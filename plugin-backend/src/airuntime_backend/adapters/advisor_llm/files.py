"""The files of the evidence, as they are now: read by the name that the evidence has for them."""

from __future__ import annotations

from pathlib import Path

from ai_runtime_intelligent.context7.source.roots import RefusedError, Roots


class Files:
    """Reads files below the configured folders, under the rules by which their lines are shown."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._roots = tuple((folder, Roots([folder])) for folder in folders)

    def read(self, file: str) -> str | None:
        """The text of a file, by its name below its folder; None when it may not be read, or two folders have it."""
        found = [text for folder, roots in self._roots if (text := _read(folder / file, roots)) is not None]
        return found[0] if len(found) == 1 else None


def _read(path: Path, roots: Roots) -> str | None:
    try:
        return roots.place(path).path.read_bytes().decode("utf-8")
    except (RefusedError, OSError, UnicodeDecodeError):
        return None
