"""The data set with invoices that come later than the goods: receipts at expected cost, then what they cost.

An invoice comes 1 to 40 days after its receipt, and 3 in 100 name another price. Both are drawn from the
receipt itself, so that a repeat draws the same and is recognized.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from server.database import db
from server.demo.load import InProcess, Progress, finish_posting
from server.demo.master_data import LOCATION_CODE
from server.demo.transactions import Sender
from server.inbox.tables import InboxTransaction
from server.ledger.tables import ItemLedgerEntry, ValueEntry
from shared.ids import id_of_content
from shared.money import round_unit_cost
from shared.wire import codec
from shared.wire.journals import Invoice, ItemJournal, Purchase
from shared.wire.outcomes import Status
from shared.wire.receiving import Receive
from shared.wire.transactions import Transaction, seal

INVOICE_DEVICE = "INVOICES"
MOST_DAYS_LATE = 40
CHANGED_PERCENT = 3
LINES = 50


@dataclass(frozen=True, slots=True)
class Due:
    """A receipt's invoice: when it comes, for how many base units, at which price."""

    day: date
    entry_no: int
    quantity_base: Decimal
    unit_cost: Decimal
    is_changed: bool


def as_received_only(body: Receive) -> ItemJournal:
    """A receipt whose invoice is still to come."""
    lines = tuple(
        Purchase(
            item_no=line.item_no,
            quantity=line.quantity,
            quantity_base=line.quantity_base,
            unit_of_measure_code=line.unit_of_measure_code,
            variant_code=line.variant_code,
            bin_code=line.bin_code,
            lot_no=line.lot_no,
            serial_no=line.serial_no,
            unit_cost=line.unit_cost,
            is_invoiced=False,
        )
        for line in body.lines
    )
    return ItemJournal(lines=lines, document_no=body.document_no, note=body.note)


def invoices_due() -> list[Due]:
    """The invoices of all receipts that have none, by the day they come."""
    entry, value = ItemLedgerEntry.__table__, ValueEntry.__table__
    rows = db.session.execute(
        sa.select(
            entry.c.entry_no,
            entry.c.item_no,
            entry.c.document_no,
            entry.c.posting_date,
            entry.c.quantity_base,
            value.c.cost_per_unit,
        )
        .join_from(entry, value, value.c.item_ledger_entry_no == entry.c.entry_no)
        .where(
            entry.c.entry_type == "purchase",
            entry.c.quantity_base > 0,
            sa.not_(entry.c.is_completely_invoiced),
            value.c.is_expected_cost,
            sa.not_(value.c.is_adjustment),
        )
    ).all()
    db.session.rollback()
    return sorted((_due(row) for row in rows), key=lambda due: (due.day, due.entry_no))


def _due(row: Any) -> Due:
    drawn = sha256(
        f"{row.item_no} {row.document_no} {row.posting_date} {row.quantity_base}".encode()
    ).digest()
    day = row.posting_date + timedelta(days=1 + drawn[0] % MOST_DAYS_LATE)
    is_changed = int.from_bytes(drawn[1:3], "big") % 100 < CHANGED_PERCENT
    unit_cost: Decimal = row.cost_per_unit
    if is_changed:
        # Up to a tenth more or less.
        unit_cost = round_unit_cost(unit_cost * (Decimal(90 + drawn[3] % 21) / 100))
    return Due(day, row.entry_no, row.quantity_base, unit_cost, is_changed)


def send_invoices(due: Iterable[Due], progress: Progress = lambda _: None) -> int:
    """Send the invoices through the inbox, each supplier's day in journals of up to 50 lines; gives back how
    many journals were posted.
    """
    channel = InProcess(INVOICE_DEVICE)
    sent = channel.send(_journals(due, channel.senders[0]), progress).total()
    # A push posts for two seconds; the rest is the post job's, and nobody waits for that here.
    finish_posting([INVOICE_DEVICE])
    inbox = InboxTransaction.__table__
    posted = db.session.scalar(
        sa.select(sa.func.count()).where(inbox.c.device_id == INVOICE_DEVICE, inbox.c.status == Status.POSTED)
    )
    db.session.rollback()
    if posted != sent:
        raise RuntimeError(f"expected {sent} journals of invoices to post, found {posted}")
    return sent


def _journals(due: Iterable[Due], sender: Sender) -> Iterator[dict[str, Any]]:
    for day, invoices in groupby(due, key=lambda each: each.day):
        waiting = list(invoices)
        for start in range(0, len(waiting), LINES):
            yield _journal(day, waiting[start : start + LINES], sender)


def _journal(day: date, invoices: list[Due], sender: Sender) -> dict[str, Any]:
    occurred_at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    lines = tuple(
        Invoice(entry_no=each.entry_no, quantity_base=each.quantity_base, unit_cost=each.unit_cost)
        for each in invoices
    )
    content = " ".join(str(each.entry_no) for each in invoices).encode()
    return seal(
        Transaction(
            transaction_id=id_of_content(int(occurred_at.timestamp()) * 1000, b"invoice " + content),
            device_id=sender.device_id,
            epoch=sender.epoch,
            seq=sender.next_seq(),
            kind="journal",
            location_code=LOCATION_CODE,
            body=codec.write(ItemJournal(lines=lines, document_no=f"PI-{day:%Y%m%d}")),
            occurred_at=occurred_at,
            posting_date=day,
        )
    )
