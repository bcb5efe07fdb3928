"""What every part of the ledger has: sessions on one database."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker


class Sessions:
    """One database; each public method of a part is one transaction on it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._session: sessionmaker[Session] = sessionmaker(engine, expire_on_commit=False)
