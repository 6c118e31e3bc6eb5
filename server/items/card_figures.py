"""What the ledgers say of one item, for its card: bins with stock, value, costs and the last entries."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from server.database import db
from server.ledger.tables import BinBalance, ItemBalance, ItemCost, ItemLedgerEntry, ValueEntry
from server.masterdata.tables import Item

_BINS = 50
_ENTRIES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class BinLine:
    """What one bin holds of the item."""

    location_code: str
    bin_code: str
    lot_no: str
    serial_no: str
    quantity_base: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One of the item's last entries."""

    entry_no: int
    posting_date: date
    entry_type: str
    document_no: str
    quantity_base: Decimal
    cost_amount: Decimal
    transaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """What posting and cost adjustment keep of an item's costs."""

    last_direct_cost: Decimal
    is_adjusted: bool
    is_excluded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFigures:
    """An item's figures, all of the same moment."""

    on_hand: Decimal
    worth: Decimal
    bins: tuple[BinLine, ...]
    entries: tuple[EntryLine, ...]

    @property
    def unit_cost(self) -> Decimal | None:
        """What a piece on hand is worth; None without stock."""
        return self.worth / self.on_hand if self.on_hand else None


def read_figures(no: str) -> ItemFigures:
    """The figures of one item."""
    on_hand = db.session.scalar(
        sa.select(sa.func.sum(ItemBalance.quantity_base)).where(ItemBalance.item_no == no)
    )
    worth = db.session.scalar(
        sa.select(sa.func.sum(ValueEntry.cost_amount_actual + ValueEntry.cost_amount_expected)).where(
            ValueEntry.item_no == no
        )
    )
    return ItemFigures(
        on_hand=on_hand or Decimal(0), worth=worth or Decimal(0), bins=_bins(no), entries=_entries(no)
    )


def read_costs(no: str) -> CostLine:
    """The costs of one item; one that was never posted has nothing to adjust."""
    row = db.session.execute(
        sa.select(
            Item.last_direct_cost,
            sa.func.coalesce(ItemCost.is_adjusted, sa.true()).label("is_adjusted"),
            sa.func.coalesce(ItemCost.is_excluded, sa.false()).label("is_excluded"),
        )
        .outerjoin(ItemCost, ItemCost.item_no == Item.no)
        .where(Item.no == no)
    ).one()
    return CostLine(
        last_direct_cost=row.last_direct_cost,
        is_adjusted=bool(row.is_adjusted),
        is_excluded=bool(row.is_excluded),
    )


def _bins(no: str) -> tuple[BinLine, ...]:
    table = BinBalance.__table__
    rows = db.session.execute(
        sa.select(*(table.c[name] for name in BinLine.__dataclass_fields__))
        .where(table.c.item_no == no, table.c.quantity_base != 0)
        .order_by(table.c.quantity_base.desc(), table.c.bin_code)
        .limit(_BINS)
    ).mappings()
    return tuple(BinLine(**row) for row in rows)


def _entries(no: str) -> tuple[EntryLine, ...]:
    entry, value = ItemLedgerEntry.__table__, ValueEntry.__table__
    cost = (
        sa.select(sa.func.sum(value.c.cost_amount_actual + value.c.cost_amount_expected))
        .where(value.c.item_ledger_entry_no == entry.c.entry_no)
        .scalar_subquery()
    )
    names = [name for name in EntryLine.__dataclass_fields__ if name != "cost_amount"]
    rows = db.session.execute(
        sa.select(*(entry.c[name] for name in names), sa.func.coalesce(cost, 0).label("cost_amount"))
        .where(entry.c.item_no == no)
        .order_by(entry.c.entry_no.desc())
        .limit(_ENTRIES)
    ).mappings()
    return tuple(EntryLine(**row) for row in rows)
