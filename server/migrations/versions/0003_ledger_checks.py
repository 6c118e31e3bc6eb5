"""What the ledger check found, each time that it ran."""

import sqlalchemy as sa
from alembic import op

import server.database


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ledger_check",
        sa.Column(
            "check_no",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("checked_at", server.database.UtcMoment(), nullable=False),
        sa.Column("finished_at", server.database.UtcMoment(), nullable=False),
        sa.Column("item_ledger_entries", sa.BigInteger(), nullable=False),
        sa.Column("value_entries", sa.BigInteger(), nullable=False),
        sa.Column("differences", sa.BigInteger(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("check_no", name=op.f("pk_ledger_check")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("ledger_check")
