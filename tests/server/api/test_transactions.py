"""A program hands in transactions: through the same inbox, once each, with the outcome in the answer."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.config import Config
from server.database import db, write
from server.inbox.tables import InboxTransaction
from server.ledger.tables import ItemLedgerEntry
from server.security.audit import COMMAND_LINE
from server.security.devices import make_api_token
from tests.server.api.conftest import Caller

ID = "01890000-0000-7000-8000-000000000001"


def found_globes(quantity: str = "5", **more: object) -> dict[str, Any]:
    line = {
        "item_no": "GLOBE",
        "quantity": quantity,
        "quantity_base": quantity,
        "unit_of_measure_code": "PCS",
        "bin_code": "A1",
    }
    body = {"reason_code": "FOUND", "lines": [line]}
    return {"kind": "adjust", "location_code": "DC", "body": body, **more}


def entries() -> list[tuple[str, str]]:
    rows = db.session.execute(sa.select(ItemLedgerEntry.item_no, ItemLedgerEntry.quantity_base))
    return [(row[0], f"{row[1]:f}".rstrip("0").rstrip(".")) for row in rows]


def test_a_transaction_posts_and_shows_in_every_list(inside: Flask, caller: Caller) -> None:
    answer = caller.send("POST", "/transactions", found_globes())

    assert (answer.status_code, answer.json["status"]) == (201, "posted")  # type: ignore[index]
    transaction_id = answer.json["transaction_id"]  # type: ignore[index]
    assert entries() == [("GLOBE", "5")]
    (entry,) = caller.rows("/item-ledger-entries", transaction_id=transaction_id)
    assert (entry["quantity_base"], entry["document_no"]) == ("5", answer.json["document_no"])  # type: ignore[index]
    (movement,) = caller.rows("/warehouse-entries", transaction_id=transaction_id)
    (value,) = caller.rows("/value-entries", transaction_id=transaction_id)
    assert (movement["bin_code"], value["cost_amount_actual"]) == ("A1", "7.5")
    trail = caller.get(f"/registers/{entry['register_no']}/trail").json
    assert trail["origin"]["kind"] == "adjust"  # type: ignore[index]
    assert trail["value_entries"] == [value]  # type: ignore[index]
    (stored,) = caller.rows("/transactions")
    assert (stored["status"], stored["device_id"]) == ("posted", "office")
    assert [row["quantity_base"] for row in caller.rows("/on-hand/by-bin", bin_code="A1")] == ["5"]


def test_a_repeat_gets_the_stored_outcome_and_posts_nothing(inside: Flask, caller: Caller) -> None:
    first = caller.send("POST", "/transactions", found_globes(transaction_id=ID))
    again = caller.send("POST", "/transactions", found_globes(transaction_id=ID))

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert entries() == [("GLOBE", "5")]


def test_an_id_with_other_content_is_refused(inside: Flask, caller: Caller) -> None:
    caller.send("POST", "/transactions", found_globes(transaction_id=ID))

    other = caller.send("POST", "/transactions", found_globes("6", transaction_id=ID))

    assert (other.status_code, other.json["code"]) == (409, "mismatch")  # type: ignore[index]
    assert entries() == [("GLOBE", "5")]


def test_what_the_books_refuse_is_stored_with_its_reason(inside: Flask, caller: Caller) -> None:
    unknown = found_globes()
    unknown["body"]["lines"][0]["item_no"] = "NOTHING"

    answer = caller.send("POST", "/transactions", unknown)

    assert (answer.status_code, answer.json["status"], answer.json["code"]) == (  # type: ignore[index]
        201,
        "parked",
        "item_unknown",
    )
    assert entries() == []
    assert [row["code"] for row in caller.rows("/transactions", waits="true")] == ["item_unknown"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "steal"}, "/kind"),
        ({"body": {"reason_code": "FOUND", "lines": []}}, "/body/lines"),
        ({"body": 5}, "/body"),
        ({"transaction_id": "mine"}, "/transaction_id"),
        ({"occurred_at": "2026-03-02T08:00:00"}, "/occurred_at"),
        ({"seq": 7}, "/seq"),
    ],
)
def test_a_transaction_that_breaks_its_type_is_pointed_at(
    inside: Flask, caller: Caller, change: dict[str, object], pointer: str
) -> None:
    answer = caller.send("POST", "/transactions", found_globes() | change)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]  # type: ignore[index]
    assert caller.rows("/transactions") == []


def test_many_transactions_leave_no_gap_in_the_numbers(caller: Caller) -> None:
    for _ in range(3):
        caller.send("POST", "/transactions", found_globes("1"))
    caller.send("POST", "/transactions", found_globes(transaction_id="not an id"))
    caller.send("POST", "/transactions", found_globes("1"))

    assert [row["seq"] for row in caller.rows("/transactions", sort="inbox_no")] == [1, 2, 3, 4]
    assert caller.rows("/device-gaps") == []


def test_programs_at_once_get_numbers_of_their_own(company: Flask, config: Config) -> None:
    def make(connection: sa.Connection) -> str:
        return make_api_token(
            connection, device_id="shop", role="back_office", actor=COMMAND_LINE, now=config.now()
        )

    with company.app_context():
        bearer = {"Authorization": f"Bearer {write(make)}"}

    def post_some(_: int) -> list[str]:
        client = company.test_client()
        return [
            client.post("/api/v1/transactions", json=found_globes("1"), headers=bearer).json["status"]  # type: ignore[index]
            for _ in range(4)
        ]

    with ThreadPoolExecutor(4) as pool:
        statuses = [status for found in pool.map(post_some, range(4)) for status in found]

    assert statuses == ["posted"] * 16
    with company.app_context():
        seqs = db.session.scalars(sa.select(InboxTransaction.seq).order_by(InboxTransaction.seq)).all()
        assert list(seqs) == list(range(1, 17))


def test_a_program_posts_as_its_own_device(inside: Flask, config: Config) -> None:
    def make(connection: sa.Connection) -> str:
        return make_api_token(
            connection, device_id="shop", role="back_office", actor=COMMAND_LINE, now=config.now()
        )

    token = write(make)

    answer = inside.test_client().post(
        "/api/v1/transactions", json=found_globes(), headers={"Authorization": f"Bearer {token}"}
    )

    assert (answer.status_code, answer.json["status"]) == (201, "posted")  # type: ignore[index]
    listed = inside.test_client().get("/api/v1/transactions", headers={"Authorization": f"Bearer {token}"})
    assert [row["device_id"] for row in listed.json["rows"]] == ["shop"]  # type: ignore[index]


def test_a_stated_day_is_the_posting_date(caller: Caller) -> None:
    caller.send("POST", "/transactions", found_globes(posting_date="2026-02-27"))

    (entry,) = caller.rows("/item-ledger-entries")
    assert entry["posting_date"] == "2026-02-27"
