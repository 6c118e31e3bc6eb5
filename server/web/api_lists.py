"""Lists of the API: one way to filter, sort, page and export for all of them.

GET <rule> answers {rows, after, before}; `after` of one answer asks for the next page. GET <rule>.csv is the
whole list, filtered and sorted alike. An order is only offered where an index serves it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar, cast

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response
from pydantic import BaseModel

from server.security.permissions import Permission, requires
from server.web.api import json_answer
from server.web.csv_answers import csv_answer, csv_lines_answer
from server.web.keyset import Orders, Page, PageAsked, every_row
from server.web.schemas import page_model, query_model

Filter = TypeVar("Filter")
Row = TypeVar("Row")
CSV = "text/csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiList(Generic[Filter, Row]):
    """A list: where it is, what it is made of, who may see it, and the query behind it."""

    rule: str
    name: str
    summary: str
    filter_type: type
    row_type: type
    orders: Orders
    permission: Permission
    read: Callable[[Filter, PageAsked], Page[Row]]
    # Column names and lines of the file, where it says more than the list.
    export: Callable[[Iterator[Row]], tuple[list[str], Iterator[Sequence[object]]]] | None = None


@dataclass(frozen=True, slots=True)
class NoFilter:
    """A list that is short enough to have none."""


def mount_list(blueprint: APIBlueprint, listed: ApiList[Any, Any]) -> None:
    """Serve a list as JSON and as CSV."""
    model = query_model(listed.filter_type, tuple(listed.orders.columns), f"{listed.name.title()}Query")

    def page(query_data: BaseModel) -> Response:
        wanted, asked = _wanted(listed, query_data)
        return json_answer(listed.read(wanted, asked))

    def export(query_data: BaseModel) -> Response:
        wanted, asked = _wanted(listed, query_data)
        rows = every_row(lambda each: listed.read(wanted, each), asked)
        if listed.export is None:
            return csv_answer(rows, listed.row_type, listed.name)
        return csv_lines_answer(*listed.export(rows), listed.name)

    page_view = blueprint.doc(summary=listed.summary)(blueprint.output(page_model(listed.row_type))(page))
    csv_output = blueprint.output(FileSchema(type="string", format="binary"), content_type=CSV)(export)
    csv_view = blueprint.doc(summary=f"{listed.summary} As a CSV file.")(csv_output)
    for suffix, view in (("", page_view), (".csv", csv_view)):
        blueprint.add_url_rule(
            listed.rule + suffix,
            endpoint=listed.name + ("_csv" if suffix else ""),
            view_func=guarded_view(listed.permission, blueprint.input(model, location="query")(view)),
        )


def guarded_view(permission: Permission, view: Callable[..., Any]) -> Callable[..., Any]:
    """The view behind its permission, which is asked for before anything that was sent is looked at."""
    return requires(permission)(view)


def _wanted(listed: ApiList[Any, Any], query: BaseModel) -> tuple[Any, PageAsked]:
    names = [field.name for field in fields(listed.filter_type)]
    wanted = listed.filter_type(**{name: getattr(query, name) for name in names})
    given = cast(Any, query)
    asked = PageAsked(
        limit=given.limit,
        sort=given.sort.removeprefix("-"),
        descending=given.sort.startswith("-"),
        after=given.after,
        before=given.before,
    )
    return wanted, asked
