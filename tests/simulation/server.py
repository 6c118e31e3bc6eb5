"""The server under simulation: the real application on SQLite, killed between any two statements."""

import contextlib
import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random

import sqlalchemy as sa
from flask import Flask

from server import create_app
from server.config import Config
from server.database import db, dispose, write, writer_engine
from server.feed.marks import Mark, mark_dirty
from server.feed.sequencer import sequence
from server.inbox import receiving
from server.inbox.circles import find_companions, post_together
from server.inbox.decisions import NotWaiting, post_again
from server.inbox.posting import post_due
from server.inbox.tables import InboxTransaction
from server.masterdata.tables import (
    Bin,
    InventorySetup,
    Item,
    ItemIdentifier,
    ItemUnitOfMeasure,
    Location,
    ReasonCode,
    UnitOfMeasure,
)
from server.migrations.run import upgrade
from server.security.audit import COMMAND_LINE
from server.security.enrolment import make_code
from server.security.tables import Person
from terminal.platform.ports import Response
from tests.simulation.machine import BEGIN, Fuse, Killed, World

LOCATION = "MAIN"
DOCK, BINS = "DOCK-IN", ("A-01", "A-02", "A-03")
ITEMS = {"GLOBE": "GLOBE-CODE", "LAMP": "LAMP-CODE", "JUG": "JUG-CODE"}
BADGE, PIN = "BADGE-1", "4711"
_VERIFIER = "pbkdf2$1$00$" + hashlib.pbkdf2_hmac("sha256", PIN.encode(), b"\0", 1).hex()
_KEY = "for the simulation only"


@dataclass
class Late:
    """A writer that has taken the number of its mark and stalls before it commits."""

    mark_no: int
    item_no: str
    description: str


class Server:
    """One company. `fuse` kills it before any statement or commit; what was not committed is gone."""

    def __init__(self, app: Flask, world: World, chance: Random, hang_up: Callable[[], None]) -> None:
        self.app, self.world, self.chance, self.fuse = app, world, chance, Fuse()
        self._hang_up = hang_up
        self._client = app.test_client()
        self.restarts = 0
        self.late: list[Late] = []
        self._late_numbers = 0

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Response:
        """Answer one request; Killed passes through after the process is gone."""
        with self._alive():
            answer = self._client.open(url, method=method, headers=dict(headers), data=body)
            names = {name.lower(): value for name, value in answer.headers.items()}
            return Response(answer.status_code, names, answer.data)

    def work(self) -> None:
        """What the jobs do: post what is due, number what changed."""
        with self._alive():
            post_due()
            sequence()

    def decide(self, most: int = 100) -> int:
        """Post again what waits for a person, alone or with what it needs, as one who went to look."""
        inbox = InboxTransaction.__table__
        with self._alive():
            waiting = (
                db.session.execute(
                    sa.select(inbox.c.transaction_id)
                    .where(inbox.c.status.in_(("parked", "awaiting_approval")), inbox.c.code != "unreadable")
                    .order_by(inbox.c.inbox_no)
                    .limit(most)
                )
                .scalars()
                .all()
            )
            for transaction_id in waiting:
                with contextlib.suppress(NotWaiting):
                    post_again(transaction_id, "supervisor")
                    if companions := find_companions(transaction_id):
                        post_together(companions, "supervisor")
        return len(waiting)

    def rename(self, item_no: str, description: str) -> None:
        """Change an item card."""
        with self._alive():
            write(lambda connection: _rename(connection, item_no, description))

    def begin_late_rename(self, item_no: str, description: str) -> None:
        """Another process takes the number of its mark, below those of others, and stalls."""
        self._late_numbers -= 1
        self.late.append(Late(self._late_numbers, item_no, description))

    def finish_late_rename(self) -> None:
        """The stalled writer commits: its mark has a lower number than marks that were read long ago."""
        with self._alive():
            write(lambda connection: _rename_late(connection, self.late[0]))
        self.late.pop(0)

    def enrolment_code(self) -> str:
        """A code for one device."""
        with self.app.app_context():
            now = self.world.now()
            return write(
                lambda connection: make_code(
                    connection, location_code=LOCATION, actor=COMMAND_LINE, now=now, device_name="Sim"
                )
            )

    @contextlib.contextmanager
    def _alive(self) -> Iterator[None]:
        # A slow poster leaves everything to the job.
        receiving.POST_BUDGET_S = 3600.0 if self.chance.random() < 0.9 else -1.0
        try:
            with self.app.app_context():
                yield
        except Killed:
            self._restart()
            raise

    def _restart(self) -> None:
        self.fuse.left = None
        self.restarts += 1
        self._hang_up()


def _rename(connection: sa.Connection, item_no: str, description: str) -> None:
    connection.execute(sa.update(Item).where(Item.no == item_no).values(description=description))
    mark_dirty(connection, [("ref", "item", item_no)])


def _rename_late(connection: sa.Connection, late: Late) -> None:
    connection.execute(sa.update(Item).where(Item.no == late.item_no).values(description=late.description))
    connection.exec_driver_sql(
        "INSERT INTO feed_dirty (id, scope, etype, ekey) VALUES (?, 'ref', 'item', ?)",
        (late.mark_no, late.item_no),
    )


class ServerFactory:
    """Makes servers quickly: one application per process, its database file copied from a template."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._file, self._template = root / "company.db", root / "template.db"
        self._world, self._chance, self._fuse = World(), Random(0), Fuse()
        config = Config(
            home=root,
            database_url=f"sqlite:///{self._file}",
            secret_key=_KEY,
            testing=True,
            now=lambda: self._world.now(),  # noqa: PLW0108 - the world is another one in each run
            chance=lambda: self._chance.getrandbits(74),
        )
        self._app = create_app(config)
        upgrade(self._app)
        with self._app.app_context():
            write(_fill)
        dispose(self._app)
        shutil.copy(self._file, self._template)
        self._open: list[sqlite3.Connection] = []
        self._watch()

    def make(self, world: World, chance: Random) -> Server:
        """A fresh company."""
        self._hang_up()
        for leftover in self._file.parent.glob("company.db-*"):
            leftover.unlink()
        shutil.copy(self._template, self._file)
        self._world, self._chance = world, chance
        server = Server(self._app, world, chance, self._hang_up)
        self._fuse = server.fuse
        return server

    def _hang_up(self) -> None:
        """Close every connection as the system does with those of a killed process, also forgotten ones."""
        dispose(self._app)
        for connection in self._open:
            connection.close()
        self._open.clear()

    def _watch(self) -> None:
        """Let every statement and every commit of the writer pass the fuse of the server at hand."""
        engine = writer_engine(self._app)
        with self._app.app_context():
            reader = db.engine

        def remember(connection: sqlite3.Connection, _: object) -> None:
            self._open.append(connection)

        sa.event.listen(engine, "connect", remember)
        sa.event.listen(reader, "connect", remember)

        @sa.event.listens_for(engine, "before_cursor_execute")
        def burn_statement(*_: object) -> None:
            self._fuse.burn()

        @sa.event.listens_for(engine, "commit")
        def burn_commit(_: sa.Connection) -> None:
            self._fuse.burn()


def _fill(connection: sa.Connection) -> None:
    """A company without stock."""
    connection.execute(sa.insert(InventorySetup).values(id=1, server_epoch="epoch-1"))
    connection.execute(sa.insert(UnitOfMeasure).values(code="PCS"))
    marks: list[Mark] = [("ref", "location", LOCATION)]
    connection.execute(
        sa.insert(Location).values(code=LOCATION, time_zone="Europe/London", receipt_bin_code=DOCK)
    )
    for code in (DOCK, *BINS):
        connection.execute(sa.insert(Bin).values(location_code=LOCATION, code=code))
        marks.append((f"site:{LOCATION}", "bin", code))
    for no, code in ITEMS.items():
        connection.execute(
            sa.insert(Item).values(
                no=no, description=no.title(), base_unit_of_measure_code="PCS", unit_cost=Decimal("0.37")
            )
        )
        connection.execute(sa.insert(ItemUnitOfMeasure).values(item_no=no, code="PCS"))
        connection.execute(sa.insert(ItemIdentifier).values(code=code, item_no=no))
        marks += [("ref", "item", no), ("ref", "identifier", code)]
    for code, direction in (("DAMAGED", "decrease"), ("FOUND", "increase")):
        connection.execute(sa.insert(ReasonCode).values(code=code, description=code, direction=direction))
        marks.append(("ref", "reason", code))
    connection.execute(
        sa.insert(Person).values(
            person_id="marek",
            name="Marek",
            role="worker",
            badge=BADGE,
            pin_verifier=_VERIFIER,
            created_at=BEGIN,
        )
    )
    marks.append((f"site:{LOCATION}", "worker", "marek"))
    mark_dirty(connection, marks)
