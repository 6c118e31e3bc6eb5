"""G/L entries as files for the books elsewhere: one row per entry, by posting date, then by number.

Rows come from the database as they are written, so a ledger of any length fits. Amounts are strings of
digits, a debit positive; the account's English name and its role stand beside its number.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

import sqlalchemy as sa

from server.general_ledger.tables import GlAccount, GlEntry
from server.masterdata.csv_cells import cell_of, plain_decimal
from shared.moments import moment_text

_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class ExportedEntry:
    """A G/L entry with the name of its account."""

    entry_no: int
    batch_no: int
    posting_date: date
    account_no: str
    account_name: str
    category: str
    amount: Decimal
    document_no: str
    item_no: str
    location_code: str
    user_id: str
    posted_at: datetime


def read_entries(
    connection: sa.Connection, first: date | None = None, last: date | None = None
) -> Iterator[ExportedEntry]:
    """The entries of the posting dates from `first` to `last`, both included; None leaves that side open."""
    name = sa.func.coalesce(GlAccount.name, "")
    columns = [
        name if field.name == "account_name" else GlEntry.__table__.c[field.name]
        for field in fields(ExportedEntry)
    ]
    query = (
        sa.select(*columns)
        .outerjoin_from(GlEntry, GlAccount, GlAccount.no == GlEntry.account_no)
        .order_by(GlEntry.posting_date, GlEntry.entry_no)
    )
    if first is not None:
        query = query.where(GlEntry.posting_date >= first)
    if last is not None:
        query = query.where(GlEntry.posting_date <= last)
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(query)
    return (ExportedEntry(*row) for row in rows)


def write_csv(entries: Iterator[ExportedEntry], out: TextIO) -> int:
    """A head line and a line per entry; how many entries there were."""
    names = [field.name for field in fields(ExportedEntry)]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    count = 0
    for count, entry in enumerate(entries, 1):  # noqa: B007 - how many there were is the answer
        writer.writerow([cell_of(getattr(entry, name)) for name in names])
    return count


def write_json(entries: Iterator[ExportedEntry], out: TextIO) -> int:
    """An array with an object per entry, one a line; how many entries there were."""
    count = 0
    out.write("[")
    for count, entry in enumerate(entries, 1):
        row = {field.name: _plain(getattr(entry, field.name)) for field in fields(ExportedEntry)}
        out.write(("\n" if count == 1 else ",\n") + json.dumps(row, ensure_ascii=False))
    out.write("\n]\n")
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, datetime):
        return moment_text(value)
    return value.isoformat() if isinstance(value, date) else value
