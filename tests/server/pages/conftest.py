"""What tests of pages share: a warehouse with something posted, and browsers of the roles.

No context is open around a test: each request has one of its own, as in a server, so nothing is remembered
from one browser to the next.
"""

from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import write
from server.masterdata.tables import ReasonCode
from tests.server.pages.placed import Placed
from tests.support.people import Browser, browser_of
from tests.support.warehouse import Source, build_warehouse, line


@pytest.fixture
def empty(app: Flask) -> Flask:
    """A warehouse without stock."""
    with app.app_context():
        build_warehouse()
    return app


@pytest.fixture
def office(empty: Flask) -> Placed:
    """The back office's source of transactions."""
    return Placed(empty, Source("office"))


@pytest.fixture
def handheld(empty: Flask) -> Placed:
    """A worker's device."""
    return Placed(empty, Source("handheld"))


@pytest.fixture
def stocked(empty: Flask, office: Placed) -> Flask:
    """12 globes in A1 and 5 buntings in A2, received through the inbox."""
    office.send("receive", line("GLOBE", 12, "A1", unit_cost=Decimal("2.5")), body_document_no="PO-1")
    office.send("receive", line("BUNTING", 5, "A2"), body_document_no="PO-2")
    return empty


@pytest.fixture
def limited(stocked: Flask) -> Flask:
    """The same, where losing more than 3 pieces needs a supervisor."""
    with stocked.app_context():
        write(
            lambda connection: connection.execute(
                sa.update(ReasonCode).where(ReasonCode.code == "LOST").values(limit_quantity=Decimal(3))
            )
        )
    return stocked


@pytest.fixture
def browser(stocked: Flask) -> Callable[[str], Browser]:
    """The browser of somebody of a role."""
    return lambda role: browser_of(stocked, role)
