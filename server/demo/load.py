"""Loads the data set: master data in bulk, then every transaction through the same inbox as a device's.

Always holds: what was loaded before is recognized and posts nothing; the last step posts again, as a
supervisor would, what the books could not follow in its place, and says so. Beside a running server it
works like any other client.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from flask import current_app

from server.config import Config
from server.database import db, write
from server.demo.data_set import PostingRow, read_bins, read_items, read_postings
from server.demo.master_data import LOCATION_CODE, Loaded, load_master_data
from server.demo.transactions import Sender, transactions_of
from server.inbox.decisions import post_again
from server.inbox.posting import post_device
from server.inbox.receiving import accept
from server.inbox.tables import InboxTransaction
from server.ledger.tables import ItemRegister
from server.security.devices import CurrentDevice, ensure_device
from server.security.tables import Device
from shared.ids import uuid7
from shared.wire import PROTOCOL
from shared.wire.envelopes import BATCH_TRANSACTIONS, Push
from shared.wire.outcomes import Outcome, Status
from shared.wire.receiving import Receive
from shared.wire.transactions import AnyBody

IMPORT_DEVICE = "IMPORT"
# Who decides in the last step; stands in the audit of the transaction as who posted it again.
DECIDER = "scanledger load"

Progress = Callable[[int], object]


class Channel(Protocol):
    """How transactions reach the inbox: in this process, or over HTTP."""

    senders: list[Sender]

    def sender_of(self, row: PostingRow) -> Sender:
        """The device that sends a row; all rows of an item have the same, so their order is kept."""

    def send(self, transactions: Iterable[dict[str, Any]], progress: Progress) -> Counter[str]:
        """Send everything, and count the answers by status."""


@dataclass(slots=True)
class LoadReport:
    """What a load did. `answers` counts what the inbox said; `posted` the registers that are new."""

    master_data: Loaded
    sent: int = 0
    stored: int = 0
    posted: int = 0
    seconds: float = 0.0
    answers: Counter[str] = field(default_factory=Counter)
    posted_again: list[Outcome] = field(default_factory=list)
    still_parked: list[Outcome] = field(default_factory=list)


def prepare(folder: Path) -> Loaded:
    """Load the master data."""
    items, bins, server_epoch = read_items(folder), read_bins(folder), new_server_epoch()
    return write(lambda connection: load_master_data(connection, items, bins, server_epoch=server_epoch))


def load(
    folder: Path,
    channel: Channel,
    *,
    days: int | None = None,
    progress: Progress = lambda _: None,
    receive: Callable[[Receive], tuple[str, AnyBody]] = lambda body: ("receive", body),
) -> LoadReport:
    """Load a folder of the data set; `progress` hears of each answered transaction, `receive` may make
    another transaction of a receipt.
    """
    report = LoadReport(prepare(folder))
    stored, posted = _counts()
    started = time.monotonic()
    rows = read_postings(folder, days=days)
    report.answers = channel.send(transactions_of(rows, channel.sender_of, receive=receive), progress)
    report.sent = report.answers.total()
    device_ids = [sender.device_id for sender in channel.senders]
    finish_posting(device_ids)
    _post_parked_again(device_ids, report)
    report.seconds = time.monotonic() - started
    stored_now, posted_now = _counts()
    report.stored, report.posted = stored_now - stored, posted_now - posted
    return report


def count_transactions(folder: Path, *, days: int | None = None) -> int:
    """How many transactions a load sends, for a progress bar."""
    return sum(row.type != "putaway_out" for row in read_postings(folder, days=days))


def new_server_epoch() -> str:
    """A name for a database that has none yet."""
    config: Config = current_app.config["SCANLEDGER"]
    return uuid7(int(config.now().timestamp() * 1000), config.chance())


class InProcess:
    """Hands batches to the inbox in this process, as one device of kind import."""

    def __init__(self, device_id: str = IMPORT_DEVICE) -> None:
        self.senders = [Sender(device_id)]

    def sender_of(self, row: PostingRow) -> Sender:  # noqa: ARG002
        """One device sends all."""
        return self.senders[0]

    def send(self, transactions: Iterable[dict[str, Any]], progress: Progress) -> Counter[str]:
        """Push batch after batch, each posted before the next is made."""
        device = register_import_device(self.senders[0].device_id)
        config: Config = current_app.config["SCANLEDGER"]
        answers: Counter[str] = Counter()
        for batch in batches(transactions):
            push = Push(
                protocol=PROTOCOL,
                device=device.device_id,
                epoch=device.epoch,
                transactions=tuple(batch),
                max_seq=self.senders[0].seq,
            )
            answer = accept(push, device, config.now())
            answers.update(outcome.status.value for outcome in answer.results)
            progress(len(batch))
        return answers


def batches(transactions: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Transactions in pushes of the usual size."""
    rest = iter(transactions)
    while batch := list(islice(rest, BATCH_TRANSACTIONS)):
        yield batch


def register_import_device(device_id: str) -> CurrentDevice:
    """The device of kind import of this id, made on first use."""
    config: Config = current_app.config["SCANLEDGER"]

    def ensure(connection: sa.Connection) -> sa.Row[Any]:
        ensure_device(
            connection,
            device_id=device_id,
            kind="import",
            now=config.now(),
            name=f"Data set ({device_id})",
            location_code=LOCATION_CODE,
        )
        return connection.execute(sa.select(Device.__table__).where(Device.device_id == device_id)).one()

    row = write(ensure)
    return CurrentDevice(
        device_id=row.device_id,
        kind=row.kind,
        name=row.name,
        location_code=row.location_code,
        epoch=row.epoch,
        install_id=row.install_id,
        revoked_at=row.revoked_at,
        last_seen_at=row.last_seen_at,
    )


def finish_posting(device_ids: Sequence[str]) -> None:
    """Post what pushes have left to the post job: nobody waits for that here."""
    inbox = InboxTransaction.__table__
    unposted = sa.select(inbox.c.device_id).where(
        inbox.c.status == Status.RECEIVED, inbox.c.device_id.in_(device_ids)
    )
    for device_id in sorted(set(db.session.execute(unposted.distinct()).scalars())):
        post_device(device_id)
    db.session.rollback()


def _post_parked_again(device_ids: Sequence[str], report: LoadReport) -> None:
    inbox = InboxTransaction.__table__
    parked = db.session.execute(
        sa.select(inbox.c.transaction_id)
        .where(inbox.c.status == Status.PARKED, inbox.c.device_id.in_(device_ids))
        .order_by(inbox.c.inbox_no)
    ).scalars()
    for transaction_id in list(parked):
        outcome = post_again(transaction_id, DECIDER, "Loaded in full: the stock is there now")
        is_posted = outcome.status == Status.POSTED
        (report.posted_again if is_posted else report.still_parked).append(outcome)


def _counts() -> tuple[int, int]:
    """How many transactions the inbox holds, and how many were posted."""
    stored = db.session.scalar(sa.select(sa.func.count()).select_from(InboxTransaction.__table__)) or 0
    posted = db.session.scalar(sa.select(sa.func.count()).select_from(ItemRegister.__table__)) or 0
    db.session.rollback()
    return stored, posted
