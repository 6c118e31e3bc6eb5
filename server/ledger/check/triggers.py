"""Searches for ledgers that the database would let somebody change: triggers that are gone or off."""

from collections.abc import Iterator

import sqlalchemy as sa

from server.ledger.check.findings import Difference
from server.ledger.immutability import REFUSE_FUNCTION, trigger_statements
from server.ledger.tables import ENGINE_COLUMNS


def missing_triggers(connection: sa.Connection) -> Iterator[Difference]:
    """Triggers that are not exactly as they were created."""
    is_postgresql = connection.dialect.name == "postgresql"
    present = _on_postgresql(connection) if is_postgresql else _on_sqlite(connection)
    for table_name in ENGINE_COLUMNS:
        for statement in trigger_statements(connection.dialect.name, table_name):
            if not statement.startswith("CREATE TRIGGER "):
                continue
            name = statement.split()[2]
            found = present.get(name)
            expected = _normal(statement) if not is_postgresql else "enabled"
            if found != expected:
                yield Difference(f"trigger {name} on {table_name}", expected, found or "nothing")
    if is_postgresql:
        yield from _changed_function(connection)


def _on_sqlite(connection: sa.Connection) -> dict[str, str]:
    rows = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    return {name: _normal(statement) for name, statement in rows}


def _on_postgresql(connection: sa.Connection) -> dict[str, str]:
    """How each trigger of a ledger stands: enabled, or what it is instead."""
    rows = connection.execute(
        sa.text(
            "SELECT t.tgname, t.tgenabled, t.tgtype, p.proname FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE NOT t.tgisinternal AND c.relname = ANY(:ledgers)"
            " AND c.relnamespace = current_schema()::regnamespace"
        ),
        {"ledgers": list(ENGINE_COLUMNS)},
    )
    return {
        row.tgname: "enabled" if _is_in_force(row) else f"state {row.tgenabled}, {row.proname}"
        for row in rows
    }


def _is_in_force(row: sa.Row[tuple[object, ...]]) -> bool:
    # O: fires in ordinary sessions; A: always.
    return row.tgenabled in ("O", "A") and row.proname == "refuse_ledger_change"


def _changed_function(connection: sa.Connection) -> Iterator[Difference]:
    source = connection.scalar(
        sa.text(
            "SELECT prosrc FROM pg_proc WHERE proname = 'refuse_ledger_change'"
            " AND pronamespace = current_schema()::regnamespace"
        )
    )
    expected = REFUSE_FUNCTION.split("$$")[1]
    if source is None or _normal(source) != _normal(expected):
        yield Difference("function refuse_ledger_change", _normal(expected), _normal(source or "nothing"))


def _normal(statement: str) -> str:
    return " ".join(statement.split())
