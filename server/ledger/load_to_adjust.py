"""Loads what the cost adjustment of an item needs: all of it, or of a long history what hangs on the marks.

Work follows what changed. From the marked entries the cost goes on to what was issued from them and what
copies that, to the end; of what these take from, only themselves are needed, and where they are used up
also their other issues, for the rounding. Averages need everything valued from the first open period on, and
of what was before only the sums. Reads only.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from server.bulk import AnySelect, select_given
from server.costing.adjustment import Opening, Rules
from server.costing.averaging import Scope, Sum
from server.costing.entries import Application, Entry
from server.ledger.load_entries import (
    load_applications,
    load_entries,
    load_item_applications,
    load_item_entries,
)
from server.ledger.tables import ItemLedgerEntry, ValueEntry

# Up to here reading all at once is quicker than following what hangs together.
LONG = 5_000
_entry = ItemLedgerEntry.__table__
_value = ValueEntry.__table__


@dataclass(frozen=True, slots=True)
class Loaded:
    """Entries and what holds between them; `opening` is None where they are all of the item."""

    entries: Mapping[int, Entry]
    applications: list[Application]
    opening: Opening | None = None


def is_long(connection: sa.Connection, item_no: str) -> bool:
    """Whether an item has more entries than are read at once."""
    some = sa.select(_entry.c.entry_no).where(_entry.c.item_no == item_no).limit(LONG + 1).subquery()
    return (connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0) > LONG


def load_all(connection: sa.Connection, item_no: str) -> Loaded:
    """Everything of the item."""
    return Loaded(load_item_entries(connection, item_no), load_item_applications(connection, item_no))


def load_from_marks(
    connection: sa.Connection,
    item_no: str,
    starts: Collection[int],
    open_days: Collection[date],
    *,
    rules: Rules,
) -> Loaded:
    """What the marked entries and the open average periods reach."""
    reached, applications = _follow(connection, starts)
    opening = None
    if rules.is_average:
        marked = load_entries(connection, starts)
        days = {*open_days, *(entry.valuation_date for entry in marked.values())}
        first_day = min((rules.period_of(day)[0] for day in days), default=date.max)
        rows = select_given(
            connection,
            _valued_from,
            _value,
            columns=("item_no", "valuation_date"),
            rows=[(item_no, first_day)],
        )
        numbers = {row[0] for row in rows}
        applications |= {each.entry_no: each for each in load_applications(connection, numbers)}
        reached |= numbers
        opening = Opening(first_day, _sums_before(connection, item_no, first_day))
    reached |= _beside(connection, reached, applications)
    return Loaded(load_entries(connection, reached), list(applications.values()), opening)


def _follow(connection: sa.Connection, starts: Collection[int]) -> tuple[set[int], dict[int, Application]]:
    """Everything that gets its cost from the starts, and the applications of all that."""
    seen: set[int] = set()
    found: dict[int, Application] = {}
    waiting = set(starts)
    while waiting:
        seen |= waiting
        step = load_applications(connection, waiting)
        found.update({each.entry_no: each for each in step})
        ahead = {each.outbound_entry_no for each in step if each.takes and each.inbound_entry_no in waiting}
        ahead |= {
            each.inbound_entry_no for each in step if not each.takes and each.outbound_entry_no in waiting
        }
        waiting = ahead - seen
    return seen, found


def _beside(
    connection: sa.Connection, reached: Collection[int], applications: dict[int, Application]
) -> set[int]:
    """What the reached entries take from or copy, and of used-up receipts their other issues."""
    beside = {
        no
        for each in applications.values()
        for no in (each.inbound_entry_no, each.outbound_entry_no, each.transferred_from_entry_no)
        if no and no not in reached
    }
    used_up = [no for no, entry in load_entries(connection, beside).items() if not entry.remaining]
    more = load_applications(connection, used_up)
    applications.update({each.entry_no: each for each in more})
    return beside | {no for each in more for no in (each.inbound_entry_no, each.outbound_entry_no) if no}


def _sums_before(connection: sa.Connection, item_no: str, day: date) -> dict[Scope, Sum]:
    rows = connection.execute(
        sa.select(
            _value.c.variant_code,
            _value.c.location_code,
            sa.func.sum(_value.c.item_ledger_entry_quantity),
            sa.func.sum(_value.c.cost_amount_actual + _value.c.cost_amount_expected),
        )
        .where(_value.c.item_no == item_no, _value.c.valuation_date < day, _value.c.item_ledger_entry_no != 0)
        .group_by(_value.c.variant_code, _value.c.location_code)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _valued_from(given: sa.FromClause) -> AnySelect:
    return (
        sa.select(_value.c.item_ledger_entry_no)
        .join_from(
            given,
            _value,
            sa.and_(_value.c.item_no == given.c.item_no, _value.c.valuation_date >= given.c.valuation_date),
        )
        .where(_value.c.item_ledger_entry_no != 0)
        .distinct()
    )
