"""What a simple card may not be, and when it may not change or go, as far as that needs the database.

Each function answers for many cards of one kind with a few queries. The rules that need no database stand in
`rules`; the messages in `faults`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from server.bulk import given_rows
from server.masterdata import usage
from server.masterdata.cards import (
    BinCard,
    BinContentCard,
    IdentifierCard,
    LocationCard,
    ReasonCard,
    UnitOfMeasureCard,
    ZoneCard,
)
from server.masterdata.faults import Fault
from server.masterdata.kinds import Key, Kind, Reference
from server.masterdata.reading import load_items
from server.masterdata.rules import faults_of_bin_content, faults_of_identifier
from server.masterdata.tables import Bin, BinContent, ItemUnitOfMeasure, Location, Zone

Found = dict[int, list[Fault]]
Old = Mapping[Key, Any]
DEFAULT_BINS = ("receipt_bin_code", "shipment_bin_code", "adjustment_bin_code")


def reference_faults(connection: sa.Connection, kind: Kind[Any], cards: Sequence[Any]) -> Found:
    """References to rows that are not there."""
    faults: Found = {}
    for reference in kind.references:
        wanted = {_named(reference, card) for card in cards} - {None}
        known = _known(connection, reference, sorted(key for key in wanted if key is not None))
        for index, card in enumerate(cards):
            key = _named(reference, card)
            if key is not None and key not in known:
                fault = Fault(
                    code="unknown", pointer=reference.pointer, found=key[-1], expected=reference.what
                )
                faults.setdefault(index, []).append(fault)
    return faults


def _named(reference: Reference, card: object) -> Key | None:
    key = tuple(str(getattr(card, own)) for _, own in reference.pairs)
    return None if reference.may_be_blank and not key[-1] else key


def _known(connection: sa.Connection, reference: Reference, keys: Sequence[Key]) -> set[Key]:
    if not keys:
        return set()
    columns = tuple(theirs for theirs, _ in reference.pairs)
    given = given_rows(connection, reference.table, columns, keys)
    same = [reference.table.c[name] == given.c[name] for name in columns]
    rows = connection.execute(
        sa.select(*(reference.table.c[name] for name in columns)).join_from(
            given, reference.table, sa.and_(*same)
        )
    )
    return {tuple(row) for row in rows}


def identifier_faults(connection: sa.Connection, cards: Sequence[IdentifierCard], _old: Old) -> Found:
    """Bar codes against their items, and against the other bar codes that come with them."""
    items = load_items(connection, [card.item_no for card in cards])
    faults: Found = {}
    taken: set[tuple[str, str, str]] = set()
    for index, card in enumerate(cards):
        if card.item_no not in items:
            continue
        found = faults_of_identifier(card, items[card.item_no])
        meaning = (card.item_no, card.variant_code, card.unit_of_measure_code)
        if meaning in taken:
            found.append(Fault(code="one_code_per_unit", found=card.item_no))
        taken.add(meaning)
        if found:
            faults[index] = found
    return faults


def location_faults(connection: sa.Connection, cards: Sequence[LocationCard], old: Old) -> Found:
    """Default bins that are not there, and what stock forbids to change."""
    faults: Found = {}
    for index, card in enumerate(cards):
        found = [
            Fault(code="unknown", pointer=f"/{name}", found=getattr(card, name), expected="bin")
            for name in DEFAULT_BINS
            if getattr(card, name) and not _has_bin(connection, card.code, getattr(card, name))
        ]
        before = old.get((card.code,))
        if before is not None:
            found += _stock_faults(connection, before, card)
        if found:
            faults[index] = found
    return faults


def _has_bin(connection: sa.Connection, location_code: str, code: str) -> bool:
    found = sa.select(Bin.code).where(Bin.location_code == location_code, Bin.code == code)
    return connection.execute(found).first() is not None


def _stock_faults(connection: sa.Connection, old: LocationCard, new: LocationCard) -> list[Fault]:
    faults = []
    if old.bin_mandatory != new.bin_mandatory and usage.has_stock(connection, old.code):
        faults.append(
            Fault(code="has_stock", pointer="/bin_mandatory", found=old.code, expected=str(old.bin_mandatory))
        )
    kept = old.adjustment_bin_code
    if kept and kept != new.adjustment_bin_code and usage.has_stock(connection, old.code, kept):
        faults.append(Fault(code="has_stock", pointer="/adjustment_bin_code", found=kept, expected=kept))
    return faults


def bin_content_faults(connection: sa.Connection, cards: Sequence[BinContentCard], _old: Old) -> Found:
    """A second default bin for the same item at a location."""
    table = BinContent.__table__
    keys = sorted({(card.location_code, card.item_no) for card in cards if card.is_default})
    if not keys:
        return {}
    given = given_rows(connection, table, ("location_code", "item_no"), keys)
    same = sa.and_(table.c.location_code == given.c.location_code, table.c.item_no == given.c.item_no)
    rows = connection.execute(
        sa.select(table.c.location_code, table.c.item_no, table.c.variant_code, table.c.bin_code)
        .join_from(given, table, same)
        # Written out as the index of defaults has it.
        .where(sa.text("bin_content.is_default"))
    )
    defaults = {tuple(row[:3]): str(row[3]) for row in rows}
    faults: Found = {}
    for index, card in enumerate(cards):
        place = (card.location_code, card.item_no, card.variant_code)
        found = faults_of_bin_content(card, defaults.get(place, ""))
        if found:
            faults[index] = found
        elif card.is_default:
            defaults[place] = card.bin_code
    return faults


def unit_uses(connection: sa.Connection, card: UnitOfMeasureCard) -> list[Fault]:
    """Why a unit of measure may not go."""
    item = _first(connection, ItemUnitOfMeasure.item_no, ItemUnitOfMeasure.code == card.code)
    return _in_use(card.code, item and f"item {item}")


def reason_uses(connection: sa.Connection, card: ReasonCard) -> list[Fault]:
    """Why a reason may not go."""
    return _in_use(card.code, usage.has_reason_entries(connection, card.code) and "ledger entries")


def location_uses(connection: sa.Connection, card: LocationCard) -> list[Fault]:
    """Why a location may not go."""
    bin_code = _first(connection, Bin.code, Bin.location_code == card.code)
    zone_code = _first(connection, Zone.code, Zone.location_code == card.code)
    has_device = usage.is_held(connection, usage.DEVICE, location_code=card.code)
    is_posted = usage.is_held(connection, usage.BALANCE, location_code=card.code) or usage.is_held(
        connection, usage.ENTRY, location_code=card.code
    )
    return [
        *_in_use(card.code, bin_code and f"bin {bin_code}"),
        *_in_use(card.code, zone_code and f"zone {zone_code}"),
        *_in_use(card.code, has_device and "a device"),
        *_in_use(card.code, is_posted and "ledger entries"),
    ]


def zone_uses(connection: sa.Connection, card: ZoneCard) -> list[Fault]:
    """Why a zone may not go."""
    where = sa.and_(Bin.location_code == card.location_code, Bin.zone_code == card.code)
    code = _first(connection, Bin.code, where)
    return _in_use(card.code, code and f"bin {code}")


def bin_uses(connection: sa.Connection, card: BinCard) -> list[Fault]:
    """Why a bin may not go: it holds goods, or its location names it."""
    if usage.has_stock(connection, card.location_code, card.code):
        return [Fault(code="bin_not_empty", found=card.code)]
    table = Location.__table__
    named = sa.or_(*(table.c[name] == card.code for name in DEFAULT_BINS))
    location = _first(connection, Location.code, sa.and_(table.c.code == card.location_code, named))
    return _in_use(card.code, location and f"location {location}")


def _first(connection: sa.Connection, column: Any, where: Any) -> str:
    found = connection.scalar(sa.select(column).where(where).limit(1))
    return str(found) if found is not None else ""


def _in_use(found: str, by: str | bool) -> list[Fault]:  # noqa: FBT001
    return [Fault(code="in_use", found=found, expected=str(by))] if by else []


# What is judged beyond the card and its references, before it is kept.
KEEPING: dict[str, Callable[[sa.Connection, Sequence[Any], Old], Found]] = {
    "item_identifier": identifier_faults,
    "location": location_faults,
    "bin_content": bin_content_faults,
}
# Why a card may not go; a kind that is not here always may.
LEAVING: dict[str, Callable[[sa.Connection, Any], list[Fault]]] = {
    "unit_of_measure": unit_uses,
    "reason_code": reason_uses,
    "location": location_uses,
    "zone": zone_uses,
    "bin": bin_uses,
}
