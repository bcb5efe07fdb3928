"""``airuntime backup`` and ``airuntime restore``: the whole state in one file."""

from __future__ import annotations

from pathlib import Path

import click
from ai_runtime_intelligent.contract import env
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from airuntime_backend.adapters.ledger import SqlLedger, archive
from airuntime_backend.errors import BackendError
from airuntime_backend.settings import Settings

from .shared import as_json, print_json, read_settings

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="Write the whole state to a file.")
@click.argument("file", type=_FILE)
@as_json
def backup(*, file: Path, as_json: bool) -> None:
    """Write the whole state of DATABASE_URL to FILE, as it is at one moment; the backend may run meanwhile.

    FILE has one JSON object a line, the same for SQLite and PostgreSQL. Only its owner may read it.
    """
    settings = read_settings()
    _there(settings)
    try:
        ledger = SqlLedger(settings.database_url)
        held = archive.write(ledger.engine, file)
        ledger.close()
    except (BackendError, OSError) as error:
        raise click.ClickException(_message(error)) from error
    _tell(held, f"{file} has", as_json=as_json)


@click.command(short_help="Fill an empty state from such a file.")
@click.argument("file", type=_FILE)
@click.option("--force", is_flag=True, help="Delete what the state has now.")
@as_json
def restore(*, file: Path, force: bool, as_json: bool) -> None:
    """Fill the empty state of DATABASE_URL from FILE, all of it or nothing. Stop the backend first."""
    try:
        file.open("rb").close()  # before a state is made for it
        ledger = SqlLedger(read_settings().database_url)
        held = archive.read(ledger.engine, file, force=force)
        ledger.close()
    except (BackendError, OSError, UnicodeDecodeError) as error:
        raise click.ClickException(_message(error)) from error
    _tell(held, "restored", as_json=as_json)


def _there(settings: Settings) -> None:
    """Refuse to make a new state only to find that it is empty."""
    try:
        url = make_url(settings.database_url)
    except ArgumentError:
        return  # opening it says so
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        raise click.ClickException(f"there is no state yet: check {env.DATABASE_URL.name}")


def _message(error: Exception) -> str:
    if isinstance(error, BackendError):
        return error.message
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}"
    return "the file is no text: 'airuntime backup FILE' writes one"


def _tell(held: archive.Archive, what: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"revision": held.revision, "rows": dict(held.rows)})
        return
    rows = ", ".join(f"{count} {name}" for name, count in held.rows.items() if count) or "nothing"
    click.echo(f"{what}: {rows} (schema {held.revision})")
