"""What all pages do alike: a list as a page or as CSV, filters as they were typed, what is not there.

A filter that cannot be read filters nothing and is never an error; a cursor that a list did not give leads
back to its first page. Days are days of the location whose time the page shows.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from server.masterdata.faults import CardMissing
from server.security.frame import current_frame
from server.web.csv_answers import csv_answer
from server.web.keyset import CursorRefused, Page, PageAsked, every_row
from server.web.tables import Listing, here
from shared.moments import MomentError, parse_day

Row = TypeVar("Row")
Read = Callable[[PageAsked], Page[Any]]
_LONGEST_NUMBER = 18


def list_answer(
    template: str,
    listing: Listing,
    read: Read,
    *,
    row_type: type,
    name: str,
    dress: Callable[[Page[Any]], Page[Any]] = lambda page: page,
    **more: Any,
) -> AnyResponse:
    """The page of a list, or with `?format=csv` all of its rows; `dress` adds to what the page shows only."""
    if request.args.get("format") == "csv":
        asked = listing.asked()
        return csv_answer(every_row(read, asked), row_type, name)
    page = dress(read(listing.asked()))
    return make_response(render_template(template, listing=listing.with_page(page), **more))


def filter_text(values: MultiDict[str, str], name: str) -> str:
    """What was typed, without the spaces around it."""
    text = values.get(name, "").strip()
    return text if text.isprintable() else ""


def filter_number(values: MultiDict[str, str], name: str) -> int | None:
    """A whole number, with or without thousands marks."""
    text = "".join(values.get(name, "").replace(",", "").split())
    is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_number else None


def filter_day(values: MultiDict[str, str], name: str) -> date | None:
    """A day as a date field sends it."""
    try:
        return parse_day(values.get(name, ""))
    except MomentError:
        return None


def page_zone() -> ZoneInfo:
    """The time zone that the page shows."""
    frame = current_frame()
    return ZoneInfo(frame.time_zone if frame else "UTC")


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a day begins at a place and when the next one does, in UTC."""
    # The calendar ends at both ends; a day beyond is no day that anything was posted on.
    day = min(max(day, date(1900, 1, 1)), date(9998, 12, 31))
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def answer_refusals(blueprint: Blueprint) -> None:
    """Let the pages of a blueprint say what is not there, and go back to a list's first page."""
    blueprint.register_error_handler(CardMissing, _missing)
    blueprint.register_error_handler(CursorRefused, _first_page)


def _missing(missing: CardMissing) -> Response:
    return make_response(render_template("not_there.html", key=missing.key[:100]), 404)


def _first_page(_refused: CursorRefused) -> AnyResponse:
    return redirect(here(after=None, before=None, sort=None), 303)
