"""A small company behind a real server process, for what a phone and the back office do with each other.

Always holds: the phone's site and the server have one origin, which stays the same while either is down.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from server.config import Config, read_config
from server.database import db, write
from server.demo.data_set import ItemRow, read_bins, read_items
from server.demo.master_data import LOCATION_CODE, load_master_data
from server.inbox.tables import InboxTransaction
from server.jobs import run_jobs
from server.ledger.tables import ItemLedgerEntry
from server.security.audit import COMMAND_LINE
from server.security.enrolment import make_code
from server.security.people import PersonFacts, add_user
from tests.support.fixtures import server_on

BADGE, PIN, WORKER = "W1042", "4816", "Marek Wójcik"
LOGIN, PASSWORD = "dana", "correct horse battery"
ITEMS = 8
BIN = "A-01-01-1"


class Company:
    """The company's books, beside the server that serves them."""

    def __init__(self, home: Path, site: Path) -> None:
        home.mkdir()
        (home / "terminal").symlink_to(site, target_is_directory=True)
        # As the server process reads it, or enrolment codes would be kept under another key.
        self.config: Config = read_config({"SCANLEDGER_HOME": str(home)})
        self.items: list[ItemRow] = read_items()[:ITEMS]

    @contextmanager
    def opened(self) -> Iterator[Flask]:
        """The books, for a look or a change."""
        with server_on(self.config) as app, app.app_context():
            yield app

    def found(self) -> str:
        """Make items, bins, a worker and a back office; gives back a code to enrol one phone."""
        from server.migrations.run import upgrade

        now = self.config.now()
        marek = PersonFacts(name=WORKER, role="worker", badge=BADGE)
        dana = PersonFacts(name="Dana Whitfield", role="back_office", login=LOGIN)

        def make(connection: sa.Connection) -> str:
            load_master_data(connection, self.items, read_bins(), server_epoch="epoch-1")
            add_user(connection, marek, pin=PIN, actor=COMMAND_LINE, now=now)
            add_user(connection, dana, password=PASSWORD, actor=COMMAND_LINE, now=now)
            return make_code(connection, location_code=LOCATION_CODE, actor=COMMAND_LINE, now=now)

        with self.opened() as app:
            upgrade(app)
            code = write(make)
            run_jobs()
        return code

    def stored(self) -> int:
        """How many transactions have arrived."""
        with self.opened():
            return db.session.scalar(sa.select(sa.func.count()).select_from(InboxTransaction)) or 0

    def outcomes(self) -> list[tuple[int | None, str]]:
        """Number on the device and state of everything that arrived, in the order of its arrival."""
        query = sa.select(InboxTransaction.seq, InboxTransaction.status).order_by(InboxTransaction.inbox_no)
        with self.opened():
            return [(seq, status) for seq, status in db.session.execute(query)]

    def posted_items(self) -> list[str]:
        """The item of each ledger entry, one piece each, in the order of posting."""
        query = sa.select(
            ItemLedgerEntry.item_no, ItemLedgerEntry.quantity_base, ItemLedgerEntry.entry_type
        ).order_by(ItemLedgerEntry.entry_no)
        with self.opened():
            rows = db.session.execute(query).all()
        assert {(row.quantity_base, row.entry_type) for row in rows} <= {(1, "purchase")}
        return [row.item_no for row in rows]
