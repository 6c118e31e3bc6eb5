"""Many rows at once, the fastest way each database has, with one face for both.

PostgreSQL copies in (COPY) and joins arrays (unnest); SQLite runs one prepared statement per row and joins
JSON. Values are what the column types take: Decimal, aware datetime, date, bool, text. Statement
texts never depend on the number of rows, so every cache of them stays small.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, TypeAlias, cast

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from server.database import ExactDecimal, UtcMoment

Rows = Sequence[Sequence[Any]]
Converter = Callable[[Any], Any]
AnySelect: TypeAlias = "sa.Select[*tuple[Any, ...]]"
Build = Callable[[sa.FromClause], AnySelect]


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
    dialect = connection.dialect.name
    return _given(dialect, table, columns, _bound(dialect, table, columns, rows))


def select_given(
    connection: sa.Connection,
    build: Build,
    table: sa.Table,
    *,
    columns: tuple[str, ...],
    rows: Rows,
    **parameters: Any,
) -> "sa.CursorResult[*tuple[Any, ...]]":
    """Run the query that `build` makes around given rows, with the other `parameters` that it names.

    It is built once per database, so `build` must be a function of a module (a new closure each time would
    fill the cache) and no value may be in it.
    """
    dialect = connection.dialect.name
    statement = _built(dialect, build, table, columns)
    return connection.execute(statement, _bound(dialect, table, columns, rows) | parameters)


@cache
def _built(dialect: str, build: Build, table: sa.Table, columns: tuple[str, ...]) -> AnySelect:
    return build(_given(dialect, table, columns))


def _bound(dialect: str, table: sa.Table, columns: tuple[str, ...], rows: Rows) -> dict[str, Any]:
    """The parameters that hold the given rows: an array per column, or all as one JSON text."""
    if dialect == "postgresql":
        listed = zip(*rows, strict=True) if rows else ((),) * len(columns)
        return {f"given_{index}": list(column) for index, column in enumerate(listed)}
    return {"given_rows": json.dumps(_converted(_converters(table, columns), rows))}


def _given(
    dialect: str, table: sa.Table, columns: tuple[str, ...], bound: Mapping[str, Any] | None = None
) -> sa.FromClause:
    """The derived table; without `bound` its parameters are left to be given at execution."""
    types = [table.c[column].type for column in columns]
    if dialect == "postgresql":
        arrays = [
            sa.cast(_parameter(f"given_{index}", bound), postgresql.ARRAY(column_type))
            for index, column_type in enumerate(types)
        ]
        given = sa.func.unnest(*arrays).table_valued(
            *(sa.column(column, column_type) for column, column_type in zip(columns, types, strict=True))
        )
        return given.render_derived(name="given")
    each = sa.func.json_each(_parameter("given_rows", bound)).table_valued("value")
    extracted = [
        sa.type_coerce(sa.func.json_extract(each.c.value, sa.text(f"'$[{index}]'")), column_type).label(
            column
        )
        for index, (column, column_type) in enumerate(zip(columns, types, strict=True))
    ]
    return sa.select(*extracted).select_from(each).subquery("given")


def _parameter(name: str, bound: Mapping[str, Any] | None) -> "sa.BindParameter[Any]":
    return sa.bindparam(name) if bound is None else sa.bindparam(name, bound[name], unique=True)


def _run_each(
    connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], *, statement: str, rows: Rows
) -> None:
    connection.exec_driver_sql(statement, _converted(_converters(table, columns), rows))


def _converted(converters: tuple[tuple[int, Converter], ...], rows: Rows) -> list[tuple[Any, ...]]:
    """The rows as SQLite stores them; column by column, which is half the work of row by row."""
    if not rows:
        return []
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for index, convert in converters:
        columns[index] = [None if value is None else convert(value) for value in columns[index]]
    return list(zip(*columns, strict=True))


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
