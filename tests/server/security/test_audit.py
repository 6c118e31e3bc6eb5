"""The audit trail cannot be rewritten, by nobody who speaks SQL."""

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.security.audit import Actor, changed_fields, record_audit
from server.security.tables import Audit
from tests.server.security.conftest import Clock


def written(app: Flask, clock: Clock) -> None:
    with app.app_context():
        write(
            lambda c: record_audit(
                c,
                "item_changed",
                at=clock(),
                actor=Actor(person_id="P001", address="192.0.2.7"),
                subject=("item", "85123A"),
                old={"description": "Holder"},
                new={"description": "Hanging holder"},
                note="as on the box",
            )
        )


def test_a_row_says_who_did_what_to_what_and_when(app: Flask, clock: Clock) -> None:
    written(app, clock)

    with app.app_context():
        row = db.session.execute(sa.select(Audit.__table__)).one()
    assert (row.at, row.event, row.person_id, row.address) == (
        clock(),
        "item_changed",
        "P001",
        "192.0.2.7",
    )
    assert (row.subject, row.subject_key, row.note) == ("item", "85123A", "as on the box")
    assert json.loads(row.old) == {"description": "Holder"}
    assert json.loads(row.new) == {"description": "Hanging holder"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET person_id = 'P002'",
        "UPDATE audit SET note = ''",
        "UPDATE audit SET audit_no = 99",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE audit_no = 1",
    ],
)
def test_a_row_can_be_neither_changed_nor_deleted(app: Flask, clock: Clock, statement: str) -> None:
    written(app, clock)

    with app.app_context(), pytest.raises(sa.exc.DBAPIError, match="append-only"):
        write(lambda c: c.execute(sa.text(statement)))
    with app.app_context():
        row = db.session.execute(sa.select(Audit.person_id, Audit.note)).one()
    assert row == ("P001", "as on the box")


def test_a_row_cannot_be_replaced_on_sqlite(sqlite_url: str) -> None:
    engine = sa.create_engine(sqlite_url)
    columns = "audit_no, at, event, person_id, device_id, address, subject, subject_key, old, new, note"
    insert = f"INTO audit ({columns})"
    values = "VALUES (1, '2011-12-06 14:00:00', 'x', '{}', '', '', '', '', '', '', '')"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT {insert} {values.format('P001')}")

    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
        connection.exec_driver_sql(f"INSERT OR REPLACE {insert} {values.format('P002')}")

    engine.dispose()


def test_the_whole_trail_cannot_be_emptied_on_postgresql(postgresql_url: str) -> None:
    engine = sa.create_engine(postgresql_url)

    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
        connection.exec_driver_sql("TRUNCATE audit")

    engine.dispose()


def test_only_the_fields_that_differ_are_kept() -> None:
    old, new = changed_fields({"name": "a", "role": "worker"}, {"name": "b", "role": "worker"})

    assert (old, new) == ({"name": "a"}, {"name": "b"})
