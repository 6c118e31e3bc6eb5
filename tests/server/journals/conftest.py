"""Somebody of the back office in the small warehouse, and journals as their programs hand them in."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.inbox.tables import InboxTransaction
from server.ledger.tables import (
    ItemApplicationEntry,
    ItemLedgerEntry,
    ItemRegister,
    ValueEntry,
    WarehouseEntry,
)
from tests.server.api.conftest import Caller
from tests.support.people import browser_of
from tests.support.warehouse import build_warehouse

LEDGERS = (ItemLedgerEntry, ItemApplicationEntry, ValueEntry, WarehouseEntry, ItemRegister)


@pytest.fixture
def company(app: Flask) -> Flask:
    """The server with the small warehouse."""
    with app.app_context():
        build_warehouse()
    return app


@pytest.fixture
def caller(company: Flask) -> Caller:
    """Somebody of the back office."""
    return Caller(browser_of(company, "back_office"))


@pytest.fixture
def inside(company: Flask) -> Iterator[Flask]:
    """The same server, with its application context open for queries."""
    with company.app_context():
        yield company


def goods(kind: str, quantity: object = 10, item_no: str = "LOOSE", **more: object) -> dict[str, Any]:
    """A line in pieces, of an item at a location without bins."""
    text = str(quantity)
    return {
        "type": kind,
        "item_no": item_no,
        "quantity": text,
        "quantity_base": text,
        "unit_of_measure_code": "PCS",
        **more,
    }


def journal(*lines: dict[str, Any], location_code: str = "YARD", **more: object) -> dict[str, Any]:
    """A transaction as a program hands it in."""
    return {"kind": "journal", "location_code": location_code, "body": {"lines": list(lines)}, **more}


def rows_in_ledgers() -> list[int]:
    """How many rows each ledger has."""
    return [db.session.scalar(sa.select(sa.func.count()).select_from(each)) or 0 for each in LEDGERS]


def stored() -> int:
    """How many transactions the inbox has."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(InboxTransaction)) or 0
