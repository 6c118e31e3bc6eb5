"""Writes what a batch changes about costs beside its rows: item sums, invoicing, dates, marks, the card.

The marks say where the next cost adjustment starts: entries, average periods and assemblies.
"""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from server.bulk import AnySelect, select_given, update_rows, upsert_rows
from server.costing.periods import period_of
from server.ledger.tables import AssemblyCost, AverageCostPoint, ItemCost, ItemLedgerEntry, ValueEntry
from server.ledger.working_set import WorkingSet
from server.masterdata.facts import SetupFacts
from server.masterdata.tables import Item

_POINT_KEY = ("item_no", "variant_code", "location_code", "valuation_date")
# Item, variant, location and day of something that was valued.
Valued = tuple[str, str, str, date]


def write_costs(connection: sa.Connection, working_set: WorkingSet) -> None:
    """Store everything about costs that the batch changed in rows that were there before."""
    _write_sums(connection, working_set)
    _write_invoicing(connection, working_set)
    if working_set.average_points:
        mark_average_points(connection, working_set.facts.setup, working_set.average_points)
    if working_set.assemblies:
        upsert_rows(
            connection,
            AssemblyCost.__table__,
            keys=("order_no",),
            values=("item_no", "is_adjusted"),
            rows=[(no, item_no, True) for no, item_no in sorted(working_set.assemblies.items())],
        )
    _write_cards(connection, working_set)


def _write_sums(connection: sa.Connection, working_set: WorkingSet) -> None:
    sums = working_set.sums
    upsert_rows(
        connection,
        ItemCost.__table__,
        keys=("item_no",),
        values=(
            "quantity_base",
            "invoiced_quantity",
            "cost_amount_actual",
            "cost_amount_expected",
            "is_adjusted",
            "unadjusted_from",
        ),
        rows=[
            (
                no,
                sums[no].quantity_base,
                sums[no].invoiced_quantity,
                sums[no].cost_amount_actual,
                sums[no].cost_amount_expected,
                False,
                sums[no].unadjusted_from,
            )
            for no in sorted(working_set.changed_sums)
        ],
    )


def _write_invoicing(connection: sa.Connection, working_set: WorkingSet) -> None:
    update_rows(
        connection,
        ItemLedgerEntry.__table__,
        keys=("entry_no",),
        values=("invoiced_quantity", "is_completely_invoiced", "last_invoice_date"),
        rows=[
            (no, each.invoiced_quantity, each.is_completely_invoiced, each.last_invoice_date)
            for no, each in sorted(working_set.invoicing.items())
        ],
    )
    write_valuation_dates(connection, working_set.valuation_dates.items())
    update_rows(
        connection,
        ValueEntry.__table__,
        keys=("item_ledger_entry_no",),
        values=("valued_by_average_cost",),
        rows=[(no, False) for no in sorted(working_set.not_by_average)],
    )


def write_valuation_dates(connection: sa.Connection, dates: Iterable[tuple[int, date]]) -> None:
    """Move all values of these entries to new valuation dates."""
    update_rows(
        connection,
        ValueEntry.__table__,
        keys=("item_ledger_entry_no",),
        values=("valuation_date",),
        rows=sorted(dates),
    )


def mark_average_points(connection: sa.Connection, setup: SetupFacts, valued: Iterable[Valued]) -> None:
    """Leave the periods of what was valued, and all later ones of the same average, to be adjusted."""
    is_per_item = setup.average_cost_calc_type == "item"
    marks: dict[tuple[str, ...], set[date]] = {}
    for item_no, variant_code, location_code, day in valued:
        scope = (item_no, "", "") if is_per_item else (item_no, variant_code, location_code)
        last = period_of(day, setup.average_cost_period, setup.accounting_periods, setup.fiscal_years)[1]
        marks.setdefault(scope, set()).add(last)
    table = AverageCostPoint.__table__
    scopes = sorted(marks)
    later = [
        tuple(row)
        for row in select_given(connection, _adjusted_points, table, columns=_POINT_KEY[:3], rows=scopes)
        if row[3] >= min(marks[tuple(row[:3])])
    ]
    rows = {(*scope, day) for scope, days in marks.items() for day in days} | set(later)
    upsert_rows(
        connection,
        table,
        keys=_POINT_KEY,
        values=("is_adjusted",),
        rows=[(*row, False) for row in sorted(rows)],
    )


def _adjusted_points(given: sa.FromClause) -> AnySelect:
    table = AverageCostPoint.__table__
    same = sa.and_(*(table.c[name] == given.c[name] for name in _POINT_KEY[:3]))
    return (
        sa.select(*(table.c[name] for name in _POINT_KEY))
        .join_from(given, table, same)
        .where(table.c.is_adjusted)
    )


def _write_cards(connection: sa.Connection, working_set: WorkingSet) -> None:
    for column, changed in (
        ("unit_cost", working_set.unit_costs),
        ("last_direct_cost", working_set.last_direct_costs),
        ("standard_cost", working_set.standard_costs),
    ):
        update_rows(connection, Item.__table__, keys=("no",), values=(column,), rows=sorted(changed.items()))
