"""Creates and changes items, any number at once: judge all of them, then write all of them.

One query per table whatever the number of items. A card that differs in nothing from what is kept writes
nothing and marks nothing. Judging locks the items' rows, so that a change cannot be lost to another.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from server.bulk import given_rows, insert_rows, update_rows
from server.feed.marks import REFERENCE_SCOPE, mark_dirty
from server.masterdata.cards import ItemCard
from server.masterdata.faults import Fault
from server.masterdata.reading import ITEM_COLUMNS, load_items
from server.masterdata.rules import UNUSED, faults_of_change, faults_of_item, normal_item
from server.masterdata.tables import Item, ItemIdentifier, ItemUnitOfMeasure, ItemVariant, UnitOfMeasure
from server.masterdata.usage import usage_of_items


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows that an item has any number of: their table, the card's name for them, columns behind item_no."""

    table: sa.Table
    name: str
    columns: tuple[str, ...]


_PARTS = (
    _Part(ItemUnitOfMeasure.__table__, "units", ("code", "quantity_per_unit", "quantity_rounding_precision")),
    _Part(ItemVariant.__table__, "variants", ("code", "description", "is_blocked")),
    _Part(ItemIdentifier.__table__, "codes", ("code", "variant_code", "unit_of_measure_code")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedItems:
    """Normal cards in the order they were given, what is kept of them now, and the faults by place."""

    cards: tuple[ItemCard, ...]
    old: Mapping[str, ItemCard]
    faults: Mapping[int, list[Fault]]


def judge_items(connection: sa.Connection, cards: Sequence[ItemCard]) -> JudgedItems:
    """What the rules say about keeping these cards, new or instead of what is there."""
    # Each card is judged right after it was made normal, while the check digits of its codes are known.
    judged = [(card, faults_of_item(card)) for card in map(normal_item, cards)]
    normal = tuple(card for card, _ in judged)
    old = load_items(connection, [card.no for card in normal], for_change=True)
    known_units = set(connection.scalars(sa.select(UnitOfMeasure.code)))
    owners = _owners(connection, normal)
    guarded = [card.no for card in normal if card.no in old and _is_guarded(old[card.no], card)]
    usage = usage_of_items(connection, guarded)
    numbers = Counter(card.no for card in normal)
    faults: dict[int, list[Fault]] = {}
    for index, (card, own) in enumerate(judged):
        found = [*own, *_unknown_units(card, known_units), *_taken_codes(card, owners)]
        if card.no in old:
            found += faults_of_change(old[card.no], card, usage.get(card.no, UNUSED))
        if numbers[card.no] > 1:
            found.append(Fault(code="twice", pointer="/no", found=card.no))
        if found:
            faults[index] = found
    return JudgedItems(cards=normal, old=old, faults=faults)


def write_items(connection: sa.Connection, judged: JudgedItems, now: datetime) -> tuple[int, int]:
    """Write the cards without a fault; how many were new and how many changed."""
    accepted = [card for index, card in enumerate(judged.cards) if index not in judged.faults]
    new = [card for card in accepted if card.no not in judged.old]
    changed = [card for card in accepted if card.no in judged.old and judged.old[card.no] != card]
    columns = (*ITEM_COLUMNS, "updated_at")
    insert_rows(connection, Item.__table__, columns, [(*_row(card, ITEM_COLUMNS), now) for card in new])
    update_rows(
        connection,
        Item.__table__,
        keys=("no",),
        values=columns[1:],
        rows=[(*_row(card, ITEM_COLUMNS), now) for card in changed],
    )
    for part in _PARTS:
        put = [(card.no, *_row(row, part.columns)) for card in new for row in getattr(card, part.name)]
        _write_part(connection, part, _part_changes(part, changed, judged.old), put)
    _mark(connection, new, changed, judged.old)
    return len(new), len(changed)


def item_with(old: ItemCard, fields: Mapping[str, object]) -> ItemCard:
    """The card with these fields changed; a GTIN that goes takes its bar code with it."""
    codes = old.codes
    if "gtin" in fields and "codes" not in fields:
        codes = tuple(code for code in codes if code.code != old.gtin)
    changed: dict[str, Any] = {"codes": codes, **fields}
    return replace(old, **changed)


def delete_items(connection: sa.Connection, cards: Sequence[ItemCard]) -> None:
    """Take items away with everything that is theirs; whether they may go was judged before."""
    nos = [card.no for card in cards]
    connection.execute(sa.delete(Item).where(Item.no.in_(nos)))
    codes = [(REFERENCE_SCOPE, "identifier", code.code) for card in cards for code in card.codes]
    mark_dirty(connection, [*codes, *((REFERENCE_SCOPE, "item", no) for no in nos)])


def _is_guarded(old: ItemCard, new: ItemCard) -> bool:
    """Whether the change touches anything that entries may forbid."""
    names = ("base_unit_of_measure_code", "type", "costing_method", "tracking", "units", "variants")
    return any(getattr(old, name) != getattr(new, name) for name in names)


def _owners(connection: sa.Connection, cards: Sequence[ItemCard]) -> dict[str, str]:
    """The item that each bar code means: what is kept, else the first card that brings it."""
    codes = {code.code: card.no for card in reversed(cards) for code in card.codes}
    if not codes:
        return {}
    table = ItemIdentifier.__table__
    given = given_rows(connection, table, ("code",), [(code,) for code in codes])
    kept = connection.execute(
        sa.select(table.c.code, table.c.item_no).join_from(given, table, table.c.code == given.c.code)
    )
    return codes | {code: item_no for code, item_no in kept}  # noqa: C416


def _taken_codes(card: ItemCard, owners: Mapping[str, str]) -> list[Fault]:
    return [
        Fault(
            code="code_taken",
            pointer="/gtin" if code.code == card.gtin else f"/codes/{index}/code",
            found=code.code,
            expected=owners[code.code],
        )
        for index, code in enumerate(card.codes)
        if owners[code.code] != card.no
    ]


def _unknown_units(card: ItemCard, known: set[str]) -> list[Fault]:
    return [
        Fault(
            code="unknown",
            pointer="/base_unit_of_measure_code"
            if unit.code == card.base_unit_of_measure_code
            else f"/units/{index}/code",
            found=unit.code,
            expected="unit_of_measure",
        )
        for index, unit in enumerate(card.units)
        if unit.code not in known
    ]


def _row(part: object, columns: Iterable[str]) -> tuple[Any, ...]:
    values = (getattr(part, name) for name in columns)
    # The drivers would write the name of a choice, not its word.
    return tuple(str(value) if isinstance(value, Enum) else value for value in values)


@dataclass(frozen=True, slots=True)
class _PartChanges:
    """Rows of one part table: keys to take away, and whole rows to put there."""

    gone: list[tuple[str, str]]
    put: list[tuple[Any, ...]]


def _part_changes(part: _Part, changed: Sequence[ItemCard], old: Mapping[str, ItemCard]) -> _PartChanges:
    gone, put = [], []
    for card in changed:
        before = {row.code: row for row in getattr(old[card.no], part.name)}
        after = {row.code: row for row in getattr(card, part.name)}
        # What changed goes and comes again: two bar codes may trade their units.
        gone += [(card.no, code) for code, row in before.items() if after.get(code) != row]
        put += [(card.no, *_row(row, part.columns)) for code, row in after.items() if before.get(code) != row]
    return _PartChanges(gone, put)


def _write_part(
    connection: sa.Connection, part: _Part, changes: _PartChanges, new: list[tuple[Any, ...]]
) -> None:
    table = part.table
    if changes.gone:
        given = given_rows(connection, table, ("item_no", "code"), changes.gone)
        keys = sa.select(given.c.item_no, given.c.code)
        connection.execute(sa.delete(table).where(sa.tuple_(table.c.item_no, table.c.code).in_(keys)))
    insert_rows(connection, table, ("item_no", *part.columns), new + changes.put)


def _mark(
    connection: sa.Connection,
    new: Sequence[ItemCard],
    changed: Sequence[ItemCard],
    old: Mapping[str, ItemCard],
) -> None:
    marks = [(REFERENCE_SCOPE, "item", card.no) for card in (*new, *changed)]
    marks += [(REFERENCE_SCOPE, "identifier", code.code) for card in new for code in card.codes]
    for card in changed:
        differing = set(card.codes) ^ set(old[card.no].codes)
        marks += [(REFERENCE_SCOPE, "identifier", code.code) for code in differing]
    mark_dirty(connection, marks)
