"""A company with one location and an administrator's browser."""

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import write
from server.masterdata.tables import InventorySetup, Location
from tests.server.security.conftest import app, clock
from tests.support.people import Browser, browser_of

__all__ = ["app", "clock"]


@pytest.fixture(autouse=True)
def company(app: Flask) -> None:
    """The company."""

    def set_up(connection: sa.Connection) -> None:
        connection.execute(sa.delete(InventorySetup))
        connection.execute(sa.insert(InventorySetup).values(id=1, server_epoch="first"))
        connection.execute(sa.insert(Location).values(code="WH1", name="Wholesale DC", time_zone="UTC"))

    with app.app_context():
        write(set_up)


@pytest.fixture
def admin(app: Flask, company: None) -> Browser:
    """The administrator's browser."""
    return browser_of(app, "administrator")
