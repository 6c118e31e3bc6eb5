"""The kinds of simple cards, one row of one table each: their table, key, references and feed marks.

Items are richer and stand in `items`; everything else of the master data is created, changed and deleted by
the same few functions in `changes`, which read here what is particular to a kind.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar, cast, get_type_hints

import sqlalchemy as sa

from server.feed.marks import REFERENCE_SCOPE, Mark, site_scope
from server.masterdata.cards import (
    BinCard,
    BinContentCard,
    IdentifierCard,
    LocationCard,
    ReasonCard,
    UnitOfMeasureCard,
    ZoneCard,
)
from server.masterdata.faults import CardMissing, Fault
from server.masterdata.rules import (
    code_faults,
    faults_of_location,
    faults_of_reason,
    normal_identifier,
    place_faults,
)
from server.masterdata.tables import (
    Bin,
    BinContent,
    Item,
    ItemIdentifier,
    Location,
    ReasonCode,
    UnitOfMeasure,
    Zone,
)

Card = TypeVar("Card")
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """That fields of a card name a row of another table; blank names none, where `may_be_blank`."""

    what: str
    table: sa.Table
    # The other table's key columns and this card's fields that name them, in pairs.
    pairs: tuple[tuple[str, str], ...]
    may_be_blank: bool = False

    @property
    def pointer(self) -> str:
        """Where a fault of this reference points: the last field, the others say where to look."""
        return f"/{self.pairs[-1][1]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[Card]):
    """One kind of card.

    `faults` are of the card by itself; `references` are what must be there; `marks` say which readers hear.
    """

    name: str
    card_type: type[Card]
    table: sa.Table
    keys: tuple[str, ...]
    marks: Callable[[Card], list[Mark]]
    faults: Callable[[Card], list[Fault]]
    references: tuple[Reference, ...] = ()
    normal: Callable[[Card], Card] = lambda card: card

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the card, keys first."""
        return tuple(field.name for field in fields(cast(Any, self.card_type)))

    @property
    def values(self) -> tuple[str, ...]:
        """The columns that may change."""
        return tuple(name for name in self.columns if name not in self.keys)

    def key_of(self, card: Card) -> Key:
        """A card's key."""
        return tuple(str(getattr(card, name)) for name in self.keys)

    def row_of(self, card: Card) -> tuple[Any, ...]:
        """A card as a row: keys, then values."""
        return tuple(getattr(card, name) for name in self.keys + self.values)

    def card_of(self, row: Mapping[str, Any] | sa.RowMapping) -> Card:
        """A row as a card."""
        choices = _choices(cast(type, self.card_type))
        return self.card_type(
            **{name: choices[name](row[name]) if name in choices else row[name] for name in self.columns}
        )

    def select(self) -> sa.Select[*tuple[Any, ...]]:
        """Every card of this kind."""
        return sa.select(*(self.table.c[name] for name in self.columns))


@cache
def _choices(card_type: type) -> dict[str, type[StrEnum]]:
    """The fields of a card that are one of a few words."""
    hints = get_type_hints(card_type)
    return {
        name: hint for name, hint in hints.items() if isinstance(hint, type) and issubclass(hint, StrEnum)
    }


def _reference(etype: str, key: str) -> list[Mark]:
    return [(REFERENCE_SCOPE, etype, key)]


def _quiet(_card: object) -> list[Mark]:
    """Devices keep nothing of this kind."""
    return []


_LOCATION = Reference("location", Location.__table__, (("code", "location_code"),))
_ITEM = Reference("item", Item.__table__, (("no", "item_no"),))

UNITS = Kind(
    name="unit_of_measure",
    card_type=UnitOfMeasureCard,
    table=UnitOfMeasure.__table__,
    keys=("code",),
    marks=_quiet,
    faults=lambda card: code_faults("/code", card.code),
)
REASONS = Kind(
    name="reason_code",
    card_type=ReasonCard,
    table=ReasonCode.__table__,
    keys=("code",),
    marks=lambda card: _reference("reason", card.code),
    faults=faults_of_reason,
)
IDENTIFIERS = Kind(
    name="item_identifier",
    card_type=IdentifierCard,
    table=ItemIdentifier.__table__,
    keys=("code",),
    marks=lambda card: _reference("identifier", card.code),
    # An identifier is judged together with its item, in `changes`.
    faults=lambda card: [],
    references=(_ITEM,),
    normal=normal_identifier,
)
LOCATIONS = Kind(
    name="location",
    card_type=LocationCard,
    table=Location.__table__,
    keys=("code",),
    marks=lambda card: _reference("location", card.code),
    faults=faults_of_location,
)
ZONES = Kind(
    name="zone",
    card_type=ZoneCard,
    table=Zone.__table__,
    keys=("location_code", "code"),
    marks=_quiet,
    faults=lambda card: place_faults("/code", card.code),
    references=(_LOCATION,),
)
BINS = Kind(
    name="bin",
    card_type=BinCard,
    table=Bin.__table__,
    keys=("location_code", "code"),
    marks=lambda card: [(site_scope(card.location_code), "bin", card.code)],
    faults=lambda card: code_faults("/code", card.code),
    references=(
        _LOCATION,
        Reference(
            "zone",
            Zone.__table__,
            (("location_code", "location_code"), ("code", "zone_code")),
            may_be_blank=True,
        ),
    ),
)
BIN_CONTENTS = Kind(
    name="bin_content",
    card_type=BinContentCard,
    table=BinContent.__table__,
    keys=("location_code", "bin_code", "item_no", "variant_code"),
    marks=_quiet,
    # The one default per location is judged in `changes`, which knows the other contents.
    faults=lambda card: [],
    references=(
        Reference("bin", Bin.__table__, (("location_code", "location_code"), ("code", "bin_code"))),
        _ITEM,
    ),
)

KINDS: dict[str, Kind[Any]] = {
    kind.name: kind
    for kind in cast(Sequence[Kind[Any]], (UNITS, REASONS, IDENTIFIERS, LOCATIONS, ZONES, BINS, BIN_CONTENTS))
}


def read_card(connection: sa.Connection, kind: Kind[Card], key: Key, *, for_change: bool = False) -> Card:
    """The card of this key; CardMissing when there is none. `for_change` locks its row."""
    statement = kind.select().where(
        *(kind.table.c[name] == value for name, value in zip(kind.keys, key, strict=True))
    )
    if for_change:
        statement = statement.with_for_update()
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        raise CardMissing(kind.name, " ".join(key))
    return kind.card_of(row)
