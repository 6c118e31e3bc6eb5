"""Reads registers and ledgers for pages and API: filtered, in an order that an index serves, page by key.

A list never scans a ledger for a filter that finds little: each selective filter has an index, or goes
through the register of the posting. Nothing here writes.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from server.bulk import given_rows
from server.database import db
from server.inbox.tables import InboxTransaction
from server.ledger.tables import (
    ItemApplicationEntry,
    ItemLedgerEntry,
    ItemRegister,
    ValueEntry,
    WarehouseEntry,
)
from server.ledgers.rows import (
    ApplicationEntryRow,
    ApplicationFilter,
    CostOfEntry,
    EntryFilter,
    ItemLedgerEntryRow,
    Origin,
    RegisterFilter,
    RegisterRow,
    Trail,
    ValueEntryRow,
    ValueFilter,
    WarehouseEntryRow,
)
from server.masterdata.faults import CardMissing
from server.security.tables import Device, Person
from server.web.keyset import Orders, Page, PageAsked, Statement, read_page
from shared import ids

Row = TypeVar("Row")
TRAIL_ENTRIES = 200
# No entry has a number that the databases cannot hold, and they will not be asked for one.
_BEYOND_NUMBERS = 2**63
NOT_IN_GL = "(cost_amount_actual <> cost_posted_to_gl OR cost_amount_expected <> expected_cost_posted_to_gl)"

REGISTER_ORDERS = Orders.of(
    ItemRegister.__table__, {"no": ("no",), "posted_at": ("posted_at", "no")}, first_descending=True
)
_ENTRY_ORDERS = {"entry_no": ("entry_no",), "posting_date": ("posting_date", "entry_no")}
ITEM_LEDGER_ORDERS = Orders.of(ItemLedgerEntry.__table__, _ENTRY_ORDERS, first_descending=True)
VALUE_ORDERS = Orders.of(ValueEntry.__table__, _ENTRY_ORDERS, first_descending=True)
WAREHOUSE_ORDERS = Orders.of(WarehouseEntry.__table__, _ENTRY_ORDERS, first_descending=True)
APPLICATION_ORDERS = Orders.of(
    ItemApplicationEntry.__table__, {"entry_no": ("entry_no",)}, first_descending=True
)


def list_registers(wanted: RegisterFilter, asked: PageAsked) -> Page[RegisterRow]:
    """Postings, the newest first."""
    statement = select_rows(ItemRegister.__table__, RegisterRow)
    if wanted.document_no:
        statement = statement.where(ItemRegister.document_no == wanted.document_no)
    if wanted.transaction_id:
        statement = statement.where(
            _has_transaction_id(ItemRegister.__table__.c.transaction_id, wanted.transaction_id)
        )
    if wanted.posted_from:
        statement = statement.where(ItemRegister.posted_at >= wanted.posted_from)
    if wanted.posted_before:
        statement = statement.where(ItemRegister.posted_at < wanted.posted_before)
    return read_page(statement, REGISTER_ORDERS, asked, row_maker(RegisterRow))


def list_item_ledger_entries(wanted: EntryFilter, asked: PageAsked) -> Page[ItemLedgerEntryRow]:
    """Movements of quantity, the newest first."""
    table = ItemLedgerEntry.__table__
    statement = _filtered(select_rows(table, ItemLedgerEntryRow), table, wanted)
    statement = _by_tracking(statement, table, wanted)
    if wanted.document_no:
        statement = statement.where(table.c.document_no == wanted.document_no)
    if wanted.transaction_id:
        statement = statement.where(_has_transaction_id(table.c.transaction_id, wanted.transaction_id))
    if wanted.register_no is not None:
        statement = _of_registers(
            statement, table, "item_ledger_entry_no", [ItemRegister.no == wanted.register_no]
        )
    if wanted.item_ledger_entry_no is not None:
        statement = statement.where(table.c.entry_no == wanted.item_ledger_entry_no)
    if wanted.reason_code:
        statement = statement.where(table.c.reason_code == wanted.reason_code, sa.text("reason_code <> ''"))
    if wanted.is_open is not None:
        # Written out, so that the index of open entries is found.
        statement = statement.where(sa.text("is_open" if wanted.is_open else "NOT is_open"))
    return read_page(statement, ITEM_LEDGER_ORDERS, asked, row_maker(ItemLedgerEntryRow))


def list_value_entries(wanted: ValueFilter, asked: PageAsked) -> Page[ValueEntryRow]:
    """Movements of value, the newest first."""
    table = ValueEntry.__table__
    statement = _filtered(select_rows(table, ValueEntryRow), table, wanted)
    if wanted.lot_no or wanted.serial_no:
        entries = _by_tracking(
            sa.select(ItemLedgerEntry.entry_no), ItemLedgerEntry.__table__, wanted
        ).scalar_subquery()
        statement = statement.where(table.c.item_ledger_entry_no.in_(entries))
    statement = _of_registers(statement, table, "value_entry_no", _register_conditions(wanted))
    if wanted.item_ledger_entry_no is not None:
        statement = statement.where(table.c.item_ledger_entry_no == wanted.item_ledger_entry_no)
    statement = statement.where(*_value_conditions(table, wanted))
    return read_page(statement, VALUE_ORDERS, asked, row_maker(ValueEntryRow))


def list_warehouse_entries(wanted: EntryFilter, asked: PageAsked) -> Page[WarehouseEntryRow]:
    """Movements in bins, the newest first."""
    table = WarehouseEntry.__table__
    statement = _filtered(select_rows(table, WarehouseEntryRow), table, wanted)
    statement = _by_tracking(statement, table, wanted)
    statement = _of_registers(statement, table, "warehouse_entry_no", _register_conditions(wanted))
    if wanted.bin_code:
        statement = statement.where(table.c.bin_code == wanted.bin_code)
    if wanted.reason_code:
        statement = statement.where(table.c.reason_code == wanted.reason_code, sa.text("reason_code <> ''"))
    return read_page(statement, WAREHOUSE_ORDERS, asked, row_maker(WarehouseEntryRow))


def list_application_entries(wanted: ApplicationFilter, asked: PageAsked) -> Page[ApplicationEntryRow]:
    """Which issues take from which receipts."""
    table = ItemApplicationEntry.__table__
    statement = select_rows(table, ApplicationEntryRow)
    outbound = sa.and_(
        table.c.outbound_entry_no == wanted.outbound_entry_no, sa.text("outbound_entry_no <> 0")
    )
    if wanted.inbound_entry_no is not None:
        statement = statement.where(table.c.inbound_entry_no == wanted.inbound_entry_no)
    if wanted.outbound_entry_no is not None:
        statement = statement.where(outbound)
    if wanted.entry_no is not None:
        of_entry = sa.and_(table.c.outbound_entry_no == wanted.entry_no, sa.text("outbound_entry_no <> 0"))
        statement = statement.where(sa.or_(table.c.inbound_entry_no == wanted.entry_no, of_entry))
    return read_page(statement, APPLICATION_ORDERS, asked, row_maker(ApplicationEntryRow))


def read_register(no: int) -> RegisterRow:
    """One posting; CardMissing when there is none of this number."""
    return _read_one(ItemRegister.__table__, RegisterRow, "no", no)


def read_item_ledger_entry(entry_no: int) -> ItemLedgerEntryRow:
    """One movement of quantity; CardMissing when there is none."""
    return _read_one(ItemLedgerEntry.__table__, ItemLedgerEntryRow, "entry_no", entry_no)


def read_value_entry(entry_no: int) -> ValueEntryRow:
    """One movement of value; CardMissing when there is none."""
    return _read_one(ValueEntry.__table__, ValueEntryRow, "entry_no", entry_no)


def read_warehouse_entry(entry_no: int) -> WarehouseEntryRow:
    """One movement in a bin; CardMissing when there is none."""
    return _read_one(WarehouseEntry.__table__, WarehouseEntryRow, "entry_no", entry_no)


def costs_of_entries(entry_nos: Iterable[int]) -> dict[int, CostOfEntry]:
    """What each of these item ledger entries cost, by its number; one query for all of them."""
    wanted = [(entry_no,) for entry_no in sorted(set(entry_nos))]
    if not wanted:
        return {}
    table = ValueEntry.__table__
    given = given_rows(db.session.connection(), table, ("item_ledger_entry_no",), wanted)
    rows = db.session.execute(
        sa.select(
            table.c.item_ledger_entry_no,
            sa.func.sum(table.c.cost_amount_actual).label("cost_amount_actual"),
            sa.func.sum(table.c.cost_amount_expected).label("cost_amount_expected"),
        )
        .join_from(given, table, table.c.item_ledger_entry_no == given.c.item_ledger_entry_no)
        .group_by(table.c.item_ledger_entry_no)
    ).mappings()
    return {row["item_ledger_entry_no"]: CostOfEntry(**row) for row in rows}


def read_trail(register_no: int) -> Trail:
    """A posting from the scan to its costs; CardMissing when there is no such register."""
    register = read_register(register_no)
    asked = PageAsked(limit=TRAIL_ENTRIES, sort="entry_no")
    entries = list_item_ledger_entries(EntryFilter(register_no=register_no), asked)
    values = list_value_entries(ValueFilter(register_no=register_no), asked)
    movements = list_warehouse_entries(EntryFilter(register_no=register_no), asked)
    return Trail(
        register=register,
        origin=read_origin(register.transaction_id),
        item_ledger_entries=entries.rows,
        application_entries=_applications_of([entry.entry_no for entry in entries.rows]),
        value_entries=values.rows,
        warehouse_entries=movements.rows,
        is_cut=any(page.after is not None for page in (entries, values, movements)),
    )


def read_origin(transaction_id: str) -> Origin | None:
    """The scan behind a posting; None where it did not come through the inbox."""
    if not ids.is_id(transaction_id):
        return None
    row = (
        db.session.execute(
            sa.select(
                InboxTransaction.transaction_id,
                InboxTransaction.inbox_no,
                InboxTransaction.kind,
                InboxTransaction.device_id,
                sa.func.coalesce(Device.name, "").label("device_name"),
                InboxTransaction.worker_id,
                sa.func.coalesce(Person.name, "").label("worker_name"),
                InboxTransaction.occurred_at,
                InboxTransaction.received_at,
                InboxTransaction.raw,
            )
            .outerjoin(Device, Device.device_id == InboxTransaction.device_id)
            .outerjoin(Person, Person.person_id == InboxTransaction.worker_id)
            .where(InboxTransaction.transaction_id == transaction_id)
        )
        .mappings()
        .one_or_none()
    )
    return Origin(**row) if row is not None else None


def select_rows(table: sa.FromClause, row_type: type) -> Statement:
    """Select what a row type has, by its own names."""
    return sa.select(*(table.c[field.name] for field in fields(row_type)))


def row_maker(row_type: type[Row]) -> Callable[[sa.RowMapping], Row]:
    """Turns a found row into its row type, leaving out the keys of the page."""
    names = [field.name for field in fields(row_type)]  # type: ignore[arg-type]
    return lambda row: row_type(**{name: row[name] for name in names})


def _filtered(statement: Statement, table: sa.FromClause, wanted: EntryFilter) -> Statement:
    for name in ("item_no", "variant_code", "location_code", "entry_type"):
        value = getattr(wanted, name)
        if value:
            statement = statement.where(table.c[name] == value)
    return _between_days(statement, table, wanted.posting_date_from, wanted.posting_date_to)


def _between_days(
    statement: Statement, table: sa.FromClause, first: date | None, last: date | None
) -> Statement:
    if first is not None:
        statement = statement.where(table.c.posting_date >= first)
    if last is not None:
        statement = statement.where(table.c.posting_date <= last)
    return statement


def _by_tracking(statement: Statement, table: sa.FromClause, wanted: EntryFilter) -> Statement:
    """Filter by lot and serial; the second condition is what their indexes hold, written out."""
    if wanted.lot_no:
        statement = statement.where(table.c.lot_no == wanted.lot_no, table.c.lot_no != sa.text("''"))
    if wanted.serial_no:
        statement = statement.where(table.c.serial_no == wanted.serial_no, table.c.serial_no != sa.text("''"))
    return statement


def _value_conditions(table: sa.FromClause, wanted: ValueFilter) -> list[sa.ColumnElement[bool]]:
    """What only value entries are asked for."""
    conditions: list[sa.ColumnElement[bool]] = [
        table.c[name] == getattr(wanted, name)
        for name in ("item_ledger_entry_type", "item_charge_no")
        if getattr(wanted, name)
    ]
    conditions += [
        table.c[name] == getattr(wanted, name)
        for name in ("is_expected_cost", "is_adjustment")
        if getattr(wanted, name) is not None
    ]
    if wanted.applies_to_entry_no is not None:
        # A correction belongs to the item ledger entry of what it corrects, by which an index finds it.
        corrected = ValueEntry.__table__.alias("corrected")
        entry = sa.select(corrected.c.item_ledger_entry_no).where(
            corrected.c.entry_no == wanted.applies_to_entry_no
        )
        conditions += [
            table.c.applies_to_entry_no == wanted.applies_to_entry_no,
            table.c.item_ledger_entry_no == entry.scalar_subquery(),
        ]
    if wanted.is_charge is not None:
        conditions.append((table.c.item_charge_no != "") == wanted.is_charge)
    if wanted.is_in_gl is not None:
        # Written out as the index of what is not in the general ledger has it.
        text = NOT_IN_GL if not wanted.is_in_gl else f"NOT ({NOT_IN_GL})"
        conditions.append(sa.text(text))  # type: ignore[arg-type]
    if wanted.valuation_date_from is not None:
        conditions.append(table.c.valuation_date >= wanted.valuation_date_from)
    if wanted.valuation_date_to is not None:
        conditions.append(table.c.valuation_date <= wanted.valuation_date_to)
    return conditions


def _register_conditions(wanted: EntryFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.document_no:
        conditions.append(ItemRegister.document_no == wanted.document_no)
    if wanted.transaction_id:
        conditions.append(_has_transaction_id(ItemRegister.__table__.c.transaction_id, wanted.transaction_id))
    if wanted.register_no is not None:
        conditions.append(ItemRegister.no == wanted.register_no)
    return conditions


def _of_registers(
    statement: Statement,
    table: sa.FromClause,
    number: str,
    conditions: Sequence[sa.ColumnElement[bool]],
) -> Statement:
    """Entries of the postings that meet the conditions: their register says between which numbers to look."""
    if not conditions:
        return statement
    register = ItemRegister.__table__
    within = table.c.entry_no.between(register.c[f"from_{number}"], register.c[f"to_{number}"])
    return statement.join(register, sa.and_(within, table.c.register_no == register.c.no)).where(*conditions)


def _has_transaction_id(column: sa.ColumnElement[Any], transaction_id: str) -> sa.ColumnElement[bool]:
    """Equal to the id; nothing equals what is no id, and PostgreSQL would not even compare it."""
    return column == transaction_id if ids.is_id(transaction_id) else sa.false()


def _read_one(table: sa.FromClause, row_type: type[Row], key: str, value: int) -> Row:
    found = None
    if value < _BEYOND_NUMBERS:
        statement = select_rows(table, row_type).where(table.c[key] == value)
        found = db.session.execute(statement).mappings().one_or_none()
    if found is None:
        raise CardMissing(cast(sa.Table, table).name, str(value))
    return row_maker(row_type)(found)


def _applications_of(entry_nos: list[int]) -> tuple[ApplicationEntryRow, ...]:
    """The applications that these entries' postings wrote, in the order they were written."""
    if not entry_nos:
        return ()
    table = ItemApplicationEntry.__table__
    given = given_rows(
        db.session.connection(), table, ("item_ledger_entry_no",), [(entry_no,) for entry_no in entry_nos]
    )
    rows = db.session.execute(
        select_rows(table, ApplicationEntryRow)
        .join_from(table, given, table.c.item_ledger_entry_no == given.c.item_ledger_entry_no)
        .order_by(table.c.entry_no)
        .limit(TRAIL_ENTRIES)
    ).mappings()
    return tuple(row_maker(ApplicationEntryRow)(row) for row in rows)
