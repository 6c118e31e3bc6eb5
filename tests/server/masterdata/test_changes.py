"""Master data is created, changed and deleted as a whole or not at all, and its readers hear of it."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.masterdata import changes, usage
from server.masterdata.cards import (
    BinCard,
    BinContentCard,
    IdentifierCard,
    ItemCode,
    ItemUnit,
    ItemVariantCard,
    LocationCard,
    ReasonCard,
    UnitOfMeasureCard,
    ZoneCard,
    version_of,
)
from server.masterdata.faults import CardMissing
from server.masterdata.kinds import BIN_CONTENTS, BINS, IDENTIFIERS, LOCATIONS, REASONS, UNITS, ZONES
from server.masterdata.reading import load_items
from server.masterdata.tables import Bin, BinContent, Item, ItemIdentifier, ItemUnitOfMeasure, ItemVariant
from server.tables import Base
from tests.server.masterdata.cards import (
    CASE_GTIN,
    EAN,
    GTIN,
    NOW,
    cased_item,
    clear_marks,
    count,
    create,
    faults_of,
    made,
    marks,
    with_units,
)

CASE_CODE = ItemCode(code=CASE_GTIN, unit_of_measure_code="CASE")


@pytest.fixture(autouse=True)
def company(app: Flask) -> Iterator[None]:
    with app.app_context():
        with_units()
        yield


def test_an_item_comes_with_its_units_variants_and_bar_codes() -> None:
    card = cased_item(gtin=EAN, codes=(CASE_CODE,), variants=(ItemVariantCard(code="RED"),))

    kept = made(lambda connection: changes.create_item(connection, card, NOW))

    assert load_items(db.session.connection(), ["10002"]) == {"10002": kept}
    assert [code.code for code in kept.codes] == [GTIN, CASE_GTIN]
    assert marks() == [
        ("ref", "identifier", GTIN),
        ("ref", "identifier", CASE_GTIN),
        ("ref", "item", "10002"),
    ]


def test_a_refused_item_writes_nothing() -> None:
    card = cased_item(units=(ItemUnit(code="BOX", quantity_per_unit=Decimal(0)),), gtin="9520000000012")

    assert faults_of(lambda connection: changes.create_item(connection, card, NOW)) == [
        ("check_digit", "/gtin"),
        ("not_above_zero", "/units/1/quantity_per_unit"),
        ("unknown", "/units/1/code"),
    ]
    assert [count(table.__table__) for table in (Item, ItemUnitOfMeasure, ItemIdentifier)] == [0, 0, 0]
    assert marks() == []


def test_an_item_number_is_given_once() -> None:
    made(lambda connection: changes.create_item(connection, cased_item(), NOW))

    assert faults_of(lambda connection: changes.create_item(connection, cased_item(), NOW)) == [
        ("exists", "/no")
    ]


def test_a_bar_code_means_one_item() -> None:
    made(lambda connection: changes.create_item(connection, cased_item(gtin=EAN), NOW))

    other = cased_item("10080", codes=(ItemCode(code=EAN),))
    assert faults_of(lambda connection: changes.create_item(connection, other, NOW)) == [
        ("code_taken", "/codes/0/code")
    ]
    assert count(Item.__table__) == 1


def test_a_changed_item_says_so_and_keeps_the_rest() -> None:
    made(lambda connection: changes.create_item(connection, cased_item(gtin=EAN), NOW))
    clear_marks()

    change = made(lambda connection: changes.change_item(connection, "10002", {"description": "GLOBE"}, NOW))

    assert change.old.description == "INFLATABLE POLITICAL GLOBE"
    assert load_items(db.session.connection(), ["10002"])["10002"] == change.new
    assert (change.new.description, change.new.gtin) == ("GLOBE", GTIN)
    assert marks() == [("ref", "item", "10002")]


def test_a_change_to_the_same_writes_and_marks_nothing() -> None:
    made(lambda connection: changes.create_item(connection, cased_item(), NOW))
    clear_marks()

    made(lambda connection: changes.change_item(connection, "10002", {"is_blocked": False}, NOW))

    assert marks() == []


def test_a_new_gtin_takes_the_place_of_the_old_one() -> None:
    made(lambda connection: changes.create_item(connection, cased_item(gtin=EAN), NOW))
    clear_marks()

    made(lambda connection: changes.change_item(connection, "10002", {"gtin": "9520000000028"}, NOW))

    kept = load_items(db.session.connection(), ["10002"])["10002"]
    assert [code.code for code in kept.codes] == ["09520000000028"]
    assert ("ref", "identifier", GTIN) in marks()
    assert ("ref", "identifier", "09520000000028") in marks()


def test_two_bar_codes_trade_their_units() -> None:
    pieces = ItemCode(code=GTIN, unit_of_measure_code="PCS")
    made(lambda connection: changes.create_item(connection, cased_item(codes=(pieces, CASE_CODE)), NOW))

    traded = (
        ItemCode(code=GTIN, unit_of_measure_code="CASE"),
        ItemCode(code=CASE_GTIN, unit_of_measure_code="PCS"),
    )
    change = made(lambda connection: changes.change_item(connection, "10002", {"codes": traded}, NOW))

    assert change.new.codes == traded
    assert load_items(db.session.connection(), ["10002"])["10002"].codes == traded


def test_a_change_of_a_stale_card_is_refused() -> None:
    first = made(lambda connection: changes.create_item(connection, cased_item(), NOW))
    made(lambda connection: changes.change_item(connection, "10002", {"abc_class": "A"}, NOW))

    stale = version_of(first)
    assert faults_of(
        lambda connection: changes.change_item(connection, "10002", {"abc_class": "B"}, NOW, version=stale)
    ) == [("changed_meanwhile", "")]
    assert load_items(db.session.connection(), ["10002"])["10002"].abc_class == "A"


def test_a_number_never_changes() -> None:
    made(lambda connection: changes.create_item(connection, cased_item(), NOW))

    assert faults_of(lambda connection: changes.change_item(connection, "10002", {"no": "X"}, NOW)) == [
        ("key_fixed", "/no")
    ]


def test_a_deleted_item_takes_everything_of_its_own_along() -> None:
    card = cased_item(gtin=EAN, variants=(ItemVariantCard(code="RED"),))
    made(lambda connection: changes.create_item(connection, card, NOW))
    create(BINS, BinCard(location_code="MAIN", code="A-1"))
    content = BinContentCard(location_code="MAIN", bin_code="A-1", item_no="10002", is_default=True)
    create(BIN_CONTENTS, content)
    clear_marks()

    made(lambda connection: changes.delete_item(connection, "10002"))

    tables = (Item, ItemUnitOfMeasure, ItemVariant, ItemIdentifier, BinContent)
    assert [count(table.__table__) for table in tables] == [0, 0, 0, 0, 0]
    assert marks() == [("ref", "identifier", GTIN), ("ref", "item", "10002")]


def test_what_is_not_there_cannot_be_changed_or_deleted() -> None:
    with pytest.raises(CardMissing):
        made(lambda connection: changes.change_item(connection, "10002", {}, NOW))
    with pytest.raises(CardMissing):
        made(lambda connection: changes.delete(connection, BINS, ("MAIN", "A-1")))


def test_an_identifier_is_kept_as_fourteen_digits_and_marked() -> None:
    made(lambda connection: changes.create_item(connection, cased_item(), NOW))
    clear_marks()

    card = IdentifierCard(code=EAN, item_no="10002", unit_of_measure_code="PCS")
    create(IDENTIFIERS, card)

    kept = load_items(db.session.connection(), ["10002"])["10002"]
    assert kept.codes == (ItemCode(code=GTIN, unit_of_measure_code="PCS"),)
    assert marks() == [("ref", "identifier", GTIN)]


def test_an_identifier_is_judged_with_its_item() -> None:
    made(lambda connection: changes.create_item(connection, cased_item(codes=(CASE_CODE,)), NOW))

    def refused(**fields: str) -> list[tuple[str, str]]:
        card = IdentifierCard(**{"code": EAN, "item_no": "10002", **fields})
        return faults_of(lambda connection: changes.create(connection, IDENTIFIERS, card))

    assert refused(item_no="NONE") == [("unknown", "/item_no")]
    assert refused(unit_of_measure_code="PALLET") == [("unit_not_of_item", "/unit_of_measure_code")]
    assert refused(unit_of_measure_code="CASE") == [("one_code_per_unit", "/unit_of_measure_code")]
    assert refused(code="9520000000012") == [("check_digit", "/code")]
    assert refused(code=CASE_GTIN) == [("exists", "/code")]


def test_an_item_without_its_gtins_bar_code_has_no_gtin() -> None:
    made(lambda connection: changes.create_item(connection, cased_item(gtin=EAN), NOW))

    made(lambda connection: changes.delete(connection, IDENTIFIERS, (GTIN,)))

    assert load_items(db.session.connection(), ["10002"])["10002"].gtin == ""


def test_a_bin_stands_in_a_location_and_zone_that_exist() -> None:
    card = BinCard(location_code="MAIN", code="A-1", zone_code="A")

    assert faults_of(lambda connection: changes.create(connection, BINS, card)) == [("unknown", "/zone_code")]
    create(ZONES, ZoneCard(location_code="MAIN", code="A"))
    create(BINS, card)
    assert marks() == [("site:MAIN", "bin", "A-1")]
    away = BinCard(location_code="AWAY", code="A-1")
    assert faults_of(lambda connection: changes.create(connection, BINS, away)) == [
        ("unknown", "/location_code")
    ]


def test_a_zone_with_bins_stays() -> None:
    create(ZONES, ZoneCard(location_code="MAIN", code="A"))
    card = BinCard(location_code="MAIN", code="A-1", zone_code="A")
    create(BINS, card)

    assert faults_of(lambda connection: changes.delete(connection, ZONES, ("MAIN", "A"))) == [("in_use", "")]


def test_a_location_names_bins_that_it_has() -> None:
    def receive_at(code: str) -> list[tuple[str, str]]:
        fields = {"receipt_bin_code": code}
        return faults_of(lambda connection: changes.change(connection, LOCATIONS, ("MAIN",), fields))

    assert receive_at("DOCK-IN") == [("unknown", "/receipt_bin_code")]
    create(BINS, BinCard(location_code="MAIN", code="DOCK-IN"))
    assert receive_at("DOCK-IN") == []
    assert faults_of(lambda connection: changes.delete(connection, BINS, ("MAIN", "DOCK-IN"))) == [
        ("in_use", "")
    ]


def test_a_location_with_bins_stays_and_an_empty_one_goes() -> None:
    create(BINS, BinCard(location_code="MAIN", code="A-1"))
    assert faults_of(lambda connection: changes.delete(connection, LOCATIONS, ("MAIN",))) == [("in_use", "")]

    made(lambda connection: changes.delete(connection, BINS, ("MAIN", "A-1")))
    made(lambda connection: changes.delete(connection, LOCATIONS, ("MAIN",)))

    assert count(Bin.__table__) == 0
    assert ("ref", "location", "MAIN") in marks()


def test_an_item_has_one_default_bin_per_location() -> None:
    made(lambda connection: changes.create_item(connection, cased_item(), NOW))
    for code in ("A-1", "A-2"):
        create(BINS, BinCard(location_code="MAIN", code=code))

    def keep_in(code: str) -> list[tuple[str, str]]:
        card = BinContentCard(location_code="MAIN", bin_code=code, item_no="10002", is_default=True)
        return faults_of(lambda connection: changes.create(connection, BIN_CONTENTS, card))

    assert keep_in("A-1") == []
    assert keep_in("A-2") == [("default_elsewhere", "/is_default")]


def test_a_unit_of_measure_in_use_stays() -> None:
    made(lambda connection: changes.create_item(connection, cased_item(), NOW))

    assert faults_of(lambda connection: changes.delete(connection, UNITS, ("CASE",))) == [("in_use", "")]
    made(lambda connection: changes.delete(connection, UNITS, ("PALLET",)))
    card = UnitOfMeasureCard(code="PALLET", description="Pallet", description_fr="Palette")
    assert faults_of(lambda connection: changes.create(connection, UNITS, card)) == []


def test_a_reason_is_changed_and_its_readers_hear_of_it() -> None:
    create(REASONS, ReasonCard(code="LOST"))
    clear_marks()

    fields = {"limit_quantity": Decimal(50)}
    change = made(lambda connection: changes.change(connection, REASONS, ("LOST",), fields))

    assert change.new == ReasonCard(code="LOST", limit_quantity=Decimal(50))
    assert marks() == [("ref", "reason", "LOST")]


def test_a_location_that_a_change_does_not_name_is_left_alone() -> None:
    create(LOCATIONS, LocationCard(code="AWAY", name="Away"))

    made(lambda connection: changes.change(connection, LOCATIONS, ("MAIN",), {"name": "Main"}))

    rows = db.session.execute(LOCATIONS.select().order_by(sa.text("code"))).mappings()
    assert [(row["code"], row["name"]) for row in rows] == [("AWAY", "Away"), ("MAIN", "Main")]


def test_the_ledgers_have_the_columns_that_usage_asks_for() -> None:
    for named in (usage.ENTRY, usage.MOVEMENT, usage.BALANCE, usage.DEVICE):
        table = Base.metadata.tables[named.name]
        assert {column.name for column in named.columns} <= {column.name for column in table.columns}
