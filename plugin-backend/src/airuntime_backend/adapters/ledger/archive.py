"""The whole state as a file of JSON lines, and back: the same for SQLite and PostgreSQL, and from one to the other.

The first line says what it is, of which schema, and how many rows each table has; each further line is one row. A file
that was cut off is known by its rows, and nothing of it is taken.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, Table, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from airuntime_backend.errors import BadRequestError, ConflictError

from .engine import revisions
from .models import Base

FORMAT: Final = "airuntime-state"
_VERSION: Final = 1
_AT_ONCE: Final = 500
_NO_BACKUP: Final = "the file is no backup of this version's form: 'airuntime backup FILE' writes one"
_TABLES: Final[Mapping[str, Table]] = {table.name: table for table in Base.metadata.sorted_tables}
"""Every table, those that others point to first."""
_ALWAYS: Final = frozenset({"gate"})
"""Tables whose rows the schema itself has from the start."""


@dataclass(frozen=True)
class Archive:
    """What a file has: rows by table, of this revision of the schema."""

    revision: str
    rows: Mapping[str, int]


def write(engine: Engine, file: Path) -> Archive:
    """Write the state, as it is at one moment, to a file that only its owner may read; it is there whole or not at all.

    Raises OSError when the file cannot be written.
    """
    with engine.connect().execution_options(isolation_level=_snapshot(engine)) as connection, connection.begin():
        held = Archive(_revision(connection), {name: _count(connection, table) for name, table in _TABLES.items()})
        with NamedTemporaryFile("w", encoding="utf-8", dir=file.absolute().parent, delete=False) as out:
            try:
                out.writelines(_lines(connection, held))
                out.flush()
                os.fsync(out.fileno())
                Path(out.name).replace(file)
            except BaseException:
                Path(out.name).unlink(missing_ok=True)
                raise
    return held


def read(engine: Engine, file: Path, *, force: bool = False) -> Archive:
    """Fill the state from a file, in one transaction; with ``force`` what is there is deleted in the same one.

    Raises:
        BadRequestError: the file is no archive, is damaged, or is of another revision of the schema.
        ConflictError: the state is not empty.
        OSError: the file cannot be read.
    """
    with file.open(encoding="utf-8") as lines, engine.begin() as connection:
        held = _header(next(lines, ""))
        _same_revision(held, _revision(connection))
        _make_room(connection, force=force)
        try:
            counts = _insert(connection, lines)
        except (SQLAlchemyError, ValueError, KeyError, TypeError) as error:
            raise BadRequestError(f"the file is damaged ({type(error).__name__}): nothing was restored") from error
        if counts != {name: count for name, count in held.rows.items() if count}:
            raise BadRequestError(
                f"the file has {sum(counts.values())} of {sum(held.rows.values())} rows, it was cut off: "
                "nothing was restored"
            )
        _go_on_counting(connection)
    return held


def _snapshot(engine: Engine) -> str:
    """The level at which one transaction sees one moment."""
    return "REPEATABLE READ" if engine.dialect.name == "postgresql" else "SERIALIZABLE"


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def _count(connection: Connection, table: Table) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def _lines(connection: Connection, held: Archive) -> Iterator[str]:
    yield _line({"format": FORMAT, "version": _VERSION, "revision": held.revision, "rows": dict(held.rows)})
    for name, table in _TABLES.items():
        for row in connection.execution_options(yield_per=_AT_ONCE).execute(select(table)).mappings():
            yield _line({"table": name, "row": dict(row)})


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _header(line: str) -> Archive:
    try:
        head = json.loads(line)
        known = (head["format"], head["version"]) == (FORMAT, _VERSION)
        held = Archive(str(head["revision"]), {str(name): int(count) for name, count in head["rows"].items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadRequestError(_NO_BACKUP) from error
    if not known:
        raise BadRequestError(_NO_BACKUP)
    return held


def _same_revision(held: Archive, revision: str) -> None:
    if held.revision == revision:
        return
    if held.revision in revisions():
        step = "restore it with the version that wrote it, then start this version on that state: it migrates it"
    else:
        step = "restore it with that version or a newer one"
    raise BadRequestError(f"the backup is of schema {held.revision}, this version has {revision}: {step}")


def _make_room(connection: Connection, *, force: bool) -> None:
    counts = {name: _count(connection, table) for name, table in _TABLES.items() if name not in _ALWAYS}
    there = {name: count for name, count in counts.items() if count}
    if there and not force:
        told = ", ".join(f"{count} in {name}" for name, count in sorted(there.items()))
        raise ConflictError(
            f"the state is not empty ({told}): name an empty DATABASE_URL, or overwrite it with --force"
        )
    for table in reversed(Base.metadata.sorted_tables):
        connection.execute(table.delete())


def _insert(connection: Connection, lines: Iterable[str]) -> dict[str, int]:
    """Insert all rows; tells how many of each table."""
    counts: dict[str, int] = {}
    rows = (json.loads(line) for line in lines)
    for name, group in groupby(rows, key=lambda one: str(one["table"])):
        while some := [one["row"] for one in islice(group, _AT_ONCE)]:
            connection.execute(insert(_TABLES[name]), some)
            counts[name] = counts.get(name, 0) + len(some)
    return counts


def _go_on_counting(connection: Connection) -> None:
    """Let PostgreSQL number new rows after the restored ones; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for name, table in _TABLES.items():
        column = table.autoincrement_column
        if column is None or column.type.python_type is not int:
            continue
        newest = connection.scalar(select(func.max(column)))
        if newest is not None:
            connection.execute(select(func.setval(func.pg_get_serial_sequence(name, column.name), newest)))
