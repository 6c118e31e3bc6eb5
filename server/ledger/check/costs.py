"""Searches for cents that were lost or made.

Within one item, variant, location, lot and serial all value entries together are worth what the open
receipts have left of their cost, and what open issues (without stock) were posted at. Where a cost is still
to be adjusted (an issue that was covered later) the sum is not known yet, so those are left out.
"""

from collections.abc import Iterator
from decimal import Decimal

import sqlalchemy as sa

from server.costing.layers import Layer, cost_issued
from server.ledger.check.findings import Difference, text_of
from server.ledger.tables import ItemLedgerEntry, ValueEntry
from server.masterdata.load import load_setup

_entry = ItemLedgerEntry.__table__
_value = ValueEntry.__table__
_KEY = ("item_no", "variant_code", "location_code", "lot_no", "serial_no")
_KEY_COLUMNS = [_entry.c[name] for name in _KEY]
_cost = sa.func.sum(_value.c.cost_amount_actual + _value.c.cost_amount_expected)
Key = tuple[str, ...]


def value_not_conserved(connection: sa.Connection) -> Iterator[Difference]:
    """Keys whose value is not what is left in their open entries."""
    left_over = _left_over(connection)
    unsettled = _unsettled(connection)
    nothing = Decimal(0)
    for *key, worth in connection.execution_options(stream_results=True).execute(
        sa.select(*_KEY_COLUMNS, _cost)
        .join_from(_entry, _value, _value.c.item_ledger_entry_no == _entry.c.entry_no)
        .group_by(*_KEY_COLUMNS)
    ):
        expected = left_over.get(tuple(key), nothing)
        if worth != expected and tuple(key) not in unsettled:
            where = ", ".join(f"{name} {part}" for name, part in zip(_KEY, key, strict=True) if part)
            yield Difference(where, text_of(expected), text_of(worth))


def _left_over(connection: sa.Connection) -> dict[Key, Decimal]:
    """What open entries have left of their cost, by the one rule that shares costs out."""
    # The set-up is read only where there is something to share out: an empty company may have none.
    left: dict[Key, Decimal] = {}
    rows = connection.execute(
        sa.select(
            _entry.c.entry_no,
            _entry.c.posting_date,
            _entry.c.quantity_base,
            _entry.c.remaining_quantity,
            *_KEY_COLUMNS,
            _cost.label("cost_amount"),
        )
        .join_from(_entry, _value, _value.c.item_ledger_entry_no == _entry.c.entry_no)
        .where(_entry.c.is_open)
        .group_by(
            _entry.c.entry_no,
            _entry.c.posting_date,
            _entry.c.quantity_base,
            _entry.c.remaining_quantity,
            *_KEY_COLUMNS,
        )
    ).all()
    precision = load_setup(connection).amount_rounding_precision if rows else Decimal("0.01")
    for entry_no, posting_date, quantity, remaining, *key, cost_amount in rows:
        # An open issue keeps the whole cost that it was posted at until a receipt covers it.
        issued = quantity - remaining if quantity > 0 else Decimal(0)
        layer = Layer(entry_no, posting_date, quantity, remaining, cost_amount, posting_date)
        worth = cost_amount - cost_issued(layer, issued, precision)
        left[tuple(key)] = left.get(tuple(key), Decimal(0)) + worth
    return left


def _unsettled(connection: sa.Connection) -> set[Key]:
    """Keys with an issue whose cost the adjustment has still to correct."""
    to_adjust = sa.select(*_KEY_COLUMNS).where(_entry.c.applied_entry_to_adjust).distinct()
    partly_covered = (
        sa.select(*_KEY_COLUMNS)
        .where(
            _entry.c.is_open,
            _entry.c.quantity_base < 0,
            _entry.c.remaining_quantity != _entry.c.quantity_base,
        )
        .distinct()
    )
    return {tuple(row) for query in (to_adjust, partly_covered) for row in connection.execute(query)}
