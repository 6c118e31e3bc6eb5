"""The columns of each kind of file, and how a cell becomes a field of a card.

Our own export's columns are named as the card's fields. Price lists with other names are taken too: item,
name, ean13, case_gtin14, case_qty, abc and home_bin; bin, type and zone. An item's units stand in one cell as
CASE=12|PALLET=480, its variants as RED=Red one|BLUE, its bar codes as 09520000000011=variant:unit.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints
from urllib.parse import quote, unquote

from server.masterdata.cards import (
    BinCard,
    BinContentCard,
    IdentifierCard,
    ItemCard,
    ItemCode,
    ItemUnit,
    ItemVariantCard,
    LocationCard,
    ReasonCard,
    UnitOfMeasureCard,
    ZoneCard,
)
from server.masterdata.csv_cells import plain_decimal
from shared.wire import codec

CellReader = Callable[[Any], Any]
CASE_UNIT = "CASE"
BASE_UNIT = "PCS"
_TRUE = frozenset({"true", "yes", "1", "oui", "vrai", "x"})
_FALSE = frozenset({"false", "no", "0", "non", "faux", ""})
_STEP = ItemUnit(code="-", quantity_per_unit=Decimal(1)).quantity_rounding_precision
# What cannot stand in a part of a cell that holds several things.
_RESERVED = "|=:/%"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """One kind of file: its card, what other lists call its columns, and columns that are passed over."""

    name: str
    card_type: type
    keys: tuple[str, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    passed_over: frozenset[str] = frozenset()
    # Columns that several fields are made of.
    further: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that such a file may have."""
        own = tuple(each.name for each in fields(self.card_type))
        return (*own, *self.aliases, *sorted(self.further), *sorted(self.passed_over))


ITEMS = FileKind(
    name="items",
    card_type=ItemCard,
    keys=("no",),
    aliases={"item": "no", "name": "description", "ean13": "gtin", "abc": "abc_class"},
    passed_over=frozenset({"sale_lines", "updated_at"}),
    further=frozenset({"case_gtin14", "case_qty", "home_bin"}),
)
FILE_KINDS: dict[str, FileKind] = {
    kind.name: kind
    for kind in (
        ITEMS,
        FileKind(name="identifiers", card_type=IdentifierCard, keys=("code",)),
        FileKind(name="units_of_measure", card_type=UnitOfMeasureCard, keys=("code",)),
        FileKind(name="reason_codes", card_type=ReasonCard, keys=("code",)),
        FileKind(name="locations", card_type=LocationCard, keys=("code",)),
        FileKind(name="zones", card_type=ZoneCard, keys=("location_code", "code")),
        FileKind(
            name="bins",
            card_type=BinCard,
            keys=("location_code", "code"),
            aliases={"bin": "code", "type": "bin_type", "zone": "zone_code"},
            passed_over=frozenset({"aisle", "bay", "level"}),
        ),
        FileKind(
            name="bin_contents",
            card_type=BinContentCard,
            keys=("location_code", "bin_code", "item_no", "variant_code"),
        ),
    )
}


def cell_readers(kind: FileKind, *, comma_decimals: bool) -> dict[str, CellReader]:
    """How each field's cell is read; WireError says what was expected."""
    hints = get_type_hints(kind.card_type, include_extras=True)
    strict = codec.field_readers(kind.card_type, strict=True)
    special: dict[str, CellReader] = (
        {"units": _units, "variants": _variants, "codes": _codes} if kind is ITEMS else {}
    )
    return special | {
        name: _reader(hint, strict[name], comma_decimals=comma_decimals)
        for name, hint in hints.items()
        if name not in special
    }


def choice_fields(kind: FileKind) -> frozenset[str]:
    """The fields that are one of a few words; a blank cell leaves them as they are."""
    hints = get_type_hints(kind.card_type)
    return frozenset(
        name for name, hint in hints.items() if isinstance(hint, type) and issubclass(hint, StrEnum)
    )


def is_required(kind: FileKind, name: str) -> bool:
    """Whether a card cannot be made without this field."""
    return any(each.name == name and each.default is MISSING for each in fields(kind.card_type))


def units_cell(units: tuple[ItemUnit, ...]) -> str:
    """An item's units in one cell."""
    return "|".join(
        f"{_escaped(unit.code)}={plain_decimal(unit.quantity_per_unit)}"
        + (
            f"/{plain_decimal(unit.quantity_rounding_precision)}"
            if unit.quantity_rounding_precision != _STEP
            else ""
        )
        for unit in units
    )


def variants_cell(variants: tuple[ItemVariantCard, ...]) -> str:
    """An item's variants in one cell; a blocked one ends with a stroke."""
    return "|".join(
        f"{_escaped(each.code)}={_escaped(each.description)}{'/blocked' if each.is_blocked else ''}"
        for each in variants
    )


def codes_cell(codes: tuple[ItemCode, ...]) -> str:
    """An item's bar codes in one cell."""
    return "|".join(
        f"{_escaped(each.code)}={_escaped(each.variant_code)}:{_escaped(each.unit_of_measure_code)}"
        for each in codes
    )


def _reader(hint: Any, strict: CellReader, *, comma_decimals: bool) -> CellReader:
    args = get_args(hint)
    if type(None) in args:
        inner = _reader(
            next(each for each in args if each is not type(None)), strict, comma_decimals=comma_decimals
        )
        return lambda cell: inner(cell) if cell else None
    plain = args[0] if args and get_origin(hint) is not None else hint
    if plain is bool:
        return _truth
    if plain is Decimal:
        return lambda cell: strict((cell.replace(",", ".") if comma_decimals else cell) or "0")
    if plain is int:
        return lambda cell: strict(_whole(cell))
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        return lambda cell: strict(_word(plain, cell))
    return strict


def _word(choices: type[StrEnum], cell: str) -> str:
    return next((str(choice) for choice in choices if str(choice).lower() == cell.lower()), cell)


def _truth(cell: str) -> bool:
    if cell.lower() not in _TRUE | _FALSE:
        raise codec.WireError("true or false", cell)
    return cell.lower() in _TRUE


def _whole(cell: str) -> object:
    text = cell or "0"
    return int(text) if text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 18 else cell


def _escaped(part: str) -> str:
    return "".join(quote(char, safe="") if char in _RESERVED else char for char in part)


def _parts(cell: str) -> list[tuple[str, str]]:
    """Each `name=value` of a cell that holds several."""
    parted = (each.partition("=") for each in cell.split("|") if each)
    return [(unquote(name), value) for name, _, value in parted]


def _units(cell: str) -> tuple[ItemUnit, ...]:
    units = []
    for code, value in _parts(cell):
        factor, _, step = value.partition("/")
        given = {"code": code, "quantity_per_unit": factor}
        units.append(
            codec.read(ItemUnit, given | ({"quantity_rounding_precision": step} if step else {}), strict=True)
        )
    return tuple(units)


def _variants(cell: str) -> tuple[ItemVariantCard, ...]:
    variants = []
    for code, value in _parts(cell):
        description, _, blocked = value.partition("/")
        given = {"code": code, "description": unquote(description), "is_blocked": blocked == "blocked"}
        variants.append(codec.read(ItemVariantCard, given, strict=True))
    return tuple(variants)


def _codes(cell: str) -> tuple[ItemCode, ...]:
    codes = []
    for code, value in _parts(cell):
        variant, _, unit = value.partition(":")
        given = {"code": code, "variant_code": unquote(variant), "unit_of_measure_code": unquote(unit)}
        codes.append(codec.read(ItemCode, given, strict=True))
    return tuple(codes)
