"""Text that others wrote, made harmless to show: what it says is data and never an order to anybody."""

from __future__ import annotations

import unicodedata
from typing import Final

_KEPT: Final = frozenset("\n\t")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Control and format characters (among them those that turn the direction of writing), private ones, halves."""


def plain(text: str, limit: int) -> str:
    """The text without characters that cannot be seen, at most ``limit`` long; lines end in a line feed."""
    lines = text[: 2 * limit].replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in lines if one in _KEPT or unicodedata.category(one) not in _HIDDEN)[:limit]


def line(text: str, limit: int) -> str:
    """The same on one line."""
    return " ".join(plain(text, 2 * limit).split())[:limit]
