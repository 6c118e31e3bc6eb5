"""What tests of costs share: books to post in, and the same server with no context open for its pages."""

import pytest
from flask import Flask

from tests.server.costs.books import Books
from tests.support.warehouse import build_warehouse


@pytest.fixture
def books(warehouse: Flask) -> Books:
    """Books inside an open application context."""
    return Books()


@pytest.fixture
def closed_books(app: Flask) -> tuple[Flask, Books]:
    """The server and books for tests that open the context themselves."""
    with app.app_context():
        build_warehouse()
    return app, Books()
