"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, on a free port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from .prometheus import free_port

_DEBIAN: Final = Path("/usr/lib/postgresql")
"""Where Debian's packages keep the programs of each version."""
_UNPRIVILEGED: Final = "nobody"
"""PostgreSQL refuses to run as root."""


@contextmanager
def running() -> Iterator[str]:
    """A server with an empty database; gives its SQLAlchemy URL, and stops it by its own command.

    Raises FileNotFoundError when there is no PostgreSQL: without it, these tests prove nothing and must not pass.
    """
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder, port = Path(name), free_port()
        if os.getuid() == 0:
            shutil.chown(folder, _UNPRIVILEGED)
        data = folder / "data"
        _run("initdb", "-D", str(data), "-U", "airuntime", "-A", "trust", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        _run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://airuntime@127.0.0.1:{port}/postgres"
        finally:
            _run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")


def another(url: str) -> str:
    """The URL of a database of the same server that is new and empty."""
    name = f"db_{uuid4().hex}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return str(make_url(url).set(database=name))


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program) or next((str(one) for one in sorted(_DEBIAN.glob(f"*/bin/{program}"))[-1:]), None)
    if found is None:
        raise FileNotFoundError(f"no {program} on the PATH: install your distribution's postgresql")
    user = _UNPRIVILEGED if os.getuid() == 0 else None
    done = subprocess.run(  # noqa: S603 - our own arguments
        [found, *arguments],
        user=user,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stderr[-500:]}")
