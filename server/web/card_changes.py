"""How a view changes master data: one write that judges, writes, marks the feed and tells the audit trail.

Pages and API go the same way. Raises what `server.masterdata.changes` raises; nothing is written then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from server.database import db, write
from server.masterdata import changes
from server.masterdata.cards import ItemCard
from server.masterdata.changes import Change
from server.masterdata.faults import CardMissing
from server.masterdata.kinds import Key, Kind, read_card
from server.masterdata.reading import load_items
from server.security.audit import changed_fields, record_audit
from server.security.sessions import acting, settings
from shared.wire import codec

Card = TypeVar("Card")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardStore(Generic[Card]):
    """What there is to do with one kind of card; `what` is its name in the audit trail."""

    what: str
    card_type: type[Card]
    keys: tuple[str, ...]
    read: Callable[[sa.Connection, Key], Card]
    create: Callable[[sa.Connection, Card], Card]
    change: Callable[[sa.Connection, Key, Mapping[str, object], str], Change[Card]]
    delete: Callable[[sa.Connection, Key, str], Card]

    def key_of(self, card: Card) -> Key:
        """A card's key."""
        return tuple(str(getattr(card, name)) for name in self.keys)


def store_of(kind: Kind[Card]) -> CardStore[Card]:
    """The store of a simple kind."""
    return CardStore(
        what=kind.name,
        card_type=kind.card_type,
        keys=kind.keys,
        read=lambda connection, key: read_card(connection, kind, key),
        create=lambda connection, card: changes.create(connection, kind, card),
        change=lambda connection, key, fields, version: changes.change(
            connection, kind, key, fields, version=version
        ),
        delete=lambda connection, key, version: changes.delete(connection, kind, key, version=version),
    )


def _read_item(connection: sa.Connection, key: Key) -> ItemCard:
    found = load_items(connection, [key[0]])
    if key[0] not in found:
        raise CardMissing("item", key[0])
    return found[key[0]]


ITEM_STORE: CardStore[ItemCard] = CardStore(
    what="item",
    card_type=ItemCard,
    keys=("no",),
    read=_read_item,
    create=lambda connection, card: changes.create_item(connection, card, settings().now()),
    change=lambda connection, key, fields, version: changes.change_item(
        connection, key[0], fields, settings().now(), version=version
    ),
    delete=lambda connection, key, version: changes.delete_item(connection, key[0], version=version),
)


def read_stored(store: CardStore[Card], key: Key) -> Card:
    """The card of this key; CardMissing when there is none."""
    return store.read(db.session.connection(), key)


def create_card(store: CardStore[Card], card: Card) -> Card:
    """A new card."""

    def work(connection: sa.Connection) -> Card:
        made = store.create(connection, card)
        _tell(connection, store, "created", (made, None, codec.write(made)))
        return made

    return write(work)


def change_card(store: CardStore[Card], key: Key, fields: Mapping[str, object], *, version: str = "") -> Card:
    """A card with these fields changed; with `version` only if it still says that."""

    def work(connection: sa.Connection) -> Card:
        change = store.change(connection, key, fields, version)
        old, new = _fields(change.old), _fields(change.new)
        before, after = changed_fields(old, new)
        if after:
            _tell(connection, store, "changed", (change.new, before, after))
        return change.new

    return write(work)


def delete_card(store: CardStore[Card], key: Key, *, version: str = "") -> None:
    """Take a card away."""

    def work(connection: sa.Connection) -> None:
        gone = store.delete(connection, key, version)
        _tell(connection, store, "deleted", (gone, codec.write(gone), None))

    write(work)


def _fields(card: object) -> dict[str, Any]:
    """Every field of a card, also those that stand at their default."""
    written = codec.write(card)
    names = type(card).__dataclass_fields__  # type: ignore[attr-defined]
    return {name: written.get(name, "") for name in names}


def _tell(
    connection: sa.Connection,
    store: CardStore[Card],
    event: str,
    told: tuple[Card, Mapping[str, object] | None, Mapping[str, object] | None],
) -> None:
    card, old, new = told
    record_audit(
        connection,
        f"{store.what}_{event}",
        at=settings().now(),
        actor=acting(),
        subject=(store.what, " ".join(store.key_of(card))),
        old=old,
        new=new,
    )
