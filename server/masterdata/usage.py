"""What the ledgers and balances hold of master data, asked before a card changes or goes.

The ledgers stand above master data and may not be imported here, so their tables are known by name; a test
holds these names against the tables themselves.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from server.bulk import given_rows
from server.masterdata.rules import UNUSED, ItemUsage
from server.masterdata.tables import Item

_CODE = sa.String(30)


def _named(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column, _CODE) for column in columns))


ENTRY = _named(
    "item_ledger_entry", "item_no", "variant_code", "location_code", "unit_of_measure_code", "reason_code"
)
MOVEMENT = _named("warehouse_entry", "item_no", "variant_code", "unit_of_measure_code")
BALANCE = _named("bin_balance", "location_code", "bin_code", "item_no", "quantity_base")
DEVICE = _named("device", "location_code")
_IS_OPEN = sa.text("item_ledger_entry.is_open")


def usage_of_items(connection: sa.Connection, item_nos: Sequence[str]) -> dict[str, ItemUsage]:
    """What the ledgers hold of these items, with the units of open and of warehouse entries."""
    if not item_nos:
        return {}
    entries = _distinct(connection, ENTRY, item_nos, "variant_code")
    if not entries:
        return {}
    still_open = _distinct(connection, ENTRY, item_nos, "unit_of_measure_code", _IS_OPEN)
    moved = _distinct(connection, MOVEMENT, item_nos, "unit_of_measure_code")
    variants, open_units, moved_units = _by_item(entries), _by_item(still_open), _by_item(moved)
    return {
        item_no: ItemUsage(
            has_entries=True,
            has_open_entries=item_no in open_units,
            units=open_units.get(item_no, frozenset()) | moved_units.get(item_no, frozenset()),
            variants=variants.get(item_no, frozenset()) - {""},
        )
        for item_no in variants.keys() | moved_units.keys()
    }


def usage_of_item(connection: sa.Connection, item_no: str) -> ItemUsage:
    """What the ledgers hold of one item."""
    return usage_of_items(connection, [item_no]).get(item_no, UNUSED)


def _by_item(rows: Sequence[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for item_no, code in rows:
        found.setdefault(item_no, set()).add(code)
    return {item_no: frozenset(codes) for item_no, codes in found.items()}


def _distinct(
    connection: sa.Connection,
    table: sa.TableClause,
    item_nos: Sequence[str],
    column: str,
    *conditions: sa.ColumnElement[bool] | sa.TextClause,
) -> list[tuple[str, str]]:
    given = given_rows(connection, Item.__table__, ("no",), [(no,) for no in item_nos])
    statement = (
        sa.select(table.c.item_no, table.c[column])
        .join_from(given, table, table.c.item_no == given.c.no)
        .where(*conditions)
        .distinct()
    )
    return [(item_no, code) for item_no, code in connection.execute(statement)]


def is_held(connection: sa.Connection, table: sa.TableClause, **keys: str) -> bool:
    """Whether the ledger or balance has a row of these keys."""
    where = [table.c[name] == value for name, value in keys.items()]
    return (
        connection.execute(sa.select(sa.literal(1)).select_from(table).where(*where).limit(1)).first()
        is not None
    )


def has_reason_entries(connection: sa.Connection, reason_code: str) -> bool:
    """Whether entries name this reason; the second condition is what the index holds, written out."""
    where = sa.text("item_ledger_entry.reason_code <> ''")
    found = sa.select(sa.literal(1)).select_from(ENTRY).where(ENTRY.c.reason_code == reason_code, where)
    return connection.execute(found.limit(1)).first() is not None


def has_stock(connection: sa.Connection, location_code: str, bin_code: str | None = None) -> bool:
    """Whether a location, or one bin of it, holds anything (or less than nothing)."""
    statement = (
        sa.select(sa.literal(1))
        .select_from(BALANCE)
        .where(BALANCE.c.location_code == location_code, sa.text("bin_balance.quantity_base <> 0"))
    )
    if bin_code is not None:
        statement = statement.where(BALANCE.c.bin_code == bin_code)
    return connection.execute(statement.limit(1)).first() is not None
