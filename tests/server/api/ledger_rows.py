"""Ledgers full of rows, written straight into the tables, for tests of lists and of their speed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.bulk import insert_rows
from server.database import write
from server.inbox.tables import InboxTransaction
from server.ledger.tables import (
    BinBalance,
    ItemApplicationEntry,
    ItemBalance,
    ItemLedgerEntry,
    ItemRegister,
    ValueEntry,
    WarehouseEntry,
)
from shared import ids

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
ITEMS = ("GLOBE", "BUNTING", "LOOSE", "BLOCKED")
_CHUNK = 20_000


def fill_ledgers(count: int, *, items: tuple[str, ...] = ITEMS) -> None:
    """As many postings, each with one entry of each ledger; every tenth has a lot, every 50th a reason."""
    for first in range(0, count, _CHUNK):
        numbers = range(first + 1, min(count, first + _CHUNK) + 1)
        postings = [_posting(number, items[number % len(items)]) for number in numbers]
        write(lambda connection, postings=postings: _insert(connection, postings))  # type: ignore[misc]
    write(lambda connection: _insert_balances(connection, items))


def _posting(number: int, item_no: str) -> dict[str, Any]:
    at = START + timedelta(minutes=number)
    quantity = Decimal(number % 7 + 1)
    return {
        "number": number,
        "item_no": item_no,
        "at": at,
        "day": at.date(),
        "quantity": quantity,
        "lot_no": f"L{number}" if number % 10 == 0 else "",
        "reason_code": "FOUND" if number % 50 == 0 else "",
        "transaction_id": ids.uuid7(int(at.timestamp() * 1000), number),
        "document_no": f"IR-{number:06d}",
    }


def _insert(connection: sa.Connection, postings: list[dict[str, Any]]) -> None:
    for table, rows in (
        (ItemRegister.__table__, [_register(each) for each in postings]),
        (ItemLedgerEntry.__table__, [_entry(each) for each in postings]),
        (ItemApplicationEntry.__table__, [_application(each) for each in postings]),
        (ValueEntry.__table__, [_value(each) for each in postings]),
        (WarehouseEntry.__table__, [_movement(each) for each in postings]),
        (InboxTransaction.__table__, [_stored(each) for each in postings]),
    ):
        insert_rows(connection, table, tuple(rows[0]), [tuple(row.values()) for row in rows])


def _register(each: dict[str, Any]) -> dict[str, Any]:
    span = {
        f"{end}_{ledger}_entry_no": each["number"]
        for ledger in ("item_ledger", "value", "warehouse")
        for end in ("from", "to")
    }
    return {
        "no": each["number"],
        "transaction_id": each["transaction_id"],
        "source_code": "receive",
        "document_no": each["document_no"],
        "user_id": "",
        "device_id": "office",
        "posted_at": each["at"],
        **span,
    }


def _common(each: dict[str, Any]) -> dict[str, Any]:
    return {
        "entry_no": each["number"],
        "posting_date": each["day"],
        "document_no": each["document_no"],
        "item_no": each["item_no"],
        "variant_code": "",
        "location_code": "DC",
        "source_code": "receive",
        "register_no": each["number"],
        "user_id": "",
    }


def _tracked(each: dict[str, Any]) -> dict[str, Any]:
    return {
        "entry_type": "purchase",
        "quantity_base": each["quantity"],
        "unit_of_measure_code": "PCS",
        "quantity_per_unit": Decimal(1),
        "lot_no": each["lot_no"],
        "serial_no": "",
        "reason_code": each["reason_code"],
        "transaction_id": each["transaction_id"],
        "transaction_line": 1,
        "occurred_at": each["at"],
    }


def _entry(each: dict[str, Any]) -> dict[str, Any]:
    return {
        **_common(each),
        **_tracked(each),
        "document_date": each["day"],
        "is_correction": False,
        "applies_to_entry_no": 0,
        "remaining_quantity": each["quantity"] if each["number"] % 3 == 0 else Decimal(0),
        "is_open": each["number"] % 3 == 0,
        "invoiced_quantity": each["quantity"],
        "is_completely_invoiced": True,
        "applied_entry_to_adjust": False,
    }


def _application(each: dict[str, Any]) -> dict[str, Any]:
    return {
        "entry_no": each["number"],
        "item_ledger_entry_no": each["number"],
        "inbound_entry_no": each["number"],
        "outbound_entry_no": each["number"] if each["number"] % 2 else 0,
        "quantity_base": each["quantity"],
        "posting_date": each["day"],
        "transferred_from_entry_no": 0,
        "is_cost_application": True,
        "is_fixed": False,
    }


def _value(each: dict[str, Any]) -> dict[str, Any]:
    zero = Decimal(0)
    return {
        **_common(each),
        "item_ledger_entry_no": each["number"],
        "entry_type": "direct_cost",
        "variance_type": "",
        "valuation_date": each["day"],
        "valued_quantity": each["quantity"],
        "item_ledger_entry_quantity": each["quantity"],
        "invoiced_quantity": each["quantity"],
        "cost_per_unit": Decimal("1.5"),
        "cost_amount_actual": each["quantity"] * Decimal("1.5"),
        "cost_amount_expected": zero,
        "cost_amount_non_inventoriable": zero,
        "is_expected_cost": False,
        "is_adjustment": False,
        "is_partial_revaluation": False,
        "applies_to_entry_no": 0,
        "valued_by_average_cost": False,
        "cost_posted_to_gl": zero,
        "expected_cost_posted_to_gl": zero,
    }


def _movement(each: dict[str, Any]) -> dict[str, Any]:
    return {**_common(each), **_tracked(each), "zone_code": "Z", "bin_code": f"A{each['number'] % 2 + 1}"}


def _stored(each: dict[str, Any]) -> dict[str, Any]:
    status = {1: "refused", 2: "parked"}.get(each["number"] % 500, "posted")
    return {
        "inbox_no": each["number"],
        "transaction_id": each["transaction_id"],
        "device_id": "office",
        "epoch": 1,
        "seq": each["number"],
        "kind": "receive",
        "kind_version": 1,
        "location_code": "DC",
        "worker_id": "marek",
        "session_id": "",
        "hash": "0" * 64,
        "raw": "{}",
        "received_at": each["at"],
        "occurred_at": each["at"],
        "status": status,
        "rev": 1,
        "code": "" if status == "posted" else "item_unknown",
        "hint": "",
        "need": "",
        "document_no": each["document_no"],
        "entries": 4,
        "decided_by": "",
        "approved_codes": "",
        "changed_at": each["at"],
        "attempts": 0,
    }


def _insert_balances(connection: sa.Connection, items: tuple[str, ...]) -> None:
    insert_rows(
        connection,
        ItemBalance.__table__,
        ("item_no", "variant_code", "location_code", "quantity_base"),
        [(item_no, "", "DC", Decimal(10)) for item_no in items],
    )
    insert_rows(
        connection,
        BinBalance.__table__,
        (*BinBalance.__table__.primary_key.columns.keys(), "quantity_base", "may_be_negative"),
        list(_bin_rows(items)),
    )


def _bin_rows(items: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    for item_no in items:
        yield ("DC", "A1", item_no, "", "", "", Decimal(4), False)
        yield ("DC", "A2", item_no, "", "L1", "", Decimal(5), False)
        yield ("DC", "DOCK", item_no, "", "L1", "", Decimal(1), False)
        yield ("DC", "DOCK", item_no, "", "", "", Decimal(0), False)


def day(number: int) -> date:
    """The posting date of a posting."""
    return (START + timedelta(minutes=number)).date()
