"""What every part of the ledger has: sessions on one database."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker


class Sessions:
    """One database; each public method of a part is one transaction on it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._session: sessionmaker[Session] = sessionmaker(engine, expire_on_commit=False)

    def _keep(self, row: DeclarativeBase) -> None:
        """Write the latest state of a row, in a transaction of its own; of two who write the first one both do."""
        try:
            self._merge(row)
        except IntegrityError:
            # Another worker was first: now there is a row to write to.
            self._merge(row)

    def _merge(self, row: DeclarativeBase) -> None:
        with self._session.begin() as session:
            session.merge(row)
