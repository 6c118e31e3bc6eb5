"""Lists stay quick however long the ledgers are: what finds little goes by an index, and no page is sorted.

The databases are asked how they would answer each list's own statement. PostgreSQL is told to think badly of
reading or sorting whole tables, as it would of big ones.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.items.queries import IdentifierFilter, ItemFilter, list_identifiers, list_items
from server.ledgers import queries as ledgers
from server.ledgers.rows import ApplicationFilter, EntryFilter, RegisterFilter, ValueFilter
from server.locations.queries import BinFilter, list_bins
from server.monitor.queries import TransactionFilter, list_transactions
from server.on_hand import queries as on_hand
from server.web.keyset import PageAsked
from tests.server.api.ledger_rows import START, fill_ledgers

Read = Callable[[PageAsked], Any]
ID = "01890000-0000-7000-8000-000000000001"


def entries(read: Callable[[EntryFilter, PageAsked], Any], **wanted: Any) -> Read:
    return lambda asked: read(EntryFilter(**wanted), asked)


def values(**wanted: Any) -> Read:
    return lambda asked: ledgers.list_value_entries(ValueFilter(**wanted), asked)


def stored(**wanted: Any) -> Read:
    return lambda asked: list_transactions(TransactionFilter(**wanted), asked)


ILE, WAREHOUSE = ledgers.list_item_ledger_entries, ledgers.list_warehouse_entries
# What each list must not read from end to end, and the statements that find little in it.
SELECTIVE: dict[str, tuple[str, Read]] = {
    "entries of an item": ("item_ledger_entry", entries(ILE, item_no="GLOBE")),
    "entries of a lot": ("item_ledger_entry", entries(ILE, lot_no="L50")),
    "entries of a serial": ("item_ledger_entry", entries(ILE, serial_no="S1")),
    "entries of a document": ("item_ledger_entry", entries(ILE, document_no="IR-000007")),
    "entries of a reason": ("item_ledger_entry", entries(ILE, reason_code="FOUND")),
    "entries of a transaction": ("item_ledger_entry", entries(ILE, transaction_id=ID)),
    "entries of a register": ("item_ledger_entry", entries(ILE, register_no=7)),
    "values of an item": ("value_entry", values(item_no="GLOBE")),
    "values of an entry": ("value_entry", values(item_ledger_entry_no=7)),
    "values of a document": ("value_entry", values(document_no="IR-000007")),
    "corrections of a value": ("value_entry", values(applies_to_entry_no=7)),
    "values not in the general ledger": ("value_entry", values(is_in_gl=False)),
    "values of a lot": ("value_entry", values(lot_no="L50")),
    "movements of a bin": ("warehouse_entry", entries(WAREHOUSE, location_code="DC", bin_code="A1")),
    "movements of an item": ("warehouse_entry", entries(WAREHOUSE, item_no="GLOBE")),
    "movements of a lot": ("warehouse_entry", entries(WAREHOUSE, lot_no="L50")),
    "movements of a document": ("warehouse_entry", entries(WAREHOUSE, document_no="IR-000007")),
    "movements of a reason": ("warehouse_entry", entries(WAREHOUSE, reason_code="FOUND")),
    "registers of a document": (
        "item_register",
        lambda asked: ledgers.list_registers(RegisterFilter(document_no="IR-000007"), asked),
    ),
    "applications of an entry": (
        "item_application_entry",
        lambda asked: ledgers.list_application_entries(ApplicationFilter(entry_no=7), asked),
    ),
    "refused transactions": ("inbox", stored(status="refused")),
    "parked transactions": ("inbox", stored(status="parked")),
    "what waits for a person": ("inbox", stored(waits=True)),
    "transactions with a reason": ("inbox", stored(code="item_unknown")),
    "transactions of a device": ("inbox", stored(device_id="shop")),
    "transactions of a kind": ("inbox", stored(kind="return")),
    "on hand of a bin": (
        "bin_balance",
        lambda asked: on_hand.on_hand_by_bin(on_hand.OnHandFilter(location_code="DC", bin_code="A1"), asked),
    ),
    "on hand of an item": (
        "bin_balance",
        lambda asked: on_hand.on_hand_by_bin(on_hand.OnHandFilter(item_no="GLOBE"), asked),
    ),
    "bar codes of an item": (
        "item_identifier",
        lambda asked: list_identifiers(IdentifierFilter(item_no="GLOBE"), asked),
    ),
    "bins of a location": ("bin", lambda asked: list_bins(BinFilter(location_code="DC"), asked)),
}
# Lists whose pages must come in order by themselves.
ORDERED: dict[str, tuple[Read, PageAsked]] = {
    "entries": (entries(ILE), PageAsked()),
    "entries by day": (entries(ILE), PageAsked(sort="posting_date", descending=True)),
    "entries of a location": (entries(ILE, location_code="DC"), PageAsked()),
    "entries of some days": (
        entries(ILE, posting_date_from=START.date()),
        PageAsked(sort="posting_date"),
    ),
    "values": (values(), PageAsked()),
    "values by day": (values(), PageAsked(sort="posting_date")),
    "movements": (entries(WAREHOUSE), PageAsked()),
    "movements by day": (entries(WAREHOUSE), PageAsked(sort="posting_date", descending=True)),
    "registers": (lambda asked: ledgers.list_registers(RegisterFilter(), asked), PageAsked()),
    "registers by time": (
        lambda asked: ledgers.list_registers(RegisterFilter(), asked),
        PageAsked(sort="posted_at"),
    ),
    "transactions": (stored(), PageAsked()),
    "transactions by time": (stored(), PageAsked(sort="received_at")),
    "transactions of a device": (stored(device_id="office"), PageAsked()),
    "items": (lambda asked: list_items(ItemFilter(), asked), PageAsked()),
    "items by change": (lambda asked: list_items(ItemFilter(), asked), PageAsked(sort="updated_at")),
    "on hand by bin": (
        lambda asked: on_hand.on_hand_by_bin(on_hand.OnHandFilter(), asked),
        PageAsked(),
    ),
}


@pytest.fixture
def filled(inside: Flask) -> Iterator[None]:
    """Some of everything."""
    fill_ledgers(60)
    yield
    db.session.rollback()


def plan_of(read: Read, asked: PageAsked) -> list[str]:
    """The steps by which the database would answer what `read` asks it, one line each."""
    connection = db.session.connection()
    asked_for: list[tuple[str, Any]] = []

    def note(*event: Any) -> None:
        asked_for.append((event[2], event[3]))

    sa.event.listen(connection, "before_cursor_execute", note)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        connection.exec_driver_sql("SET LOCAL enable_sort = off")
    asked_for.clear()
    read(asked)
    sa.event.remove(connection, "before_cursor_execute", note)
    ((statement, parameters),) = asked_for
    word = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    return [str(row[-1]) for row in connection.exec_driver_sql(word + statement, parameters)]


@pytest.mark.parametrize("name", SELECTIVE)
def test_what_finds_little_goes_by_an_index(filled: None, name: str) -> None:
    table, read = SELECTIVE[name]

    steps = plan_of(read, PageAsked())

    assert [step for step in steps if reads_whole(step.strip(" ->"), table)] == []
    assert any(table in step and ("INDEX" in step or "Index" in step or "KEY" in step) for step in steps)


@pytest.mark.parametrize("name", ORDERED)
def test_a_page_is_never_sorted(filled: None, name: str) -> None:
    read, asked = ORDERED[name]

    steps = plan_of(read, asked)

    assert [step for step in steps if "USE TEMP B-TREE" in step or "->  Sort  (" in step] == []


def reads_whole(step: str, table: str) -> bool:
    """Whether a step reads a table from end to end; an index of few rows may be."""
    return step.startswith((f"SCAN {table}", f"Seq Scan on {table}")) and not any(
        few in step for few in ("ix_inbox_refused", "ix_inbox_unfinished", "ix_value_entry_not_in_gl")
    )
