"""What tests of the general ledger's pages and API share: books with some values, and people who look."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from tests.server.api.conftest import Caller
from tests.support.people import Browser, browser_of
from tests.support.values import add_values, begin_books
from tests.support.warehouse import build_warehouse

SALE = {"item_ledger_entry_type": "sale"}


@pytest.fixture
def books(app: Flask) -> Flask:
    """The small warehouse with accounts, and three value entries that are not posted."""
    with app.app_context():
        build_warehouse()
        begin_books()
        add_values(
            {"cost_amount_actual": "10.50"},
            {"cost_amount_actual": "-4.25", "posting_date": date(2026, 3, 5), **SALE},
            {"cost_amount_actual": "3", "item_no": "BUNTING", "document_no": "DOC-2"},
        )
    return app


@pytest.fixture
def caller(books: Flask) -> Caller:
    """A program of somebody of the back office."""
    return Caller(browser_of(books, "back_office"))


@pytest.fixture
def browser(books: Flask) -> Callable[[str], Browser]:
    """The browser of somebody of a role."""
    return lambda role: browser_of(books, role)
