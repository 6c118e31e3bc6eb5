"""Which average periods there are after the set-up of the average, or the calendar behind it, changed.

Always holds afterwards: from the first day on every average item has exactly one point for each period in
which something of it is valued, all to be adjusted again, and the item itself is to be adjusted.
Source: costing rules 6.3, last line; features 13.08.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache

import sqlalchemy as sa

from server.bulk import insert_rows
from server.costing.periods import period_of
from server.ledger.tables import AverageCostPoint, ItemCost, ValueEntry
from server.masterdata.load import load_setup
from server.masterdata.tables import Item

_point = AverageCostPoint.__table__
_value = ValueEntry.__table__
_cost = ItemCost.__table__
_item = Item.__table__
_AVERAGE = "Average"
Key = tuple[str, str, str, date]


def mark_from(connection: sa.Connection, first_day: date) -> int:
    """Form the periods from `first_day` on anew by the set-up as it is now; gives back how many there are.

    Whoever calls has taken the set-up (server.masterdata.setup_lock), so nobody posts meanwhile.
    """
    average = sa.select(_item.c.no).where(_item.c.costing_method == _AVERAGE)
    # In the order in which postings and adjustments lock them.
    connection.execute(
        sa.select(_cost.c.item_no)
        .where(_cost.c.item_no.in_(average))
        .order_by(_cost.c.item_no)
        .with_for_update(key_share=True)
    ).all()
    connection.execute(
        sa.delete(_point).where(_point.c.valuation_date >= first_day, _point.c.item_no.in_(average))
    )
    points = sorted(set(_points(connection, first_day)))
    columns = ("item_no", "variant_code", "location_code", "valuation_date", "is_adjusted")
    insert_rows(connection, _point, columns, [(*point, False) for point in points])
    pointed = sa.select(_point.c.item_no).where(_point.c.valuation_date >= first_day)
    connection.execute(
        sa.update(_cost)
        .where(_cost.c.item_no.in_(average), _cost.c.item_no.in_(pointed))
        .values(is_adjusted=False)
    )
    return len(points)


def _points(connection: sa.Connection, first_day: date) -> Iterator[Key]:
    """A point for each day on which something is valued; many fall together."""
    setup = load_setup(connection)

    @cache
    def last_day(day: date) -> date:
        return period_of(day, setup.average_cost_period, setup.accounting_periods, setup.fiscal_years)[1]

    per_item = setup.average_cost_calc_type == "item"
    for item_no, variant_code, location_code, day in connection.execute(
        sa.select(_value.c.item_no, _value.c.variant_code, _value.c.location_code, _value.c.valuation_date)
        .join_from(_item, _value, _value.c.item_no == _item.c.no)
        .where(
            _item.c.costing_method == _AVERAGE,
            _value.c.valuation_date >= first_day,
            # A resource's cost of an assembly is of no stock.
            _value.c.item_ledger_entry_no != 0,
        )
        .distinct()
    ):
        yield (
            item_no,
            "" if per_item else variant_code,
            "" if per_item else location_code,
            last_day(day),
        )
