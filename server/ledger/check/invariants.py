"""Proves that the ledgers, balances and registers agree: the invariants of docs/operating.md, in SQL.

Each invariant is a name, a rule in words and a search for rows that break it; finding none proves it for the
moment that the one snapshot shows which everything is read from. It reads only, and is quick with a
million entries: every search is a few scans and groupings, none asks row by row.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

import sqlalchemy as sa

from server.ledger.check.costs import sums_apart, value_not_conserved, worth_without_stock
from server.ledger.check.entries import (
    BAD_EXPIRY,
    BAD_INVOICING,
    BAD_REMAINING,
    BAD_VALUE,
    EXPECTED_COST_LEFT,
    LINKS_APART,
    LOST_VALUE,
    LOTS_BELOW_ZERO,
    REMAINING_NOT_QUANTITY,
    SERIALS_TWICE,
    TAKEN_NOT_APPLIED,
    USED_NOT_APPLIED,
)
from server.ledger.check.findings import Difference, Find, rows_of
from server.ledger.check.general_ledger import (
    ACTUAL_NOT_RELATED,
    BATCHES_APART,
    ENTRIES_NOT_RELATIONS,
    EXPECTED_NOT_RELATED,
    LOST_RELATIONS,
    PARTLY_POSTED,
    RELATIONS_APART,
)
from server.ledger.check.periods import ENTRIES_AFTER_CLOSING, VALUES_AFTER_CLOSING
from server.ledger.check.places import (
    BINS_BELOW_ZERO,
    BINS_NOT_BALANCE,
    BINS_NOT_LEDGER,
    ITEMS_NOT_BALANCE,
    registers_that_lie,
)
from server.ledger.check.triggers import missing_triggers
from server.ledger.tables import ItemLedgerEntry, ItemRegister, ValueEntry, WarehouseEntry

ROWS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold, and the search for what breaks it."""

    name: str
    rule: str
    searches: tuple[Find, ...]


@dataclass(slots=True)
class Result:
    """What one invariant's searches found; `rows` are the first of them."""

    invariant: Invariant
    differences: int = 0
    rows: list[Difference] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is of everything; quantity in base units, value in the company's currency."""

    item_ledger_entries: int
    value_entries: int
    warehouse_entries: int
    registers: int
    on_hand_quantity: Decimal
    inventory_value: Decimal


LEDGER_INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "I1",
        "Per item, variant and location the quantities sum to what remains open.",
        (rows_of(REMAINING_NOT_QUANTITY),),
    ),
    Invariant(
        "I2",
        "What remains lies between 0 and the quantity; an entry is open exactly if something remains.",
        (rows_of(BAD_REMAINING),),
    ),
    Invariant(
        "I3",
        "What is used up of an entry is what its applications say.",
        (rows_of(USED_NOT_APPLIED), rows_of(TAKEN_NOT_APPLIED)),
    ),
    Invariant(
        "I4",
        "An application joins a receipt and an issue of one item, variant, location, lot and serial.",
        (rows_of(LINKS_APART),),
    ),
    Invariant(
        "I6",
        "The bins of a location hold what its ledger says, and none but the adjustment bin is below 0.",
        (rows_of(BINS_NOT_LEDGER), rows_of(BINS_BELOW_ZERO)),
    ),
    Invariant(
        "I9",
        "A serial is in stock once or not at all; no lot is below 0.",
        (rows_of(SERIALS_TWICE), rows_of(LOTS_BELOW_ZERO)),
    ),
    Invariant("I10", "A lot in stock has one expiry date.", (rows_of(BAD_EXPIRY),)),
    Invariant(
        "I11",
        "Value is conserved to the cent: issues cost what their receipts gave them; no stock, no value.",
        (value_not_conserved, worth_without_stock),
    ),
    Invariant(
        "I12",
        "A completely invoiced entry has no expected cost, and no more is invoiced than there is.",
        (rows_of(EXPECTED_COST_LEFT), rows_of(BAD_INVOICING)),
    ),
    Invariant(
        "I15",
        "Nothing dated in a closed inventory period was posted after its closing.",
        (rows_of(ENTRIES_AFTER_CLOSING), rows_of(VALUES_AFTER_CLOSING)),
    ),
    Invariant(
        "I13",
        "Every G/L batch sums to 0, and of each value entry exactly what it says is posted.",
        tuple(
            rows_of(query)
            for query in (
                BATCHES_APART,
                PARTLY_POSTED,
                ACTUAL_NOT_RELATED,
                EXPECTED_NOT_RELATED,
                RELATIONS_APART,
                ENTRIES_NOT_RELATIONS,
                LOST_RELATIONS,
            )
        ),
    ),
    Invariant(
        "values",
        "Every entry has its value, and every value belongs to an entry of its item and place.",
        (rows_of(BAD_VALUE), rows_of(LOST_VALUE)),
    ),
    Invariant(
        "balances",
        "Every balance is the sum of its ledger.",
        (rows_of(ITEMS_NOT_BALANCE), rows_of(BINS_NOT_BALANCE)),
    ),
    Invariant(
        "sums",
        "The sums kept of each item are those of its value entries.",
        (sums_apart,),
    ),
    Invariant(
        "registers",
        "A register names exactly the entries of its one transaction.",
        tuple(rows_of(query) for query in registers_that_lie()),
    ),
    Invariant("I23", "The database refuses changes of ledger rows.", (missing_triggers,)),
)


@contextmanager
def one_snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection whose reads all see the same moment, whoever writes meanwhile."""
    is_postgresql = engine.dialect.name == "postgresql"
    if is_postgresql:
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        if is_postgresql:
            # Else grouping a million entries goes through files.
            connection.exec_driver_sql("SET LOCAL work_mem = '256MB'")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        yield connection
        connection.rollback()


def check(
    connection: sa.Connection,
    invariants: Sequence[Invariant] = LEDGER_INVARIANTS,
    progress: Callable[[Invariant], object] = lambda _: None,
) -> list[Result]:
    """Search for what breaks each invariant; `progress` hears of each before it starts."""
    results = []
    for invariant in invariants:
        progress(invariant)
        results.append(_search(connection, invariant))
    return results


def _search(connection: sa.Connection, invariant: Invariant) -> Result:
    result = Result(invariant)
    for difference in _all(connection, invariant.searches):
        result.differences += 1
        if len(result.rows) < ROWS_SHOWN:
            result.rows.append(difference)
    return result


def _all(connection: sa.Connection, searches: Iterable[Find]) -> Iterator[Difference]:
    for search in searches:
        yield from search(connection)


def totals(connection: sa.Connection) -> Totals:
    """Counts and sums over the whole ledger."""
    entry, value = ItemLedgerEntry.__table__, ValueEntry.__table__
    counts = [
        connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in (entry, value, WarehouseEntry.__table__, ItemRegister.__table__)
    ]
    quantity = connection.scalar(sa.select(sa.func.sum(entry.c.quantity_base)))
    amount = connection.scalar(
        sa.select(sa.func.sum(value.c.cost_amount_actual + value.c.cost_amount_expected))
    )
    entries, values, warehouse, registers = counts
    return Totals(entries, values, warehouse, registers, quantity or Decimal(0), amount or Decimal(0))
