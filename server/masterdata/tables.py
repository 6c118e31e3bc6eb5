"""Tables of the master data. Keys are the codes that people use; "" stands for none, never null."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, UtcMoment, amount_type, entry_number, quantity_type

CODE = 30
TEXT = 250


class InventorySetup(Base):
    """The one row of company set-up; `server_epoch` changes when this database was restored."""

    __tablename__ = "inventory_setup"
    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True, default=1)
    company_name: Mapped[str] = mapped_column(sa.String(TEXT), default="")
    currency_code: Mapped[str] = mapped_column(sa.String(3), default="GBP")
    amount_rounding_precision: Mapped[Decimal] = mapped_column(amount_type(), default=Decimal("0.01"))
    prevent_negative_inventory: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    server_epoch: Mapped[str] = mapped_column(sa.String(50))
    # never, day, week, month, quarter, year or always: how far back from the work date a posting may lie
    # whose item is adjusted at once.
    automatic_cost_adjustment: Mapped[str] = mapped_column(sa.String(10), server_default="never")
    # day, week, month or accounting_period; item or item_location_variant.
    average_cost_period: Mapped[str] = mapped_column(sa.String(20), server_default="day")
    average_cost_calc_type: Mapped[str] = mapped_column(sa.String(30), server_default="item")
    # What an issue is first posted at: applied (its receipts' cost, where the method knows them) or card.
    cost_at_posting: Mapped[str] = mapped_column(sa.String(10), server_default="applied")
    # Which issues may find no stock, where nothing prevents it: sales_and_adjustments, or any_issue for
    # playing through what if.
    negative_inventory: Mapped[str] = mapped_column(sa.String(30), server_default="sales_and_adjustments")
    automatic_cost_posting: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false())
    expected_cost_posting: Mapped[bool] = mapped_column(sa.Boolean, server_default=sa.false())
    allow_posting_from: Mapped[date | None] = mapped_column(sa.Date)
    allow_posting_to: Mapped[date | None] = mapped_column(sa.Date)
    earliest_valuation_date: Mapped[date | None] = mapped_column(sa.Date)
    # Null: today.
    work_date: Mapped[date | None] = mapped_column(sa.Date)
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)


class AccountingPeriod(Base):
    """A period of the company's books; value entries dated in a closed one are not posted to the G/L."""

    __tablename__ = "accounting_period"
    starting_date: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(50), default="")
    is_new_fiscal_year: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    is_closed: Mapped[bool] = mapped_column(sa.Boolean, default=False)


class InventoryPeriod(Base):
    """A period that ends on a day; nothing is posted on or before the ending date of a closed one."""

    __tablename__ = "inventory_period"
    ending_date: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(50), default="")
    is_closed: Mapped[bool] = mapped_column(sa.Boolean, default=False)


class InventoryPeriodEntry(Base):
    """That a period was closed or reopened, by whom, and the last item register then; append-only."""

    __tablename__ = "inventory_period_entry"
    entry_no: Mapped[int] = mapped_column(entry_number, primary_key=True, autoincrement=True)
    ending_date: Mapped[date] = mapped_column(sa.Date, index=True)
    # close or reopen.
    action: Mapped[str] = mapped_column(sa.String(10))
    register_no: Mapped[int] = mapped_column(sa.BigInteger)
    user_id: Mapped[str] = mapped_column(sa.String(50), default="")
    created_at: Mapped[datetime] = mapped_column(UtcMoment())


class PostingDateRange(Base):
    """The posting dates that one person may use instead of the company's."""

    __tablename__ = "posting_date_range"
    person_id: Mapped[str] = mapped_column(sa.String(50), primary_key=True)
    allow_posting_from: Mapped[date | None] = mapped_column(sa.Date)
    allow_posting_to: Mapped[date | None] = mapped_column(sa.Date)


class UnitOfMeasure(Base):
    """A unit that items may be counted in."""

    __tablename__ = "unit_of_measure"
    code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    description: Mapped[str] = mapped_column(sa.String(TEXT), default="")
    description_fr: Mapped[str] = mapped_column(sa.String(TEXT), default="")


class Item(Base):
    """An item card. `unit_cost` per base unit; the ledger counts in `base_unit_of_measure_code`."""

    __tablename__ = "item"
    no: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    description: Mapped[str] = mapped_column(sa.String(TEXT), default="")
    type: Mapped[str] = mapped_column(sa.String(20), default="inventory")
    base_unit_of_measure_code: Mapped[str] = mapped_column(
        sa.String(CODE), sa.ForeignKey("unit_of_measure.code")
    )
    gtin: Mapped[str] = mapped_column(sa.String(14), default="", index=True)
    is_blocked: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    costing_method: Mapped[str] = mapped_column(sa.String(20), default="FIFO")
    unit_cost: Mapped[Decimal] = mapped_column(quantity_type(), default=Decimal(0))
    unit_price: Mapped[Decimal] = mapped_column(quantity_type(), default=Decimal(0))
    # Per base unit; the shares split an assembly's variance and sum to the standard cost.
    standard_cost: Mapped[Decimal] = mapped_column(quantity_type(), server_default=sa.text("0"))
    standard_material_cost: Mapped[Decimal] = mapped_column(quantity_type(), server_default=sa.text("0"))
    standard_capacity_cost: Mapped[Decimal] = mapped_column(quantity_type(), server_default=sa.text("0"))
    standard_capacity_overhead: Mapped[Decimal] = mapped_column(quantity_type(), server_default=sa.text("0"))
    standard_manufacturing_overhead: Mapped[Decimal] = mapped_column(
        quantity_type(), server_default=sa.text("0")
    )
    last_direct_cost: Mapped[Decimal] = mapped_column(quantity_type(), server_default=sa.text("0"))
    # Overhead of a receipt: this per cent of its direct cost and this amount per base unit.
    indirect_cost_percent: Mapped[Decimal] = mapped_column(quantity_type(), server_default=sa.text("0"))
    overhead_rate: Mapped[Decimal] = mapped_column(quantity_type(), server_default=sa.text("0"))
    inventory_posting_group: Mapped[str] = mapped_column(sa.String(CODE), server_default="")
    general_product_posting_group: Mapped[str] = mapped_column(sa.String(CODE), server_default="")
    # "default" follows the set-up; "yes" and "no" override it.
    prevent_negative_inventory: Mapped[str] = mapped_column(sa.String(10), default="default")
    # none, lot or serial; the tracking codes with their rules come with item tracking.
    tracking: Mapped[str] = mapped_column(sa.String(10), default="none")
    abc_class: Mapped[str] = mapped_column(sa.String(1), default="")
    shelf_no: Mapped[str] = mapped_column(sa.String(CODE), default="")
    updated_at: Mapped[datetime] = mapped_column(UtcMoment(), server_default=sa.func.current_timestamp())
    __table_args__ = (
        sa.Index("ix_item_updated_at", "updated_at", "no"),
        sa.CheckConstraint("type IN ('inventory', 'non_inventory', 'service')", name="type"),
        sa.CheckConstraint("tracking IN ('none', 'lot', 'serial')", name="tracking"),
        sa.CheckConstraint("prevent_negative_inventory IN ('default', 'yes', 'no')", name="prevent_negative"),
    )


class ItemUnitOfMeasure(Base):
    """A unit of one item: how many base units it holds. The base unit stands here with 1."""

    __tablename__ = "item_unit_of_measure"
    item_no: Mapped[str] = mapped_column(
        sa.String(CODE), sa.ForeignKey("item.no", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(
        sa.String(CODE), sa.ForeignKey("unit_of_measure.code"), primary_key=True
    )
    quantity_per_unit: Mapped[Decimal] = mapped_column(quantity_type(), default=Decimal(1))
    quantity_rounding_precision: Mapped[Decimal] = mapped_column(quantity_type(), default=Decimal("0.00001"))
    __table_args__ = (
        sa.CheckConstraint("quantity_per_unit > 0", name="quantity_per_unit"),
        sa.CheckConstraint("quantity_rounding_precision > 0", name="rounding_precision"),
    )


class ItemVariant(Base):
    """A variant of one item."""

    __tablename__ = "item_variant"
    item_no: Mapped[str] = mapped_column(
        sa.String(CODE), sa.ForeignKey("item.no", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    description: Mapped[str] = mapped_column(sa.String(TEXT), default="")
    is_blocked: Mapped[bool] = mapped_column(sa.Boolean, default=False)


class ItemIdentifier(Base):
    """A bar code that means one item, and where it says so one variant and one unit. GTINs have 14 digits."""

    __tablename__ = "item_identifier"
    code: Mapped[str] = mapped_column(sa.String(100), primary_key=True)
    item_no: Mapped[str] = mapped_column(sa.String(CODE), sa.ForeignKey("item.no", ondelete="CASCADE"))
    variant_code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    unit_of_measure_code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    # One code per item, variant and unit: printing a label must know which one.
    __table_args__ = (sa.UniqueConstraint("item_no", "variant_code", "unit_of_measure_code"),)


class Location(Base):
    """A place with a stock of its own. `time_zone` decides the posting date of a scan."""

    __tablename__ = "location"
    code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(TEXT), default="")
    time_zone: Mapped[str] = mapped_column(sa.String(60), default="UTC")
    bin_mandatory: Mapped[bool] = mapped_column(sa.Boolean, default=True)
    use_as_in_transit: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    receipt_bin_code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    shipment_bin_code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    adjustment_bin_code: Mapped[str] = mapped_column(sa.String(CODE), default="")


class Zone(Base):
    """A part of a location that groups bins."""

    __tablename__ = "zone"
    location_code: Mapped[str] = mapped_column(
        sa.String(CODE), sa.ForeignKey("location.code"), primary_key=True
    )
    code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    description: Mapped[str] = mapped_column(sa.String(TEXT), default="")


class Bin(Base):
    """A place for goods within a location. `block_movement`: none, in, out or all."""

    __tablename__ = "bin"
    location_code: Mapped[str] = mapped_column(
        sa.String(CODE), sa.ForeignKey("location.code"), primary_key=True
    )
    code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    zone_code: Mapped[str] = mapped_column(sa.String(CODE), default="")
    bin_type: Mapped[str] = mapped_column(sa.String(20), default="")
    ranking: Mapped[int] = mapped_column(sa.Integer, default=0)
    block_movement: Mapped[str] = mapped_column(sa.String(4), default="none")
    is_dedicated: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    gln_extension: Mapped[str] = mapped_column(sa.String(20), default="")
    __table_args__ = (
        sa.CheckConstraint("block_movement IN ('none', 'in', 'out', 'all')", name="block_movement"),
    )


class BinContent(Base):
    """That an item is kept in a bin by rule; the quantity there is derived from warehouse entries."""

    __tablename__ = "bin_content"
    location_code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    bin_code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    item_no: Mapped[str] = mapped_column(
        sa.String(CODE), sa.ForeignKey("item.no", ondelete="CASCADE"), primary_key=True
    )
    variant_code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True, default="")
    is_default: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    is_fixed: Mapped[bool] = mapped_column(sa.Boolean, default=False)
    __table_args__ = (
        sa.ForeignKeyConstraint(["location_code", "bin_code"], ["bin.location_code", "bin.code"]),
        sa.Index(
            "uq_bin_content_default",
            "location_code",
            "item_no",
            "variant_code",
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        ),
    )


class ReasonCode(Base):
    """Why stock was adjusted. `direction` is increase, decrease or both; over `limit_quantity` base
    units a supervisor decides (null: no limit).
    """

    __tablename__ = "reason_code"
    code: Mapped[str] = mapped_column(sa.String(CODE), primary_key=True)
    description: Mapped[str] = mapped_column(sa.String(TEXT), default="")
    description_fr: Mapped[str] = mapped_column(sa.String(TEXT), default="")
    direction: Mapped[str] = mapped_column(sa.String(10), default="both")
    limit_quantity: Mapped[Decimal | None] = mapped_column(quantity_type())
    __table_args__ = (sa.CheckConstraint("direction IN ('increase', 'decrease', 'both')", name="direction"),)
