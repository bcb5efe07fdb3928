"""A piece of source that takes the place of another, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """The lines from ``first`` to ``last``, counted from 1, become ``lines``, which have no line ends."""

    first: int
    last: int
    lines: tuple[str, ...]


def edited(lines: Sequence[str], edits: Iterable[Edit], newline: str) -> str:
    """The source with every edit made; none may overlap."""
    after = list(lines)
    for edit in sorted(edits, key=lambda one: -one.first):
        ended = after[edit.last - 1].endswith(("\n", "\r"))
        new = [f"{line}{newline}" for line in edit.lines]
        after[edit.first - 1 : edit.last] = new if ended else [*new[:-1], edit.lines[-1]]
    return "".join(after)
