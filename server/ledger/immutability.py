"""Triggers that keep the ledgers append-only, on both databases.

What the application does wrong, and what anybody types into SQL, meets the same wall: no delete, no
truncate, no update but of the columns in ENGINE_COLUMNS, no replacement of a row. A batch migration on
SQLite re-creates its table and silently drops triggers, so each such migration must call this again.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from server.database import Base
from server.ledger.tables import ENGINE_COLUMNS


def create_triggers(connection: sa.Connection, also: Iterable[str] = ()) -> None:
    """Create (again) every trigger of every ledger, and of the tables `also` that nothing may change."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(REFUSE_FUNCTION)
    # As the database has them: an early migration knows neither later tables nor later columns.
    present = sa.inspect(connection)
    for table_name in (*ENGINE_COLUMNS, *also):
        if not present.has_table(table_name):
            continue
        columns = [column["name"] for column in present.get_columns(table_name)]
        for statement in trigger_statements(connection.dialect.name, table_name, columns):
            connection.exec_driver_sql(statement)


def drop_triggers(connection: sa.Connection, table_name: str) -> None:
    """Let a migration change a ledger's columns; it must call `create_triggers` afterwards."""
    if connection.dialect.name == "postgresql":
        for name in (f"{table_name}_keeps", f"{table_name}_stays"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {table_name}")
        return
    for name in ("update", "delete", "replace"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table_name}_{name}")


def protected_columns(table_name: str) -> list[str]:
    """The columns of a ledger that may never change."""
    return _protected(table_name, Base.metadata.tables[table_name].columns.keys())


def _protected(table_name: str, columns: Iterable[str]) -> list[str]:
    allowed = ENGINE_COLUMNS.get(table_name, frozenset())
    # Sorted: a column that a migration added stands last in the database, but not in the class.
    return sorted(column for column in columns if column not in allowed)


def trigger_statements(dialect: str, table_name: str, present: Iterable[str] = ()) -> list[str]:
    """The statements that protect one ledger, of which the columns `present` are there (none: all)."""
    columns = ", ".join(_protected(table_name, present) if present else protected_columns(table_name))
    if dialect == "postgresql":
        return [
            f"DROP TRIGGER IF EXISTS {table_name}_keeps ON {table_name}",
            f"CREATE TRIGGER {table_name}_keeps BEFORE UPDATE OF {columns} OR DELETE ON {table_name}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()",
            f"DROP TRIGGER IF EXISTS {table_name}_stays ON {table_name}",
            f"CREATE TRIGGER {table_name}_stays BEFORE TRUNCATE ON {table_name}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()",
        ]
    refuse = f"SELECT RAISE(ABORT, '{table_name} is append-only: post a correction instead');"
    return [
        f"DROP TRIGGER IF EXISTS {table_name}_update",
        f"CREATE TRIGGER {table_name}_update BEFORE UPDATE OF {columns} ON {table_name} BEGIN {refuse} END",
        f"DROP TRIGGER IF EXISTS {table_name}_delete",
        f"CREATE TRIGGER {table_name}_delete BEFORE DELETE ON {table_name} BEGIN {refuse} END",
        f"DROP TRIGGER IF EXISTS {table_name}_replace",
        *_replace_guards(table_name, refuse),
    ]


def _replace_guards(table_name: str, refuse: str) -> list[str]:
    """INSERT OR REPLACE deletes without asking the delete trigger where recursive_triggers is off."""
    table = Base.metadata.tables[table_name]
    keys = [list(table.primary_key.columns.keys())]
    keys += [
        list(constraint.columns.keys())
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    ]
    same = " OR ".join("(" + " AND ".join(f"{name} = NEW.{name}" for name in key) + ")" for key in keys)
    return [
        f"CREATE TRIGGER {table_name}_replace BEFORE INSERT ON {table_name}"
        f" WHEN EXISTS (SELECT 1 FROM {table_name} WHERE {same}) BEGIN {refuse} END"
    ]


REFUSE_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only: post a correction instead';
END $$
"""
