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
    "gl_entry": frozenset(),
    "gl_item_relation": frozenset(),
    "inventory_period_entry": frozenset(),
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
    # The assembly, or the transfer whose goods lie in transit: only its own receipt takes them out.
    order_no: Mapped[str] = mapped_column(sa.String(NUMBER), server_default="")
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
        # The open receipts of a key in the order in which issues take them.
        sa.Index(
            "ix_item_ledger_entry_open",
            "item_no",
            "variant_code",
            "location_code",
            "lot_no",
            "serial_no",
            "posting_date",
            "entry_no",
            sqlite_where=sa.text("is_open AND quantity_base > 0"),
            postgresql_where=sa.text("is_open AND quantity_base > 0"),
        ),
        # Issues without stock, which the next receipt covers.
        partial_index(
            "ix_item_ledger_entry_uncovered",
            "item_no",
            "variant_code",
            "location_code",
            "posting_date",
            "entry_no",
            where="is_open AND quantity_base < 0",
        ),
        # What the next cost adjustment starts from.
        partial_index(
            "ix_item_ledger_entry_to_adjust", "item_no", "entry_no", where="applied_entry_to_adjust"
        ),
        partial_index("ix_item_ledger_entry_order", "order_no", "entry_no", where="order_no <> ''"),
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
    # The posting that wrote the row; 0 in rows older than this column, which the later entry's wrote.
    register_no: Mapped[int] = mapped_column(sa.BigInteger, server_default=sa.text("0"))
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
    variance_type: Mapped[str] = mapped_column(sa.String(CODE), default="")
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
    # Entry type of the item ledger entry; "" for a resource's cost, which has none.
    item_ledger_entry_type: Mapped[str] = mapped_column(sa.String(20), server_default="")
    item_charge_no: Mapped[str] = mapped_column(sa.String(CODE), server_default="")
    order_no: Mapped[str] = mapped_column(sa.String(NUMBER), server_default="")
    inventory_posting_group: Mapped[str] = mapped_column(sa.String(CODE), server_default="")
    general_business_posting_group: Mapped[str] = mapped_column(sa.String(CODE), server_default="")
    general_product_posting_group: Mapped[str] = mapped_column(sa.String(CODE), server_default="")
    # The engine's columns.
    valuation_date: Mapped[date] = mapped_column(sa.Date)
    valued_by_average_cost: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    cost_posted_to_gl: Mapped[Decimal] = mapped_column(amount_type(), default=Decimal(0))
    expected_cost_posted_to_gl: Mapped[Decimal] = mapped_column(amount_type(), default=Decimal(0))
    __table_args__ = (
        sa.Index("ix_value_entry_item", "item_no", "valuation_date", "entry_no"),
        sa.Index("ix_value_entry_posting_date", "posting_date", "entry_no"),
        # A cost adjustment corrects what it finds through these.
        partial_index("ix_value_entry_order", "order_no", "entry_no", where="order_no <> ''"),
        partial_index(
            "ix_value_entry_not_in_gl",
            "entry_no",
            where="cost_amount_actual <> cost_posted_to_gl"
            " OR cost_amount_expected <> expected_cost_posted_to_gl",
        ),
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


class ItemCost(Base):
    """What all entries of an item sum to, and whether its costs are adjusted. A posting of the item locks
    this row first, so that it and a cost adjustment of the same item never work at once.
    """

    __tablename__ = "item_cost"
    item_no: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    quantity_base: Mapped[Decimal] = mapped_column(quantity_type(), server_default=sa.text("0"))
    invoiced_quantity: Mapped[Decimal] = mapped_column(quantity_type(), server_default=sa.text("0"))
    cost_amount_actual: Mapped[Decimal] = mapped_column(amount_type(), server_default=sa.text("0"))
    cost_amount_expected: Mapped[Decimal] = mapped_column(amount_type(), server_default=sa.text("0"))
    is_adjusted: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.true())
    # The earliest valuation date of what was posted since the last adjustment.
    unadjusted_from: Mapped[date | None] = mapped_column(sa.Date)
    # Off once a cost lies outside the span of automatic adjustment, until the batch has adjusted the item.
    is_online: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.true())
    # A person may leave an item out of every adjustment, while it is looked into.
    is_excluded: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false())
    __table_args__ = (partial_index("ix_item_cost_to_adjust", "item_no", where="NOT is_adjusted"),)


class AverageCostPoint(Base):
    """A period of an average item (by its last day) in which something was valued, and whether the issues in
    it have their final average. Variant and location are "" where the average is per item.
    """

    __tablename__ = "average_cost_point"
    item_no: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    variant_code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    location_code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    valuation_date: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    is_adjusted: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false())


class AssemblyCost(Base):
    """An assembly whose output takes the cost of its consumption, and whether it has it."""

    __tablename__ = "assembly_cost"
    order_no: Mapped[str] = mapped_column(sa.String(NUMBER), primary_key=True)
    item_no: Mapped[str] = mapped_column(sa.String(CODE), index=True)
    is_adjusted: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false())
    __table_args__ = (partial_index("ix_assembly_cost_to_adjust", "order_no", where="NOT is_adjusted"),)


class CostAdjustmentRun(Base):
    """One run of the cost adjustment: what for, by whom, and how it ended."""

    __tablename__ = "cost_adjustment_run"
    run_no: Mapped[int] = mapped_column(entry_number, primary_key=True, autoincrement=True)
    started_at: Mapped[datetime] = mapped_column(UtcMoment())
    finished_at: Mapped[datetime | None] = mapped_column(UtcMoment())
    # batch or automatic.
    origin: Mapped[str] = mapped_column(sa.String(10))
    scope: Mapped[str] = mapped_column(sa.String(250), server_default="")
    user_id: Mapped[str] = mapped_column(sa.String(NUMBER), server_default="")
    # running, done, failed or stopped.
    status: Mapped[str] = mapped_column(sa.String(10))
    items: Mapped[int] = mapped_column(sa.Integer, server_default=sa.text("0"))
    value_entries: Mapped[int] = mapped_column(sa.BigInteger, server_default=sa.text("0"))
    hint: Mapped[str] = mapped_column(sa.String(500), server_default="")


class CostAdjustmentRunItem(Base):
    """What one run did to one item; only items that changed or failed are kept."""

    __tablename__ = "cost_adjustment_run_item"
    run_no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    item_no: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    value_entries: Mapped[int] = mapped_column(sa.BigInteger, server_default=sa.text("0"))
    cost_amount: Mapped[Decimal] = mapped_column(amount_type(), server_default=sa.text("0"))
    # done, failed or excluded.
    status: Mapped[str] = mapped_column(sa.String(10))
    hint: Mapped[str] = mapped_column(sa.String(500), server_default="")
