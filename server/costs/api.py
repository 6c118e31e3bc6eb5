"""Costs at /api/v1: valuation at a date and over time, averages explained, the adjustment's log and a run."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel

from server.costs import average_queries, queries, runs
from server.costs.pages import month_ends
from server.costs.wishes import ask_for_adjustment
from server.database import db
from server.masterdata.load import business_day
from server.security.permissions import Permission
from server.security.sessions import settings
from server.web.api import API, json_answer
from server.web.api_lists import ApiList, guarded_view, mount_list
from server.web.schemas import plain_query_model, row_model

blueprint = APIBlueprint("costs_api", __name__, url_prefix=API, tag="Costs")
_VIEW = Permission.VIEW_LEDGER
_MONTHS = 12
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(9998, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueOverTime:
    """Values at the ends of months, ascending."""

    days: tuple[queries.DayValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """That a run was asked for, and how many items it finds to adjust."""

    items_to_adjust: int


mount_list(
    blueprint,
    ApiList(
        rule="/inventory-valuation",
        name="inventory_valuation",
        summary="Quantity and value of each item between two days, by posting date.",
        filter_type=queries.ValuationFilter,
        row_type=queries.ItemValuation,
        orders=queries.ITEM_ORDERS,
        permission=_VIEW,
        read=queries.valuation_by_item,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/inventory-valuation/by-location",
        name="inventory_valuation_by_location",
        summary="Quantity and value of each item at each location between two days, by posting date.",
        filter_type=queries.ValuationFilter,
        row_type=queries.LocationValuation,
        orders=queries.LOCATION_ORDERS,
        permission=_VIEW,
        read=queries.valuation_by_location,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/cost-adjustment-runs",
        name="cost_adjustment_runs",
        summary="Runs of the cost adjustment, the newest first.",
        filter_type=runs.RunFilter,
        row_type=runs.RunRow,
        orders=runs.RUN_ORDERS,
        permission=_VIEW,
        read=runs.list_runs,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/cost-adjustment-run-items",
        name="cost_adjustment_run_items",
        summary="What runs of the cost adjustment did to items.",
        filter_type=runs.RunItemFilter,
        row_type=runs.RunItemRow,
        orders=runs.RUN_ITEM_ORDERS,
        permission=_VIEW,
        read=runs.list_run_items,
    ),
)
mount_list(
    blueprint,
    ApiList(
        rule="/items-to-adjust",
        name="items_to_adjust",
        summary="Items whose costs are still to be adjusted, and those that are excluded from it.",
        filter_type=runs.WaitingFilter,
        row_type=runs.WaitingItem,
        orders=runs.WAITING_ORDERS,
        permission=_VIEW,
        read=runs.list_waiting,
    ),
)


def total(query_data: BaseModel) -> Response:
    """The sums of all rows."""
    return json_answer(queries.total_valuation(_valuation(query_data)))


def over_time(query_data: BaseModel) -> Response:
    """Values at the ends of the last months up to the last day."""
    wanted = _valuation(query_data)
    last = min(max(wanted.posting_date_to or _today(), _FIRST_DAY), _LAST_DAY)
    return json_answer(ValueOverTime(days=queries.value_over_time(wanted, month_ends(last, _MONTHS))))


def average(query_data: BaseModel) -> Response:
    """Why an average is what it is."""
    given: Any = query_data
    day = min(max(given.day, _FIRST_DAY), _LAST_DAY) if given.day else None
    asked = average_queries.AverageAsked(
        item_no=given.item_no, variant_code=given.variant_code, location_code=given.location_code, day=day
    )
    return json_answer(average_queries.read_average(asked, _today()))


def ask() -> Response:
    """Have the jobs adjust everything."""
    waiting = runs.count_waiting()
    ask_for_adjustment()
    return json_answer(Asked(items_to_adjust=waiting), 202)


def _mount(rule: str, view: Any, *, parameters: type, answer: type, summary: str) -> None:
    documented = blueprint.doc(summary=summary)(blueprint.output(row_model(answer))(view))
    taking = blueprint.input(plain_query_model(parameters), location="query")(documented)
    blueprint.add_url_rule(rule, endpoint=view.__name__, view_func=guarded_view(_VIEW, taking))


_mount(
    "/inventory-valuation/total",
    total,
    parameters=queries.ValuationFilter,
    answer=queries.Movement,
    summary="The sums of the inventory valuation.",
)
_mount(
    "/inventory-valuation/over-time",
    over_time,
    parameters=queries.ValuationFilter,
    answer=ValueOverTime,
    summary="Inventory value at the end of each of the last twelve months up to the last day.",
)
_mount(
    "/average-cost",
    average,
    parameters=average_queries.AverageAsked,
    answer=average_queries.AverageOverview,
    summary="What the average cost of an item's period is made of, and why it is what it is.",
)
blueprint.add_url_rule(
    "/cost-adjustment-runs",
    endpoint="ask",
    view_func=guarded_view(
        Permission.POST_JOURNAL,
        blueprint.doc(
            summary="Have all costs adjusted.",
            description="Answers at once; the log of runs says how far it is.",
            responses={202: "Asked for"},
        )(blueprint.output(row_model(Asked), status_code=202)(ask)),
    ),
    methods=["POST"],
)


def _valuation(query_data: BaseModel) -> queries.ValuationFilter:
    given: Any = query_data
    names = queries.ValuationFilter.__dataclass_fields__
    return queries.ValuationFilter(**{name: getattr(given, name) for name in names})


def _today() -> date:
    return business_day(db.session.connection(), settings().now())
