"""Cards and a company to keep them in, for the tests of master data."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeVar

import sqlalchemy as sa

from server.database import db, write
from server.feed.tables import FeedDirty
from server.masterdata import changes
from server.masterdata.cards import ItemCard, ItemUnit, LocationCard, UnitOfMeasureCard
from server.masterdata.faults import ChangeRefused, Fault
from server.masterdata.kinds import LOCATIONS, UNITS, Kind

T = TypeVar("T")
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
EAN = "9520000000011"
GTIN = "09520000000011"
CASE_GTIN = "19520000000018"


def with_units() -> None:
    """Pieces, cases and pallets, and one location MAIN with bins."""
    for code in ("PCS", "CASE", "PALLET"):
        create(UNITS, UnitOfMeasureCard(code=code))
    create(LOCATIONS, LocationCard(code="MAIN"))
    clear_marks()


def made(work: Callable[[sa.Connection], T]) -> T:
    """Do this in one write."""
    return write(work)


def create(kind: Kind[T], card: T) -> T:
    """A new card of a simple kind."""
    return write(lambda connection: changes.create(connection, kind, card))


def faults_of(work: Callable[[sa.Connection], object]) -> list[tuple[str, str]]:
    """Code and pointer of each fault for which this is refused; [] when it is not."""
    try:
        write(work)
    except ChangeRefused as refused:
        return [(fault.code, fault.pointer) for fault in refused.faults]
    return []


def codes_of(faults: list[Fault]) -> list[tuple[str, str]]:
    """Code and pointer of each fault."""
    return [(fault.code, fault.pointer) for fault in faults]


def cased_item(no: str = "10002", **fields: object) -> ItemCard:
    """An item in pieces and cases of 12."""
    given: dict[str, object] = {
        "description": "INFLATABLE POLITICAL GLOBE",
        "base_unit_of_measure_code": "PCS",
        "units": (ItemUnit(code="CASE", quantity_per_unit=Decimal(12)),),
        **fields,
    }
    return ItemCard(no=no, **given)  # type: ignore[arg-type]


def marks() -> list[tuple[str, str, str]]:
    """What readers must hear of, in order."""
    table = FeedDirty.__table__
    rows = db.session.execute(sa.select(table.c.scope, table.c.etype, table.c.ekey)).all()
    return sorted((row[0], row[1], row[2]) for row in rows)


def clear_marks() -> None:
    """As after the sequencer's run."""
    write(lambda connection: connection.execute(sa.delete(FeedDirty)))


def count(table: sa.FromClause) -> int:
    """Rows of a table."""
    found: int = db.session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    return found
