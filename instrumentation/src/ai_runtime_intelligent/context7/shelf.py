"""The documentation of what is installed on a searchable shelf: SQLite's full-text index, ranked by BM25."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Final

from .pieces import Piece

_log = logging.getLogger(__name__)
_FORMAT: Final = 1
_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS books (id INTEGER PRIMARY KEY, name TEXT UNIQUE, stamp TEXT);
CREATE VIRTUAL TABLE IF NOT EXISTS pieces USING fts5(
  title, words, text, place UNINDEXED, book UNINDEXED, tokenize = 'porter unicode61'
);
PRAGMA user_version = {_FORMAT};
"""
_ASK: Final = """
SELECT place, title, text FROM pieces WHERE pieces MATCH ? AND book = ?
ORDER BY bm25(pieces, 4.0, 4.0, 1.0), length(place), place LIMIT ?
"""
_TOKEN: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\w+")
_SAYS_NOTHING: Final = frozenset(
    {
        "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "has", "how",
        "i", "if", "in", "is", "it", "its", "long", "many", "much", "of", "on", "or", "should", "so", "than",
        "that", "the", "their", "then", "there", "they", "this", "to", "up", "use", "used", "using", "was",
        "what", "when", "where", "which", "who", "why", "will", "with", "work", "you", "your",
    }
)  # fmt: skip


class Shelf:
    """Books of pieces, kept in ``file``; in memory without one, or when it cannot be used. Threads may share it."""

    def __init__(self, file: Path | None) -> None:
        self._lock = Lock()
        self._database = _opened(file)

    def has(self, name: str, stamp: str) -> bool:
        """Whether the book is there as its files are now."""
        with self._lock:
            found = self._database.execute("SELECT stamp FROM books WHERE name = ?", (name,)).fetchone()
        return found is not None and found[0] == stamp

    def put(self, name: str, stamp: str, pieces: Iterable[Piece]) -> None:
        """Put the book there, instead of what was there under its name."""
        rows = [(one.title, one.words, one.text, one.id) for one in pieces]
        with self._lock, self._database:
            old = self._database.execute("SELECT id FROM books WHERE name = ?", (name,)).fetchone()
            if old is not None:
                self._database.execute("DELETE FROM pieces WHERE book = ?", old)
                self._database.execute("DELETE FROM books WHERE id = ?", old)
            book = self._database.execute("INSERT INTO books (name, stamp) VALUES (?, ?)", (name, stamp)).lastrowid
            self._database.executemany("INSERT INTO pieces VALUES (?, ?, ?, ?, ?)", [(*row, book) for row in rows])

    def ask(self, name: str, question: str, most: int) -> tuple[Piece, ...]:
        """The pieces of the book that fit the question best; none when none has a word of it."""
        words = {word.lower() for word in _TOKEN.findall(question)} - _SAYS_NOTHING
        words |= {word.lower() for word in re.findall(r"\w+", question)} - _SAYS_NOTHING
        if not words:
            return ()
        match = " OR ".join(f'"{word}"' for word in sorted(words))
        with self._lock:
            book = self._database.execute("SELECT id FROM books WHERE name = ?", (name,)).fetchone()
            rows = self._database.execute(_ASK, (match, *book, most)).fetchall() if book else []
        return tuple(Piece(place, title, text) for place, title, text in rows)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()


def _opened(file: Path | None) -> sqlite3.Connection:
    if file is not None:
        try:
            return _prepared(str(file))
        except sqlite3.Error as error:
            _log.warning("the index of documentation is not kept on disk (%s)", type(error).__name__)
    return _prepared(":memory:")


def _prepared(name: str) -> sqlite3.Connection:
    database = sqlite3.connect(name, timeout=30, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        if database.execute("PRAGMA user_version").fetchone()[0] not in {0, _FORMAT}:
            database.executescript("DROP TABLE IF EXISTS books; DROP TABLE IF EXISTS pieces;")
        database.executescript(_SCHEMA)
    except BaseException:
        database.close()
        raise
    return database
