"""What happened, on record: SQLAlchemy models, Alembic migrations, and the ledger that speaks in records."""

from .books import SqlBooks
from .model_calls import SqlCalls
from .outbox import SqlOutbox
from .patches import SqlPatches
from .store import SqlLedger

__all__ = ["SqlBooks", "SqlCalls", "SqlLedger", "SqlOutbox", "SqlPatches"]
