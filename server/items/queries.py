"""Reads items, bar codes, units of measure and reasons for pages and API. Nothing here writes."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa

from server.database import db
from server.masterdata.cards import IdentifierCard, ItemCard, ReasonCard, UnitOfMeasureCard
from server.masterdata.faults import CardMissing
from server.masterdata.kinds import IDENTIFIERS, REASONS, UNITS, read_card
from server.masterdata.reading import load_items
from server.masterdata.rules import normal_code
from server.masterdata.tables import Item, ItemIdentifier
from server.web.keyset import Orders, Page, PageAsked, Statement, read_page


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Which items; what is empty does not filter.

    `text` is a part of the number or the description, or a whole bar code; `no` the beginning of a number.
    """

    text: str = ""
    no: str = ""
    is_blocked: bool | None = None
    tracking: str = ""
    abc_class: str = ""
    updated_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """An item in a list; its units, variants and bar codes are on its card."""

    no: str
    description: str
    type: str
    base_unit_of_measure_code: str
    gtin: str
    is_blocked: bool
    costing_method: str
    unit_cost: Decimal
    unit_price: Decimal
    prevent_negative_inventory: str
    tracking: str
    abc_class: str
    shelf_no: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierFilter:
    """Which bar codes: of one item, or beginning with these characters."""

    item_no: str = ""
    code: str = ""


class ResolvedAs(StrEnum):
    """How a scanned text was found to mean an item."""

    IDENTIFIER = "identifier"
    ITEM_NO = "item_no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What a scanned code means; blank variant or unit means any."""

    code: str
    resolved_as: ResolvedAs
    item_no: str
    description: str
    variant_code: str
    unit_of_measure_code: str
    is_blocked: bool


ITEM_ORDERS = Orders.of(Item.__table__, {"no": ("no",), "updated_at": ("updated_at", "no")})
IDENTIFIER_ORDERS = Orders.of(ItemIdentifier.__table__, {"code": ("code",)})
UNIT_ORDERS = Orders.of(UNITS.table, {"code": ("code",)})
REASON_ORDERS = Orders.of(REASONS.table, {"code": ("code",)})


def list_items(wanted: ItemFilter, asked: PageAsked) -> Page[ItemRow]:
    """Items by number, or by when they changed."""
    table = Item.__table__
    statement: Statement = sa.select(*(table.c[field.name] for field in fields(ItemRow)))
    if wanted.text:
        coded = sa.select(ItemIdentifier.item_no).where(ItemIdentifier.code == normal_code(wanted.text))
        statement = statement.where(
            sa.or_(
                table.c.no.icontains(wanted.text, autoescape=True),
                table.c.description.icontains(wanted.text, autoescape=True),
                table.c.no.in_(coded),
            )
        )
    if wanted.no:
        statement = statement.where(table.c.no.startswith(wanted.no, autoescape=True))
    for name in ("tracking", "abc_class"):
        if getattr(wanted, name):
            statement = statement.where(table.c[name] == getattr(wanted, name))
    if wanted.is_blocked is not None:
        statement = statement.where(table.c.is_blocked.is_(wanted.is_blocked))
    if wanted.updated_from is not None:
        statement = statement.where(table.c.updated_at >= wanted.updated_from)
    return read_page(statement, ITEM_ORDERS, asked, _item_row)


def read_item(no: str) -> ItemCard:
    """One item with its units, variants and bar codes; CardMissing when there is none."""
    found = load_items(db.session.connection(), [no])
    if no not in found:
        raise CardMissing("item", no)
    return found[no]


def list_identifiers(wanted: IdentifierFilter, asked: PageAsked) -> Page[IdentifierCard]:
    """Bar codes and what they mean."""
    table = ItemIdentifier.__table__
    statement: Statement = sa.select(*(table.c[field.name] for field in fields(IdentifierCard)))
    if wanted.item_no:
        statement = statement.where(table.c.item_no == wanted.item_no)
    if wanted.code:
        statement = statement.where(table.c.code.startswith(wanted.code, autoescape=True))
    return read_page(statement, IDENTIFIER_ORDERS, asked, IDENTIFIERS.card_of)


def read_identifier(code: str) -> IdentifierCard:
    """One bar code; a GTIN is found by any of its spellings. CardMissing when there is none."""
    return read_card(db.session.connection(), IDENTIFIERS, (normal_code(code),))


def resolve_code(code: str) -> Resolved:
    """What a scanned code means: a bar code first, then an item's own number. CardMissing when nothing."""
    statement = sa.select(
        ItemIdentifier.code,
        ItemIdentifier.item_no,
        Item.description,
        ItemIdentifier.variant_code,
        ItemIdentifier.unit_of_measure_code,
        Item.is_blocked,
    ).join(Item, Item.no == ItemIdentifier.item_no)
    found = (
        db.session.execute(statement.where(ItemIdentifier.code == normal_code(code))).mappings().one_or_none()
    )
    if found is not None:
        return Resolved(resolved_as=ResolvedAs.IDENTIFIER, **found)
    item = db.session.execute(sa.select(Item.no, Item.description, Item.is_blocked).where(Item.no == code))
    row = item.one_or_none()
    if row is None:
        raise CardMissing("item_identifier", code)
    return Resolved(
        code=code,
        resolved_as=ResolvedAs.ITEM_NO,
        item_no=row.no,
        description=row.description,
        variant_code="",
        unit_of_measure_code="",
        is_blocked=row.is_blocked,
    )


def list_units(asked: PageAsked) -> Page[UnitOfMeasureCard]:
    """Units of measure by code."""
    return read_page(UNITS.select(), UNIT_ORDERS, asked, UNITS.card_of)


def read_unit(code: str) -> UnitOfMeasureCard:
    """One unit of measure; CardMissing when there is none."""
    return read_card(db.session.connection(), UNITS, (code,))


def list_reasons(asked: PageAsked) -> Page[ReasonCard]:
    """Reasons by code."""
    return read_page(REASONS.select(), REASON_ORDERS, asked, REASONS.card_of)


def read_reason(code: str) -> ReasonCard:
    """One reason; CardMissing when there is none."""
    return read_card(db.session.connection(), REASONS, (code,))


def _item_row(row: sa.RowMapping) -> ItemRow:
    return ItemRow(**{field.name: row[field.name] for field in fields(ItemRow)})
