"""A server that is killed again and again during a load loses nothing and posts nothing twice.

`kill -9` ends the whole process group at moments drawn from a seed: while it starts, with the first pushes on
their way, in the middle of posting. The books must be those of a company whose server never died.
"""

import csv
import gzip
import os
import random
import signal
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.demo.data_set import PACKAGED, PostingRow, read_postings
from server.demo.fleet import Fleet, Transaction
from server.demo.load import InProcess, load, prepare
from server.demo.transactions import transactions_of
from server.inbox.tables import InboxTransaction
from server.ledger.check.invariants import check, one_snapshot
from server.ledger.tables import BinBalance, ItemLedgerEntry, ItemRegister, ValueEntry, WarehouseEntry
from server.proving.checks import INVARIANTS
from shared.wire.envelopes import BATCH_TRANSACTIONS
from shared.wire.outcomes import Status
from tests.support.databases import SqliteCopies
from tests.support.fixtures import config_for, server_on
from tests.support.server_process import READY_WITHIN_S, ServerProcess

DEVICES = 2
# Everything is looked through once a minute; what a kill left behind is posted by then.
SETTLED_WITHIN_S = 90
Books = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Size:
    """How often to kill, and of which part of the items to load rows meanwhile: 1 of `share`."""

    kills: int
    share: int

    @property
    def transactions(self) -> int:
        """Enough for every life: a device pushes when it has a whole batch."""
        return (self.kills + 1) * (DEVICES * BATCH_TRANSACTIONS + 20)


# KILLS=… in the environment makes the long form longer or shorter.
SHORT, FULL = Size(kills=6, share=16), Size(kills=int(os.environ.get("KILLS") or 200), share=2)


@pytest.mark.timeout(280)
def test_a_server_killed_during_a_load_loses_nothing_and_posts_nothing_twice(
    database_url: str, sqlite_copies: SqliteCopies, tmp_path: Path
) -> None:
    prove_kills(SHORT, database_url, sqlite_copies, tmp_path)


@pytest.mark.prove
@pytest.mark.timeout(7200)
def test_two_hundred_kills_lose_nothing_and_post_nothing_twice(
    database_url: str, sqlite_copies: SqliteCopies, tmp_path: Path
) -> None:
    story = prove_kills(FULL, database_url, sqlite_copies, tmp_path)

    # Else the moments were too kind: an answer was lost after its commit, and a push between its two commits.
    assert story.answers_lost
    assert story.left_unposted


def prove_kills(size: Size, database_url: str, sqlite_copies: SqliteCopies, tmp_path: Path) -> "Story":
    """Load through kills and without, and compare. SEED=… in the environment draws the same moments again."""
    folder = part_of_the_year(tmp_path / "part", size)
    expected = undisturbed(folder, sqlite_copies, tmp_path)
    server = ServerProcess(config_for(database_url, tmp_path / "home"))
    with server_on(server.config) as app, app.app_context():
        prepare(folder)
        killed = KilledLoad(server, folder, size)
        try:
            story = killed.run(app)
            wait_until_settled()
            found = books()
            again = load(folder, Fleet(server.url, DEVICES))
        finally:
            server.stop(signal.SIGKILL)
        print(f"\n{database_url.partition(':')[0]}, {story}")

        for name, rows in expected.items():
            assert found[name] == rows, f"{name} differs, {story}"
        assert (again.stored, again.posted) == (0, 0), story
        with one_snapshot(db.engine) as connection:
            assert [each.rows for each in check(connection, INVARIANTS) if each.differences] == [], story
        return story


@dataclass(slots=True)
class Story:
    """What happened, for the report and for replaying it."""

    seed: int
    transactions: int
    kills: int = 0
    # Kills that left transactions stored of which no device had heard, or stored and not posted.
    answers_lost: int = 0
    left_unposted: int = 0
    seconds: float = 0.0
    moments: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.kills} kills in {self.seconds:.0f} s "
            f"during {self.transactions} transactions, "
            f"{self.answers_lost} with answers lost, {self.left_unposted} between store and post; "
            f"killed {', '.join(self.moments)}"
        )


class KilledLoad:
    """A fleet that sends a folder, and a server that does not live long."""

    def __init__(self, server: ServerProcess, folder: Path, size: Size) -> None:
        seed = int(os.environ.get("SEED") or random.randrange(10**6))
        self._server, self._folder, self._size = server, folder, size
        self._chance = random.Random(seed)
        self._count = sum(row.type != "putaway_out" for row in read_postings(folder))
        self._story = Story(seed, self._count)
        self._fleet = Fleet(server.url, DEVICES)
        self._answered = 0
        self._lock = threading.Lock()
        self._failure: BaseException | None = None

    def run(self, app: Flask) -> Story:
        """Send everything through all kills; the server is alive at the end."""
        started = time.monotonic()
        sending = threading.Thread(target=self._send, args=(app,), daemon=True)
        self._server.spawn()
        sending.start()
        for _ in range(self._size.kills):
            self._live_and_die()
            self._server.spawn()
        while sending.is_alive():
            sending.join(timeout=0.2)
            assert self._server.is_running(), self._story
        self._story.seconds = time.monotonic() - started
        if self._failure is not None:
            raise self._failure
        assert self._answered == self._count, self._story
        return self._story

    def _live_and_die(self) -> None:
        """One life, ended while it starts, takes its first connections, or is in the middle of posting."""
        answered_before = self._answered
        moment = self._chance.choices(("starting", "listening", "posting"), weights=(15, 25, 60))[0]
        if moment == "starting":
            delay_s = self._chance.uniform(0, 1.5)
        else:
            self._wait_for(self._server.listens)
            delay_s = self._chance.uniform(0, 1.0)
        if moment == "posting":
            self._wait_for(lambda: self._answered > answered_before)
            delay_s = self._chance.uniform(0, 0.3)
        time.sleep(delay_s)
        self._server.stop(signal.SIGKILL)
        self._story.kills += 1
        self._story.moments.append(f"{moment}+{delay_s:.2f}s")
        stored, unposted = stored_and_unposted()
        self._story.answers_lost += stored > self._answered
        self._story.left_unposted += unposted > 0

    def _wait_for(self, happened: Callable[[], bool]) -> None:
        patience = time.monotonic() + READY_WITHIN_S
        while not happened():
            assert self._server.is_running(), f"the server ended by itself, {self._story}"
            assert time.monotonic() < patience, f"the server does nothing, {self._story}"
            time.sleep(0.005)

    def _send(self, app: Flask) -> None:
        try:
            with app.app_context():
                rows = read_postings(self._folder)
                self._fleet.send(self._paced(transactions_of(rows, self._fleet.sender_of)), self._hear)
        except BaseException as error:  # noqa: BLE001 told where the test waits
            self._failure = error

    def _paced(self, transactions: Iterator[Transaction]) -> Iterator[Transaction]:
        """Each life gets its share, so that there is something to post until the last kill."""
        share = self._count / (self._size.kills + 1)
        for no, transaction in enumerate(transactions):
            while no > share * (self._story.kills + 1):
                time.sleep(0.01)
            yield transaction

    def _hear(self, answered: int) -> None:
        with self._lock:
            self._answered += answered


def part_of_the_year(folder: Path, size: Size) -> Path:
    """A data set of the packaged items and bins, and every kind of row: whole days of some items."""
    folder.mkdir()
    left = size.transactions
    for name in ("items.csv.gz", "locations.csv.gz"):
        (folder / name).symlink_to(PACKAGED / name)
    with gzip.open(
        folder / "transactions.csv.gz", "wt", encoding="utf-8", newline="", compresslevel=1
    ) as file:
        # Notes hold commas and quotes: only a CSV writer gives back the rows that were read.
        to_csv = csv.writer(file, lineterminator="\n")
        to_csv.writerow(PostingRow._fields)
        for _, day in groupby(read_postings(), key=attrgetter("day")):
            rows = [row for row in day if zlib.crc32(row.item.encode()) % size.share == 0]
            to_csv.writerows(rows)
            left -= sum(row.type != "putaway_out" for row in rows)
            if left <= 0:
                return folder
    raise AssertionError(f"the year is too short for {size.kills} kills")


def undisturbed(folder: Path, sqlite_copies: SqliteCopies, tmp_path: Path) -> Books:
    """The books of a company that loads the same in one process, and whose server is never killed."""
    home = tmp_path / "undisturbed"
    home.mkdir()
    with server_on(config_for(sqlite_copies.copy_to(home), home)) as app, app.app_context():
        report = load(folder, InProcess())
        assert report.posted == report.sent
        return books()


def books() -> Books:
    """What stands in the books, but for numbers and times, which differ from run to run."""
    inbox, register, entry = InboxTransaction.__table__, ItemRegister.__table__, ItemLedgerEntry.__table__
    value, warehouse, in_bins = ValueEntry.__table__, WarehouseEntry.__table__, BinBalance.__table__
    queries = {
        "inbox": sa.select(inbox.c.transaction_id, inbox.c.kind, inbox.c.status, inbox.c.code),
        "registers": sa.select(register.c.transaction_id),
        "item ledger entries": sa.select(
            entry.c.transaction_id, entry.c.item_no, entry.c.entry_type, entry.c.quantity_base
        ),
        "warehouse entries": sa.select(
            warehouse.c.transaction_id, warehouse.c.item_no, warehouse.c.bin_code, warehouse.c.quantity_base
        ),
        "value": sa.select(
            value.c.item_no,
            sa.func.sum(value.c.cost_amount_actual),
            sa.func.sum(value.c.cost_amount_expected),
        ).group_by(value.c.item_no),
        "bins": sa.select(in_bins.c.item_no, in_bins.c.bin_code, in_bins.c.quantity_base).where(
            in_bins.c.quantity_base != 0
        ),
    }
    found = {name: sorted(map(tuple, db.session.execute(query))) for name, query in queries.items()}
    db.session.rollback()
    return found


def stored_and_unposted() -> tuple[int, int]:
    """How many transactions the inbox holds, and how many of them nobody has looked at yet."""
    inbox = InboxTransaction.__table__
    row = db.session.execute(
        sa.select(
            sa.func.count(), sa.func.count(sa.case((inbox.c.status == Status.RECEIVED, 1)))
        ).select_from(inbox)
    ).one()
    db.session.rollback()
    return row[0], row[1]


def wait_until_settled() -> None:
    """Let the server post by itself what was stored before a kill."""
    patience = time.monotonic() + SETTLED_WITHIN_S
    while stored_and_unposted()[1] and time.monotonic() < patience:
        time.sleep(0.2)
