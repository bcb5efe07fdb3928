"""The user's own source lines, only from configured folders."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ai_runtime_intelligent.flow.evidence import CodeSnippet

from airuntime_backend.manifest import Primitive

_MAX_LINES: Final = 60
_MAX_BYTES: Final = 2_000_000


class SourceFolders:
    """Reads the lines of a primitive from the roots; a file outside them, or reached by a symlink, is not shown."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._roots = tuple(root.resolve() for root in roots if root.is_dir())

    def snippet(self, primitive: Primitive) -> CodeSnippet | None:
        """The source lines of a primitive, 60 at most; None when they may not be shown or are not there."""
        found = self._locate(primitive.file)
        if found is None or primitive.line < 1:
            return None
        root, path = found
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        if primitive.line > len(lines):
            return None
        end = min(max(primitive.end_line, primitive.line), len(lines), primitive.line + _MAX_LINES - 1)
        shown = str(path.relative_to(root))
        return CodeSnippet(shown, primitive.line, end, "\n".join(lines[primitive.line - 1 : end]))

    def _locate(self, file: str) -> tuple[Path, Path] | None:
        """Find the file under a root: as it is named, or by its longest tail when the service runs elsewhere."""
        named = Path(file)
        if named.suffix != ".py":
            return None
        for root in self._roots:
            tails = [root.joinpath(*named.parts[start:]) for start in range(1, len(named.parts))]
            for path in (named, *tails):
                if _shown_under(path, root):
                    return root, path.resolve()
        return None


def _shown_under(path: Path, root: Path) -> bool:
    try:
        real = path.resolve(strict=True)
        inside = real.is_relative_to(root) and not path.is_symlink() and real.is_file()
        return inside and real.stat().st_size <= _MAX_BYTES
    except (OSError, RuntimeError, ValueError):  # what a manifest names may loop, or be no path at all
        return False
