"""The check proves a sound company, and finds every single thing that is wrong in a spoilt one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, writer_engine
from server.inbox.tables import InboxTransaction
from server.ledger.check.invariants import Result, check, one_snapshot, totals
from server.ledger.immutability import create_triggers
from server.ledger.tables import (
    BinBalance,
    ItemApplicationEntry,
    ItemBalance,
    ItemLedgerEntry,
    ItemRegister,
    ValueEntry,
    WarehouseEntry,
)
from server.proving.checks import INVARIANTS
from tests.support.warehouse import Source, line, move_line

ONE = Decimal(1)
CENT = Decimal("0.01")
entry = ItemLedgerEntry.__table__
application = ItemApplicationEntry.__table__
value = ValueEntry.__table__
warehouse_entry = WarehouseEntry.__table__
register = ItemRegister.__table__
item_balance = ItemBalance.__table__
bin_balance = BinBalance.__table__
inbox = InboxTransaction.__table__
Statement = Any


@pytest.fixture
def history(warehouse: Flask) -> Source:
    """Receipts at costs that do not divide, issues over several of them, moves, lots, serials, refusals."""
    source = Source("import")
    source.send("receive", line("GLOBE", 3, "DOCK", unit_cost=Decimal("3.33333")))
    source.send("receive", line("GLOBE", 7, "DOCK", unit_cost=Decimal("0.1")))
    source.send("receive", line("BUNTING", 10, "DOCK", unit_cost=Decimal(2)))
    source.send("move", move_line("GLOBE", 10, "DOCK", "A1"))
    for quantity in (1, 1, 3):
        source.send("pick", line("GLOBE", quantity, "A1"))
    source.send("pick", line("GLOBE", 100, "A1"))
    expiry = date(2027, 1, 31)
    for bin_code in ("A1", "A2"):
        source.send("receive", line("BUNTING", 5, bin_code, lot_no="L1", expiration_date=expiry))
    source.send("pick", line("BUNTING", 2, "A1", lot_no="L1"))
    source.send("receive", line("BUNTING", 1, "A1", serial_no="S1"))
    source.send("receive", line("LOOSE", 4), location="YARD")
    source.send("pick", line("LOOSE", 9), location="YARD")
    source.send("receive", line("LOOSE", 2), location="YARD")
    return source


def first(table: sa.Table, *where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """The first row of a ledger that is so."""
    return table.c.entry_no == sa.select(sa.func.min(table.c.entry_no)).where(*where).scalar_subquery()


def changed(table: Any, where: sa.ColumnElement[bool], **values: object) -> Statement:
    return sa.update(table).where(where).values(**values)


SPOILS: dict[str, tuple[str, Callable[[], Statement]]] = {
    "a closed receipt with stock": (
        "I1",
        lambda: changed(
            entry,
            first(entry, entry.c.is_open, entry.c.quantity_base > 0),
            remaining_quantity=0,
            is_open=False,
        ),
    ),
    "an entry that says open and is not": (
        "I2",
        lambda: changed(entry, first(entry, entry.c.remaining_quantity == 0), is_open=True),
    ),
    "an application of twice as much": (
        "I3",
        lambda: changed(
            application,
            first(application, application.c.outbound_entry_no != 0),
            quantity_base=application.c.quantity_base - ONE,
        ),
    ),
    "an application that is gone": (
        "I3",
        lambda: sa.delete(application).where(first(application, application.c.outbound_entry_no != 0)),
    ),
    "an application to another item's receipt": (
        "I4",
        lambda: changed(
            application,
            first(application, application.c.outbound_entry_no != 0),
            inbound_entry_no=sa.select(sa.func.min(entry.c.entry_no))
            .where(entry.c.item_no == "BUNTING")
            .scalar_subquery(),
        ),
    ),
    "an application to nothing": (
        "I4",
        lambda: changed(
            application, first(application, application.c.outbound_entry_no != 0), outbound_entry_no=999_999
        ),
    ),
    "a warehouse entry that is gone": (
        "I6",
        lambda: sa.delete(warehouse_entry).where(first(warehouse_entry, warehouse_entry.c.quantity_base > 0)),
    ),
    "a bin below zero": (
        "I6",
        lambda: changed(
            bin_balance,
            sa.and_(bin_balance.c.bin_code == "A1", bin_balance.c.item_no == "GLOBE"),
            quantity_base=-ONE,
            may_be_negative=True,
        ),
    ),
    "a serial in stock twice": (
        "I9",
        lambda: changed(entry, entry.c.serial_no == "S1", quantity_base=Decimal(2)),
    ),
    "a lot below zero": (
        "I9",
        lambda: changed(
            entry,
            first(entry, entry.c.lot_no == "L1", entry.c.quantity_base < 0),
            quantity_base=Decimal(-50),
        ),
    ),
    "a lot with two expiry dates": (
        "I10",
        lambda: changed(
            entry, first(entry, entry.c.lot_no == "L1", entry.c.is_open), expiration_date=date(2028, 1, 1)
        ),
    ),
    "a cent that an issue lost": (
        "I11",
        lambda: changed(
            value,
            first(value, value.c.valued_quantity < 0),
            cost_amount_actual=value.c.cost_amount_actual + CENT,
        ),
    ),
    "an expected cost that was never reversed": (
        "I12",
        lambda: changed(value, first(value, value.c.valued_quantity > 0), cost_amount_expected=ONE),
    ),
    "more invoiced than received": (
        "I12",
        lambda: changed(
            entry, first(entry, entry.c.quantity_base > 0), invoiced_quantity=entry.c.quantity_base + ONE
        ),
    ),
    "an entry without value": (
        "values",
        lambda: sa.delete(value).where(first(value, value.c.valued_quantity > 0)),
    ),
    "a value of another item": (
        "values",
        lambda: changed(value, first(value, value.c.item_no == "GLOBE"), item_no="BUNTING"),
    ),
    "an item balance off by one": (
        "balances",
        lambda: changed(
            item_balance, item_balance.c.item_no == "GLOBE", quantity_base=item_balance.c.quantity_base + ONE
        ),
    ),
    "a bin balance off by one": (
        "balances",
        lambda: changed(
            bin_balance, bin_balance.c.item_no == "GLOBE", quantity_base=bin_balance.c.quantity_base + ONE
        ),
    ),
    "a balance of a place without bins that is gone": (
        "balances",
        lambda: sa.delete(bin_balance).where(bin_balance.c.location_code == "YARD"),
    ),
    "a register that leaves an entry out": (
        "registers",
        lambda: changed(
            register,
            register.c.no == sa.select(sa.func.max(register.c.no)).scalar_subquery(),
            from_item_ledger_entry_no=0,
            to_item_ledger_entry_no=0,
        ),
    ),
    "an entry of another transaction": (
        "registers",
        lambda: changed(
            entry,
            first(entry, entry.c.item_no == "GLOBE"),
            transaction_id="00000000-0000-7000-8000-000000000001",
        ),
    ),
    "a posted transaction without a register": (
        "I20",
        lambda: sa.delete(register).where(
            register.c.no == sa.select(sa.func.max(register.c.no)).scalar_subquery()
        ),
    ),
    "a posted transaction that says parked": (
        "I20",
        lambda: changed(
            inbox,
            inbox.c.inbox_no == sa.select(sa.func.max(inbox.c.inbox_no)).scalar_subquery(),
            status="parked",
        ),
    ),
    "an outcome with another number of entries": (
        "I20",
        lambda: changed(inbox, inbox.c.status == "posted", entries=inbox.c.entries + 1),
    ),
}


def test_a_sound_company_shows_no_difference(history: Source) -> None:
    assert differing(checked()) == {}


def test_the_check_counts_what_there_is(history: Source) -> None:
    with one_snapshot(db.engine) as connection:
        found = totals(connection)

    assert (found.item_ledger_entries, found.value_entries, found.registers) == (13, 13, 14)
    # 10 - 5 of GLOBE, 10 + 10 - 2 + 1 of BUNTING, 4 - 9 + 2 of LOOSE.
    assert found.on_hand_quantity == 5 + 19 - 3


def test_an_empty_company_shows_no_difference(app: Flask) -> None:
    with app.app_context():
        assert differing(checked()) == {}


@pytest.mark.parametrize("spoil", SPOILS)
def test_each_thing_that_is_wrong_is_found(history: Source, spoil: str) -> None:
    name, statement = SPOILS[spoil]

    with triggers_asleep() as connection:
        assert connection.execute(statement()).rowcount > 0

    assert name in differing(checked())


def test_a_cent_moved_between_two_items_is_found_in_both(history: Source) -> None:
    with triggers_asleep() as connection:
        for item_no, cent in (("GLOBE", CENT), ("BUNTING", -CENT)):
            where = first(value, value.c.item_no == item_no, value.c.valued_quantity < 0)
            connection.execute(changed(value, where, cost_amount_actual=value.c.cost_amount_actual + cent))

    assert differing(checked()) == {"I11": 2, "sums": 2}


def test_a_trigger_that_is_gone_is_found(history: Source) -> None:
    with writer_engine().begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("DROP TRIGGER value_entry_keeps ON value_entry")
        else:
            connection.exec_driver_sql("DROP TRIGGER value_entry_update")

    assert differing(checked()) == {"I23": 1}


def test_a_trigger_that_does_nothing_is_found(history: Source) -> None:
    with writer_engine().begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE value_entry DISABLE TRIGGER value_entry_keeps")
        else:
            connection.exec_driver_sql("DROP TRIGGER value_entry_update")
            connection.exec_driver_sql(
                "CREATE TRIGGER value_entry_update BEFORE UPDATE ON value_entry BEGIN SELECT 1; END"
            )

    assert differing(checked()) == {"I23": 1}


def test_a_difference_says_where_it_is(history: Source) -> None:
    with triggers_asleep() as connection:
        connection.execute(changed(item_balance, item_balance.c.item_no == "GLOBE", quantity_base=ONE))

    (row,) = next(result for result in checked() if result.invariant.name == "balances").rows
    assert (row.where, row.expected, row.found) == ("item_no GLOBE, location_code DC", "5", "1")


def checked() -> list[Result]:
    """What the whole check finds."""
    with one_snapshot(db.engine) as connection:
        return check(connection, INVARIANTS)


def differing(results: list[Result]) -> dict[str, int]:
    """How many differences per invariant that does not hold."""
    return {result.invariant.name: result.differences for result in results if result.differences}


@contextmanager
def triggers_asleep() -> Iterator[sa.Connection]:
    """A connection that the ledgers' triggers do not stop; afterwards they are as before."""
    with writer_engine().begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection
            return
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars()
        for name in list(names):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield connection
        create_triggers(connection)
