"""Reads inventory periods, their log, accounting periods and posting dates for pages and API."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from server.database import db
from server.ledger.accounting_periods import Accounting
from server.masterdata.tables import (
    AccountingPeriod,
    InventoryPeriod,
    InventoryPeriodEntry,
    PostingDateRange,
)
from server.security.tables import Person
from server.web.keyset import Orders, Page, PageAsked, read_page

Row = TypeVar("Row")
_period = InventoryPeriod.__table__
_log = InventoryPeriodEntry.__table__
_accounting = AccountingPeriod.__table__
_range = PostingDateRange.__table__
_person = Person.__table__
PERIOD_ORDERS = Orders.of(_period, {"ending_date": ("ending_date",)}, first_descending=True)
LOG_ORDERS = Orders.of(_log, {"entry_no": ("entry_no",)}, first_descending=True)
ACCOUNTING_ORDERS = Orders.of(_accounting, {"starting_date": ("starting_date",)}, first_descending=True)
RANGE_ORDERS = Orders.of(_range, {"person_id": ("person_id",)})


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRow:
    """An inventory period."""

    ending_date: date
    name: str
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodEntryRow:
    """That a period was closed or reopened; `register_no` is the last item register there was."""

    entry_no: int
    ending_date: date
    action: str
    register_no: int
    user_id: str
    user_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodEntryFilter:
    """Which rows of the log."""

    ending_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeRow:
    """The days that a person may post on in place of the company's; null leaves a side open."""

    person_id: str
    person_name: str
    allow_posting_from: date | None
    allow_posting_to: date | None


def list_periods(asked: PageAsked) -> Page[PeriodRow]:
    """Inventory periods, the latest first."""
    statement = sa.select(_period.c.ending_date, _period.c.name, _period.c.is_closed)
    return read_page(statement, PERIOD_ORDERS, asked, lambda row: _made(PeriodRow, row))


def list_period_entries(wanted: PeriodEntryFilter, asked: PageAsked) -> Page[PeriodEntryRow]:
    """The log of closings and reopenings, the newest first."""
    statement = sa.select(
        _log.c.entry_no,
        _log.c.ending_date,
        _log.c.action,
        _log.c.register_no,
        _log.c.user_id,
        sa.func.coalesce(_person.c.name, "").label("user_name"),
        _log.c.created_at,
    ).join_from(_log, _person, _person.c.person_id == _log.c.user_id, isouter=True)
    if wanted.ending_date is not None:
        statement = statement.where(_log.c.ending_date == wanted.ending_date)
    return read_page(statement, LOG_ORDERS, asked, lambda row: _made(PeriodEntryRow, row))


def list_accounting_periods(asked: PageAsked) -> Page[Accounting]:
    """Accounting periods, the latest first."""
    statement = sa.select(
        _accounting.c.starting_date,
        _accounting.c.name,
        _accounting.c.is_new_fiscal_year,
        _accounting.c.is_closed,
    )
    return read_page(statement, ACCOUNTING_ORDERS, asked, lambda row: _made(Accounting, row))


def list_ranges(asked: PageAsked) -> Page[RangeRow]:
    """Posting dates of people who have their own."""
    return read_page(_ranges(), RANGE_ORDERS, asked, lambda row: _made(RangeRow, row))


def read_range(person_id: str) -> RangeRow | None:
    """One person's own posting dates."""
    row = db.session.execute(_ranges().where(_range.c.person_id == person_id)).mappings().one_or_none()
    return None if row is None else _made(RangeRow, row)


def people_who_post() -> list[tuple[str, str]]:
    """Ids and names of the people who are not blocked, by name."""
    rows = db.session.execute(
        sa.select(_person.c.person_id, _person.c.name)
        .where(_person.c.blocked_at.is_(None))
        .order_by(_person.c.name, _person.c.person_id)
    )
    return [(row[0], row[1]) for row in rows]


def is_accounting_closed(ending: date) -> bool:
    """Whether the accounting period that a day lies in is closed."""
    row = db.session.execute(
        sa.select(_accounting.c.is_closed)
        .where(_accounting.c.starting_date <= ending)
        .order_by(_accounting.c.starting_date.desc())
        .limit(1)
    ).one_or_none()
    return row is not None and bool(row[0])


def _ranges() -> "sa.Select[*tuple[Any, ...]]":
    return sa.select(
        _range.c.person_id,
        sa.func.coalesce(_person.c.name, "").label("person_name"),
        _range.c.allow_posting_from,
        _range.c.allow_posting_to,
    ).join_from(_range, _person, _person.c.person_id == _range.c.person_id, isouter=True)


def _made(row_type: type[Row], row: sa.RowMapping) -> Row:
    return row_type(**{each.name: row[each.name] for each in fields(cast(Any, row_type))})
