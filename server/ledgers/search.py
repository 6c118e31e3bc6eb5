"""The search box: a scan or a few typed signs lead to the item, bin, lot, document or transaction they mean.

One hit opens its page at once. A document lists every ledger that knows it, with a count (features 17.03).
Only whole codes and beginnings are looked for, so that each question is one look into an index.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from server.database import db
from server.inbox.tables import InboxTransaction
from server.ledger.tables import BinBalance, ItemLedgerEntry, ItemRegister
from server.masterdata.rules import normal_code
from server.masterdata.tables import Bin, Item, ItemIdentifier
from server.security.permissions import Permission, may, requires
from server.web.page_lists import answer_refusals
from shared import ids

blueprint = Blueprint("search", __name__, template_folder="templates")
answer_refusals(blueprint)
_MOST = 20
_LONGEST = 100
# More than this many is only said to be so many or more.
_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found; `count` where it stands for many rows."""

    what: str
    name: str
    note: str
    url: str
    count: int | None = None


@blueprint.get("/search", endpoint="index")
@requires(Permission.VIEW_STOCK)
def index() -> Response | str:
    """What was typed or scanned, found."""
    text = request.args.get("q", "").strip()[:_LONGEST]
    text = text if text.isprintable() else ""
    exact = find_exactly(text) if text else []
    if len(exact) == 1:
        return redirect(exact[0].url, 303)
    hits = exact or (_beginning_items(text) + _beginning_bins(text) if text else [])
    return render_template("ledgers/search.html", text=text, hits=hits)


def find_exactly(text: str) -> list[Hit]:
    """Everything that bears exactly this code."""
    finders: list[Callable[[str], list[Hit]]] = [_items, _bins, _lots]
    if may(Permission.VIEW_LEDGER):
        finders += [_documents]
    if may(Permission.VIEW_SYNC):
        finders += [_transactions]
    return [hit for find in finders for hit in find(text)]


def _items(text: str) -> list[Hit]:
    coded = sa.select(ItemIdentifier.item_no).where(ItemIdentifier.code == normal_code(text))
    rows = db.session.execute(
        sa.select(Item.no, Item.description).where(sa.or_(Item.no == text, Item.no.in_(coded))).limit(_MOST)
    )
    return [_item(row.no, row.description) for row in rows]


def _bins(text: str) -> list[Hit]:
    rows = db.session.execute(
        sa.select(Bin.location_code, Bin.code, Bin.zone_code).where(Bin.code == text).limit(_MOST)
    )
    return [_bin(row.location_code, row.code) for row in rows]


def _lots(text: str) -> list[Hit]:
    """Lots and serials that are or were in stock."""
    table = BinBalance.__table__
    hits = []
    for column, what, argument in (
        (table.c.lot_no, gettext("Lot"), "lot"),
        (table.c.serial_no, gettext("Serial no."), "serial"),
    ):
        rows = db.session.execute(
            # The second condition is what the index of tracked balances holds.
            sa.select(table.c.item_no)
            .where(column == text, sa.text("(lot_no <> '' OR serial_no <> '')"))
            .distinct()
            .limit(_MOST)
        )
        hits += [
            Hit(what, text, row.item_no, url_for("on_hand.lots", **_named(row.item_no, argument, text)))
            for row in rows
        ]
    return hits


def _named(item_no: str, argument: str, text: str) -> dict[str, Any]:
    return {"item": item_no, argument: text}


def _documents(text: str) -> list[Hit]:
    """The ledgers that know a document, each with how many rows it has."""
    found = []
    for table, what, endpoint in (
        (ItemRegister.__table__, gettext("Registers"), "registers.index"),
        (ItemLedgerEntry.__table__, gettext("Item ledger entries"), "entries.index"),
    ):
        several = sa.select(sa.literal(1)).where(table.c.document_no == text).limit(_COUNTED).subquery()
        count = db.session.scalar(sa.select(sa.func.count()).select_from(several)) or 0
        if count:
            found.append(Hit(what, text, "", url_for(endpoint, document=text), count))
    return found


def _transactions(text: str) -> list[Hit]:
    if not ids.is_id(text.lower()):
        return []
    found = db.session.execute(
        sa.select(InboxTransaction.transaction_id).where(InboxTransaction.transaction_id == text.lower())
    )
    return [
        Hit(
            gettext("Transaction"),
            row.transaction_id,
            "",
            url_for("transactions.show", transaction_id=row.transaction_id),
        )
        for row in found
    ]


def _beginning_items(text: str) -> list[Hit]:
    """Items whose number begins so, or that have these signs in their name."""
    matches = sa.or_(
        Item.no.istartswith(text, autoescape=True), Item.description.icontains(text, autoescape=True)
    )
    rows = db.session.execute(
        sa.select(Item.no, Item.description).where(matches).order_by(Item.no).limit(_MOST)
    )
    return [_item(row.no, row.description) for row in rows]


def _beginning_bins(text: str) -> list[Hit]:
    rows = db.session.execute(
        sa.select(Bin.location_code, Bin.code)
        .where(Bin.code.istartswith(text, autoescape=True))
        .order_by(Bin.location_code, Bin.code)
        .limit(_MOST)
    )
    return [_bin(row.location_code, row.code) for row in rows]


def _item(no: str, description: str) -> Hit:
    return Hit(gettext("Item"), no, description, url_for("items.show", no=no))


def _bin(location_code: str, code: str) -> Hit:
    url = url_for("bins.show", location_code=location_code, code=code)
    return Hit(gettext("Bin"), code, location_code, url)
