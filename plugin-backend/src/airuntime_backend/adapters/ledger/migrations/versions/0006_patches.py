"""Code patches, and where they stand."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "patch",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("suggestion", sa.String(length=40), nullable=False),
        sa.Column("service", sa.String(length=200), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("holds", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["suggestion"], ["suggestion.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("holds"),
    )
    with op.batch_alter_table("patch", schema=None) as batch_op:
        batch_op.create_index("ix_patch_suggestion", ["suggestion"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("patch", schema=None) as batch_op:
        batch_op.drop_index("ix_patch_suggestion")

    op.drop_table("patch")
