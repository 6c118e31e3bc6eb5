"""The rules of master data, pure: cards in, normal cards or faults out.

What a rule needs of the database (which units exist, what the ledgers use) is a parameter. Sources: features
1.01–1.07 (item types, units), 1.15–1.16 (identifiers, GTIN), 1.20, 1.28, 14.14 (bins).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from server.masterdata.cards import (
    BinContentCard,
    CostingMethod,
    IdentifierCard,
    ItemCard,
    ItemCode,
    ItemType,
    ItemUnit,
    LocationCard,
    ReasonCard,
    Tracking,
)
from server.masterdata.cost_rules import faults_of_costs
from server.masterdata.faults import Fault
from shared.gs1.check_digits import check_digit, is_digits
from shared.gs1.gtin import fold
from shared.quantity import quantity_text

ONE = Decimal(1)
_GTIN_LENGTHS = (8, 12, 13, 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemUsage:
    """What the ledgers hold of an item, so far as its card may not change under them."""

    has_entries: bool = False
    has_open_entries: bool = False
    units: frozenset[str] = frozenset()
    variants: frozenset[str] = frozenset()


UNUSED = ItemUsage()


def normal_item(card: ItemCard) -> ItemCard:
    """The card as it is kept: base unit first with 1, bar codes as 14 digits, the GTIN among them; a Standard
    item's unit cost is its standard cost.
    """
    base = card.base_unit_of_measure_code
    units = card.units
    if all(unit.code != base for unit in units):
        units = (ItemUnit(code=base, quantity_per_unit=ONE), *units)
    gtin = normal_code(card.gtin)
    codes = tuple(_normal_item_code(code) for code in card.codes)
    if gtin and all(code.code != gtin for code in codes):
        codes = (ItemCode(code=gtin, unit_of_measure_code=base), *codes)
    is_standard = card.costing_method is CostingMethod.STANDARD
    return replace(
        card,
        unit_cost=card.standard_cost if is_standard else card.unit_cost,
        gtin=gtin,
        units=tuple(sorted(units, key=lambda unit: (unit.code != base, unit.code))),
        variants=tuple(sorted(card.variants, key=lambda variant: variant.code)),
        codes=tuple(sorted(codes, key=lambda code: code.code)),
    )


def normal_code(code: str) -> str:
    """A bar code as it is kept: a GTIN as 14 digits, anything else as it is."""
    return _folded(code) or code


# One import asks for each code several times in a row.
_folded = lru_cache(maxsize=4096)(fold)


def _normal_item_code(code: ItemCode) -> ItemCode:
    kept = normal_code(code.code)
    return code if kept == code.code else replace(code, code=kept)


def normal_identifier(card: IdentifierCard) -> IdentifierCard:
    """The identifier as it is kept."""
    return replace(card, code=normal_code(card.code))


def faults_of_item(card: ItemCard) -> list[Fault]:
    """What is wrong with a normal card by itself."""
    faults = [
        *code_faults("/no", card.no),
        *code_faults("/base_unit_of_measure_code", card.base_unit_of_measure_code),
        *_gtin_faults("/gtin", card.gtin),
        *faults_of_costs(card),
        *_not_below_zero("/unit_price", card.unit_price),
        *_unit_faults(card),
        *_twice("/variants", [variant.code for variant in card.variants]),
    ]
    for index, variant in enumerate(card.variants):
        faults += code_faults(f"/variants/{index}/code", variant.code)
    if card.type is not ItemType.INVENTORY and card.tracking is not Tracking.NONE:
        faults.append(Fault(code="no_stock_no_tracking", pointer="/tracking", found=card.tracking))
    return faults + _bar_code_faults(card)


def faults_of_identifier(card: IdentifierCard, item: ItemCard) -> list[Fault]:
    """What is wrong with an identifier of this item by itself."""
    found = ItemCode(
        code=card.code,
        variant_code=card.variant_code,
        unit_of_measure_code=card.unit_of_measure_code,
    )
    kept = [code for code in item.codes if code.code != card.code]
    faults = bar_code_faults("/code", card.code) + _belonging_faults("", found, item)
    if any(_stands_for(code) == _stands_for(found) for code in kept):
        faults.append(Fault(code="one_code_per_unit", pointer="/unit_of_measure_code", found=item.no))
    return faults


def faults_of_change(old: ItemCard, new: ItemCard, usage: ItemUsage) -> list[Fault]:
    """What the ledgers forbid about changing one normal card into the other."""
    faults = []
    if usage.has_entries:
        for name in ("base_unit_of_measure_code", "type", "costing_method"):
            if getattr(old, name) != getattr(new, name):
                kept = str(getattr(old, name))
                faults.append(Fault(code="has_entries", pointer=f"/{name}", found=old.no, expected=kept))
    if usage.has_open_entries and old.tracking != new.tracking:
        faults.append(Fault(code="has_stock", pointer="/tracking", found=old.no, expected=old.tracking))
    return faults + _unit_change_faults(old, new, usage) + _variant_change_faults(old, new, usage)


def faults_of_location(card: LocationCard) -> list[Fault]:
    """What is wrong with a location by itself."""
    faults = place_faults("/code", card.code)
    try:
        ZoneInfo(card.time_zone)
    except (ValueError, LookupError, OSError):
        faults.append(Fault(code="time_zone", pointer="/time_zone", found=card.time_zone))
    if not card.bin_mandatory:
        for name in ("receipt_bin_code", "shipment_bin_code", "adjustment_bin_code"):
            if getattr(card, name):
                faults.append(Fault(code="default_bin_without_bins", pointer=f"/{name}", found=name))
    return faults


def faults_of_reason(card: ReasonCard) -> list[Fault]:
    """What is wrong with a reason by itself."""
    limit = card.limit_quantity
    return code_faults("/code", card.code) + (_not_below_zero("/limit_quantity", limit) if limit else [])


def faults_of_bin_content(card: BinContentCard, default_bin: str) -> list[Fault]:
    """What is wrong with keeping an item in a bin; `default_bin` is the item's default there now."""
    if card.is_default and default_bin not in ("", card.bin_code):
        return [Fault(code="default_elsewhere", pointer="/is_default", expected=default_bin)]
    return []


def code_faults(pointer: str, code: str) -> list[Fault]:
    """Whether a code can be typed and scanned as it is seen."""
    return [] if code == code.strip() else [Fault(code="code_spaces", pointer=pointer, found=repr(code))]


def place_faults(pointer: str, code: str) -> list[Fault]:
    """Whether a code can also stand in an address, as locations and zones do."""
    slash = [Fault(code="code_slash", pointer=pointer, found=code)] if "/" in code else []
    return code_faults(pointer, code) + slash


def bar_code_faults(pointer: str, code: str) -> list[Fault]:
    """Whether a bar code can be meant: 13 or 14 digits are a GTIN and must have its check digit."""
    if is_digits(code) and len(code) in (13, 14):
        return _gtin_faults(pointer, code)
    return code_faults(pointer, code)


def _gtin_faults(pointer: str, gtin: str) -> list[Fault]:
    if not gtin or _folded(gtin):
        return []
    if not is_digits(gtin) or len(gtin) not in _GTIN_LENGTHS:
        return [Fault(code="gtin_length", pointer=pointer, found=gtin)]
    return [Fault(code="check_digit", pointer=pointer, found=gtin, expected=str(check_digit(gtin[:-1])))]


def _unit_faults(card: ItemCard) -> list[Fault]:
    faults = _twice("/units", [unit.code for unit in card.units])
    base = next(unit for unit in card.units if unit.code == card.base_unit_of_measure_code)
    for index, unit in enumerate(card.units):
        pointer = f"/units/{index}"
        faults += code_faults(f"{pointer}/code", unit.code)
        factor, step = unit.quantity_per_unit, unit.quantity_rounding_precision
        for name, value in (("quantity_per_unit", factor), ("quantity_rounding_precision", step)):
            if value <= 0:
                faults.append(
                    Fault(code="not_above_zero", pointer=f"{pointer}/{name}", found=quantity_text(value))
                )
        if unit.code == base.code and factor != ONE:
            faults.append(
                Fault(
                    code="base_unit_factor",
                    pointer=f"{pointer}/quantity_per_unit",
                    found=quantity_text(factor),
                    expected="1",
                )
            )
        if base.quantity_rounding_precision > 0 and factor % base.quantity_rounding_precision:
            faults.append(
                Fault(
                    code="factor_precision",
                    pointer=f"{pointer}/quantity_per_unit",
                    found=quantity_text(factor),
                    expected=quantity_text(base.quantity_rounding_precision),
                )
            )
    return faults


def _bar_code_faults(card: ItemCard) -> list[Fault]:
    faults = _twice("/codes", [code.code for code in card.codes])
    seen: set[tuple[str, str]] = set()
    for index, code in enumerate(card.codes):
        pointer = f"/codes/{index}"
        if code.code != card.gtin:
            faults += bar_code_faults(f"{pointer}/code", code.code)
        faults += _belonging_faults(pointer, code, card)
        if _stands_for(code) in seen:
            faults.append(Fault(code="one_code_per_unit", pointer=pointer, found=card.no))
        seen.add(_stands_for(code))
    return faults


def _stands_for(code: ItemCode) -> tuple[str, str]:
    return code.variant_code, code.unit_of_measure_code


def _belonging_faults(pointer: str, code: ItemCode, item: ItemCard) -> list[Fault]:
    """Whether the variant and the unit that a bar code names are the item's."""
    unit, variant = code.unit_of_measure_code, code.variant_code
    faults = []
    if unit and all(each.code != unit for each in item.units):
        faults.append(Fault(code="unit_not_of_item", pointer=f"{pointer}/unit_of_measure_code", found=unit))
    if variant and all(each.code != variant for each in item.variants):
        faults.append(Fault(code="variant_not_of_item", pointer=f"{pointer}/variant_code", found=variant))
    return faults


def _unit_change_faults(old: ItemCard, new: ItemCard, usage: ItemUsage) -> list[Fault]:
    kept = {unit.code: unit for unit in new.units}
    return [
        Fault(
            code="unit_in_use",
            pointer="/units",
            found=unit.code,
            expected=quantity_text(unit.quantity_per_unit),
        )
        for unit in old.units
        if unit.code in usage.units and kept.get(unit.code) != unit
    ]


def _variant_change_faults(old: ItemCard, new: ItemCard, usage: ItemUsage) -> list[Fault]:
    kept = {variant.code for variant in new.variants}
    return [
        Fault(code="variant_in_use", pointer="/variants", found=variant.code)
        for variant in old.variants
        if variant.code in usage.variants and variant.code not in kept
    ]


def _twice(pointer: str, codes: Sequence[str]) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for index, code in enumerate(codes):
        if code in seen:
            faults.append(Fault(code="twice", pointer=f"{pointer}/{index}/code", found=code))
        seen.add(code)
    return faults


def _not_below_zero(pointer: str, value: Decimal) -> list[Fault]:
    if value >= 0:
        return []
    return [Fault(code="below_zero", pointer=pointer, found=quantity_text(value), expected="0")]
