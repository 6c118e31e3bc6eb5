"""The database: one metadata, exact column types, one way to read and one way to write.

A request reads through `db.session` and writes only inside `write(work)`, which runs `work` in one
database transaction and runs it again from the start when the database asks for that (a lost
race, a deadlock, a busy file). On SQLite all writers of the process queue up first in, first out
and begin IMMEDIATE; readers are `query_only`. Tests hold both databases to the same rules.
Raises: whatever `work` raises; the database's own error when eight tries were not enough.
"""

import random
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

T = TypeVar("T")
_TRIES = 8
# serialization_failure, deadlock_detected, lock_not_available.
_RETRIED = frozenset({"40001", "40P01", "55P03"})
# unique_violation is a lost race between two writers of the same id, which one second look turns into
# a replay or a clear refusal; it is not worth more.
_LOOKED_AT_TWICE = "23505"


class Base(DeclarativeBase):
    """Base of every table; constraint names follow one convention from day one."""

    if TYPE_CHECKING:
        # Every table of ours is a Table; SQLAlchemy only promises a FromClause.
        __table__: ClassVar[sa.Table]

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal of 18 digits: NUMERIC on PostgreSQL, a scaled integer on SQLite, whose NUMERIC is a float."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__(18, places)
        self.places = places
        self.unit = Decimal(1).scaleb(-places)

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Numeric where it is exact, a big integer where it is not."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(18, self.places))

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """Refuse (ValueError) what 18 digits cannot hold; scale for SQLite."""
        if value is None:
            return None
        scaled = self.scaled(Decimal(value))
        return scaled if dialect.name == "sqlite" else Decimal(scaled).scaleb(-self.places)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        """The decimal back, whatever it was stored as; sums come back as exactly as columns."""
        if value is None:
            return None
        return Decimal(value).scaleb(-self.places) if dialect.name == "sqlite" else Decimal(value)

    def scaled(self, value: Decimal) -> int:
        """The value in units of the last place; ValueError if that is not a whole number of 18 digits."""
        scaled = value.scaleb(self.places)
        whole = int(scaled)
        if whole != scaled or abs(whole) >= 10**18:
            raise ValueError(f"expected at most 18 digits with {self.places} decimals, found {value}")
        return whole


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment: timestamptz on PostgreSQL, ISO text in UTC on SQLite. Naive ones are refused."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """A time zone where the database keeps one."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """UTC on its way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected a moment with a time zone, found {value.isoformat()}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """UTC on its way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Identity(TypeDecorator[str]):
    """A transaction id: native UUID on PostgreSQL, its text on SQLite; always text in Python."""

    impl = sa.String
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Sixteen bytes where the database has a type for it."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.Uuid(as_uuid=False))
        return dialect.type_descriptor(sa.String(36))


def partial_index(name: str, *columns: str, where: str) -> sa.Index:
    """An index over the rows that meet a condition; a query finds it that has the same condition in it."""
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def quantity_type() -> ExactDecimal:
    """Quantities and unit costs: 5 decimals."""
    return ExactDecimal(5)


def amount_type() -> ExactDecimal:
    """Amounts: 4 decimals, rounded to the set-up precision by the engine."""
    return ExactDecimal(4)


# SQLite numbers rows by itself only where the key is INTEGER.
entry_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

db = SQLAlchemy(model_class=Base, session_options={"autoflush": False})


class _Turns:
    """A lock that serves waiting threads first in, first out; SQLite's own busy handler is unfair."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn and hold it."""
        with self._guard:
            ahead = self._is_taken
            ticket = threading.Lock()
            ticket.acquire()
            if ahead:
                self._waiting.append(ticket)
            self._is_taken = True
        if ahead:
            ticket.acquire()
        try:
            yield
        finally:
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().release()
                else:
                    self._is_taken = False


def connect(app: Flask, database_url: str) -> None:
    """Tie an app to its database: reader engine, writer engine, pragmas."""
    is_sqlite = database_url.startswith("sqlite")
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {} if is_sqlite else {"pool_size": 8, "max_overflow": 16}
    db.init_app(app)
    with app.app_context():
        if is_sqlite:
            _prepare_sqlite(db.engine, begin="BEGIN", query_only=True)
            writer = sa.create_engine(database_url, pool_size=1, max_overflow=0)
            _prepare_sqlite(writer, begin="BEGIN IMMEDIATE", query_only=False)
        else:
            writer = db.engine
    app.extensions["scanledger_writer"] = writer
    app.extensions["scanledger_turns"] = _Turns()


def writer_engine(app: Flask | None = None) -> sa.Engine:
    """The engine that writes; on SQLite it has one connection."""
    return cast(sa.Engine, (app or current_app).extensions["scanledger_writer"])


def dispose(app: Flask) -> None:
    """Close every connection of the app; a test calls it before it drops the database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    writer_engine(app).dispose()


def _prepare_sqlite(engine: sa.Engine, *, begin: str, query_only: bool) -> None:
    @sa.event.listens_for(engine, "connect")
    def set_pragmas(connection: DBAPIConnection, _record: object) -> None:
        native = cast(sqlite3.Connection, connection)
        # The driver must not begin by itself: only the begin event below does.
        native.isolation_level = None
        cursor = native.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "busy_timeout=5000",
            "foreign_keys=ON",
            # Else INSERT OR REPLACE would delete ledger rows without asking the triggers.
            "recursive_triggers=ON",
            "cache_size=-65536",
            f"query_only={'ON' if query_only else 'OFF'}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin_plainly(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)


def write(work: Callable[[sa.Connection], T]) -> T:
    """Run `work` in one database transaction and give back what it returns.

    `work` may run several times and must have no effect outside the database before it returns.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            return _write_once(work)
        except DBAPIError as error:
            if attempt >= _tries_for(error):
                raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
    raise AssertionError("unreachable")


def _write_once(work: Callable[[sa.Connection], T]) -> T:
    engine = writer_engine()
    turns = cast(_Turns, current_app.extensions["scanledger_turns"])
    if engine.dialect.name == "sqlite":
        with turns.turn(), engine.begin() as connection:
            result = work(connection)
    else:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '60s'")
            result = work(connection)
    # What this request reads from here on must see what it has just written.
    db.session.rollback()
    return result


def is_passing(error: DBAPIError) -> bool:
    """Whether the database only asks to try again: a lost race, a deadlock, a busy file."""
    return _tries_for(error) == _TRIES


def _tries_for(error: DBAPIError) -> int:
    """How often the whole of a write may be tried when it fails like this."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        name = getattr(original, "sqlite_errorname", "") or ""
        if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            return _TRIES
        return 2 if name in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY") else 1
    state = getattr(original, "sqlstate", None)
    return _TRIES if state in _RETRIED else 2 if state == _LOOKED_AT_TWICE else 1
