"""Pages of a list by key: the next one starts after the last row's key, so page 10,000 is as quick as page 1.

An order is one that an index serves, and its last column makes it unique. A cursor is the key of the row it
stands behind, together with the name of its order, as opaque text. No OFFSET and no COUNT anywhere.
Raises: CursorRefused for a cursor or an order that this list does not have.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from server.database import ExactDecimal, UtcMoment, db
from shared.moments import moment_text, parse_moment

Row = TypeVar("Row")
Key = sa.ColumnElement[Any]
Statement = sa.Select[*tuple[Any, ...]]
MOST_ROWS = 1000


class CursorRefused(ValueError):
    """A cursor that this list did not give, or an order that it does not have; `parameter` is which."""

    def __init__(self, parameter: str, expected: str) -> None:
        self.parameter, self.expected = parameter, expected
        super().__init__(f"{parameter}: expected {expected}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAsked:
    """Which page is wanted; `sort` "" is the list's own order, `after` and `before` are cursors it gave."""

    limit: int = 100
    sort: str = ""
    descending: bool = False
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows in order, and the cursors of the next and the previous page, None where there is none."""

    rows: tuple[Row, ...]
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders of a list: the columns of each by name. The first is the list's own."""

    columns: Mapping[str, tuple[Key, ...]]
    first_descending: bool = False

    @classmethod
    def of(
        cls, table: sa.FromClause, orders: Mapping[str, tuple[str, ...]], *, first_descending: bool = False
    ) -> "Orders":
        """Orders by the names of a table's columns."""
        columns = {name: tuple(table.c[key] for key in keys) for name, keys in orders.items()}
        return cls(columns, first_descending)

    def resolve(self, asked: PageAsked) -> tuple[str, bool, tuple[Key, ...]]:
        """Name, direction and columns of the order that was asked for; refuses one that is not here."""
        own = next(iter(self.columns))
        name = asked.sort or own
        if name not in self.columns:
            raise CursorRefused("sort", "one of " + ", ".join(self.columns))
        descending = asked.descending if asked.sort else self.first_descending
        return name, descending, self.columns[name]


def read_page(
    statement: Statement,
    orders: Orders,
    asked: PageAsked,
    make_row: Callable[[sa.RowMapping], Row],
) -> Page[Row]:
    """One page of a statement of named columns; `make_row` turns a row into what the list is made of."""
    name, descending, keys = orders.resolve(asked)
    limit = max(1, min(asked.limit, MOST_ROWS))
    cursor = asked.after or asked.before or None
    backwards = not asked.after and bool(asked.before)
    upwards = descending == backwards
    if cursor is not None:
        parameter = "before" if backwards else "after"
        statement = statement.where(
            _beyond(keys, _read_cursor(cursor, name, keys, parameter), upwards=upwards)
        )
    labels = [key.label(f"key_{index}") for index, key in enumerate(keys)]
    ordered = [key.asc() if upwards else key.desc() for key in keys]
    found = (
        db.session.execute(statement.add_columns(*labels).order_by(*ordered).limit(limit + 1))
        .mappings()
        .all()
    )
    rows, more = list(found[:limit]), len(found) > limit
    if backwards:
        rows.reverse()
    cursors = [_write_cursor(name, row, len(keys)) for row in (rows[:1] + rows[-1:])]
    return Page(
        rows=tuple(make_row(row) for row in rows),
        after=cursors[-1] if rows and (more or backwards) else None,
        before=cursors[0] if rows and (more if backwards else bool(asked.after)) else None,
    )


def every_row(read: Callable[[PageAsked], Page[Row]], asked: PageAsked) -> Iterator[Row]:
    """All rows of a list in its order, read page by page; for exports of any length.

    The first page is read at once: a cursor that is refused must be so before the first line is sent.
    """
    asked = replace(asked, limit=MOST_ROWS, before=None)
    return _page_after_page(read, asked, read(asked))


def _page_after_page(
    read: Callable[[PageAsked], Page[Row]], asked: PageAsked, page: Page[Row]
) -> Iterator[Row]:
    yield from page.rows
    while page.after is not None:
        # A long export must not hold a transaction open, nor the reader's snapshot with it.
        db.session.rollback()
        page = read(replace(asked, after=page.after))
        yield from page.rows


def _beyond(keys: tuple[Key, ...], values: list[Any], *, upwards: bool) -> sa.ColumnElement[bool]:
    typed = [sa.literal(value, key.type) for key, value in zip(keys, values, strict=True)]
    left: Key = sa.tuple_(*keys) if len(keys) > 1 else keys[0]
    right: Key = sa.tuple_(*typed) if len(keys) > 1 else typed[0]
    return left > right if upwards else left < right


def _write_cursor(name: str, row: sa.RowMapping, width: int) -> str:
    values = [_plain(row[f"key_{index}"]) for index in range(width)]
    text = json.dumps([name, *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _read_cursor(text: str, name: str, keys: tuple[Key, ...], parameter: str) -> list[Any]:
    refused = CursorRefused(parameter, "a cursor that this list gave for this order")
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise refused from None
    if not isinstance(values, list) or len(values) != len(keys) + 1 or values[0] != name:
        raise refused
    try:
        return [_typed(value, key) for value, key in zip(values[1:], keys, strict=True)]
    except (ValueError, TypeError, InvalidOperation, OverflowError):
        raise refused from None


def _typed(value: object, key: Key) -> Any:
    """A cursor's value as its column takes it; ValueError where it is of another type."""
    if isinstance(key.type, sa.Integer):
        if type(value) is not int or abs(value) >= 2**63:
            raise ValueError(value)
        return value
    if not isinstance(value, str) or "\0" in value or len(value) > 500:
        raise ValueError(value)
    if isinstance(key.type, UtcMoment):
        return parse_moment(value)
    if isinstance(key.type, sa.Date):
        return date.fromisoformat(value)
    if isinstance(key.type, ExactDecimal):
        decimal = Decimal(value)
        key.type.scaled(decimal)
        return decimal
    return value.encode("utf-8", "strict").decode()
