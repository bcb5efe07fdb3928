"""Documentation of the installed libraries, in the very versions that are installed: no network, private ones too."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from ai_runtime_intelligent.flow.evidence import DocSnippet

from .flights import Flights
from .installed import Installed, Libraries
from .pieces import Piece, pieces_of
from .shelf import Shelf

_log = logging.getLogger(__name__)
_PER_QUESTION: Final = 2


class LocalDocs:
    """Answers from docstrings, signatures and READMEs.

    A library is read when it is first asked about, and again when its files change; ``reads`` is told its name before.
    ``folders`` are other environments' site-packages, which come before our own; the index is in the file ``index``.
    """

    def __init__(
        self, folders: Iterable[Path] = (), index: Path | None = None, reads: Callable[[str], None] = lambda _: None
    ) -> None:
        self._libraries = Libraries(folders)
        self._file = index.with_suffix(".sqlite") if index else None
        self._shelf: Shelf | None = None
        self._reads = reads
        self._flights: Flights[None] = Flights()

    def find(self, library: str, version: str, question: str) -> tuple[DocSnippet, ...]:
        """Snippets that answer the question, two at most; each says of which version it is."""
        try:
            found = self._libraries.find(library, version)
            if found is None:
                return ()
            book = self._on_the_shelf(found)
            return tuple(_snippet(found, piece) for piece in self._opened().ask(book, question, _PER_QUESTION))
        except (sqlite3.Error, OSError, ValueError, KeyError) as error:  # what is installed may be broken in any way
            _log.warning("no documentation of %s: it cannot be read (%s)", library, type(error).__name__)
            return ()

    def close(self) -> None:
        """Let go of the index."""
        if self._shelf is not None:
            self._shelf.close()
            self._shelf = None

    def _on_the_shelf(self, library: Installed) -> str:
        book, stamp = f"{library.name}=={library.version}", library.stamp
        if not self._opened().has(book, stamp):
            self._flights.fly((book, stamp), lambda: self._read(library, book, stamp))
        return book

    def _read(self, library: Installed, book: str, stamp: str) -> None:
        if self._opened().has(book, stamp):
            return
        self._reads(book)
        self._opened().put(book, stamp, pieces_of(library))

    def _opened(self) -> Shelf:
        if self._shelf is None:
            self._shelf = Shelf(self._file)
        return self._shelf


def _snippet(library: Installed, piece: Piece) -> DocSnippet:
    return DocSnippet(
        source=f"installed:{library.name}",
        id=f"{library.name}=={library.version} {piece.id}",
        version=library.version,
        title=piece.title,
        text=piece.text,
        url=library.link,
    )
