"""The audit trail: every sign-in, change of people and devices, enrolment, revocation and decision, for good.

A row is written in the transaction that makes the change, so it exists exactly if the change does. Rows
cannot be changed or deleted (triggers on both databases). Secrets never stand in it: only that one was set.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from server.security.tables import Audit


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something: a person, a device or the command line (all empty)."""

    person_id: str = ""
    device_id: str = ""
    address: str = ""


# What the migrations protect besides the ledgers.
APPEND_ONLY = ("audit", "inbox_decision")
NOBODY = Actor()
COMMAND_LINE = Actor(address="command line")


def record_audit(
    connection: sa.Connection,
    event: str,
    *,
    at: datetime,
    actor: Actor = NOBODY,
    subject: tuple[str, str] = ("", ""),
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
    note: str = "",
    event_id: str | None = None,
) -> None:
    """Write one row. `subject` is a table and a key; `old` and `new` hold the changed fields only."""
    connection.execute(
        sa.insert(Audit).values(
            at=at,
            event=event,
            person_id=actor.person_id,
            device_id=actor.device_id,
            address=actor.address[:100],
            subject=subject[0],
            subject_key=subject[1][:200],
            old=_fields(old),
            new=_fields(new),
            note=note[:500],
            event_id=event_id,
        )
    )


def changed_fields(
    old: Mapping[str, object], new: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """Of two versions of a row the fields that differ, before and after."""
    names = [name for name in new if old.get(name) != new[name]]
    return {name: old.get(name) for name in names}, {name: new[name] for name in names}


def _fields(fields: Mapping[str, object] | None) -> str:
    return json.dumps(fields, default=str, ensure_ascii=False, sort_keys=True) if fields else ""
