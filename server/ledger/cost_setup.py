"""The company's set-up of costs and posting dates, and what a change of it brings with it.

Always holds: nobody posts or adjusts costs while it changes. Another average cost period or scope forms the
average periods of this fiscal year anew; an earliest valuation date is set only where everything before it is
adjusted. Which person may post on which other days stands in posting_date_range.
Raises: UnadjustedEntries; ChangeRefused (dates_crossed).
Source: costing rules 6.3, 6.5 and 13; features 13.08, 13.10, 16.05 and 16.06.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from server.costing.periods import fiscal_year_start
from server.errors import UnadjustedEntries
from server.ledger.average_points import mark_from
from server.ledger.period_obstacles import hint_of, unadjusted_costs
from server.masterdata.faults import ChangeRefused, Fault
from server.masterdata.load import load_setup
from server.masterdata.setup_lock import take_setup
from server.masterdata.tables import InventorySetup, PostingDateRange
from shared.wire.fields import DayField

_setup = InventorySetup.__table__
_range = PostingDateRange.__table__


class AutomaticAdjustment(StrEnum):
    """How far back from the work date a posting may lie whose item is adjusted at once."""

    NEVER = "never"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ALWAYS = "always"


class AveragePeriod(StrEnum):
    """What an average is formed over."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ACCOUNTING_PERIOD = "accounting_period"


class AverageScope(StrEnum):
    """What an average is formed of."""

    ITEM = "item"
    ITEM_LOCATION_VARIANT = "item_location_variant"


class CostAtPosting(StrEnum):
    """What an issue is first posted at: its receipts' cost, or the unit cost on the card."""

    APPLIED = "applied"
    CARD = "card"


@dataclass(frozen=True, slots=True, kw_only=True)
class CostSetup:
    """The set-up of costs; a work date of None is today."""

    automatic_cost_adjustment: AutomaticAdjustment
    average_cost_period: AveragePeriod
    average_cost_calc_type: AverageScope
    cost_at_posting: CostAtPosting
    automatic_cost_posting: bool
    expected_cost_posting: bool
    allow_posting_from: DayField | None
    allow_posting_to: DayField | None
    earliest_valuation_date: DayField | None
    work_date: DayField | None


def read_cost_setup(connection: sa.Connection) -> CostSetup:
    """The set-up as it stands; a company without one was never prepared (an error of ours)."""
    row = connection.execute(sa.select(*(_setup.c[each.name] for each in fields(CostSetup)))).one()
    return CostSetup(
        automatic_cost_adjustment=AutomaticAdjustment(row.automatic_cost_adjustment),
        average_cost_period=AveragePeriod(row.average_cost_period),
        average_cost_calc_type=AverageScope(row.average_cost_calc_type),
        cost_at_posting=CostAtPosting(row.cost_at_posting),
        automatic_cost_posting=row.automatic_cost_posting,
        expected_cost_posting=row.expected_cost_posting,
        allow_posting_from=row.allow_posting_from,
        allow_posting_to=row.allow_posting_to,
        earliest_valuation_date=row.earliest_valuation_date,
        work_date=row.work_date,
    )


def change_cost_setup(
    connection: sa.Connection, changes: Mapping[str, Any], *, today: date
) -> tuple[CostSetup, CostSetup]:
    """Change the fields that are named; gives back the set-up before and after.

    `today` tells which fiscal year is this one where no work date is set.
    """
    take_setup(connection)
    old = read_cost_setup(connection)
    new = replace(old, **changes)
    if new == old:
        return old, new
    check_range(new.allow_posting_from, new.allow_posting_to)
    if new.earliest_valuation_date not in (None, old.earliest_valuation_date):
        _check_adjusted_before(connection, new.earliest_valuation_date)
    connection.execute(sa.update(_setup).values(**_plain(new)))
    if (new.average_cost_period, new.average_cost_calc_type) != (
        old.average_cost_period,
        old.average_cost_calc_type,
    ):
        years = load_setup(connection).fiscal_years
        mark_from(connection, fiscal_year_start(new.work_date or today, years))
    return old, new


def set_posting_dates(
    connection: sa.Connection, person_id: str, allow_from: date | None, allow_to: date | None
) -> None:
    """The days that a person may post on in place of the company's; None leaves a side open."""
    take_setup(connection)
    check_range(allow_from, allow_to)
    values = {"allow_posting_from": allow_from, "allow_posting_to": allow_to}
    known = connection.execute(sa.update(_range).where(_range.c.person_id == person_id).values(**values))
    if not known.rowcount:
        connection.execute(sa.insert(_range).values(person_id=person_id, **values))


def clear_posting_dates(connection: sa.Connection, person_id: str) -> None:
    """Let the company's days count for a person again."""
    take_setup(connection)
    connection.execute(sa.delete(_range).where(_range.c.person_id == person_id))


def check_range(allow_from: date | None, allow_to: date | None) -> None:
    """Refuse a range that holds no day (dates_crossed)."""
    if allow_from is not None and allow_to is not None and allow_from > allow_to:
        fault = Fault(
            code="dates_crossed",
            pointer="/allow_posting_from",
            found=str(allow_from),
            expected=str(allow_to),
        )
        raise ChangeRefused([fault])


def _check_adjusted_before(connection: sa.Connection, day: date | None) -> None:
    if day is None or day == date.min:
        return
    if found := unadjusted_costs(connection, day - timedelta(days=1), most=1):
        raise UnadjustedEntries(hint_of(found[0]))


def _plain(setup: CostSetup) -> dict[str, Any]:
    """The values as columns take them."""
    return {
        name: str(value) if isinstance(value, StrEnum) else value for name, value in asdict(setup).items()
    }
