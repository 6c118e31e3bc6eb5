"""Loads the open receipts and issues that lines may be applied to, and no more of them than they need.

An item may have half a million open entries; each key is asked for its next few first, in the order of its
costing method, and only a key that these do not cover is asked for more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

import sqlalchemy as sa

from server.bulk import AnySelect, Build, select_given
from server.costing.entries import cost_to_forward
from server.costing.layers import Layer
from server.ledger.lines import LayerKey
from server.ledger.load_entries import load_entries
from server.ledger.tables import ItemLedgerEntry, ValueEntry
from server.ledger.working_set import OpenIssue

LAYER_KEY = ("item_no", "variant_code", "location_code", "lot_no", "serial_no")
_FIRST, _MORE = 8, 16
_MOST = 2**31 - 1
_entry = ItemLedgerEntry.__table__
_COLUMNS = ("entry_no", "posting_date", "quantity_base", "remaining_quantity", "order_no", *LAYER_KEY)
# Spelled out, not bound: both databases must see that the partial index holds all that is looked for.
_OPEN_RECEIPT = "{0}.is_open AND {0}.quantity_base > 0"
_OPEN_ISSUE = "{0}.is_open AND {0}.quantity_base < 0"


def load_layers(
    connection: sa.Connection, needed: Mapping[LayerKey, Decimal], newest: frozenset[str]
) -> dict[LayerKey, list[Layer]]:
    """Open receipts of each key until they cover what is needed; newest first for the items `newest`."""
    rows: list[sa.Row[Any]] = []
    for build, keys in (
        (_oldest_receipts, [key for key in needed if key[0] not in newest]),
        (_newest_receipts, [key for key in needed if key[0] in newest]),
    ):
        rows += _load_covering(connection, build, {key: needed[key] for key in keys})
    return _as_layers(connection, rows)


def load_order_layers(connection: sa.Connection, order_nos: Iterable[str]) -> dict[LayerKey, list[Layer]]:
    """What lies in transit for these transfers."""
    wanted = [(no,) for no in sorted(set(order_nos))]
    if not wanted:
        return {}
    return _as_layers(
        connection, select_given(connection, _in_transit, _entry, columns=("order_no",), rows=wanted).all()
    )


def load_open_issues(
    connection: sa.Connection, keys: Iterable[LayerKey], newest: frozenset[str]
) -> dict[LayerKey, list[OpenIssue]]:
    """Issues of each key that found no stock, in the order in which a receipt covers them."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    issues: dict[LayerKey, list[OpenIssue]] = defaultdict(list)
    for row in select_given(connection, _open_issues, _entry, columns=LAYER_KEY, rows=wanted):
        issues[_key_of(row)].append(OpenIssue(*tuple[Any, ...]((*row[:4], row[-1]))))
    for key, found in issues.items():
        found.sort(key=lambda issue: (issue.posting_date, issue.entry_no), reverse=key[0] in newest)
    return dict(issues)


def _load_covering(
    connection: sa.Connection, build: Build, needed: Mapping[LayerKey, Decimal]
) -> list[sa.Row[Any]]:
    found: list[sa.Row[Any]] = []
    missing, most = dict(needed), _FIRST
    while missing:
        by_key: dict[LayerKey, list[sa.Row[Any]]] = defaultdict(list)
        for row in select_given(
            connection, build, _entry, columns=LAYER_KEY, rows=sorted(missing), most=most
        ):
            by_key[_key_of(row)].append(row)
        short: dict[LayerKey, Decimal] = {}
        for key, quantity in missing.items():
            rows = by_key.get(key, [])
            enough = _as_many_as_needed(rows, quantity)
            if enough is None and len(rows) == most:
                short[key] = quantity
            else:
                found += rows if enough is None else rows[:enough]
        missing, most = short, min(most * _MORE, _MOST)
    return found


def _as_many_as_needed(rows: Sequence[sa.Row[Any]], quantity: Decimal) -> int | None:
    """How many of the rows cover a quantity; None where all of them together do not."""
    for index, row in enumerate(rows):
        quantity -= row.remaining_quantity
        if quantity <= 0:
            return index + 1
    return None


def _as_layers(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> dict[LayerKey, list[Layer]]:
    costs = _load_costs(connection, [row.entry_no for row in rows])
    # What was revalued is worth to an issue what the rules say entry by entry.
    special = load_entries(connection, [no for no, cost in costs.items() if cost[2]])
    layers: dict[LayerKey, list[Layer]] = defaultdict(list)
    for row in rows:
        cost_amount, valuation_date, _ = costs[row.entry_no]
        entry = special.get(row.entry_no)
        if entry is not None:
            cost_amount, valuation_date = cost_to_forward(entry), entry.source_date
        layers[_key_of(row)].append(
            Layer(
                row.entry_no,
                row.posting_date,
                row.quantity_base,
                row.remaining_quantity,
                cost_amount,
                valuation_date,
                row.order_no,
            )
        )
    return dict(layers)


def _key_of(row: sa.Row[Any]) -> LayerKey:
    return cast(LayerKey, tuple(row[5:10]))


def _load_costs(connection: sa.Connection, entry_nos: list[int]) -> dict[int, tuple[Decimal, Any, bool]]:
    """Cost and valuation date of receipts, and whether they were ever revalued or rounded."""
    if not entry_nos:
        return {}
    wanted = [(no,) for no in entry_nos]
    rows = select_given(
        connection, _costs, ValueEntry.__table__, columns=("item_ledger_entry_no",), rows=wanted
    )
    return {row[0]: (row[1], row[2], bool(row[3])) for row in rows}


# ------------------------------------------------------------------ the queries, built once per database


def _few(given: sa.FromClause, *, is_newest: bool) -> AnySelect:
    """The next open receipts of each key, at most `most` of each."""
    inner = _entry.alias("inner_entry")
    order = [inner.c.posting_date, inner.c.entry_no]
    few = (
        sa.select(inner.c.entry_no)
        .where(
            *(inner.c[name] == given.c[name] for name in LAYER_KEY),
            sa.text(_OPEN_RECEIPT.format("inner_entry")),
        )
        .order_by(*(column.desc() if is_newest else column for column in order))
        .limit(sa.bindparam("most", type_=sa.Integer))
    )
    outer = [_entry.c.posting_date, _entry.c.entry_no]
    # PostgreSQL walks the index for each key only if told to in this way, SQLite only in the other.
    lateral = few.correlate(given).lateral("few")
    by_lateral = sa.select(*(_entry.c[name] for name in _COLUMNS)).select_from(
        given.join(lateral, sa.true()).join(_entry, _entry.c.entry_no == lateral.c.entry_no)
    )
    by_list = sa.select(*(_entry.c[name] for name in _COLUMNS)).select_from(
        given.join(_entry, _entry.c.entry_no.in_(few.correlate(given)))
    )
    is_sqlite = "json_each" in str(given.compile())
    return (by_list if is_sqlite else by_lateral).order_by(
        *(_entry.c[name] for name in LAYER_KEY),
        *(column.desc() if is_newest else column for column in outer),
    )


def _oldest_receipts(given: sa.FromClause) -> AnySelect:
    return _few(given, is_newest=False)


def _newest_receipts(given: sa.FromClause) -> AnySelect:
    return _few(given, is_newest=True)


def _in_transit(given: sa.FromClause) -> AnySelect:
    return (
        sa.select(*(_entry.c[name] for name in _COLUMNS))
        .join_from(given, _entry, _entry.c.order_no == given.c.order_no)
        .where(
            sa.text("item_ledger_entry.order_no <> ''"), sa.text(_OPEN_RECEIPT.format("item_ledger_entry"))
        )
        .order_by(_entry.c.posting_date, _entry.c.entry_no)
    )


def _open_issues(given: sa.FromClause) -> AnySelect:
    value = ValueEntry.__table__
    valuation_date = (
        sa.select(sa.func.max(value.c.valuation_date))
        .where(value.c.item_ledger_entry_no == _entry.c.entry_no)
        .scalar_subquery()
    )
    return (
        sa.select(*(_entry.c[name] for name in _COLUMNS), valuation_date)
        .join_from(given, _entry, sa.and_(*(_entry.c[name] == given.c[name] for name in LAYER_KEY)))
        .where(sa.text(_OPEN_ISSUE.format("item_ledger_entry")))
        .order_by(_entry.c.posting_date, _entry.c.entry_no)
    )


def _costs(given: sa.FromClause) -> AnySelect:
    value = ValueEntry.__table__
    is_special = sa.case((value.c.entry_type.in_(("revaluation", "rounding")), 1), else_=0)
    return (
        sa.select(
            value.c.item_ledger_entry_no,
            sa.func.sum(value.c.cost_amount_actual + value.c.cost_amount_expected),
            sa.func.max(value.c.valuation_date),
            sa.func.max(is_special),
        )
        .join_from(given, value, value.c.item_ledger_entry_no == given.c.item_ledger_entry_no)
        .group_by(value.c.item_ledger_entry_no)
    )
