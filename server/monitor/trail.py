"""Reads everything that one transaction posted: entries with their applications and costs, movements in bins.

Entries that others took from or gave to are named with their document and date, so that a trail can be
followed further. Costs that came later are part of it: they belong to the same item ledger entries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.bulk import given_rows
from server.database import db
from server.ledger.tables import (
    ItemApplicationEntry,
    ItemLedgerEntry,
    ItemRegister,
    ValueEntry,
    WarehouseEntry,
)
from server.masterdata.tables import Item
from server.security.tables import Person

# A handheld's transaction has one line; an office one may have 500, of which the first are shown.
MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """One application of an entry, and with which other. `copies_cost`: a receipt's own row that takes its
    cost from that issue, and no quantity.
    """

    entry_no: int
    other_entry_no: int
    other_document_no: str
    other_posting_date: date | None
    other_transaction_id: str
    quantity_base: Decimal
    copies_cost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One value entry."""

    entry_no: int
    item_ledger_entry_no: int
    entry_type: str
    posting_date: date
    valued_quantity: Decimal
    item_ledger_entry_quantity: Decimal
    is_expected_cost: bool
    is_adjustment: bool
    item_charge_no: str
    cost_per_unit: Decimal
    cost_amount_actual: Decimal
    cost_amount_expected: Decimal
    document_no: str
    register_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item ledger entry with what it is applied to and what it cost."""

    entry_no: int
    entry_type: str
    posting_date: date
    document_no: str
    location_code: str
    item_no: str
    description: str
    lot_no: str
    serial_no: str
    quantity_base: Decimal
    remaining_quantity: Decimal
    is_open: bool
    applied: tuple[Applied, ...]
    costs: tuple[Cost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One warehouse entry."""

    entry_no: int
    bin_code: str
    zone_code: str
    item_no: str
    lot_no: str
    serial_no: str
    quantity_base: Decimal
    location_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a transaction posted; `registers` is how many postings bear its id. `later_costs` are what it
    added to entries of earlier postings: invoices, charges, revaluations.
    """

    registers: int
    register_no: int
    posted_at: datetime | None
    entries: tuple[Entry, ...]
    movements: tuple[Movement, ...]
    is_cut: bool
    later_costs: tuple[Cost, ...] = ()


def read_posted(transaction_id: str) -> Posted:
    """Everything posted under this id; empty where nothing was."""
    registers = db.session.execute(
        sa.select(ItemRegister.no, ItemRegister.posted_at).where(
            ItemRegister.transaction_id == transaction_id
        )
    ).all()
    entries = _rows(ItemLedgerEntry.__table__, transaction_id)
    movements = _rows(WarehouseEntry.__table__, transaction_id)
    numbers = [row["entry_no"] for row in entries]
    names = _descriptions(row["item_no"] for row in entries)
    applied, costs = _applied(numbers), _costs(numbers)
    return Posted(
        registers=len(registers),
        register_no=registers[0].no if registers else 0,
        posted_at=registers[0].posted_at if registers else None,
        entries=tuple(
            _make(
                Entry,
                row,
                description=names.get(row["item_no"], ""),
                applied=tuple(applied.get(row["entry_no"], ())),
                costs=tuple(costs.get(row["entry_no"], ())),
            )
            for row in entries
        ),
        movements=tuple(_make(Movement, row) for row in movements),
        is_cut=max(len(entries), len(movements)) == MOST_ENTRIES,
        later_costs=_costs_of_register(registers[0].no, set(numbers)) if registers else (),
    )


def item_names(item_nos: Iterable[str]) -> dict[str, str]:
    """Descriptions by item number."""
    return _descriptions(item_nos)


def person_names(person_ids: Iterable[str]) -> dict[str, str]:
    """Names by person id."""
    wanted = sorted({each for each in person_ids if each})
    if not wanted:
        return {}
    rows = db.session.execute(sa.select(Person.person_id, Person.name).where(Person.person_id.in_(wanted)))
    return dict(rows.all())


def _rows(table: sa.Table, transaction_id: str) -> Sequence[sa.RowMapping]:
    return (
        db.session.execute(
            sa.select(table)
            .where(table.c.transaction_id == transaction_id)
            .order_by(table.c.transaction_line)
            .limit(MOST_ENTRIES)
        )
        .mappings()
        .all()
    )


def _make(row_type: Any, row: sa.RowMapping, **more: object) -> Any:
    names = [name for name in row_type.__dataclass_fields__ if name not in more]
    return row_type(**{name: row[name] for name in names}, **more)


def _descriptions(item_nos: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(item_nos))
    if not wanted:
        return {}
    return dict(db.session.execute(sa.select(Item.no, Item.description).where(Item.no.in_(wanted))).all())


def _applied(entry_nos: list[int]) -> dict[int, list[Applied]]:
    """Per entry what it takes from, or what takes from it, in the order in which it happened."""
    if not entry_nos:
        return {}
    table = ItemApplicationEntry.__table__
    found: dict[int, list[Applied]] = {}
    sides = (
        (table.c.outbound_entry_no, table.c.inbound_entry_no),
        (table.c.inbound_entry_no, table.c.outbound_entry_no),
    )
    for own, other in sides:
        for row in _applications(own, other, entry_nos):
            found.setdefault(row.own, []).append(
                Applied(
                    entry_no=row.own,
                    other_entry_no=row.other,
                    other_document_no=row.document_no or "",
                    other_posting_date=row.posting_date,
                    other_transaction_id=row.transaction_id or "",
                    quantity_base=row.quantity_base,
                    copies_cost=bool(row.copies_cost),
                )
            )
    return found


def _applications(own: sa.Column[int], other: sa.Column[int], entry_nos: list[int]) -> sa.Result[Any]:
    """Applications of entries that stand on one side, with what stands on the other."""
    table, entry = ItemApplicationEntry.__table__, ItemLedgerEntry.__table__
    given = given_rows(db.session.connection(), table, (own.name,), [(each,) for each in entry_nos])
    condition = own == given.c[own.name]
    if own.name == "outbound_entry_no":
        # Written out as the index has it.
        condition = sa.and_(condition, sa.text("item_application_entry.outbound_entry_no <> 0"))
    return db.session.execute(
        sa.select(
            own.label("own"), other.label("other"), table.c.quantity_base,
            (table.c.item_ledger_entry_no == table.c.inbound_entry_no).label("copies_cost"),
            entry.c.document_no, entry.c.posting_date, entry.c.transaction_id,
        )
        .join_from(given, table, condition)
        .outerjoin(entry, entry.c.entry_no == other)
        .where(other != 0)
        .order_by(table.c.entry_no)
        .limit(MOST_ENTRIES)
    )  # fmt: skip


def _costs(entry_nos: list[int]) -> dict[int, list[Cost]]:
    if not entry_nos:
        return {}
    table = ValueEntry.__table__
    given = given_rows(
        db.session.connection(), table, ("item_ledger_entry_no",), [(each,) for each in entry_nos]
    )
    rows = db.session.execute(
        sa.select(table)
        .join_from(given, table, table.c.item_ledger_entry_no == given.c.item_ledger_entry_no)
        .order_by(table.c.entry_no)
        .limit(5 * MOST_ENTRIES)
    ).mappings()
    found: dict[int, list[Cost]] = {}
    for row in rows:
        found.setdefault(row["item_ledger_entry_no"], []).append(_make(Cost, row))
    return found


def _costs_of_register(register_no: int, own_entries: set[int]) -> tuple[Cost, ...]:
    """What a posting added to entries that were there before, found between the numbers of its register."""
    table, register = ValueEntry.__table__, ItemRegister.__table__
    within = table.c.entry_no.between(register.c.from_value_entry_no, register.c.to_value_entry_no)
    rows = (
        db.session.execute(
            sa.select(table)
            .join_from(register, table, sa.and_(within, table.c.register_no == register.c.no))
            .where(register.c.no == register_no)
            .order_by(table.c.entry_no)
            .limit(MOST_ENTRIES)
        )
        .mappings()
        .all()
    )
    return tuple(_make(Cost, row) for row in rows if row["item_ledger_entry_no"] not in own_entries)
