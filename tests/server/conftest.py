"""What server tests share: the warehouse inside an application context."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.warehouse import Source, build_warehouse


@pytest.fixture
def warehouse(app: Flask) -> Iterator[Flask]:
    """A server with a small warehouse, inside its application context."""
    with app.app_context():
        build_warehouse()
        yield app


@pytest.fixture
def office(warehouse: Flask) -> Source:
    """The back office's source of transactions."""
    return Source("office")


@pytest.fixture
def handheld(warehouse: Flask) -> Source:
    """A worker's device."""
    return Source("handheld")
