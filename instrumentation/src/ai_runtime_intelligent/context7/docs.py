"""Where documentation comes from: one question, any number of answerers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from ai_runtime_intelligent.flow.evidence import DocSnippet


class Docs(Protocol):
    """Whoever answers questions about libraries."""

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:
        """Snippets that answer the question; none when there are none or nobody can be asked."""


class Joined:
    """Several answerers, the best one first; what is of the very version comes before what is not."""

    def __init__(self, answerers: Iterable[Docs], most: int = 3) -> None:
        self._answerers = tuple(answerers)
        self._most = most

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:
        """Every answerer's best snippet, then their others, ``most`` at most."""
        found = [one.find(library, version, question) for one in self._answerers]
        ranked = [(place, who, one) for who, snippets in enumerate(found) for place, one in enumerate(snippets)]
        ranked.sort(key=lambda entry: (entry[2].version != version, entry[0], entry[1]))
        return tuple(one for _, _, one in ranked[: self._most])
