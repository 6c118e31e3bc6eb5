"""The one place that creates, changes and deletes master data: judged by the rules, marked for the feed.

Every function works inside the caller's `write`, so a change, its checks and its marks are one commit.
Raises: ChangeRefused with every fault found, CardMissing; nothing is written then. Each gives back the cards
as they are now (and were), for the audit trail.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from server.bulk import given_rows, upsert_rows
from server.feed.marks import mark_dirty
from server.masterdata.card_rules import KEEPING, LEAVING, reference_faults
from server.masterdata.cards import IdentifierCard, ItemCard, version_of
from server.masterdata.faults import CardMissing, ChangeRefused, Fault
from server.masterdata.item_changes import delete_items, item_with, judge_items, write_items
from server.masterdata.kinds import IDENTIFIERS, Key, Kind, read_card
from server.masterdata.reading import load_items
from server.masterdata.tables import BinContent, Item
from server.masterdata.usage import usage_of_item

Card = TypeVar("Card")


@dataclass(frozen=True, slots=True)
class Change(Generic[Card]):
    """A card before and after a change."""

    old: Card
    new: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Generic[Card]):
    """Normal cards in the order given, what is kept of them now by key, and the faults by place."""

    cards: tuple[Card, ...]
    old: Mapping[Key, Card]
    faults: Mapping[int, list[Fault]]


def create_item(connection: sa.Connection, card: ItemCard, now: datetime) -> ItemCard:
    """A new item with its units, variants and bar codes."""
    judged = judge_items(connection, [card])
    if judged.old:
        raise ChangeRefused([Fault(code="exists", pointer="/no", found=card.no)])
    _refuse(judged.faults)
    write_items(connection, judged, now)
    return judged.cards[0]


def change_item(
    connection: sa.Connection, no: str, fields: Mapping[str, object], now: datetime, *, version: str = ""
) -> Change[ItemCard]:
    """Change these fields of an item; with `version` only if the card is still that one."""
    old = _item(connection, no)
    _check_fixed(old, fields, ("no",))
    _check_version(old, no, version)
    judged = judge_items(connection, [item_with(old, fields)])
    _refuse(judged.faults)
    write_items(connection, judged, now)
    return Change(old, judged.cards[0])


def delete_item(connection: sa.Connection, no: str, *, version: str = "") -> ItemCard:
    """Take an item away with its units, variants, bar codes and bin contents; refused once it has entries."""
    old = _item(connection, no)
    _check_version(old, no, version)
    if usage_of_item(connection, no).has_entries:
        raise ChangeRefused([Fault(code="has_entries", found=no, expected=f"item {no}")])
    delete_items(connection, [old])
    return old


def create(connection: sa.Connection, kind: Kind[Card], card: Card) -> Card:
    """A new card of a simple kind."""
    judged = judge(connection, kind, [card])
    if judged.old:
        key = kind.key_of(judged.cards[0])
        raise ChangeRefused([Fault(code="exists", pointer=f"/{kind.keys[-1]}", found=" ".join(key))])
    _refuse(judged.faults)
    keep(connection, kind, judged)
    return judged.cards[0]


def change(
    connection: sa.Connection, kind: Kind[Card], key: Key, fields: Mapping[str, object], *, version: str = ""
) -> Change[Card]:
    """Change these fields of a card; with `version` only if the card is still that one."""
    old = read_card(connection, kind, key, for_change=True)
    _check_fixed(old, fields, kind.keys)
    _check_version(old, " ".join(key), version)
    judged = judge(connection, kind, [replace(old, **fields)])  # type: ignore[type-var]
    _refuse(judged.faults)
    keep(connection, kind, judged)
    return Change(old, judged.cards[0])


def delete(connection: sa.Connection, kind: Kind[Card], key: Key, *, version: str = "") -> Card:
    """Take a card away, unless something needs it."""
    old = read_card(connection, kind, key, for_change=True)
    _check_version(old, " ".join(key), version)
    faults = LEAVING[kind.name](connection, old) if kind.name in LEAVING else []
    if faults:
        raise ChangeRefused(faults)
    if kind.name == "bin":
        content = BinContent.__table__.c
        connection.execute(
            sa.delete(BinContent).where(content.location_code == key[0], content.bin_code == key[1])
        )
    connection.execute(sa.delete(kind.table).where(*_is(kind, key)))
    if isinstance(old, IdentifierCard):
        _forget_gtins(connection, [old])
    mark_dirty(connection, kind.marks(old))
    return old


def judge(connection: sa.Connection, kind: Kind[Card], cards: Sequence[Card]) -> Judged[Card]:
    """What the rules say about keeping these cards, new or instead of what is there."""
    normal = tuple(kind.normal(card) for card in cards)
    old = load_cards(connection, kind, [kind.key_of(card) for card in normal])
    faults = {index: kind.faults(card) for index, card in enumerate(normal)}
    further = [reference_faults(connection, kind, normal)]
    if kind.name in KEEPING:
        further.append(KEEPING[kind.name](connection, normal, old))
    for found in further:
        for index, more in found.items():
            faults[index] += more
    count = Counter(kind.key_of(card) for card in normal)
    for index, card in enumerate(normal):
        if count[kind.key_of(card)] > 1:
            pointer = f"/{kind.keys[-1]}"
            faults[index].append(Fault(code="twice", pointer=pointer, found=" ".join(kind.key_of(card))))
    return Judged(cards=normal, old=old, faults={index: found for index, found in faults.items() if found})


def keep(connection: sa.Connection, kind: Kind[Card], judged: Judged[Card]) -> tuple[int, int]:
    """Write the cards without a fault; how many were new and how many changed."""
    accepted = [card for index, card in enumerate(judged.cards) if index not in judged.faults]
    differing = [card for card in accepted if judged.old.get(kind.key_of(card)) != card]
    replaced = [judged.old[key] for key in map(kind.key_of, differing) if key in judged.old]
    rows = [_row(kind, card) for card in differing]
    upsert_rows(connection, kind.table, keys=kind.keys, values=kind.values, rows=rows)
    _forget_gtins(connection, [card for card in replaced if isinstance(card, IdentifierCard)])
    marks = [mark for card in (*differing, *replaced) for mark in kind.marks(card)]
    mark_dirty(connection, marks)
    return len(differing) - len(replaced), len(replaced)


def _item(connection: sa.Connection, no: str) -> ItemCard:
    found = load_items(connection, [no], for_change=True)
    if no not in found:
        raise CardMissing("item", no)
    return found[no]


def _row(kind: Kind[Card], card: Card) -> tuple[Any, ...]:
    return tuple(str(value) if isinstance(value, Enum) else value for value in kind.row_of(card))


def load_cards(connection: sa.Connection, kind: Kind[Card], keys: Sequence[Key]) -> dict[Key, Card]:
    if not keys:
        return {}
    given = given_rows(connection, kind.table, kind.keys, sorted(set(keys)))
    same = [kind.table.c[name] == given.c[name] for name in kind.keys]
    statement = kind.select().select_from(given).join(kind.table, sa.and_(*same))
    cards = [kind.card_of(row) for row in connection.execute(statement).mappings()]
    return {kind.key_of(card): card for card in cards}


def _is(kind: Kind[Any], key: Key) -> list[sa.ColumnElement[bool]]:
    return [kind.table.c[name] == value for name, value in zip(kind.keys, key, strict=True)]


def _forget_gtins(connection: sa.Connection, cards: Sequence[IdentifierCard]) -> None:
    """An item's GTIN is one of its bar codes; when that goes or means something else, the GTIN goes too."""
    for card in cards:
        kept = connection.scalar(
            sa.select(IDENTIFIERS.table.c.item_no).where(IDENTIFIERS.table.c.code == card.code)
        )
        if kept != card.item_no:
            connection.execute(
                sa.update(Item).where(Item.no == card.item_no, Item.gtin == card.code).values(gtin="")
            )


def _check_fixed(old: object, fields: Mapping[str, object], keys: Sequence[str]) -> None:
    faults = [
        Fault(code="key_fixed", pointer=f"/{name}", found=str(fields[name]), expected=str(getattr(old, name)))
        for name in keys
        if name in fields and fields[name] != getattr(old, name)
    ]
    _refuse({0: faults} if faults else {})


def _check_version(card: object, key: str, version: str) -> None:
    if version and version != version_of(card):
        raise ChangeRefused([Fault(code="changed_meanwhile", found=key)])


def _refuse(faults: Mapping[int, list[Fault]]) -> None:
    found = [fault for each in faults.values() for fault in each]
    if found:
        raise ChangeRefused(found)
