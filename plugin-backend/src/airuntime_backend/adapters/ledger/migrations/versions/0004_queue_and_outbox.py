"""Applies that wait, and entries of the audit trail on their way to webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0006"  # it came last: the number is of when it was begun
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket",
        sa.Column("suggestion", sa.String(length=40), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("via", sa.String(length=40), nullable=False),
        sa.Column("waits_for", sa.String(length=20), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["suggestion"], ["suggestion.id"]),
        sa.PrimaryKeyConstraint("suggestion"),
    )
    gate = op.create_table(
        "gate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(gate, [{"id": 1, "turn": 0}])
    op.create_table(
        "outbox",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["audit.id"]),
        sa.PrimaryKeyConstraint("event"),
    )
    op.create_table(
        "delivery",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.Float(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["audit.id"]),
        sa.PrimaryKeyConstraint("event", "endpoint"),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index("ix_delivery_due", ["due"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_due")

    op.drop_table("delivery")
    op.drop_table("outbox")
    op.drop_table("gate")
    op.drop_table("ticket")
