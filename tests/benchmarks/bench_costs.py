"""Cost adjustment of the wholesaler's year, and posting on items with a long history.

The adjustment from scratch starts with every entry marked; its floor reads the same rows of every item from
the same database. Incremental is one late charge on the busiest item; its floor is the from-scratch time of
that item. Posting is measured on items with 1,000, 50,000 and 500,000 entries, all open or all closed; its
floor is the same posting on an item with 1,000.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psutil
import sqlalchemy as sa

from server import create_app
from server.bulk import insert_rows
from server.config import Config
from server.database import db, dispose, write
from server.demo.data_set import PACKAGED
from server.demo.late_invoices import as_received_only, invoices_due, send_invoices
from server.demo.load import InProcess, load
from server.ledger.adjust import adjust_item
from server.ledger.adjustment_run import run_adjustment
from server.ledger.lines import EntryType, ItemChargeLine, ItemJournalLine, Journal, JournalLine
from server.ledger.load_entries import load_item_applications, load_item_entries
from server.ledger.post import post_journal
from server.ledger.tables import ItemApplicationEntry, ItemCost, ItemLedgerEntry, ValueEntry
from server.masterdata.begin import ensure_setup
from server.masterdata.tables import InventorySetup, Item, ItemUnitOfMeasure, Location, UnitOfMeasure
from server.migrations.run import upgrade
from shared import ids
from shared.wire.receiving import Receive
from shared.wire.transactions import AnyBody
from tests.support.databases import PostgresqlCopies
from tests.support.missing import ServiceMissing
from tests.support.postgresql import find_server

Report = Callable[..., None]
NOW = datetime(2012, 2, 1, 12, tzinfo=UTC)
LENGTHS = (1_000, 50_000, 500_000)
POSTINGS = 60
_ONE = Decimal(1)


def run(report: Report) -> None:
    """Measure SQLite, then PostgreSQL where one answers; BENCH_DAYS shortens the year."""
    with tempfile.TemporaryDirectory() as folder:
        _measure("sqlite", f"sqlite:///{folder}/bench.db", Path(folder), report)
    try:
        copies = PostgresqlCopies(find_server(), _migrate)
    except ServiceMissing as refusal:
        print(f"PostgreSQL was not measured: {refusal}", file=sys.stderr)
        return
    try:
        with tempfile.TemporaryDirectory() as folder:
            _measure("postgresql", copies.clone(), Path(folder), report)
    finally:
        copies.drop_all()


def _migrate(url: str) -> None:
    app = create_app(Config(home=Path(), database_url=url, secret_key="bench"))
    upgrade(app)
    dispose(app)


def _measure(name: str, url: str, home: Path, report: Report) -> None:
    config = Config(home=home, database_url=url, secret_key="bench")
    app = create_app(config)
    upgrade(app)
    try:
        with app.app_context():
            write(lambda connection: ensure_setup(connection, config))
            _measure_long_histories(name, report)
            _measure_adjustment(name, report)
    finally:
        dispose(app)


# ------------------------------------------------------------------ adjustment


def _measure_adjustment(name: str, report: Report) -> None:
    days = int(os.environ.get("BENCH_DAYS", "0")) or None
    load(PACKAGED, InProcess(), days=days, receive=_receive)
    send_invoices(invoices_due())
    write(_mark_everything)
    floor = _read_everything()
    before = _memory_mb()
    began = time.perf_counter()
    result = run_adjustment(user_id="", now=NOW)
    took = time.perf_counter() - began
    assert result.failed == ()
    report(f"costs {name}, adjust everything from scratch", took, "s", floor=floor)
    report(f"costs {name}, memory while adjusting", max(before, _memory_mb()), "MB")
    for item_no, what in ((_busiest(), "the busiest item"), ("OPEN500000", "an item of 500,000 entries")):
        _measure_late_charge(name, item_no, what, report)


def _measure_late_charge(name: str, busiest: str, what: str, report: Report) -> None:
    scratch = _timed(lambda: write(lambda connection: _from_scratch(connection, busiest)))
    write(lambda connection: post_journal(connection, _charge(connection, busiest), NOW))
    once = _timed(lambda: write(lambda connection: adjust_item(connection, busiest, user_id="", now=NOW)))
    report(f"costs {name}, adjust {what} after a late charge", once, "s", floor=scratch)


def _receive(body: Receive) -> tuple[str, AnyBody]:
    return "journal", as_received_only(body)


def _mark_everything(connection: sa.Connection) -> None:
    connection.execute(sa.update(ItemLedgerEntry).values(applied_entry_to_adjust=True))
    connection.execute(sa.update(ItemCost).values(is_adjusted=False))


def _read_everything() -> float:
    connection = db.session.connection()
    items = list(connection.execute(sa.select(ItemCost.item_no)).scalars())
    began = time.perf_counter()
    for item_no in items:
        load_item_entries(connection, item_no)
        load_item_applications(connection, item_no)
    took = time.perf_counter() - began
    db.session.rollback()
    return took


def _busiest() -> str:
    query = (
        sa.select(ItemLedgerEntry.item_no)
        .where(ItemLedgerEntry.location_code != "YARD")
        .group_by(ItemLedgerEntry.item_no)
        .order_by(sa.func.count().desc())
        .limit(1)
    )
    found = db.session.execute(query).scalar_one()
    db.session.rollback()
    return str(found)


def _from_scratch(connection: sa.Connection, item_no: str) -> None:
    entry = ItemLedgerEntry.__table__
    connection.execute(
        sa.update(entry).where(entry.c.item_no == item_no).values(applied_entry_to_adjust=True)
    )
    adjust_item(connection, item_no, user_id="", now=NOW)


def _charge(connection: sa.Connection, item_no: str) -> Journal:
    entry = ItemLedgerEntry.__table__
    receipt = connection.execute(
        sa.select(entry.c.entry_no)
        .where(entry.c.item_no == item_no, entry.c.quantity_base > 0)
        .order_by(entry.c.entry_no)
        .offset(10)
        .limit(1)
    ).scalar_one()
    return _journal(0, ItemChargeLine(entry_no=receipt, amount=Decimal("12.34")))


# ------------------------------------------------------------------ long histories


def _measure_long_histories(name: str, report: Report) -> None:
    write(_company)
    for kind in ("open", "closed"):
        floors: dict[str, float] = {}
        for length in LENGTHS:
            item_no = f"{kind.upper()}{length}"
            write(lambda connection, args=(item_no, length, kind): _fill(connection, *args))  # type: ignore[misc]
            for direction in ("receipt", "issue"):
                took = _post_many(item_no, direction)
                floors.setdefault(direction, took)
                report(
                    f"costs {name}, {direction} on {length:,} {kind} entries",
                    took * 1000,
                    "ms",
                    floor=floors[direction] * 1000,
                )


def _company(connection: sa.Connection) -> None:
    connection.execute(sa.update(InventorySetup).values(prevent_negative_inventory=False))
    connection.execute(sa.insert(UnitOfMeasure).values(code="BENCH"))
    connection.execute(sa.insert(Location).values(code="YARD", time_zone="UTC", bin_mandatory=False))
    items = [f"{kind}{length}" for kind in ("OPEN", "CLOSED") for length in LENGTHS]
    connection.execute(
        sa.insert(Item),
        [{"no": no, "base_unit_of_measure_code": "BENCH", "unit_cost": _ONE} for no in items],
    )
    connection.execute(sa.insert(ItemUnitOfMeasure), [{"item_no": no, "code": "BENCH"} for no in items])


def _fill(connection: sa.Connection, item_no: str, length: int, kind: str) -> None:
    """Receipts that are all open, or receipts each with the issue that used it up."""
    number = 1 + max(
        connection.scalar(sa.select(sa.func.max(table.entry_no))) or 0
        for table in (ItemLedgerEntry, ValueEntry)
    )
    entries, values, applications = [], [], []
    day = date(2010, 1, 1)
    for at in range(length if kind == "open" else length // 2):
        posted = day + timedelta(days=at % 600)
        left = _ONE if kind == "open" else Decimal(0)
        entries.append(_entry_row(number, item_no, posted, (_ONE, left)))
        values.append(_value_row(number, item_no, posted, _ONE))
        applications.append((number, number, 0, _ONE, posted, 0, True, False))
        number += 1
        if kind == "closed":
            entries.append(_entry_row(number, item_no, posted, (-_ONE, Decimal(0))))
            values.append(_value_row(number, item_no, posted, -_ONE))
            applications.append((number, number - 1, number, -_ONE, posted, 0, True, False))
            number += 1
    insert_rows(connection, ItemLedgerEntry.__table__, _ENTRY, entries)
    insert_rows(connection, ValueEntry.__table__, _VALUE, values)
    insert_rows(connection, ItemApplicationEntry.__table__, _APPLICATION, applications)
    if connection.dialect.name == "postgresql":
        for table in ("item_ledger_entry", "value_entry"):
            connection.exec_driver_sql(f"SELECT setval('{table}_entry_no_seq', {number})")
        connection.exec_driver_sql("ANALYZE item_ledger_entry; ANALYZE value_entry")


_ENTRY = (
    *("entry_no", "item_no", "posting_date", "document_date", "entry_type", "document_no", "variant_code"),
    *("location_code", "quantity_base", "unit_of_measure_code", "quantity_per_unit", "lot_no", "serial_no"),
    *("reason_code", "source_code", "is_correction", "applies_to_entry_no", "register_no", "user_id"),
    *("transaction_id", "transaction_line", "occurred_at", "remaining_quantity", "is_open"),
    *("invoiced_quantity", "is_completely_invoiced", "applied_entry_to_adjust"),
)
_VALUE = (
    *("entry_no", "item_ledger_entry_no", "entry_type", "variance_type", "item_no", "variant_code"),
    *("location_code", "posting_date", "valuation_date", "valued_quantity", "item_ledger_entry_quantity"),
    *("invoiced_quantity", "cost_per_unit", "cost_amount_actual", "cost_amount_expected"),
    *("cost_amount_non_inventoriable", "is_expected_cost", "is_adjustment", "is_partial_revaluation"),
    *("applies_to_entry_no", "document_no", "source_code", "register_no", "user_id"),
    *("valued_by_average_cost", "cost_posted_to_gl", "expected_cost_posted_to_gl"),
)
_APPLICATION = (
    *("item_ledger_entry_no", "inbound_entry_no", "outbound_entry_no", "quantity_base", "posting_date"),
    *("transferred_from_entry_no", "is_cost_application", "is_fixed"),
)


def _entry_row(
    number: int, item_no: str, posted: date, quantities: tuple[Decimal, Decimal]
) -> tuple[object, ...]:
    quantity, left = quantities
    kind = "positive_adjmt" if quantity > 0 else "negative_adjmt"
    transaction_id = ids.id_of_content(0, f"bench {number}".encode())
    return (
        *(number, item_no, posted, posted, kind, "BENCH", "", "YARD", quantity, "BENCH", _ONE, "", "", ""),
        *("bench", False, 0, 0, "", transaction_id, 1, NOW, left, bool(left), quantity, True, False),
    )


def _value_row(number: int, item_no: str, posted: date, quantity: Decimal) -> tuple[object, ...]:
    nothing = Decimal(0)
    return (
        *(number, number, "direct_cost", "", item_no, "", "YARD", posted, posted, quantity, quantity),
        *(quantity, _ONE, quantity, nothing, nothing, False, False, False, 0, "BENCH", "bench", 0, ""),
        *(False, nothing, nothing),
    )


def _post_many(item_no: str, direction: str) -> float:
    """Median seconds of one posting; each is committed by itself."""
    took = []
    for at in range(POSTINGS):
        quantity = _ONE if direction == "receipt" else -_ONE
        line = ItemJournalLine(
            entry_type=EntryType.POSITIVE_ADJMT if quantity > 0 else EntryType.NEGATIVE_ADJMT,
            item_no=item_no,
            location_code="YARD",
            quantity_base=quantity,
            unit_of_measure_code="BENCH",
            quantity_per_unit=_ONE,
        )
        journal = _journal(at, line)
        took.append(
            _timed(lambda journal=journal: write(lambda connection: post_journal(connection, journal, NOW)))  # type: ignore[misc]
        )
    return statistics.median(took)


def _journal(at: int, line: JournalLine) -> Journal:
    return Journal(
        transaction_id=ids.id_of_content(time.monotonic_ns() // 10**6, f"{at} {line}".encode()),
        source_code="bench",
        document_no="BENCH",
        posting_date=date(2012, 1, 2),
        document_date=date(2012, 1, 2),
        occurred_at=NOW,
        user_id="",
        device_id="",
        lines=(line,),
    )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _memory_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20
