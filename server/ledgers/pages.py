"""Registers and what each of them posted; every line leads back to the transaction that caused it."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import Blueprint, render_template, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from server.database import db
from server.ledgers.queries import list_registers, read_trail
from server.ledgers.rows import RegisterFilter, RegisterRow
from server.security.permissions import Permission, requires
from server.security.tables import Person
from server.web.page_lists import (
    answer_refusals,
    day_bounds,
    filter_day,
    filter_text,
    list_answer,
    page_zone,
)
from server.web.tables import Column, Filter, Listing

blueprint = Blueprint("registers", __name__, template_folder="templates")
answer_refusals(blueprint)


def _address(row: RegisterRow) -> str:
    return url_for("registers.show", no=row.no)


def transaction_address(row: RegisterRow) -> str:
    """Where the scan behind a posting is shown."""
    return url_for("transactions.show", transaction_id=row.transaction_id)


_COLUMNS = (
    Column("no", lazy_gettext("Register"), "entry_no", sortable=True, strong=True, link=_address),
    Column("posted_at", lazy_gettext("Posted"), "moment", sortable=True),
    Column("source_code", lazy_gettext("Source")),
    Column("document_no", lazy_gettext("Document"), "code"),
    Column("items", lazy_gettext("Item ledger entries")),
    Column("values", lazy_gettext("Value entries")),
    Column("bins", lazy_gettext("Warehouse entries")),
    Column("user_id", lazy_gettext("User")),
    Column("device_id", lazy_gettext("Device"), "code"),
    Column("transaction_id", lazy_gettext("Transaction"), "id", link=transaction_address),
)
_FILTERS = (
    Filter("document", lazy_gettext("Document")),
    Filter("transaction", lazy_gettext("Transaction")),
    Filter("from", lazy_gettext("From"), "date"),
    Filter("to", lazy_gettext("To"), "date"),
)


@blueprint.get("/registers", endpoint="index")
@requires(Permission.VIEW_LEDGER)
def index() -> Response:
    """Postings, the newest first."""
    listing = Listing.from_request(_COLUMNS, _FILTERS, default_sort="-no")
    given, zone = listing.values, page_zone()
    first, last = filter_day(given, "from"), filter_day(given, "to")
    wanted = RegisterFilter(
        document_no=filter_text(given, "document"),
        transaction_id=filter_text(given, "transaction"),
        posted_from=day_bounds(first, zone)[0] if first else None,
        posted_before=day_bounds(last, zone)[1] if last else None,
    )
    return list_answer(
        "ledgers/registers.html",
        listing,
        lambda asked: list_registers(wanted, asked),
        row_type=RegisterRow,
        name="registers",
        people=PeopleOf(),
    )


@blueprint.get("/registers/<int:no>", endpoint="show")
@requires(Permission.VIEW_LEDGER)
def show(no: int) -> str:
    """One posting and its entries."""
    trail = read_trail(min(no, 2**63 - 1))
    return render_template("ledgers/register.html", trail=trail, register=trail.register)


class PeopleOf:
    """The names of those who posted what a page shows, read once when the first cell asks."""

    def __init__(self) -> None:
        self._known: dict[str, str] | None = None

    def name(self, row: RegisterRow, rows: Sequence[RegisterRow]) -> str:
        """Who caused a posting of these rows; a number where nobody bears it any more."""
        if self._known is None:
            numbers = sorted({each.user_id for each in rows} - {""})
            found = db.session.execute(
                sa.select(Person.person_id, Person.name).where(Person.person_id.in_(numbers))
            )
            self._known = dict(found.all())
        return self._known.get(row.user_id, row.user_id)
