"""What stands against closing an inventory period: costs that are not adjusted, issues without a receipt.

Reads only. An item whose costs are adjusted has no unadjusted cost, whatever its marks say; an assembly is
asked by itself, since its mark is of its own. Everything is found through the indexes of what is to adjust,
so a large ledger without open ends answers at once.
Source: costing rules 13.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

from server.bulk import AnySelect
from server.costing.periods import period_of
from server.ledger.lines import EntryType
from server.ledger.tables import AssemblyCost, AverageCostPoint, ItemCost, ItemLedgerEntry, ValueEntry
from server.masterdata.facts import SetupFacts
from server.masterdata.load import load_setup

_entry = ItemLedgerEntry.__table__
_value = ValueEntry.__table__
_point = AverageCostPoint.__table__
_assembly = AssemblyCost.__table__
_cost = ItemCost.__table__
MOST = 1000


class ObstacleKind(StrEnum):
    """The first three are unadjusted cost and come first; the last is stock below zero."""

    ENTRY = "unadjusted_entry"
    AVERAGE = "unadjusted_average"
    ASSEMBLY = "unadjusted_assembly"
    OPEN_ISSUE = "open_issue"

    @property
    def is_cost(self) -> bool:
        """Whether the cost adjustment takes it away."""
        return self is not ObstacleKind.OPEN_ISSUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One thing that stands against closing. `day`: posting date of an entry, last day of an average's
    period, posting date of an assembly's output; `entry_no` is 0 where it is no entry.
    """

    kind: str
    item_no: str
    entry_no: int
    document_no: str
    day: date


def unadjusted_costs(connection: sa.Connection, ending: date, most: int = MOST) -> list[Obstacle]:
    """Costs valued on or before `ending` that are still to be adjusted, at most `most` of each kind."""
    setup = load_setup(connection)
    kinds = (
        (ObstacleKind.ENTRY, _entries_to_adjust(ending)),
        (ObstacleKind.ENTRY, _items_to_adjust(ending)),
        (ObstacleKind.AVERAGE, _averages_to_adjust(setup, ending)),
        (ObstacleKind.ASSEMBLY, _assemblies_to_adjust(ending)),
    )
    return [found for kind, query in kinds for found in _found(connection, kind, query, most)]


def open_issues(connection: sa.Connection, ending: date, most: int = MOST) -> list[Obstacle]:
    """Issues posted on or before `ending` that no receipt covers yet, at most `most`."""
    query = (
        sa.select(_entry.c.item_no, _entry.c.entry_no, _entry.c.document_no, _entry.c.posting_date)
        .where(_entry.c.is_open, _entry.c.quantity_base < 0, _entry.c.posting_date <= ending)
        .order_by(_entry.c.posting_date, _entry.c.entry_no)
    )
    return list(_found(connection, ObstacleKind.OPEN_ISSUE, query, most))


def hint_of(obstacle: Obstacle) -> str:
    """What a refusal says of it: item, document, entry and day."""
    parts = (obstacle.item_no, obstacle.document_no, obstacle.entry_no or "", obstacle.day)
    return ", ".join(str(part) for part in parts if part)


def _found(connection: sa.Connection, kind: ObstacleKind, query: AnySelect, most: int) -> Iterator[Obstacle]:
    for row in connection.execute(query.limit(most)):
        yield Obstacle(kind=str(kind), item_no=row[0], entry_no=row[1], document_no=row[2], day=row[3])


def _is_unadjusted(item_no: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(_cost.c.item_no == item_no, sa.not_(_cost.c.is_adjusted))


def _entries_to_adjust(ending: date) -> AnySelect:
    """Entries that forward a cost which changed, where anything of them is valued up to the end."""
    is_valued = sa.exists().where(
        _value.c.item_ledger_entry_no == _entry.c.entry_no, _value.c.valuation_date <= ending
    )
    return (
        sa.select(_entry.c.item_no, _entry.c.entry_no, _entry.c.document_no, _entry.c.posting_date)
        .where(_entry.c.applied_entry_to_adjust, is_valued, _is_unadjusted(_entry.c.item_no))
        .order_by(_entry.c.entry_no)
    )


def _items_to_adjust(ending: date) -> AnySelect:
    """Items of which something valued by then was posted since their last adjustment."""
    return (
        sa.select(_cost.c.item_no, sa.literal(0), sa.literal(""), _cost.c.unadjusted_from)
        .where(sa.not_(_cost.c.is_adjusted), _cost.c.unadjusted_from <= ending)
        .order_by(_cost.c.item_no)
    )


def _averages_to_adjust(setup: SetupFacts, ending: date) -> AnySelect:
    """Average periods that end by then, and the one around the end if anything in it is valued by then."""
    first, last = period_of(ending, setup.average_cost_period, setup.accounting_periods, setup.fiscal_years)
    same = [_value.c.item_no == _point.c.item_no]
    if setup.average_cost_calc_type != "item":
        same += [_value.c[name] == _point.c[name] for name in ("variant_code", "location_code")]
    is_around = sa.and_(
        _point.c.valuation_date > ending,
        _point.c.valuation_date <= last,
        sa.exists().where(*same, _value.c.valuation_date.between(first, ending)),
    )
    return (
        sa.select(_point.c.item_no, sa.literal(0), sa.literal(""), _point.c.valuation_date)
        .join_from(_cost, _point, _point.c.item_no == _cost.c.item_no)
        .where(
            sa.not_(_cost.c.is_adjusted),
            sa.not_(_point.c.is_adjusted),
            sa.or_(_point.c.valuation_date <= ending, is_around),
        )
        .order_by(_point.c.item_no, _point.c.valuation_date)
    )


def _assemblies_to_adjust(ending: date) -> AnySelect:
    output = (
        sa.select(
            _entry.c.order_no,
            sa.func.min(_entry.c.entry_no).label("entry_no"),
            sa.func.min(_entry.c.posting_date).label("posting_date"),
        )
        .join_from(_assembly, _entry, _entry.c.order_no == _assembly.c.order_no)
        .where(
            sa.not_(_assembly.c.is_adjusted),
            _entry.c.order_no != "",
            _entry.c.entry_type == str(EntryType.ASSEMBLY_OUTPUT),
            _entry.c.posting_date <= ending,
        )
        .group_by(_entry.c.order_no)
        .subquery()
    )
    return (
        sa.select(_assembly.c.item_no, output.c.entry_no, _assembly.c.order_no, output.c.posting_date)
        .join_from(output, _assembly, _assembly.c.order_no == output.c.order_no)
        .order_by(_assembly.c.order_no)
    )
