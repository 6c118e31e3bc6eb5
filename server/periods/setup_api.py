"""Accounting periods, posting dates and the set-up of costs at /api/v1.

What the books refuse is a 409 with the refusal's code; nothing was changed then.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

import sqlalchemy as sa
from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from server.database import db, write
from server.errors import Refusal
from server.ledger.accounting_periods import LONGEST_NAME, Accounting, read_accounting_period
from server.ledger.cost_setup import CostSetup, read_cost_setup
from server.masterdata.faults import CardMissing
from server.periods import changes, queries
from server.periods.api import day_of, refused
from server.security.permissions import Permission, requires
from server.security.sessions import acting, settings
from server.web.api import API, json_answer
from server.web.api_lists import ApiList, NoFilter, mount_list
from server.web.schemas import body_model, changes_of, partial_model, record_of, row_model
from shared.wire.fields import DayField, Text

blueprint = APIBlueprint("setup_api", __name__, url_prefix=API, tag="Set-up")
blueprint.register_error_handler(Refusal, refused)
_VIEW, _SETUP = Permission.VIEW_LEDGER, Permission.MANAGE_SETUP
Name = Annotated[str, Text(max_length=LONGEST_NAME)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountingBody:
    """A new accounting period."""

    starting_date: DayField
    name: Name = ""
    is_new_fiscal_year: bool = False
    is_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountingChangeBody:
    """What of an accounting period may change."""

    name: Name
    is_new_fiscal_year: bool
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalYearBody:
    """The first day of a fiscal year of twelve months."""

    starting_date: DayField


@dataclass(frozen=True, slots=True, kw_only=True)
class FiscalYearRow:
    """The first days of its accounting periods, ascending."""

    starting_dates: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeBody:
    """The days that a person may post on in place of the company's; null leaves a side open."""

    allow_posting_from: DayField | None = None
    allow_posting_to: DayField | None = None


mount_list(
    blueprint,
    ApiList(
        rule="/accounting-periods",
        name="accounting_periods",
        summary="Accounting periods, the latest first.",
        filter_type=NoFilter,
        row_type=Accounting,
        orders=queries.ACCOUNTING_ORDERS,
        permission=_VIEW,
        read=lambda _filter, asked: queries.list_accounting_periods(asked),
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/posting-date-ranges",
        name="posting_date_ranges",
        summary="Posting dates of people who have their own.",
        filter_type=NoFilter,
        row_type=queries.RangeRow,
        orders=queries.RANGE_ORDERS,
        permission=_SETUP,
        read=lambda _filter, asked: queries.list_ranges(asked),
    ),
)


@blueprint.get("/inventory-setup")
@requires(_VIEW)
@blueprint.output(row_model(CostSetup))
@blueprint.doc(summary="The set-up of costs and posting dates.")
def get_setup() -> Response:
    """The set-up."""
    return json_answer(read_cost_setup(db.session.connection()))


@blueprint.patch("/inventory-setup")
@requires(_SETUP)
@blueprint.input(partial_model(CostSetup))
@blueprint.output(row_model(CostSetup))
@blueprint.doc(summary="Change the set-up of costs and posting dates; what is left out stays.")
def change_setup(json_data: BaseModel) -> Response:
    """Change the set-up."""
    given, now, actor = changes_of(json_data), settings().now(), acting()
    return json_answer(
        write(lambda connection: changes.change_cost_setup(connection, given, actor=actor, now=now))
    )


@blueprint.post("/accounting-periods")
@requires(_SETUP)
@blueprint.input(body_model(AccountingBody))
@blueprint.output(row_model(Accounting), status_code=201)
@blueprint.doc(summary="Create an accounting period.")
def create_accounting_period(json_data: BaseModel) -> Response:
    """Create an accounting period."""
    body, now, actor = record_of(AccountingBody, json_data), settings().now(), acting()
    period = Accounting(
        starting_date=body.starting_date,
        name=body.name,
        is_new_fiscal_year=body.is_new_fiscal_year,
        is_closed=body.is_closed,
    )

    def work(connection: sa.Connection) -> None:
        changes.create_accounting_period(connection, period, actor=actor, now=now)

    write(work)
    return json_answer(period, 201)


@blueprint.post("/fiscal-years")
@requires(_SETUP)
@blueprint.input(body_model(FiscalYearBody))
@blueprint.output(row_model(FiscalYearRow), status_code=201)
@blueprint.doc(summary="Create a fiscal year of twelve accounting periods of a month each.")
def create_fiscal_year(json_data: BaseModel) -> Response:
    """Create a fiscal year."""
    first, now, actor = record_of(FiscalYearBody, json_data).starting_date, settings().now(), acting()
    starts = write(lambda connection: changes.create_fiscal_year(connection, first, actor=actor, now=now))
    return json_answer(FiscalYearRow(starting_dates=starts), 201)


@blueprint.get("/accounting-periods/<starting_date>")
@requires(_VIEW)
@blueprint.output(row_model(Accounting))
@blueprint.doc(summary="One accounting period.")
def get_accounting_period(starting_date: str) -> Response:
    """One accounting period."""
    return json_answer(read_accounting_period(db.session.connection(), day_of(starting_date)))


@blueprint.patch("/accounting-periods/<starting_date>")
@requires(_SETUP)
@blueprint.input(partial_model(AccountingChangeBody))
@blueprint.output(row_model(Accounting))
@blueprint.doc(summary="Change an accounting period; what is left out stays.")
def change_accounting_period(starting_date: str, json_data: BaseModel) -> Response:
    """Change an accounting period."""
    day, given, now, actor = day_of(starting_date), changes_of(json_data), settings().now(), acting()

    def work(connection: sa.Connection) -> Accounting:
        return changes.change_accounting_period(connection, day, given, actor=actor, now=now)

    return json_answer(write(work))


@blueprint.delete("/accounting-periods/<starting_date>")
@requires(_SETUP)
@blueprint.output({}, status_code=204)
@blueprint.doc(summary="Delete an accounting period; its days fall to the one before it.")
def delete_accounting_period(starting_date: str) -> Response:
    """Delete an accounting period."""
    day, now, actor = day_of(starting_date), settings().now(), acting()
    write(lambda connection: changes.delete_accounting_period(connection, day, actor=actor, now=now))
    return Response(status=204)


@blueprint.get("/posting-date-ranges/<person_id>")
@requires(_SETUP)
@blueprint.output(row_model(queries.RangeRow))
@blueprint.doc(summary="A person's own posting dates.")
def get_posting_dates(person_id: str) -> Response:
    """One person's own dates."""
    return json_answer(_range(person_id))


@blueprint.put("/posting-date-ranges/<person_id>")
@requires(_SETUP)
@blueprint.input(body_model(RangeBody))
@blueprint.output(row_model(queries.RangeRow))
@blueprint.doc(summary="Give a person posting dates in place of the company's.")
def set_posting_dates(person_id: str, json_data: BaseModel) -> Response:
    """Set a person's own dates."""
    body, now, actor = record_of(RangeBody, json_data), settings().now(), acting()
    dates = body.allow_posting_from, body.allow_posting_to

    def work(connection: sa.Connection) -> None:
        changes.set_posting_dates(connection, person_id, *dates, actor=actor, now=now)

    write(work)
    return json_answer(_range(person_id))


@blueprint.delete("/posting-date-ranges/<person_id>")
@requires(_SETUP)
@blueprint.output({}, status_code=204)
@blueprint.doc(summary="Let the company's posting dates count for a person again.")
def clear_posting_dates(person_id: str) -> Response:
    """Clear a person's own dates."""
    now, actor = settings().now(), acting()
    write(lambda connection: changes.clear_posting_dates(connection, person_id, actor=actor, now=now))
    return Response(status=204)


def _range(person_id: str) -> queries.RangeRow:
    found = queries.read_range(person_id)
    if found is None:
        raise CardMissing("posting date range", person_id)
    return found
