"""What became of my scans, as the screens show it: counts for the strip, entries by what they need."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.moments import moment_text, parse_moment
from shared.quantity import parse_quantity
from terminal.store import overview
from terminal.store.overview import KeptTransaction
from terminal.store.queue import Queue
from terminal.store.reference import Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The numbers of the sync strip and the home screen."""

    waiting: int
    needs_you: int
    with_supervisor: int
    posted_today: int
    oldest_waiting: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntry:
    """One transaction as the queue shows it. `state` is queued, sent, an outcome word or unsendable.

    `bin_code` is where goods came to or were taken from; a movement has `to_bin_code` too.
    """

    transaction_id: str
    seq: int
    kind: str
    state: str
    item_no: str
    description: str
    quantity: Decimal
    quantity_base: Decimal
    unit_of_measure_code: str
    bin_code: str
    to_bin_code: str
    lot_no: str
    serial_no: str
    occurred_wall: datetime
    worker_id: str
    worker_name: str
    code: str
    hint: str
    document_no: str
    decided_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOverview:
    """The queue in the order of its screen; at most `limit` entries a section, newest first."""

    needs_you: tuple[QueueEntry, ...]
    with_supervisor: tuple[QueueEntry, ...]
    not_sent: tuple[QueueEntry, ...]
    at_server: tuple[QueueEntry, ...]
    posted_today: tuple[QueueEntry, ...]
    counts: Counts


class QueueView:
    """Reads queue.db for the screens."""

    def __init__(self, queue: Queue, reference: Reference) -> None:
        self._queue, self._reference = queue, reference

    def counts(self, now: datetime) -> Counts:
        """How many wait, need someone, were posted today."""
        oldest = overview.oldest_waiting(self._queue)
        return Counts(
            waiting=overview.count_in(self._queue, "not_sent"),
            needs_you=overview.count_in(self._queue, "needs_you"),
            with_supervisor=overview.count_in(self._queue, "with_supervisor"),
            posted_today=overview.count_in(self._queue, "posted", self._midnight(now)),
            oldest_waiting=parse_moment(oldest) if oldest else None,
        )

    def overview(self, now: datetime, limit: int) -> QueueOverview:
        """The sections of the queue screen."""
        return QueueOverview(
            needs_you=self._entries("needs_you", limit),
            with_supervisor=self._entries("with_supervisor", limit),
            not_sent=self._entries("not_sent", limit),
            at_server=self._entries("at_server", limit),
            posted_today=self._entries("posted", limit, self._midnight(now)),
            counts=self.counts(now),
        )

    def entry(self, transaction_id: str) -> QueueEntry:
        """One transaction. Raises KeyError for an unknown id."""
        return self._entry(overview.transaction(self._queue, transaction_id))

    def _entries(self, section: str, limit: int, since: str = "") -> tuple[QueueEntry, ...]:
        kept = overview.transactions_in(self._queue, section, limit, since)
        return tuple(self._entry(each) for each in kept)

    def _entry(self, kept: KeptTransaction) -> QueueEntry:
        record, outcome = kept.record, kept.outcome
        line: dict[str, Any] = (record.get("body", {}).get("lines") or [{}])[0]
        item_no, worker_id = str(line.get("item_no", "")), str(record.get("worker_id", ""))
        item = self._reference.item(item_no)
        worker = self._reference.worker(self._queue.get("location_code"), worker_id)
        return QueueEntry(
            transaction_id=record["transaction_id"],
            seq=kept.seq,
            kind=record["kind"],
            state=kept.state,
            item_no=item_no,
            description=item_no if item is None else item.description,
            quantity=parse_quantity(line.get("quantity", "0")),
            quantity_base=parse_quantity(line.get("quantity_base", "0")),
            unit_of_measure_code=str(line.get("unit_of_measure_code", "")),
            bin_code=str(line.get("from_bin_code", "") or line.get("bin_code", "")),
            to_bin_code=str(line.get("to_bin_code", "")),
            lot_no=str(line.get("lot_no", "")),
            serial_no=str(line.get("serial_no", "")),
            occurred_wall=parse_moment(record["occurred_wall"]),
            worker_id=worker_id,
            worker_name=worker_id if worker is None else worker.name,
            code="" if outcome is None else outcome.code,
            hint="" if outcome is None else outcome.hint,
            document_no="" if outcome is None else outcome.document_no,
            decided_by="" if outcome is None else outcome.decided_by,
        )

    def _midnight(self, now: datetime) -> str:
        """When today began at the location, as the queue writes moments."""
        location = self._reference.location(self._queue.get("location_code"))
        try:
            zone = ZoneInfo(location.time_zone if location is not None else "UTC")
        except (ZoneInfoNotFoundError, ValueError):
            # A browser may come without time zones; "today" is then the day in UTC.
            return moment_text(now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return moment_text(midnight)
