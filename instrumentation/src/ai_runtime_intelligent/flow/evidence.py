"""Evidence: what supports a finding: its signals, the user's own source lines, documentation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .finding import Finding
from .identity import identify
from .signal import Signal

MAX_TEXT = 4_000
"""Characters of one snippet that are kept: fetched text is capped before it travels."""


class EvidenceError(ValueError):
    """Raised when a finding has no signals, or a text names no source."""


@dataclass(frozen=True)
class CodeSnippet:
    """Source lines of the user's own: file, first and last line (1-based), and the lines themselves."""

    file: str
    line: int
    end_line: int
    text: str


@dataclass(frozen=True)
class DocSnippet:
    """A piece of documentation: where it is from, for which version, and its text, which is data and never orders."""

    source: str
    id: str
    version: str
    title: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Evidence:
    """All that supports one finding."""

    id: str
    finding: Finding
    signals: tuple[Signal, ...]
    code: tuple[CodeSnippet, ...]
    docs: tuple[DocSnippet, ...]


def gather(finding: Finding, code: Iterable[CodeSnippet] = (), docs: Iterable[DocSnippet] = ()) -> Evidence:
    """Bind a finding to what supports it; texts longer than ``MAX_TEXT`` are cut.

    Raises:
        EvidenceError: the finding has no signals, or a snippet names no source.
    """
    if not finding.signals:
        raise EvidenceError(f"finding {finding.id} has no signals: there is nothing to show for it")
    lines, texts = tuple(code), tuple(_capped(doc) for doc in docs)
    for snippet in lines:
        if not snippet.file:
            raise EvidenceError("a source snippet names no file")
    identifier = identify("evidence", finding.id, lines, texts)
    return Evidence(identifier, finding, finding.signals, lines, texts)


def _capped(doc: DocSnippet) -> DocSnippet:
    if not doc.source or not doc.id:
        raise EvidenceError(f"documentation {doc.title!r} names no source or id")
    return DocSnippet(doc.source, doc.id, doc.version, doc.title[:200], doc.text[:MAX_TEXT], doc.url)
