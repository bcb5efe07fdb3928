"""Alembic's entry: migrations run on the connection that the caller gives."""

from airuntime_backend.adapters.ledger.models import Base
from alembic import context

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
