"""The user's own source lines, only from configured folders."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ai_runtime_intelligent.context7.source.roots import Roots
from ai_runtime_intelligent.flow.evidence import CodeSnippet

from airuntime_backend.manifest import Primitive

_MAX_LINES: Final = 60


class SourceFolders:
    """Reads the lines of a primitive from the roots; a file outside them, or reached by a symlink, is not shown."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._roots = Roots(root for root in roots if root.is_dir())

    def snippet(self, primitive: Primitive) -> CodeSnippet | None:
        """The source lines of a primitive, 60 at most; None when they may not be shown or are not there."""
        place = self._roots.find(primitive.file) if primitive.line > 0 else None
        if place is None:
            return None
        lines = place.path.read_text(encoding="utf-8", errors="replace").splitlines()
        if primitive.line > len(lines):
            return None
        end = min(max(primitive.end_line, primitive.line), len(lines), primitive.line + _MAX_LINES - 1)
        return CodeSnippet(place.shown, primitive.line, end, "\n".join(lines[primitive.line - 1 : end]))
