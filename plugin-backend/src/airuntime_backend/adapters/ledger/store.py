"""The ledger on a database: a part for each port, all on one database; each public method is one transaction."""

from __future__ import annotations

from sqlalchemy import text

from .diagnoses import SqlDiagnoses
from .engine import connect
from .queue import SqlQueue
from .rollouts import SqlRollouts
from .services import SqlServices
from .suggestions import SqlSuggestions


class SqlLedger(SqlServices, SqlSuggestions, SqlQueue, SqlRollouts, SqlDiagnoses):
    """The ledger on SQLite or PostgreSQL."""

    def __init__(self, url: str) -> None:
        super().__init__(connect(url))

    def ready(self) -> str:
        """The dialect, which shows that the database answers."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        return self.engine.dialect.name

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()
