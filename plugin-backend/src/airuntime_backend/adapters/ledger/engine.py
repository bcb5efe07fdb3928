"""The database engine: SQLite in WAL mode with foreign keys, or what the URL names; migrations up to the newest."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from airuntime_backend.errors import BadRequestError, StateError


def connect(url: str) -> Engine:
    """Open the database and migrate it to the newest schema. What later makes it fail is told as ``StateError``.

    Raises:
        BadRequestError: it cannot be opened, or its schema is of a newer version.
    """
    try:
        named = make_url(url)
        if named.drivername == "postgresql":
            named = named.set(drivername="postgresql+psycopg")
        engine = create_engine(named, pool_pre_ping=True, hide_parameters=True)
        if named.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _sqlite_pragmas)
        migrate(engine)
    except (SQLAlchemyError, CommandError, ImportError) as error:
        raise BadRequestError(f"the database cannot be opened ({_reason(error)}): check DATABASE_URL") from error
    event.listen(engine, "handle_error", _told)
    return engine


def _told(context: ExceptionContext) -> None:
    """Say of a database that is locked, full, read-only or away what can be done; other errors are ours."""
    error = context.sqlalchemy_exception
    if isinstance(error, OperationalError) and not context.is_pre_ping:
        raise StateError(
            f"the state cannot be read or written now ({_reason(error)}): ask again; if it stays so, see to the disk, "
            "the rights and the server of DATABASE_URL"
        ) from error


def _reason(error: Exception) -> str:
    """The driver's own words, or the error's name where its words may repeat the URL and its password."""
    if isinstance(error, DBAPIError):
        return str(error.orig).strip()
    return type(error).__name__ if isinstance(error, SQLAlchemyError) else str(error)


def revisions() -> tuple[str, ...]:
    """Every revision of the schema that this version knows, the newest first."""
    return tuple(one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions())


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(__package__).joinpath("migrations")))
    return config


def _sqlite_pragmas(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=10000", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
