"""What happened, on record: SQLAlchemy models, Alembic migrations, and the ledger that speaks in records."""

from .store import SqlLedger

__all__ = ["SqlLedger"]
