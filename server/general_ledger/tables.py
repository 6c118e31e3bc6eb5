"""Tables of the general ledger that inventory posts to. Entries are append-only; a debit is positive.

Which account a value goes to stands in two set-ups: what lies in the warehouse by location and inventory
posting group, what it came from or went into by business and product posting group. "" stands for none.
"""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcMoment, amount_type, entry_number

CODE = 30
NUMBER = 50
ACCOUNT = 20
ROLE = 50


class GlAccount(Base):
    """An account of the chart. `category`: the role it has for inventory, which reports group by."""

    __tablename__ = "gl_account"
    no: Mapped[str] = mapped_column(sa.String(ACCOUNT), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(250), default="")
    name_fr: Mapped[str] = mapped_column(sa.String(250), server_default="")
    category: Mapped[str] = mapped_column(sa.String(ROLE), server_default="")
    is_blocked: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false())


class InventoryPostingSetup(Base):
    """The accounts of what lies at a location, per inventory posting group of the item."""

    __tablename__ = "inventory_posting_setup"
    location_code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    inventory_posting_group: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    inventory_account: Mapped[str] = mapped_column(sa.String(ACCOUNT), server_default="")
    inventory_interim_account: Mapped[str] = mapped_column(sa.String(ACCOUNT), server_default="")
    material_variance_account: Mapped[str] = mapped_column(sa.String(ACCOUNT), server_default="")
    capacity_variance_account: Mapped[str] = mapped_column(sa.String(ACCOUNT), server_default="")
    capacity_overhead_variance_account: Mapped[str] = mapped_column(sa.String(ACCOUNT), server_default="")
    manufacturing_overhead_variance_account: Mapped[str] = mapped_column(
        sa.String(ACCOUNT), server_default=""
    )


class GeneralPostingSetup(Base):
    """The accounts on the other side, per business and product posting group."""

    __tablename__ = "general_posting_setup"
    general_business_posting_group: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    general_product_posting_group: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    cogs_account: Mapped[str] = mapped_column(sa.String(ACCOUNT), server_default="")
    cogs_interim_account: Mapped[str] = mapped_column(sa.String(ACCOUNT), server_default="")
    inventory_adjustment_account: Mapped[str] = mapped_column(sa.String(ACCOUNT), server_default="")
    direct_cost_applied_account: Mapped[str] = mapped_column(sa.String(ACCOUNT), server_default="")
    overhead_applied_account: Mapped[str] = mapped_column(sa.String(ACCOUNT), server_default="")
    purchase_variance_account: Mapped[str] = mapped_column(sa.String(ACCOUNT), server_default="")
    inventory_accrual_interim_account: Mapped[str] = mapped_column(sa.String(ACCOUNT), server_default="")


class GlEntry(Base):
    """An amount on an account; the entries of one `batch_no` sum to 0."""

    __tablename__ = "gl_entry"
    entry_no: Mapped[int] = mapped_column(entry_number, primary_key=True, autoincrement=True)
    batch_no: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    account_no: Mapped[str] = mapped_column(sa.String(ACCOUNT))
    posting_date: Mapped[date] = mapped_column(sa.Date)
    document_no: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    amount: Mapped[Decimal] = mapped_column(amount_type())
    # The role that the account has in this entry, such as inventory or cogs.
    category: Mapped[str] = mapped_column(sa.String(ROLE))
    item_no: Mapped[str] = mapped_column(sa.String(CODE), server_default="")
    location_code: Mapped[str] = mapped_column(sa.String(CODE), server_default="")
    user_id: Mapped[str] = mapped_column(sa.String(NUMBER), server_default="")
    posted_at: Mapped[datetime] = mapped_column(UtcMoment())
    __table_args__ = (
        sa.Index("ix_gl_entry_account", "account_no", "posting_date", "entry_no"),
        sa.Index("ix_gl_entry_posting_date", "posting_date", "entry_no"),
        sa.Index("ix_gl_entry_document", "document_no", "entry_no"),
    )


class GlItemRelation(Base):
    """Which value entries a G/L entry sums up, and with how much of each."""

    __tablename__ = "gl_item_relation"
    gl_entry_no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    value_entry_no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, index=True)
    amount: Mapped[Decimal] = mapped_column(amount_type())
