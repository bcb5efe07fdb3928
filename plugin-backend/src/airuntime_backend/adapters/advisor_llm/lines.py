"""Lines as diffs count them: they end with a line feed, and with nothing else."""

from __future__ import annotations

from io import StringIO


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends. ``str.splitlines`` would also split at form feeds and the like."""
    return StringIO(text, newline="\n").readlines()
