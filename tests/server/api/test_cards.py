"""One thing at a time: read, create, change and delete through the API."""

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.masterdata.tables import Item
from server.security.tables import Audit
from tests.server.api.conftest import Caller
from tests.support.people import browser_of

GLOBE = {
    "no": "10002",
    "description": "INFLATABLE POLITICAL GLOBE",
    "base_unit_of_measure_code": "PCS",
    "gtin": "9520000000011",
    "unit_price": "0.85",
    "units": [{"code": "CASE", "quantity_per_unit": "12"}],
}


def audit_of(company: Flask) -> list[tuple[str, str]]:
    with company.app_context():
        rows = db.session.execute(
            sa.select(Audit.event, Audit.subject_key).where(Audit.subject == "item").order_by(Audit.audit_no)
        )
        return [(row[0], row[1]) for row in rows]


def test_an_item_is_created_read_changed_and_deleted(company: Flask, caller: Caller) -> None:
    created = caller.send("POST", "/items", GLOBE)
    assert created.status_code == 201
    assert created.headers["Location"] == "/api/v1/items/10002"
    assert created.json["gtin"] == "09520000000011"  # type: ignore[index]
    assert caller.get("/items/10002").json == created.json

    changed = caller.send("PATCH", "/items/10002", {"is_blocked": True})
    assert changed.status_code == 200
    assert caller.get("/items/10002").json == {**created.json, "is_blocked": True}  # type: ignore[dict-item]

    assert caller.send("DELETE", "/items/10002").status_code == 204
    assert caller.get("/items/10002").status_code == 404
    assert audit_of(company) == [
        ("item_created", "10002"),
        ("item_changed", "10002"),
        ("item_deleted", "10002"),
    ]


def test_an_audited_change_names_the_field_before_and_after(company: Flask, caller: Caller) -> None:
    caller.send("POST", "/items", GLOBE)
    caller.send("PATCH", "/items/10002", {"unit_price": "0.95"})

    with company.app_context():
        row = db.session.execute(
            sa.select(Audit.old, Audit.new, Audit.person_id).where(Audit.event == "item_changed")
        ).one()
    assert (json.loads(row.old), json.loads(row.new)) == ({"unit_price": "0.85"}, {"unit_price": "0.95"})
    assert row.person_id


def test_a_change_names_the_version_that_it_means(caller: Caller) -> None:
    first = caller.send("POST", "/items", GLOBE).headers["ETag"]
    second = caller.send("PATCH", "/items/10002", {"abc_class": "A"}, **{"If-Match": first})
    assert second.status_code == 200

    stale = caller.send("PATCH", "/items/10002", {"abc_class": "B"}, **{"If-Match": first})

    assert (stale.status_code, stale.json["code"]) == (412, "changed_meanwhile")  # type: ignore[index]
    assert caller.send("DELETE", "/items/10002", **{"If-Match": first}).status_code == 412
    again = caller.get("/items/10002")
    assert (again.json["abc_class"], again.headers["ETag"]) == ("A", second.headers["ETag"])  # type: ignore[index]


def test_each_fault_of_a_body_is_pointed_at(caller: Caller) -> None:
    bad = {
        "no": "X",
        "base_unit_of_measure_code": "PCS",
        "unit_price": 0.85,
        "units": [{"code": "CASE", "quantity_per_unit": "1e999"}],
        "colour": "red",
    }

    answer = caller.send("POST", "/items", bad)

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    errors = answer.json["errors"]  # type: ignore[index]
    assert {(error["pointer"], error["code"]) for error in errors} == {
        ("/unit_price", "value"),
        ("/units/0/quantity_per_unit", "value"),
        ("/colour", "unknown_field"),
    }


def test_each_broken_rule_is_pointed_at_and_nothing_is_kept(inside: Flask, caller: Caller) -> None:
    bad = GLOBE | {"gtin": "9520000000012", "units": [{"code": "PCS", "quantity_per_unit": "2"}]}

    answer = caller.send("POST", "/items", bad)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [  # type: ignore[index]
        "/gtin",
        "/units/0/quantity_per_unit",
    ]
    assert db.session.scalar(sa.select(sa.func.count()).where(Item.no == "10002")) == 0


def test_what_is_there_already_is_a_conflict(caller: Caller) -> None:
    caller.send("POST", "/items", GLOBE)

    twice = caller.send("POST", "/items", GLOBE)
    taken = caller.send("POST", "/items", GLOBE | {"no": "10003"})

    assert (twice.status_code, twice.json["code"]) == (409, "exists")  # type: ignore[index]
    assert (taken.status_code, taken.json["code"]) == (409, "code_taken")  # type: ignore[index]


def test_an_item_with_entries_stays_and_keeps_its_base_unit(caller: Caller) -> None:
    line = {"item_no": "GLOBE", "quantity": "5", "quantity_base": "5", "unit_of_measure_code": "PCS"}
    body = {"reason_code": "FOUND", "lines": [line | {"bin_code": "A1"}]}
    posted = caller.send("POST", "/transactions", {"kind": "adjust", "location_code": "DC", "body": body})
    assert posted.json["status"] == "posted"  # type: ignore[index]

    deleted = caller.send("DELETE", "/items/GLOBE")
    rebased = caller.send("PATCH", "/items/GLOBE", {"base_unit_of_measure_code": "CASE", "units": []})
    refactored = caller.send("PATCH", "/items/GLOBE", {"units": [{"code": "PCS", "quantity_per_unit": "2"}]})
    fuller = caller.send("PATCH", "/items/GLOBE", {"units": [{"code": "CASE", "quantity_per_unit": "24"}]})

    assert (deleted.status_code, deleted.json["code"]) == (409, "has_entries")  # type: ignore[index]
    assert rebased.status_code == 409
    assert refactored.status_code == 422
    # Nothing was ever counted in cases, so their size may still be put right.
    assert fuller.status_code == 200


def test_a_bin_with_goods_stays(caller: Caller) -> None:
    line = {"item_no": "GLOBE", "quantity": "5", "quantity_base": "5", "unit_of_measure_code": "PCS"}
    body = {"reason_code": "FOUND", "lines": [line | {"bin_code": "A1"}]}
    caller.send("POST", "/transactions", {"kind": "adjust", "location_code": "DC", "body": body})

    full = caller.send("DELETE", "/bins/DC/A1")
    empty = caller.send("DELETE", "/bins/DC/A2")

    assert (full.status_code, full.json["code"]) == (409, "bin_not_empty")  # type: ignore[index]
    assert empty.status_code == 204


@pytest.mark.parametrize(
    ("path", "key", "card", "change"),
    [
        ("/units-of-measure", "/BOX", {"code": "BOX"}, {"description": "Box"}),
        ("/reason-codes", "/GIFT", {"code": "GIFT", "direction": "decrease"}, {"limit_quantity": "5"}),
        ("/locations", "/AWAY", {"code": "AWAY", "time_zone": "Europe/Paris"}, {"name": "Away"}),
        ("/zones", "/DC/N", {"location_code": "DC", "code": "N"}, {"description": "New"}),
        ("/bins", "/DC/N/1", {"location_code": "DC", "code": "N/1"}, {"block_movement": "in"}),
        (
            "/identifiers",
            "/00000096385074",
            {"code": "96385074", "item_no": "GLOBE"},
            {"unit_of_measure_code": "CASE"},
        ),
        (
            "/bin-contents",
            "/DC/A1/GLOBE",
            {"location_code": "DC", "bin_code": "A1", "item_no": "GLOBE"},
            {"is_default": True},
        ),
    ],
)
def test_every_kind_of_card_goes_the_whole_way(
    caller: Caller, path: str, key: str, card: dict[str, str], *, change: dict[str, object]
) -> None:
    assert caller.send("POST", path, card).status_code == 201
    before = caller.get(path + key).json
    assert caller.send("PATCH", path + key, change).status_code == 200
    assert caller.get(path + key).json == {**before, **change}  # type: ignore[dict-item]
    assert caller.send("DELETE", path + key).status_code == 204
    assert caller.get(path + key).status_code == 404


def test_a_scanned_code_is_resolved_by_any_spelling_then_by_item_number(caller: Caller) -> None:
    caller.send("POST", "/items", GLOBE)

    for code in ("9520000000011", "09520000000011"):
        found = caller.get(f"/resolve/{code}").json
        assert (found["item_no"], found["unit_of_measure_code"], found["resolved_as"]) == (  # type: ignore[index]
            "10002",
            "PCS",
            "identifier",
        )
    assert caller.get("/resolve/10002").json["resolved_as"] == "item_no"  # type: ignore[index]
    assert caller.get("/resolve/nothing").status_code == 404


def test_who_may_only_look_may_not_change(company: Flask) -> None:
    worker = Caller(browser_of(company, "worker"))

    assert worker.get("/items").status_code == 200
    answer = worker.send("POST", "/items", GLOBE)
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")
    assert worker.get("/value-entries").status_code == 403


def test_nobody_is_asked_to_sign_in_by_a_problem(company: Flask) -> None:
    answer = company.test_client().get("/api/v1/items")

    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert company.test_client().get("/api/v1/openapi.json").status_code == 200


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b"[]", 422),
        (b'"text"', 422),
        (b"null", 422),
        (b'{"no": NaN}', 422),
        (b"\xff\xfe", 400),
        (b'{"\\ud800": 1}', 422),
        (b'{"no": "\\ud800", "base_unit_of_measure_code": "PCS"}', 422),
        (b'{"no": "A\\u0000", "base_unit_of_measure_code": "PCS"}', 422),
        (b"1" * 5000, 400),
    ],
)
def test_a_body_that_is_no_card_is_refused_and_never_a_bug(
    caller: Caller, content: bytes, status: int
) -> None:
    answer = caller.browser.client.post(
        "/api/v1/items",
        data=content,
        content_type="application/json",
        headers={"X-CSRFToken": caller.token},
    )

    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
