"""Searches in warehouse entries, balances and registers. Each query's rows are faults.

Two sides that must be equal are put together, one of them negated: what does not sum to 0 differs.
"""

from typing import Any

import sqlalchemy as sa

from server.ledger.tables import (
    BinBalance,
    ItemBalance,
    ItemLedgerEntry,
    ItemRegister,
    ValueEntry,
    WarehouseEntry,
)
from server.masterdata.tables import Location

_entry = ItemLedgerEntry.__table__
_warehouse = WarehouseEntry.__table__
_bin = BinBalance.__table__
_balance = ItemBalance.__table__
_register = ItemRegister.__table__
_location = Location.__table__
_ITEM_KEY = ("item_no", "variant_code", "location_code")
_NUMBER_KEY = (*_ITEM_KEY, "lot_no", "serial_no")
_BIN_KEY = ("location_code", "bin_code", "item_no", "variant_code", "lot_no", "serial_no")

Query = sa.Select[Any]


def _side(table: sa.FromClause, key: tuple[str, ...], side: str) -> Query:
    """Quantities of a table as one side of a comparison."""
    quantity = table.c.quantity_base
    nothing = sa.literal(0, quantity.type)
    expected, found = (quantity, nothing) if side == "expected" else (nothing, quantity)
    columns = [sa.literal("").label(name) if name not in table.c else table.c[name] for name in key]
    return sa.select(*columns, expected.label("expected"), found.label("found")).select_from(table)


def _apart(key: tuple[str, ...], *sides: Query) -> Query:
    """Keys whose sides do not sum to the same."""
    both = sa.union_all(*sides).subquery("both")
    columns = [both.c[name] for name in key]
    expected, found = sa.func.sum(both.c.expected), sa.func.sum(both.c.found)
    return (
        sa.select(*columns, expected.label("expected"), found.label("found"))
        .group_by(*columns)
        .having(expected != found)
    )


def _where_bins(side: Query, table: sa.FromClause, *, bin_mandatory: bool) -> Query:
    is_kept_so = _location.c.bin_mandatory if bin_mandatory else sa.not_(_location.c.bin_mandatory)
    return side.where(table.c.location_code.in_(sa.select(_location.c.code).where(is_kept_so)))


ITEMS_NOT_BALANCE = _apart(
    _ITEM_KEY, _side(_entry, _ITEM_KEY, "expected"), _side(_balance, _ITEM_KEY, "found")
)
BINS_NOT_LEDGER = _apart(
    _NUMBER_KEY,
    _where_bins(_side(_entry, _NUMBER_KEY, "expected"), _entry, bin_mandatory=True),
    _where_bins(_side(_warehouse, _NUMBER_KEY, "found"), _warehouse, bin_mandatory=True),
)
BINS_NOT_BALANCE = _apart(
    _BIN_KEY,
    _side(_warehouse, _BIN_KEY, "expected"),
    # A location without bins has one balance per item, under the empty bin code.
    _where_bins(_side(_entry, _BIN_KEY, "expected"), _entry, bin_mandatory=False),
    _side(_bin, _BIN_KEY, "found"),
)
BINS_BELOW_ZERO: Query = (
    sa.select(
        *(_bin.c[name] for name in _BIN_KEY),
        sa.literal("0 or more").label("expected"),
        _bin.c.quantity_base.label("found"),
    )
    .join_from(_bin, _location, _location.c.code == _bin.c.location_code)
    .where(
        _bin.c.quantity_base < 0,
        sa.or_(
            sa.and_(_location.c.bin_mandatory, _bin.c.bin_code != _location.c.adjustment_bin_code),
            # What is tracked is never below 0, wherever it lies.
            _bin.c.lot_no != "",
            _bin.c.serial_no != "",
        ),
    )
)


def registers_that_lie() -> list[Query]:
    """Registers that name other entries than theirs, or another transaction."""
    ledgers = {
        "item_ledger_entry": _entry,
        "value_entry": ValueEntry.__table__,
        "warehouse_entry": _warehouse,
    }
    wrong_ends = [_wrong_ends(name, table) for name, table in ledgers.items()]
    wrong_transactions = [_wrong_transaction(table) for table in (_entry, _warehouse)]
    twice = (
        sa.select(
            _register.c.transaction_id,
            sa.literal("1 register").label("expected"),
            sa.func.count().label("found"),
        )
        .group_by(_register.c.transaction_id)
        .having(sa.func.count() > 1)
    )
    return [*wrong_ends, *wrong_transactions, twice]


def _wrong_ends(name: str, table: sa.FromClause) -> Query:
    first, last = _register.c[f"from_{name}_no"], _register.c[f"to_{name}_no"]
    entries = sa.select(
        table.c.register_no.label("register"),
        sa.func.min(table.c.entry_no).label("first"),
        sa.func.max(table.c.entry_no).label("last"),
    ).group_by(table.c.register_no)
    stated = sa.select(_register.c.no, first, last).where(sa.or_(first != 0, last != 0))
    both = sa.union_all(entries, stated).subquery("both")
    return (
        sa.select(
            both.c.register,
            sa.literal(f"the ends of its {name} rows").label("expected"),
            sa.func.min(both.c.first).label("found"),
        )
        .group_by(both.c.register)
        .having(
            sa.or_(
                sa.func.count() != 2,
                sa.func.min(both.c.first) != sa.func.max(both.c.first),
                sa.func.min(both.c.last) != sa.func.max(both.c.last),
            )
        )
    )


def _wrong_transaction(table: sa.FromClause) -> Query:
    return (
        sa.select(
            table.c.entry_no,
            table.c.register_no,
            _register.c.transaction_id.label("expected"),
            table.c.transaction_id.label("found"),
        )
        .join_from(table, _register, _register.c.no == table.c.register_no)
        .where(_register.c.transaction_id != table.c.transaction_id)
    )
