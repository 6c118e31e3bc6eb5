"""The first schema."""

from alembic import op

from server.ledger.immutability import create_triggers
from server.security.audit import APPEND_ONLY
from server.tables import Base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table and the triggers of the ledgers."""
    Base.metadata.create_all(op.get_bind())
    create_triggers(op.get_bind(), also=APPEND_ONLY)


def downgrade() -> None:
    """Drop everything."""
    Base.metadata.drop_all(op.get_bind())
