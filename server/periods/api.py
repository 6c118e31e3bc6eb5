"""Inventory periods at /api/v1: listed, made, closed, reopened, and what stands against closing.

What the books refuse (costs to adjust, an uncovered issue, a closed period) is a 409 with the refusal's code;
nothing was changed then.
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
from server.ledger import periods as books
from server.ledger.period_obstacles import Obstacle
from server.masterdata.faults import CardMissing
from server.periods import changes, queries
from server.security.permissions import Permission, requires
from server.security.problems import problem_answer
from server.security.sessions import acting, settings
from server.web.api import API, json_answer
from server.web.api_lists import ApiList, NoFilter, mount_list
from server.web.schemas import body_model, record_of, row_model
from shared.moments import MomentError, parse_day
from shared.wire.fields import DayField, Text
from shared.wire.outcomes import sentence

blueprint = APIBlueprint("periods_api", __name__, url_prefix=API, tag="Periods")
_VIEW, _CLOSE = Permission.VIEW_LEDGER, Permission.CLOSE_PERIODS
Name = Annotated[str, Text(max_length=books.LONGEST_NAME)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodBody:
    """A new inventory period."""

    ending_date: DayField
    name: Name = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameBody:
    """Another name."""

    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedRow:
    """The periods that were closed or reopened by this, ascending."""

    ending_dates: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """What stands against closing up to a day, at most a thousand of each kind; none: it may be closed."""

    ending_date: date
    may_close: bool
    obstacles: tuple[Obstacle, ...]


mount_list(
    blueprint,
    ApiList(
        rule="/inventory-periods",
        name="inventory_periods",
        summary="Inventory periods, the latest first.",
        filter_type=NoFilter,
        row_type=queries.PeriodRow,
        orders=queries.PERIOD_ORDERS,
        permission=_VIEW,
        read=lambda _filter, asked: queries.list_periods(asked),
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/inventory-period-entries",
        name="inventory_period_entries",
        summary="Closings and reopenings, the newest first.",
        filter_type=queries.PeriodEntryFilter,
        row_type=queries.PeriodEntryRow,
        orders=queries.LOG_ORDERS,
        permission=_VIEW,
        read=queries.list_period_entries,
    ),
)


@blueprint.post("/inventory-periods")
@requires(_CLOSE)
@blueprint.input(body_model(PeriodBody))
@blueprint.output(row_model(queries.PeriodRow), status_code=201)
@blueprint.doc(summary="Create an inventory period; it ends after every closed one.")
def create_period(json_data: BaseModel) -> Response:
    """Create a period."""
    body, now, actor = record_of(PeriodBody, json_data), settings().now(), acting()

    def work(connection: sa.Connection) -> None:
        changes.create_period(connection, body.ending_date, body.name, actor=actor, now=now)

    write(work)
    return json_answer(_period(body.ending_date), 201)


@blueprint.get("/inventory-periods/<ending_date>")
@requires(_VIEW)
@blueprint.output(row_model(queries.PeriodRow))
@blueprint.doc(summary="One inventory period.")
def get_period(ending_date: str) -> Response:
    """One period."""
    return json_answer(_period(day_of(ending_date)))


@blueprint.patch("/inventory-periods/<ending_date>")
@requires(_CLOSE)
@blueprint.input(body_model(NameBody))
@blueprint.output(row_model(queries.PeriodRow))
@blueprint.doc(summary="Give an open inventory period another name.")
def rename_period(ending_date: str, json_data: BaseModel) -> Response:
    """Rename a period."""
    ending, name = day_of(ending_date), record_of(NameBody, json_data).name
    now, actor = settings().now(), acting()
    write(lambda connection: changes.rename_period(connection, ending, name, actor=actor, now=now))
    return json_answer(_period(ending))


@blueprint.delete("/inventory-periods/<ending_date>")
@requires(_CLOSE)
@blueprint.output({}, status_code=204)
@blueprint.doc(summary="Delete an open inventory period.")
def delete_period(ending_date: str) -> Response:
    """Delete a period."""
    ending, now, actor = day_of(ending_date), settings().now(), acting()
    write(lambda connection: changes.delete_period(connection, ending, actor=actor, now=now))
    return Response(status=204)


@blueprint.post("/inventory-periods/<ending_date>/close")
@requires(_CLOSE)
@blueprint.output(row_model(TurnedRow))
@blueprint.doc(summary="Close an inventory period and all before it.")
def close_period(ending_date: str) -> Response:
    """Close a period."""
    ending, now, actor = day_of(ending_date), settings().now(), acting()
    endings = write(lambda connection: changes.close_period(connection, ending, actor=actor, now=now))
    return json_answer(TurnedRow(ending_dates=endings))


@blueprint.post("/inventory-periods/<ending_date>/reopen")
@requires(_CLOSE)
@blueprint.output(row_model(TurnedRow))
@blueprint.doc(summary="Reopen an inventory period and all after it.")
def reopen_period(ending_date: str) -> Response:
    """Reopen a period."""
    ending, now, actor = day_of(ending_date), settings().now(), acting()
    endings = write(lambda connection: changes.reopen_period(connection, ending, actor=actor, now=now))
    return json_answer(TurnedRow(ending_dates=endings))


@blueprint.get("/inventory-periods/<ending_date>/report")
@requires(_VIEW)
@blueprint.output(row_model(ReportRow))
@blueprint.doc(summary="What stands against closing up to a day, which need be no period's end.")
def report_period(ending_date: str) -> Response:
    """The test report."""
    ending = day_of(ending_date)
    found = tuple(books.test_report(db.session.connection(), ending))
    return json_answer(ReportRow(ending_date=ending, may_close=not found, obstacles=found))


@blueprint.errorhandler(Refusal)
def refused(refusal: Refusal) -> Response:
    """409 with the refusal's code."""
    return problem_answer(409, refusal.code, sentence(refusal.code, refusal.hint, "en"))


def day_of(text: str) -> date:
    """A day of an address; what is no day names nothing that is there."""
    try:
        return parse_day(text)
    except MomentError:
        raise CardMissing("period", text) from None


def _period(ending: date) -> queries.PeriodRow:
    found = books.read_period(db.session.connection(), ending)
    return queries.PeriodRow(ending_date=found.ending_date, name=found.name, is_closed=found.is_closed)
