"""What readers are told of each kind of entity, field by field, and when it is gone for them."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from server.database import db, write
from server.feed.entities import load_documents
from server.feed.marks import SCOPE_ETYPES
from server.feed.rebuild import existing_scopes, mark_scope
from server.inbox.tables import InboxTransaction
from server.ledger.tables import BinBalance
from server.masterdata.tables import (
    Bin,
    Item,
    ItemIdentifier,
    ItemUnitOfMeasure,
    ItemVariant,
    Location,
    ReasonCode,
)
from server.security.tables import Device, Person
from shared.wire import codec
from shared.wire.reference import RECORDS, stock_key
from tests.server.feed.company import BEGIN, SITE, Reader, true_state

pytestmark = pytest.mark.usefixtures("company")
TRANSACTION = "01890000-0000-7000-8000-000000000001"


@pytest.fixture(autouse=True)
def master_data(company: object) -> None:
    """One of everything, and some of it twice."""
    write(make_master_data)


def make_master_data(connection: sa.Connection) -> None:
    """Items, codes, a location with a bin and stock, people, a device with a transaction."""
    rows: list[tuple[type, list[dict[str, Any]]]] = [
        (
            Item,
            [
                {
                    "no": "I1",
                    "description": "Mug – “large”",
                    "base_unit_of_measure_code": "PCS",
                    "gtin": "04012345678901",
                    "tracking": "lot",
                    "is_blocked": True,
                },
                {"no": "I2", "base_unit_of_measure_code": "PCS", "gtin": "04012345678901"},
            ],
        ),
        (
            ItemUnitOfMeasure,
            [
                {"item_no": "I1", "code": "PCS", "quantity_per_unit": Decimal(1)},
                {"item_no": "I1", "code": "BOX", "quantity_per_unit": Decimal("12.5")},
            ],
        ),
        (ItemVariant, [{"item_no": "I1", "code": "RED"}, {"item_no": "I1", "code": "BLUE"}]),
        (
            ItemIdentifier,
            [
                {
                    "code": "14012345678908",
                    "item_no": "I1",
                    "variant_code": "RED",
                    "unit_of_measure_code": "BOX",
                },
                {"code": "SHELF-1", "item_no": "I2"},
            ],
        ),
        (
            ReasonCode,
            [{"code": "LOSS", "description": "Lost", "description_fr": "Perdu", "direction": "decrease"}],
        ),
        (
            Location,
            [
                {"code": "MAIN", "name": "Main", "time_zone": "Europe/Paris", "receipt_bin_code": "IN"},
                {"code": "SHOP", "bin_mandatory": False},
            ],
        ),
        (
            Bin,
            [
                {"location_code": "MAIN", "code": "A-01", "zone_code": "", "block_movement": "in"},
                {"location_code": "SHOP", "code": "A-01"},
            ],
        ),
        (
            BinBalance,
            [balance("MAIN", "A-01", "12.5"), balance("MAIN", "A-02", "0"), balance("SHOP", "", "-3")],
        ),
        (
            Person,
            [
                person("P1", badge="B1", pin_verifier="pbkdf2$1$aa$bb", blocked_at=BEGIN),
                person("P2", badge="B2"),
                person("P3", pin_verifier="pbkdf2$1$aa$bb"),
            ],
        ),
        (Device, [{"device_id": "D1", "kind": "handheld", "location_code": "MAIN", "enrolled_at": BEGIN}]),
        (InboxTransaction, [transaction()]),
    ]
    for table, values in rows:
        for row in values:
            connection.execute(sa.insert(table).values(**row))


def balance(location_code: str, bin_code: str, quantity: str) -> dict[str, Any]:
    """What is in a bin."""
    return {
        "location_code": location_code,
        "bin_code": bin_code,
        "item_no": "I1",
        "variant_code": "RED",
        "lot_no": "L1",
        "serial_no": "",
        "quantity_base": Decimal(quantity),
        "may_be_negative": True,
    }


def person(person_id: str, **columns: Any) -> dict[str, Any]:
    """Someone who works here."""
    return {"person_id": person_id, "name": "Ann", "role": "worker", "created_at": BEGIN, **columns}


def transaction() -> dict[str, Any]:
    """A posted transaction of device D1."""
    return {
        "transaction_id": TRANSACTION,
        "device_id": "D1",
        "epoch": 1,
        "seq": 1,
        "kind": "pick",
        "hash": "",
        "raw": "{}",
        "received_at": BEGIN,
        "occurred_at": datetime(2026, 3, 1, tzinfo=UTC),
        "changed_at": BEGIN,
        "status": "posted",
        "rev": 2,
        "document_no": "IR-1",
        "entries": 2,
    }


def documents(scope: str, etype: str, *ekeys: str) -> dict[str, str]:
    """What is told of these keys."""
    with db.engine.connect() as connection:
        return load_documents(connection, scope, etype, ekeys)


def test_an_item_comes_with_its_units_and_variants() -> None:
    assert documents("ref", "item", "I1", "NONE") == {
        "I1": '{"base_unit_of_measure_code":"PCS","blocked":true,"description":"Mug – “large”","no":"I1",'
        '"tracking":"lot","units":[{"code":"BOX","quantity_per_unit":"12.5"},'
        '{"code":"PCS","quantity_per_unit":"1"}],"variants":["BLUE","RED"]}'
    }


def test_an_items_base_unit_is_told_though_nobody_wrote_it_down() -> None:
    assert '"units":[{"code":"PCS","quantity_per_unit":"1"}]' in documents("ref", "item", "I2")["I2"]


def test_a_gtin_on_the_card_and_a_code_of_its_own_are_both_identifiers() -> None:
    told = documents(
        "ref", "identifier", "04012345678901", "14012345678908", "SHELF-1", "9", "04012345678901X"
    )

    assert told == {
        "04012345678901": '{"code":"04012345678901","item_no":"I1","unit_of_measure_code":"PCS"}',
        "14012345678908": '{"code":"14012345678908","item_no":"I1","unit_of_measure_code":"BOX",'
        '"variant_code":"RED"}',
        "SHELF-1": '{"code":"SHELF-1","item_no":"I2"}',
    }


def test_an_identifier_wins_over_the_gtin_of_a_card() -> None:
    write(
        lambda connection: connection.execute(
            sa.insert(ItemIdentifier).values(code="04012345678901", item_no="I2", unit_of_measure_code="BOX")
        )
    )

    told = documents("ref", "identifier", "04012345678901")

    assert told["04012345678901"] == '{"code":"04012345678901","item_no":"I2","unit_of_measure_code":"BOX"}'


def test_reasons_and_locations_are_told() -> None:
    assert documents("ref", "reason", "LOSS", "NONE") == {
        "LOSS": '{"code":"LOSS","description":"Lost","description_fr":"Perdu","direction":"decrease"}'
    }
    assert documents("ref", "location", "MAIN", "SHOP", "NONE") == {
        "MAIN": '{"code":"MAIN","name":"Main","receipt_bin_code":"IN","time_zone":"Europe/Paris"}',
        "SHOP": '{"bin_mandatory":false,"code":"SHOP"}',
    }


def test_a_bin_is_told_to_its_own_location() -> None:
    assert documents(SITE, "bin", "A-01", "A-99") == {"A-01": '{"block_movement":"in","code":"A-01"}'}
    assert documents("site:SHOP", "bin", "A-01") == {"A-01": '{"code":"A-01"}'}


def test_stock_is_told_where_there_is_some_also_below_nothing() -> None:
    full, empty, none = (stock_key(code, "I1", "RED", "L1", "") for code in ("A-01", "A-02", ""))

    assert documents(SITE, "stock", full, empty, none) == {
        full: '{"bin_code":"A-01","item_no":"I1","lot_no":"L1","quantity_base":"12.5","variant_code":"RED"}'
    }
    assert documents("site:SHOP", "stock", full, none) == {
        none: '{"bin_code":"","item_no":"I1","lot_no":"L1","quantity_base":"-3","variant_code":"RED"}'
    }


def test_a_worker_is_told_who_can_sign_in_at_a_terminal_also_when_blocked() -> None:
    assert documents(SITE, "worker", "P1", "P2", "P3", "P4") == {
        "P1": '{"badge":"B1","blocked_at":"2026-03-02T08:00:00Z","language":"en","name":"Ann",'
        '"person_id":"P1","pin_verifier":"pbkdf2$1$aa$bb"}'
    }


def test_an_outcome_is_told_to_the_device_that_made_the_transaction() -> None:
    told = (
        '{"document_no":"IR-1","entries":2,"rev":2,"status":"posted","transaction_id":"' + TRANSACTION + '"}'
    )

    assert documents("dev:D1", "outcome", TRANSACTION, "no id at all") == {TRANSACTION: told}
    assert documents("dev:D2", "outcome", TRANSACTION) == {}


def test_every_document_is_read_by_the_record_of_its_type() -> None:
    seen = set()
    with db.engine.connect() as connection:
        scopes = existing_scopes(connection)
    for scope in scopes:
        for (etype, _), document in true_state(scope).items():
            codec.read(RECORDS[etype], document, strict=True)
            seen.add(etype)

    assert seen == set(RECORDS) == set().union(*SCOPE_ETYPES.values())


def test_marking_a_whole_scope_brings_everything_and_takes_away_what_is_gone() -> None:
    with db.engine.connect() as connection:
        scopes = existing_scopes(connection)
    readers = [Reader(scope) for scope in scopes]
    for reader in readers:
        write(partial(mark_scope, scope=reader.scope))
        reader.read_to_head()
    write(lambda connection: connection.execute(sa.delete(ItemIdentifier)))
    write(partial(mark_scope, scope="ref"))

    page = readers[0].read()

    assert [reader.scope for reader in readers] == ["ref", SITE, "site:SHOP", "dev:D1"]
    assert [(row.op, row.ekey) for row in page.rows] == [("d", "14012345678908"), ("d", "SHELF-1")]
    for reader in readers:
        assert reader.copy == true_state(reader.scope)
