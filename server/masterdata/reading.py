"""Reads cards back: one query per table for any number of items, one row for one of anything else."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import sqlalchemy as sa

from server.bulk import given_rows
from server.masterdata.cards import (
    CostingMethod,
    ItemCard,
    ItemCode,
    ItemType,
    ItemUnit,
    ItemVariantCard,
    NegativeStock,
    Tracking,
)
from server.masterdata.tables import Item, ItemIdentifier, ItemUnitOfMeasure, ItemVariant

Part = TypeVar("Part")

# The item card's own columns, in the order of the card.
ITEM_COLUMNS = tuple(
    field.name for field in fields(ItemCard) if field.name not in ("units", "variants", "codes")
)


def load_items(
    connection: sa.Connection, item_nos: Sequence[str], *, for_change: bool = False
) -> dict[str, ItemCard]:
    """The cards of these items by number; unknown numbers are left out. `for_change` locks their rows."""
    if not item_nos:
        return {}
    table = Item.__table__
    given = _given(connection, item_nos)
    statement = sa.select(*(table.c[name] for name in ITEM_COLUMNS)).join_from(
        given, table, table.c.no == given.c.no
    )
    if for_change:
        statement = statement.order_by(table.c.no).with_for_update(of=table)
    rows = connection.execute(statement).mappings().all()
    units = _parts(connection, item_nos, ItemUnitOfMeasure, _unit)
    variants = _parts(connection, item_nos, ItemVariant, _variant)
    codes = _parts(connection, item_nos, ItemIdentifier, _code)
    return {row["no"]: _item(row, units, variants, codes) for row in rows}


def _item(
    row: sa.RowMapping,
    units: dict[str, list[ItemUnit]],
    variants: dict[str, list[ItemVariantCard]],
    codes: dict[str, list[ItemCode]],
) -> ItemCard:
    no, base = row["no"], row["base_unit_of_measure_code"]
    own_units = sorted(units.get(no, []), key=lambda unit: (unit.code != base, unit.code))
    own = dict(row)
    own["type"] = ItemType(own["type"])
    own["costing_method"] = CostingMethod(own["costing_method"])
    own["prevent_negative_inventory"] = NegativeStock(own["prevent_negative_inventory"])
    own["tracking"] = Tracking(own["tracking"])
    return ItemCard(
        **own,
        units=tuple(own_units),
        variants=tuple(sorted(variants.get(no, []), key=lambda variant: variant.code)),
        codes=tuple(sorted(codes.get(no, []), key=lambda code: code.code)),
    )


def _given(connection: sa.Connection, item_nos: Sequence[str]) -> sa.FromClause:
    return given_rows(connection, Item.__table__, ("no",), [(no,) for no in sorted(set(item_nos))])


def _parts(
    connection: sa.Connection, item_nos: Sequence[str], model: Any, make: Callable[[sa.Row[Any]], Part]
) -> dict[str, list[Part]]:
    table = model.__table__
    given = _given(connection, item_nos)
    found: dict[str, list[Part]] = {}
    for row in connection.execute(sa.select(table).join_from(given, table, table.c.item_no == given.c.no)):
        found.setdefault(row.item_no, []).append(make(row))
    return found


def _unit(row: sa.Row[Any]) -> ItemUnit:
    return ItemUnit(
        code=row.code,
        quantity_per_unit=row.quantity_per_unit,
        quantity_rounding_precision=row.quantity_rounding_precision,
    )


def _variant(row: sa.Row[Any]) -> ItemVariantCard:
    return ItemVariantCard(code=row.code, description=row.description, is_blocked=row.is_blocked)


def _code(row: sa.Row[Any]) -> ItemCode:
    return ItemCode(
        code=row.code, variant_code=row.variant_code, unit_of_measure_code=row.unit_of_measure_code
    )
