"""Entry numbers for a batch, taken before anything is planned; what it does not use becomes a gap."""

from dataclasses import astuple, dataclass
from itertools import chain, count

import sqlalchemy as sa

from server.ledger.tables import ItemLedgerEntry, ItemRegister, ValueEntry, WarehouseEntry
from server.ledger.working_set import Numbers, WorkingSet


@dataclass(frozen=True, slots=True)
class Room:
    """How many numbers of each ledger a batch needs at most."""

    item_ledger_entries: int
    value_entries: int
    warehouse_entries: int


_TABLES = (
    (ItemRegister.__table__, "no"),
    (ItemLedgerEntry.__table__, "entry_no"),
    (ValueEntry.__table__, "entry_no"),
    (WarehouseEntry.__table__, "entry_no"),
)


def take_numbers(connection: sa.Connection, postings: int, room: Room) -> Numbers:
    """Enough numbers for every line; on SQLite, with its one writer, simply the next ones."""
    if connection.dialect.name == "postgresql":
        return _next_from_sequences(connection, (postings, *astuple(room)))
    highest = connection.execute(
        sa.select(*(sa.select(sa.func.max(table.c[key])).scalar_subquery() for table, key in _TABLES))
    ).one()
    return Numbers(*(count((value or 0) + 1) for value in highest))


def add_numbers(connection: sa.Connection, working_set: WorkingSet) -> None:
    """More numbers for a journal that changes entries which were there before: a few values on each."""
    if connection.dialect.name != "postgresql":
        return
    many = 20 + 4 * len(working_set.entries)
    more = _next_from_sequences(connection, (0, many, many, many))
    numbers = working_set.numbers
    numbers.item_ledger_entries = chain(numbers.item_ledger_entries, more.item_ledger_entries)
    numbers.value_entries = chain(numbers.value_entries, more.value_entries)
    numbers.warehouse_entries = chain(numbers.warehouse_entries, more.warehouse_entries)


def _next_from_sequences(connection: sa.Connection, wanted: tuple[int, ...]) -> Numbers:
    parts = [
        f"SELECT {place}, nextval('{table}_{key}_seq') FROM generate_series(1, %s)"
        for place, (table, key) in enumerate(_TABLES)
    ]
    rows = connection.exec_driver_sql(" UNION ALL ".join(parts), wanted)
    numbers: list[list[int]] = [[] for _ in wanted]
    for place, number in rows:
        numbers[place].append(number)
    return Numbers(*(iter(sorted(each)) for each in numbers))
