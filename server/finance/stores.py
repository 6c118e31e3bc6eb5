"""What there is to do with accounts and posting set-up rows, for pages and API alike.

A set-up row for every location or group has blank codes in its key; addresses say * for a blank one.
"""

from dataclasses import dataclass
from typing import TypeVar

from server.general_ledger.cards import (
    ACCOUNTS,
    GENERAL_SETUPS,
    INVENTORY_SETUPS,
    AccountCard,
    GeneralPostingCard,
    InventoryPostingCard,
    delete_account,
)
from server.masterdata import changes
from server.masterdata.kinds import Key, Kind, read_card
from server.web.card_changes import CardStore, store_of

Card = TypeVar("Card")
BLANK = "*"


def plain_key(key: Key) -> Key:
    """The key that an address means."""
    return tuple("" if part == BLANK else part for part in key)


@dataclass(frozen=True, slots=True, kw_only=True)
class StarredStore(CardStore[Card]):
    """A store whose keys may be blank."""

    def key_of(self, card: Card) -> Key:
        """A card's key as addresses have it."""
        return tuple(str(getattr(card, name)) or BLANK for name in self.keys)


def _starred(kind: Kind[Card]) -> StarredStore[Card]:
    return StarredStore(
        what=kind.name,
        card_type=kind.card_type,
        keys=kind.keys,
        read=lambda connection, key: read_card(connection, kind, plain_key(key)),
        create=lambda connection, card: changes.create(connection, kind, card),
        change=lambda connection, key, fields, version: changes.change(
            connection, kind, plain_key(key), fields, version=version
        ),
        delete=lambda connection, key, version: changes.delete(
            connection, kind, plain_key(key), version=version
        ),
    )


_PLAIN_ACCOUNTS = store_of(ACCOUNTS)
ACCOUNT_STORE: CardStore[AccountCard] = CardStore(
    what=_PLAIN_ACCOUNTS.what,
    card_type=_PLAIN_ACCOUNTS.card_type,
    keys=_PLAIN_ACCOUNTS.keys,
    read=_PLAIN_ACCOUNTS.read,
    create=_PLAIN_ACCOUNTS.create,
    change=_PLAIN_ACCOUNTS.change,
    delete=delete_account,
)
INVENTORY_STORE: CardStore[InventoryPostingCard] = _starred(INVENTORY_SETUPS)
GENERAL_STORE: CardStore[GeneralPostingCard] = _starred(GENERAL_SETUPS)
