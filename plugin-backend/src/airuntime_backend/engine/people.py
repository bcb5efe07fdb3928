"""People: who asks, and which names in the audit trail are one person's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SELF: Final = "airuntime"
"""Who acts when nobody asked: the name in the audit trail."""
LOCAL: Final = "local"
"""Whoever asks on this machine when no tokens are configured."""
PREVIEW: Final = "preview"
ANONYMOUS: Final = "anonymous"

_NOBODY: Final = frozenset({LOCAL, PREVIEW, ANONYMOUS, SELF})
_SHARED: Final = " token"


@dataclass(frozen=True)
class Asker:
    """Who asks, and how that was proved."""

    name: str
    via: str


ITSELF: Final = Asker(SELF, "autonomy")
"""A rule that goes by itself."""


def same(one: str, other: str) -> bool:
    """Whether two names are one person's: Grafana's logins do not differ by case alone."""
    return one.casefold() == other.casefold()


def of_role(role: str) -> str:
    """The name of whoever has the token of a role: more than one may."""
    return f"{role}{_SHARED}"


def is_person(name: str) -> bool:
    """Whether the name is one person's, who can so be told from another."""
    return name not in _NOBODY and not name.endswith(_SHARED)
