"""The documentation of what is installed on a searchable shelf: SQLite's full-text index, ranked by BM25."""

from __future__ import annotations

import logging
import re
import sqlite3
import weakref
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Final

from .folder import made
from .pieces import Piece

_log = logging.getLogger(__name__)
_FORMAT: Final = 2
_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS books (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, stamp TEXT);
PRAGMA user_version = {_FORMAT};
"""
# Each book has an index of its own: BM25 weighs a word by how rare it is, and shall not ask other libraries for that.
_NEW: Final = "CREATE VIRTUAL TABLE {} USING fts5(title, words, text, place UNINDEXED, tokenize = 'porter unicode61')"
_ADD: Final = "INSERT INTO {} VALUES (?, ?, ?, ?)"
_ASK: Final = """
SELECT place, title, text FROM {0} WHERE {0} MATCH ?
ORDER BY bm25({0}, 4.0, 4.0, 1.0), length(place), place LIMIT ?
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
        # Nobody need call close(): from Python 3.13 on SQLite warns of a connection that is dropped while it is open.
        weakref.finalize(self, self._database.close).atexit = False

    def has(self, name: str, stamp: str) -> bool:
        """Whether the book is there as its files are now."""
        with self._lock:
            found = self._database.execute("SELECT stamp FROM books WHERE name = ?", (name,)).fetchone()
        return found is not None and found[0] == stamp

    def put(self, name: str, stamp: str, pieces: Iterable[Piece]) -> None:
        """Put the book there, instead of what was there under its name."""
        rows = [(one.title, one.words, one.text, one.id) for one in pieces]
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            old = self._table(name)
            if old is not None:
                self._database.execute(f"DROP TABLE {old}")
                self._database.execute("DELETE FROM books WHERE name = ?", (name,))
            self._database.execute("INSERT INTO books (name, stamp) VALUES (?, ?)", (name, stamp))
            new = str(self._table(name))
            self._database.execute(_NEW.format(new))
            self._database.executemany(_ADD.format(new), rows)

    def ask(self, name: str, question: str, most: int) -> tuple[Piece, ...]:
        """The pieces of the book that fit the question best; none when none has a word of it."""
        words = {word.lower() for word in _TOKEN.findall(question)} - _SAYS_NOTHING
        words |= {word.lower() for word in re.findall(r"\w+", question)} - _SAYS_NOTHING
        if not words:
            return ()
        match = " OR ".join(f'"{word}"' for word in sorted(words))
        with self._lock:
            table = self._table(name)
            rows = self._database.execute(_ASK.format(table), (match, most)).fetchall() if table else []
        return tuple(Piece(place, title, text) for place, title, text in rows)

    def _table(self, name: str) -> str | None:
        """The name of the book's index, which is made of a number."""
        found = self._database.execute("SELECT id FROM books WHERE name = ?", (name,)).fetchone()
        return None if found is None else f"book_{found[0]:d}"

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()


def _opened(file: Path | None) -> sqlite3.Connection:
    if file is not None:
        try:
            return _prepared(str(made(file)))
        except (OSError, sqlite3.Error) as error:
            _log.warning("the index of documentation is not kept on disk (%s)", type(error).__name__)
    return _prepared(":memory:")


def _prepared(name: str) -> sqlite3.Connection:
    database = sqlite3.connect(name, timeout=30, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        if database.execute("PRAGMA user_version").fetchone()[0] not in {0, _FORMAT}:
            _empty(database)
        database.executescript(_SCHEMA)
    except BaseException:
        database.close()
        raise
    return database


def _empty(database: sqlite3.Connection) -> None:
    """Throw away what another version of this module wrote."""
    found = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%' OR name = 'books'"
    for (name,) in database.execute(found).fetchall():
        database.execute(f'DROP TABLE "{name}"')
