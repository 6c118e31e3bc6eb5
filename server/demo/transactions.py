"""Turns the data set's rows into transactions: one per row, one per put-away pair.

Always holds: the same rows give the same ids and hashes, so a repeat is recognized; rows keep their order;
no date or cost is made up (occurred_at, posting_date and unit costs are stated as the data set has them).
Raises: DataSetError for a row of an unknown type, a put-away half without its other half.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from server.demo.data_set import DataSetError, PostingRow
from server.demo.master_data import BASE_UNIT, LOCATION_CODE, TIME_ZONE
from shared.ids import id_of_content
from shared.wire import codec
from shared.wire.adjusting import Adjust
from shared.wire.lines import BinLine, MoveLine
from shared.wire.receiving import Receive, Return
from shared.wire.shipping import Pick
from shared.wire.transactions import AnyBody, Body, Transaction, seal
from shared.wire.warehousing import PutAway

# The reason of each kind of row that corrects stock.
REASONS = {"damage": "DAMAGE", "count_adjust": "COUNT", "receipt_free": "FREE"}
_ZONE = ZoneInfo(TIME_ZONE)


@dataclass(slots=True)
class Sender:
    """A device of kind import on whose behalf rows are sent; `seq` is the last number it gave."""

    device_id: str
    epoch: int = 1
    seq: int = 0

    def next_seq(self) -> int:
        """The number of the next transaction."""
        self.seq += 1
        return self.seq


def transactions_of(
    rows: Iterable[PostingRow],
    sender_of: Callable[[PostingRow], Sender],
    *,
    receive: Callable[[Receive], tuple[str, AnyBody]] = lambda body: ("receive", body),
) -> Iterator[dict[str, Any]]:
    """Sealed transactions in the order of the rows, each numbered by its sender; `receive` may make
    another transaction of a receipt.
    """
    # Taken from the dock and not yet seen to be placed, by document and item.
    taken: defaultdict[tuple[str, str], deque[PostingRow]] = defaultdict(deque)
    for row in rows:
        if row.type == "putaway_out":
            taken[row.document, row.item].append(row)
        elif row.type == "putaway_in":
            halves = taken[row.document, row.item]
            if not halves:
                raise DataSetError(f"row {row.id}: expected a putaway_out before it, found none")
            yield _transaction("put_away", _put_away(halves.popleft(), row), row, sender_of(row))
        else:
            kind, body = _single(row)
            sent = receive(body) if isinstance(body, Receive) else (kind, body)
            yield _transaction(*sent, row, sender_of(row))
    left = [halves[0].id for halves in taken.values() if halves]
    if left:
        raise DataSetError(f"row {left[0]}: expected a putaway_in after it, found none")


def _transaction(kind: str, body: AnyBody, row: PostingRow, sender: Sender) -> dict[str, Any]:
    occurred_at, posting_date = _when(row.posted_at)
    milliseconds = int(occurred_at.timestamp()) * 1000
    return seal(
        Transaction(
            transaction_id=id_of_content(milliseconds, "\x1f".join(row).encode()),
            device_id=sender.device_id,
            epoch=sender.epoch,
            seq=sender.next_seq(),
            kind=kind,
            location_code=LOCATION_CODE,
            body=codec.write(body),
            occurred_at=occurred_at,
            posting_date=posting_date,
        )
    )


def _single(row: PostingRow) -> tuple[str, Body]:
    """The kind and body of a row that stands for itself."""
    document_no, note = row.document, row.note
    match row.type:
        case "receipt":
            return "receive", Receive(lines=_lines(row, "in"), document_no=document_no, note=note)
        case "sale":
            return "pick", Pick(lines=_lines(row, "out"), document_no=document_no, note=note)
        case "return":
            return "return", Return(lines=_lines(row, "in"), document_no=document_no, note=note)
        case "damage" | "count_adjust" | "receipt_free":
            reason = REASONS[row.type]
            return "adjust", Adjust(
                reason_code=reason, lines=_lines(row, "both"), document_no=document_no, note=note
            )
    raise DataSetError(f"row {row.id}: expected a type of the data set, found {row.type!r}")


def _lines(row: PostingRow, direction: str) -> tuple[BinLine, ...]:
    signed = Decimal(row.qty)
    quantity = -signed if direction == "out" else signed
    return (
        BinLine(
            item_no=row.item,
            quantity=quantity,
            quantity_base=quantity,
            unit_of_measure_code=BASE_UNIT,
            bin_code=row.bin,
            # What goes out costs what the ledger's layers say, not what the data set says.
            unit_cost=Decimal(row.unit_cost) if signed > 0 else None,
        ),
    )


def _put_away(out: PostingRow, placed: PostingRow) -> PutAway:
    quantity = Decimal(placed.qty)
    if Decimal(out.qty) != -quantity:
        raise DataSetError(f"row {placed.id}: expected {out.qty.removeprefix('-')}, found {placed.qty}")
    line = MoveLine(
        item_no=placed.item,
        quantity=quantity,
        quantity_base=quantity,
        unit_of_measure_code=BASE_UNIT,
        from_bin_code=out.bin,
        to_bin_code=placed.bin,
    )
    return PutAway(lines=(line,), document_no=placed.document, note=placed.note)


# Rows of one document share their minute.
@lru_cache(maxsize=64)
def _when(posted_at: str) -> tuple[datetime, date]:
    """The moment and the business day of a local time without a zone."""
    local = datetime.fromisoformat(posted_at).replace(tzinfo=_ZONE)
    return local.astimezone(UTC), local.date()
