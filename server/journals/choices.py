"""What the controls of the item journal offer: places, reasons, items by their beginning, open entries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.database import db
from server.ledger.tables import ItemLedgerEntry
from server.masterdata.facts import ItemFacts
from server.masterdata.load import load_facts
from server.masterdata.tables import Bin, Item, Location, ReasonCode

Options = list[tuple[str, str]]
_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOption:
    """An item ledger entry that a line may name."""

    entry_no: int
    entry_type: str
    posting_date: date
    item_no: str
    location_code: str
    quantity_base: Decimal
    remaining_quantity: Decimal
    invoiced_quantity: Decimal


def locations() -> Options:
    """Every location by its code."""
    rows = db.session.execute(sa.select(Location.code, Location.name).order_by(Location.code)).all()
    return [(code, f"{code}, {name}" if name and name != code else code) for code, name in rows]


def has_bins(location_code: str) -> bool:
    """Whether a location keeps its stock in bins; one that nobody knows might."""
    found = db.session.scalar(sa.select(Location.bin_mandatory).where(Location.code == location_code))
    return found is not False


def reasons(language: str) -> Options:
    """Every reason, in the language of the page."""
    named = ReasonCode.description_fr if language == "fr" else ReasonCode.description
    rows = db.session.execute(sa.select(ReasonCode.code, named).order_by(ReasonCode.code)).all()
    return [(code, f"{code}, {name}" if name else code) for code, name in rows]


def find_items(text: str) -> Options:
    """Items whose number begins so, or whose name has it."""
    lowered = _escaped(text.lower())
    begins = Item.no.startswith(text, autoescape=True)
    rows = db.session.execute(
        sa.select(Item.no, Item.description)
        .where(sa.or_(begins, sa.func.lower(Item.description).like(f"%{lowered}%", escape="\\")))
        .order_by(sa.not_(begins), Item.no)
        .limit(_MOST)
    )
    return [(row.no, row.description) for row in rows]


def find_bins(text: str, location_code: str) -> Options:
    """Bins of a location whose code begins so."""
    rows = db.session.execute(
        sa.select(Bin.code, Bin.zone_code)
        .where(Bin.location_code == location_code, Bin.code.startswith(text, autoescape=True))
        .order_by(Bin.code)
        .limit(_MOST)
    )
    return [(row.code, row.zone_code) for row in rows]


def load_items(item_nos: Collection[str]) -> dict[str, ItemFacts]:
    """The known ones among these items."""
    if not item_nos:
        return {}
    facts = load_facts(
        db.session.connection(), item_nos=item_nos, location_codes=(), bins=(), reason_codes=()
    )
    return dict(facts.items)


def names_of(item_nos: Collection[str]) -> dict[str, str]:
    """Descriptions by item number."""
    if not item_nos:
        return {}
    rows = db.session.execute(sa.select(Item.no, Item.description).where(Item.no.in_(sorted(item_nos))))
    return dict(rows.all())


def receipts_of(item_no: str, location_code: str) -> Sequence[EntryOption]:
    """What an issue may take from: open receipts of the item here, the oldest first."""
    entry = ItemLedgerEntry.__table__.c
    return _entries(
        [
            entry.item_no == item_no,
            entry.location_code == location_code,
            entry.is_open,
            entry.quantity_base > 0,
        ],
        entry.posting_date.asc(),
    )


def issues_of(item_no: str, location_code: str) -> Sequence[EntryOption]:
    """Whose cost may come back: issues of the item here, the newest first."""
    entry = ItemLedgerEntry.__table__.c
    return _entries(
        [entry.item_no == item_no, entry.location_code == location_code, entry.quantity_base < 0],
        entry.posting_date.desc(),
    )


def entries_named(entry_nos: Collection[int]) -> dict[int, EntryOption]:
    """The entries of these numbers, as far as there are any."""
    wanted = [each for each in entry_nos if 0 < each < 2**53]
    if not wanted:
        return {}
    found = _entries(
        [ItemLedgerEntry.__table__.c.entry_no.in_(wanted)],
        ItemLedgerEntry.__table__.c.entry_no.asc(),
        len(wanted),
    )
    return {each.entry_no: each for each in found}


def _entries(
    conditions: Sequence[sa.ColumnElement[bool]], order: sa.ColumnElement[Any], most: int = _MOST
) -> Sequence[EntryOption]:
    entry = ItemLedgerEntry.__table__
    names = list(EntryOption.__dataclass_fields__)
    rows = db.session.execute(
        sa.select(*(entry.c[name] for name in names))
        .where(*conditions)
        .order_by(order, entry.c.entry_no)
        .limit(most)
    ).mappings()
    return [EntryOption(**row) for row in rows]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
