"""What a card may say, whatever is in the database."""

from decimal import Decimal

import pytest

from server.masterdata.cards import (
    BinContentCard,
    ItemCode,
    ItemType,
    ItemUnit,
    ItemVariantCard,
    LocationCard,
    ReasonCard,
    Tracking,
    version_of,
)
from server.masterdata.faults import FAULTS, Fault
from server.masterdata.rules import (
    ItemUsage,
    bar_code_faults,
    faults_of_bin_content,
    faults_of_change,
    faults_of_item,
    faults_of_location,
    faults_of_reason,
    normal_code,
    normal_item,
    place_faults,
)
from tests.server.masterdata.cards import CASE_GTIN, EAN, GTIN, cased_item, codes_of


def test_the_base_unit_stands_among_the_units_with_one() -> None:
    card = normal_item(cased_item())

    assert [(unit.code, unit.quantity_per_unit) for unit in card.units] == [
        ("PCS", Decimal(1)),
        ("CASE", Decimal(12)),
    ]


def test_the_gtin_becomes_fourteen_digits_and_a_bar_code_of_the_base_unit() -> None:
    card = normal_item(cased_item(gtin=EAN))

    assert card.gtin == GTIN
    assert card.codes == (ItemCode(code=GTIN, unit_of_measure_code="PCS"),)


def test_a_normal_card_is_not_made_different_again() -> None:
    once = normal_item(cased_item(gtin=EAN, codes=(ItemCode(code=CASE_GTIN, unit_of_measure_code="CASE"),)))

    assert normal_item(once) == once
    assert faults_of_item(once) == []


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        (EAN, GTIN),
        (GTIN, GTIN),
        ("9520000000012", "9520000000012"),
        ("A-1", "A-1"),
    ],
)
def test_a_bar_code_is_kept_as_fourteen_digits_when_it_is_a_gtin(code: str, kept: str) -> None:
    assert normal_code(code) == kept


def test_the_base_unit_holds_exactly_one_of_itself() -> None:
    card = cased_item(units=(ItemUnit(code="PCS", quantity_per_unit=Decimal(2)),))

    assert codes_of(faults_of_item(normal_item(card))) == [("base_unit_factor", "/units/0/quantity_per_unit")]


@pytest.mark.parametrize("factor", [Decimal(0), Decimal(-12)])
def test_a_unit_holds_more_than_nothing(factor: Decimal) -> None:
    card = cased_item(units=(ItemUnit(code="CASE", quantity_per_unit=factor),))

    assert ("not_above_zero", "/units/1/quantity_per_unit") in codes_of(faults_of_item(normal_item(card)))


def test_a_unit_is_a_multiple_of_the_base_precision() -> None:
    whole = ItemUnit(code="PCS", quantity_per_unit=Decimal(1), quantity_rounding_precision=Decimal(1))
    card = cased_item(units=(whole, ItemUnit(code="CASE", quantity_per_unit=Decimal("12.5"))))

    assert codes_of(faults_of_item(normal_item(card))) == [("factor_precision", "/units/1/quantity_per_unit")]


def test_a_wrong_check_digit_is_named_with_the_right_one() -> None:
    (fault,) = faults_of_item(normal_item(cased_item(gtin="9520000000012", codes=())))

    assert (fault.code, fault.pointer, fault.expected) == ("check_digit", "/gtin", "1")
    assert "9520000000012" in fault.sentence("en")
    assert "devrait être 1" in fault.sentence("fr")


@pytest.mark.parametrize("gtin", ["123", "ABCDEFGH", "٩٥٢٠٠٠٠٠٠٠٠١١", "123456789"])
def test_what_is_no_gtin_by_its_length_is_refused(gtin: str) -> None:
    assert codes_of(faults_of_item(normal_item(cased_item(gtin=gtin)))) == [("gtin_length", "/gtin")]


def test_thirteen_digits_as_a_bar_code_are_a_gtin_but_twelve_may_be_ones_own() -> None:
    assert codes_of(bar_code_faults("/code", "9520000000012")) == [("check_digit", "/code")]
    assert bar_code_faults("/code", "036000291453") == []


def test_an_item_has_one_bar_code_per_variant_and_unit() -> None:
    codes = (ItemCode(code="A", unit_of_measure_code="CASE"), ItemCode(code="B", unit_of_measure_code="CASE"))

    assert codes_of(faults_of_item(normal_item(cased_item(codes=codes)))) == [
        ("one_code_per_unit", "/codes/1")
    ]


def test_a_bar_code_names_units_and_variants_of_its_item_only() -> None:
    codes = (ItemCode(code="A", unit_of_measure_code="PALLET"), ItemCode(code="B", variant_code="RED"))

    assert codes_of(faults_of_item(normal_item(cased_item(codes=codes)))) == [
        ("unit_not_of_item", "/codes/0/unit_of_measure_code"),
        ("variant_not_of_item", "/codes/1/variant_code"),
    ]


def test_a_service_has_no_lots() -> None:
    card = cased_item(type=ItemType.SERVICE, tracking=Tracking.LOT)

    assert codes_of(faults_of_item(normal_item(card))) == [("no_stock_no_tracking", "/tracking")]


def test_costs_and_prices_are_not_below_zero() -> None:
    card = cased_item(unit_cost=Decimal(-1), unit_price=Decimal("-0.00001"))

    assert codes_of(faults_of_item(normal_item(card))) == [
        ("below_zero", "/unit_cost"),
        ("below_zero", "/unit_price"),
    ]


def test_a_code_does_not_end_with_a_space() -> None:
    assert codes_of(faults_of_item(normal_item(cased_item(no="10002 ")))) == [("code_spaces", "/no")]
    assert codes_of(place_faults("/code", "A/1")) == [("code_slash", "/code")]


def test_the_same_unit_or_variant_twice_is_refused() -> None:
    twice = (ItemVariantCard(code="RED"), ItemVariantCard(code="RED"))

    assert codes_of(faults_of_item(normal_item(cased_item(variants=twice)))) == [
        ("twice", "/variants/1/code")
    ]


def test_with_entries_the_base_unit_stays() -> None:
    old = normal_item(cased_item())
    new = normal_item(cased_item(base_unit_of_measure_code="CASE", units=()))

    assert faults_of_change(old, new, ItemUsage()) == []
    assert codes_of(faults_of_change(old, new, ItemUsage(has_entries=True))) == [
        ("has_entries", "/base_unit_of_measure_code")
    ]


def test_a_unit_in_use_keeps_its_factor_and_stays() -> None:
    old = normal_item(cased_item())
    usage = ItemUsage(has_entries=True, units=frozenset({"CASE"}))
    other = normal_item(cased_item(units=(ItemUnit(code="CASE", quantity_per_unit=Decimal(24)),)))
    gone = normal_item(cased_item(units=()))
    more = normal_item(
        cased_item(units=(*old.units, ItemUnit(code="PALLET", quantity_per_unit=Decimal(480))))
    )

    assert codes_of(faults_of_change(old, other, usage)) == [("unit_in_use", "/units")]
    assert codes_of(faults_of_change(old, gone, usage)) == [("unit_in_use", "/units")]
    assert faults_of_change(old, more, usage) == []


def test_tracking_changes_only_without_open_entries() -> None:
    old, new = normal_item(cased_item()), normal_item(cased_item(tracking=Tracking.LOT))

    assert faults_of_change(old, new, ItemUsage(has_entries=True)) == []
    assert codes_of(faults_of_change(old, new, ItemUsage(has_entries=True, has_open_entries=True))) == [
        ("has_stock", "/tracking")
    ]


def test_a_variant_with_entries_stays() -> None:
    old = normal_item(cased_item(variants=(ItemVariantCard(code="RED"),)))
    usage = ItemUsage(has_entries=True, variants=frozenset({"RED"}))

    assert codes_of(faults_of_change(old, normal_item(cased_item()), usage)) == [
        ("variant_in_use", "/variants")
    ]


def test_a_location_lies_in_a_time_zone_that_exists() -> None:
    assert faults_of_location(LocationCard(code="DC", time_zone="Europe/London")) == []
    for zone in ("Europe/Atlantis", "../etc/passwd", ""):
        assert codes_of(faults_of_location(LocationCard(code="DC", time_zone=zone))) == [
            ("time_zone", "/time_zone")
        ]


def test_a_location_without_bins_names_none() -> None:
    card = LocationCard(code="DC", bin_mandatory=False, receipt_bin_code="DOCK-IN")

    assert codes_of(faults_of_location(card)) == [("default_bin_without_bins", "/receipt_bin_code")]


def test_an_item_has_one_default_bin_at_a_location() -> None:
    card = BinContentCard(location_code="DC", bin_code="A-1", item_no="10002", is_default=True)

    assert faults_of_bin_content(card, "A-1") == []
    assert codes_of(faults_of_bin_content(card, "B-2")) == [("default_elsewhere", "/is_default")]


def test_a_limit_is_not_below_zero() -> None:
    assert codes_of(faults_of_reason(ReasonCard(code="LOST", limit_quantity=Decimal(-1)))) == [
        ("below_zero", "/limit_quantity")
    ]


def test_every_fault_has_its_sentence_in_both_languages() -> None:
    for code in FAULTS:
        fault = Fault(code=code, found="THIS", expected="THAT")
        english, french = fault.sentence("en"), fault.sentence("fr")
        assert english != french
        assert ("THIS" in english) == ("THIS" in french)
        assert ("THAT" in english) == ("THAT" in french)


def test_equal_cards_have_equal_versions() -> None:
    assert version_of(cased_item()) == version_of(cased_item())
    assert version_of(cased_item()) != version_of(cased_item(is_blocked=True))
