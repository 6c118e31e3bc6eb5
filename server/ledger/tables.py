"""The ledgers, append-only, and the balances that are derived from them.

Quantities are base units, positive in and negative out; amounts are in the company's currency with the
sign of the quantity. Only the columns in ENGINE_COLUMNS may ever change, by triggers on both databases
(see `immutability`). (transaction_id, transaction_line) is unique: exactly once, whatever runs above.
"""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, Identity, UtcMoment, amount_type, entry_number, partial_index, quantity_type

CODE = 30
NUMBER = 50

# What the posting and costing engine may change in each ledger; everything else is refused.
ENGINE_COLUMNS: dict[str, frozenset[str]] = {
    "item_ledger_entry": frozenset(
        {
            "remaining_quantity",
            "is_open",
            "invoiced_quantity",
            "is_completely_invoiced",
            "last_invoice_date",
            "applied_entry_to_adjust",
        }
    ),
    "item_application_entry": frozenset(),
    "value_entry": frozenset(
        {"cost_posted_to_gl", "expected_cost_posted_to_gl", "valuation_date", "valued_by_average_cost"}
    ),
    "warehouse_entry": frozenset(),
    "item_register": frozenset(),
}


class ItemRegister(Base):
    """One posting: which entries of each ledger it wrote, who caused it, when, from which source.

    A from/to of 0 means none; numbers of other postings may lie between from and to.
    """

    __tablename__ = "item_register"
    no: Mapped[int] = mapped_column(entry_number, primary_key=True, autoincrement=True)
    transaction_id: Mapped[str] = mapped_column(Identity(), unique=True)
    source_code: Mapped[str] = mapped_column(sa.String(CODE))
    document_no: Mapped[str] = mapped_column(sa.String(NUMBER), index=True)
    user_id: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    device_id: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    posted_at: Mapped[datetime] = mapped_column(UtcMoment(), index=True)
    from_item_ledger_entry_no: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    to_item_ledger_entry_no: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    from_value_entry_no: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    to_value_entry_no: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    from_warehouse_entry_no: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    to_warehouse_entry_no: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class ItemLedgerEntry(Base):
    """A movement of quantity at a location."""

    __tablename__ = "item_ledger_entry"
    entry_no: Mapped[int] = mapped_column(entry_number, primary_key=True, autoincrement=True)
    posting_date: Mapped[date] = mapped_column(sa.Date)
    document_date: Mapped[date] = mapped_column(sa.Date)
    entry_type: Mapped[str] = mapped_column(sa.String(20))
    document_no: Mapped[str] = mapped_column(sa.String(NUMBER), index=True)
    item_no: Mapped[str] = mapped_column(sa.String(CODE))
    variant_code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    location_code: Mapped[str] = mapped_column(sa.String(CODE))
    quantity_base: Mapped[Decimal] = mapped_column(quantity_type())
    unit_of_measure_code: Mapped[str] = mapped_column(sa.String(CODE))
    quantity_per_unit: Mapped[Decimal] = mapped_column(quantity_type())
    lot_no: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    serial_no: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    expiration_date: Mapped[date | None] = mapped_column(sa.Date)
    reason_code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    source_code: Mapped[str] = mapped_column(sa.String(CODE))
    is_correction: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    applies_to_entry_no: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    register_no: Mapped[int] = mapped_column(sa.BigInteger)
    user_id: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    transaction_id: Mapped[str] = mapped_column(Identity())
    transaction_line: Mapped[int] = mapped_column(sa.Integer)
    occurred_at: Mapped[datetime] = mapped_column(UtcMoment())
    # The engine's columns: what is left of this entry and how far it is invoiced.
    remaining_quantity: Mapped[Decimal] = mapped_column(quantity_type())
    is_open: Mapped[bool] = mapped_column(sa.Boolean)
    invoiced_quantity: Mapped[Decimal] = mapped_column(quantity_type())
    is_completely_invoiced: Mapped[bool] = mapped_column(sa.Boolean)
    last_invoice_date: Mapped[date | None] = mapped_column(sa.Date)
    applied_entry_to_adjust: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    __table_args__ = (
        sa.UniqueConstraint("transaction_id", "transaction_line"),
        # The open entries of a key in the order in which issues take them.
        sa.Index(
            "ix_item_ledger_entry_open",
            "item_no",
            "variant_code",
            "location_code",
            "lot_no",
            "serial_no",
            "posting_date",
            "entry_no",
            sqlite_where=sa.text("is_open"),
            postgresql_where=sa.text("is_open"),
        ),
        sa.Index("ix_item_ledger_entry_item", "item_no", "entry_no"),
        sa.Index("ix_item_ledger_entry_posting_date", "posting_date", "entry_no"),
        partial_index("ix_item_ledger_entry_lot", "lot_no", "entry_no", where="lot_no <> ''"),
        partial_index("ix_item_ledger_entry_serial", "serial_no", "entry_no", where="serial_no <> ''"),
        partial_index("ix_item_ledger_entry_reason", "reason_code", "entry_no", where="reason_code <> ''"),
        sa.CheckConstraint("quantity_base <> 0", name="quantity"),
        sa.CheckConstraint(
            "(quantity_base > 0 AND remaining_quantity BETWEEN 0 AND quantity_base)"
            " OR (quantity_base < 0 AND remaining_quantity BETWEEN quantity_base AND 0)",
            name="remaining",
        ),
    )


class ItemApplicationEntry(Base):
    """Which issue takes from which receipt. A receipt writes one row for itself with outbound 0."""

    __tablename__ = "item_application_entry"
    entry_no: Mapped[int] = mapped_column(entry_number, primary_key=True, autoincrement=True)
    item_ledger_entry_no: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    inbound_entry_no: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    outbound_entry_no: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    quantity_base: Mapped[Decimal] = mapped_column(quantity_type())
    posting_date: Mapped[date] = mapped_column(sa.Date)
    transferred_from_entry_no: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    is_cost_application: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    is_fixed: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    __table_args__ = (
        sa.Index(
            "ix_item_application_entry_outbound",
            "outbound_entry_no",
            sqlite_where=sa.text("outbound_entry_no <> 0"),
            postgresql_where=sa.text("outbound_entry_no <> 0"),
        ),
    )


class ValueEntry(Base):
    """A movement of value of one item ledger entry. An entry's cost is the sum of its value entries."""

    __tablename__ = "value_entry"
    entry_no: Mapped[int] = mapped_column(entry_number, primary_key=True, autoincrement=True)
    item_ledger_entry_no: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    entry_type: Mapped[str] = mapped_column(sa.String(20))
    variance_type: Mapped[str] = mapped_column(sa.String(20), default="")
    item_no: Mapped[str] = mapped_column(sa.String(CODE))
    variant_code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    location_code: Mapped[str] = mapped_column(sa.String(CODE))
    posting_date: Mapped[date] = mapped_column(sa.Date)
    valued_quantity: Mapped[Decimal] = mapped_column(quantity_type())
    item_ledger_entry_quantity: Mapped[Decimal] = mapped_column(quantity_type())
    invoiced_quantity: Mapped[Decimal] = mapped_column(quantity_type())
    cost_per_unit: Mapped[Decimal] = mapped_column(quantity_type())
    cost_amount_actual: Mapped[Decimal] = mapped_column(amount_type())
    cost_amount_expected: Mapped[Decimal] = mapped_column(amount_type(), default=Decimal(0))
    cost_amount_non_inventoriable: Mapped[Decimal] = mapped_column(amount_type(), default=Decimal(0))
    is_expected_cost: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    is_adjustment: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    is_partial_revaluation: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    applies_to_entry_no: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    document_no: Mapped[str] = mapped_column(sa.String(NUMBER))
    source_code: Mapped[str] = mapped_column(sa.String(CODE))
    register_no: Mapped[int] = mapped_column(sa.BigInteger)
    user_id: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    # The engine's columns.
    valuation_date: Mapped[date] = mapped_column(sa.Date)
    valued_by_average_cost: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    cost_posted_to_gl: Mapped[Decimal] = mapped_column(amount_type(), default=Decimal(0))
    expected_cost_posted_to_gl: Mapped[Decimal] = mapped_column(amount_type(), default=Decimal(0))
    __table_args__ = (
        sa.Index("ix_value_entry_item", "item_no", "valuation_date", "entry_no"),
        sa.Index("ix_value_entry_posting_date", "posting_date", "entry_no"),
    )


class WarehouseEntry(Base):
    """A movement of quantity in one bin; receipts and issues at bin locations write one, a move two."""

    __tablename__ = "warehouse_entry"
    entry_no: Mapped[int] = mapped_column(entry_number, primary_key=True, autoincrement=True)
    entry_type: Mapped[str] = mapped_column(sa.String(20))
    posting_date: Mapped[date] = mapped_column(sa.Date)
    location_code: Mapped[str] = mapped_column(sa.String(CODE))
    zone_code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    bin_code: Mapped[str] = mapped_column(sa.String(CODE))
    item_no: Mapped[str] = mapped_column(sa.String(CODE))
    variant_code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    quantity_base: Mapped[Decimal] = mapped_column(quantity_type())
    unit_of_measure_code: Mapped[str] = mapped_column(sa.String(CODE))
    quantity_per_unit: Mapped[Decimal] = mapped_column(quantity_type())
    lot_no: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    serial_no: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    expiration_date: Mapped[date | None] = mapped_column(sa.Date)
    document_no: Mapped[str] = mapped_column(sa.String(NUMBER))
    reason_code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    source_code: Mapped[str] = mapped_column(sa.String(CODE))
    register_no: Mapped[int] = mapped_column(sa.BigInteger)
    user_id: Mapped[str] = mapped_column(sa.String(NUMBER), default="")
    transaction_id: Mapped[str] = mapped_column(Identity())
    transaction_line: Mapped[int] = mapped_column(sa.Integer)
    occurred_at: Mapped[datetime] = mapped_column(UtcMoment())
    __table_args__ = (
        sa.UniqueConstraint("transaction_id", "transaction_line"),
        sa.Index("ix_warehouse_entry_bin", "location_code", "bin_code", "entry_no"),
        sa.Index("ix_warehouse_entry_item", "item_no", "entry_no"),
        sa.Index("ix_warehouse_entry_posting_date", "posting_date", "entry_no"),
        partial_index("ix_warehouse_entry_lot", "lot_no", "entry_no", where="lot_no <> ''"),
        partial_index("ix_warehouse_entry_serial", "serial_no", "entry_no", where="serial_no <> ''"),
        partial_index("ix_warehouse_entry_reason", "reason_code", "entry_no", where="reason_code <> ''"),
        sa.CheckConstraint("quantity_base <> 0", name="quantity"),
    )


class ItemBalance(Base):
    """On hand per item, variant and location: the row that a posting locks before it reads open entries."""

    __tablename__ = "item_balance"
    item_no: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    variant_code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    location_code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    quantity_base: Mapped[Decimal] = mapped_column(quantity_type(), server_default=sa.text("0"))


class BinBalance(Base):
    """On hand per bin, item, variant, lot and serial; bin "" is a location without bins.

    Only the adjustment bin, and a location without bins that allows negative stock, may be below 0.
    """

    __tablename__ = "bin_balance"
    location_code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    bin_code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    item_no: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    variant_code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    lot_no: Mapped[str] = mapped_column(sa.String(NUMBER), primary_key=True)
    serial_no: Mapped[str] = mapped_column(sa.String(NUMBER), primary_key=True)
    quantity_base: Mapped[Decimal] = mapped_column(quantity_type(), server_default=sa.text("0"))
    may_be_negative: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false())
    __table_args__ = (
        sa.CheckConstraint("quantity_base >= 0 OR may_be_negative", name="not_negative"),
        sa.Index("ix_bin_balance_item", "item_no", "location_code"),
        partial_index(
            "ix_bin_balance_tracked",
            "item_no",
            "variant_code",
            "lot_no",
            "serial_no",
            where="(lot_no <> '' OR serial_no <> '')",
        ),
    )
