"""Many rows at once, the fastest way each database has, with one face for both.

PostgreSQL copies in (COPY) and joins arrays (unnest); SQLite runs one prepared statement per row and joins
JSON. Values are what the column types take: Decimal, aware datetime, date, bool, text. Statement
texts never depend on the number of rows, so every cache of them stays small.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from server.database import ExactDecimal, UtcMoment

Rows = Sequence[Sequence[Any]]
Converter = Callable[[Any], Any]


def insert_rows(
    connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows given as tuples in the order of `columns`."""
    rows = list(rows)
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, rows)
        return
    marks = ", ".join("?" * len(columns))
    _run_each(
        connection,
        table,
        columns,
        statement=f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})",
        rows=rows,
    )


def upsert_rows(
    connection: sa.Connection,
    table: sa.Table,
    *,
    keys: tuple[str, ...],
    values: tuple[str, ...] = (),
    rows: Rows,
) -> None:
    """Insert rows given as keys then values, or set the values where the keys are there already.

    The rows' keys must differ from each other. With no values: insert what is missing.
    """
    if not rows:
        return
    name, columns = table.name, keys + values
    sets = ", ".join(f"{column} = excluded.{column}" for column in values)
    conflict = f"ON CONFLICT ({', '.join(keys)}) DO " + (f"UPDATE SET {sets}" if sets else "NOTHING")
    into = f"INSERT INTO {name} ({', '.join(columns)})"
    if connection.dialect.name == "postgresql":
        arrays = ", ".join(f"%s::{_array_type(table, column)}" for column in columns)
        _run_arrays(connection, f"{into} SELECT * FROM unnest({arrays}) {conflict}", rows)
        return
    marks = ", ".join("?" * len(columns))
    _run_each(connection, table, columns, statement=f"{into} VALUES ({marks}) {conflict}", rows=rows)


def update_rows(
    connection: sa.Connection,
    table: sa.Table,
    *,
    keys: tuple[str, ...],
    values: tuple[str, ...],
    rows: Rows,
) -> None:
    """Set the values of existing rows; each row is given as its keys, then its values."""
    if not rows:
        return
    name, columns = table.name, keys + values
    if connection.dialect.name == "postgresql":
        arrays = ", ".join(f"%s::{_array_type(table, column)}" for column in columns)
        sets = ", ".join(f"{column} = given.{column}" for column in values)
        same = " AND ".join(f"{name}.{column} = given.{column}" for column in keys)
        _run_arrays(
            connection,
            f"UPDATE {name} SET {sets} FROM unnest({arrays}) AS given ({', '.join(columns)}) WHERE {same}",
            rows,
        )
        return
    sets = ", ".join(f"{column} = ?" for column in values)
    same = " AND ".join(f"{column} = ?" for column in keys)
    turned = [tuple(row[len(keys) :]) + tuple(row[: len(keys)]) for row in rows]
    statement = f"UPDATE {name} SET {sets} WHERE {same}"
    _run_each(connection, table, values + keys, statement=statement, rows=turned)


def given_rows(
    connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], rows: Rows
) -> sa.FromClause:
    """Rows as something to join with: a derived table with the types of `table`'s columns."""
    types = [table.c[column].type for column in columns]
    if connection.dialect.name == "postgresql":
        arrays = [
            sa.cast([row[index] for row in rows], postgresql.ARRAY(column_type))
            for index, column_type in enumerate(types)
        ]
        given = sa.func.unnest(*arrays).table_valued(
            *(sa.column(column, column_type) for column, column_type in zip(columns, types, strict=True))
        )
        return given.render_derived(name="given")
    converters = _converters(table, columns)
    listed = json.dumps([_converted(converters, row) for row in rows])
    each = sa.func.json_each(sa.bindparam("given_rows", listed, unique=True)).table_valued("value")
    extracted = [
        sa.type_coerce(sa.func.json_extract(each.c.value, sa.text(f"'$[{index}]'")), column_type).label(
            column
        )
        for index, (column, column_type) in enumerate(zip(columns, types, strict=True))
    ]
    return sa.select(*extracted).select_from(each).subquery("given")


def _run_each(
    connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], *, statement: str, rows: Rows
) -> None:
    converters = _converters(table, columns)
    connection.exec_driver_sql(statement, [tuple(_converted(converters, row)) for row in rows])


def _converted(converters: tuple[tuple[int, Converter], ...], row: Sequence[Any]) -> list[Any]:
    values = list(row)
    for index, convert in converters:
        if values[index] is not None:
            values[index] = convert(values[index])
    return values


def _run_arrays(connection: sa.Connection, statement: str, rows: Rows) -> None:
    connection.exec_driver_sql(statement, tuple(list(column) for column in zip(*rows, strict=True)))


def _copy(connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], rows: Rows) -> None:
    native = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN"
    try:
        with native.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        # In SQLAlchemy's words, so that `write` sees one kind of error.
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, dialect=connection.dialect
        ) from error


_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


@cache
def _array_type(table: sa.Table, column: str) -> str:
    return f"{table.c[column].type.compile(_POSTGRESQL)}[]"


@cache
def _converters(table: sa.Table, columns: tuple[str, ...]) -> tuple[tuple[int, Converter], ...]:
    """Which columns must be converted for SQLite, and how."""
    found = [(index, _sqlite_converter(table.c[column].type)) for index, column in enumerate(columns)]
    return tuple((index, convert) for index, convert in found if convert is not None)


@lru_cache(maxsize=4096)
def _moment_as_stored(moment: datetime) -> str:
    """As SQLAlchemy writes it; the rows of a batch share a few moments."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _sqlite_converter(column_type: TypeEngine[Any]) -> Converter | None:
    """How a value of this type is stored on SQLite; None where the driver takes it as it is."""
    if isinstance(column_type, ExactDecimal):
        return column_type.scaled
    if isinstance(column_type, UtcMoment):
        return _moment_as_stored
    if isinstance(column_type, sa.Date):
        return lambda value: value.isoformat()
    if isinstance(column_type, sa.Boolean):
        return int
    return None
