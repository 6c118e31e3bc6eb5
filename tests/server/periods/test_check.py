"""I15: nothing dated in a closed period was posted after its closing."""

from datetime import date

import sqlalchemy as sa
from flask import Flask

from server.database import db, write
from server.ledger import periods as books
from server.ledger.check.findings import rows_of
from server.ledger.check.periods import ENTRIES_AFTER_CLOSING, VALUES_AFTER_CLOSING
from tests.server.periods.books import FEBRUARY, JANUARY, NOW, post_by_hand

SEARCHES = (rows_of(ENTRIES_AFTER_CLOSING), rows_of(VALUES_AFTER_CLOSING))


def found() -> list[str]:
    connection = db.session.connection()
    rows = [row for search in SEARCHES for row in search(connection)]
    db.session.rollback()
    return [f"{row.where}: {row.found} > {row.expected}" for row in rows]


def close(ending: date) -> None:
    def work(connection: sa.Connection) -> None:
        books.create_period(connection, ending)
        books.close_period(connection, ending, user_id="", now=NOW)

    write(work)


def test_what_was_there_before_the_closing_is_sound(warehouse: Flask) -> None:
    post_by_hand(1, "GLOBE", 2, date(2026, 1, 10))
    close(JANUARY)
    post_by_hand(2, "GLOBE", 2, date(2026, 2, 1))

    assert found() == []


def test_an_entry_and_its_value_in_a_closed_period_are_found(warehouse: Flask) -> None:
    close(JANUARY)
    post_by_hand(2, "GLOBE", 2, JANUARY)

    assert found() == [
        "ledger item_ledger_entry, entry 2, posting_date 2026-01-31, closed 2026-01-31: 2 > 0",
        "ledger value_entry, entry 2, posting_date 2026-01-31, closed 2026-01-31: 2 > 0",
    ]


def test_each_period_has_its_own_closing(warehouse: Flask) -> None:
    post_by_hand(1, "GLOBE", 2, date(2026, 1, 10))
    close(JANUARY)
    post_by_hand(2, "GLOBE", 2, date(2026, 2, 10))
    close(FEBRUARY)
    assert found() == []

    post_by_hand(3, "GLOBE", 2, date(2026, 1, 20))

    assert [row.split(", ")[1:] for row in found()] == [
        ["entry 3", "posting_date 2026-01-20", "closed 2026-01-31: 3 > 1"]
    ] * 2


def test_what_was_posted_while_a_period_was_open_again_is_sound(warehouse: Flask) -> None:
    close(JANUARY)
    write(lambda connection: books.reopen_period(connection, JANUARY, user_id="", now=NOW))
    post_by_hand(1, "GLOBE", 2, JANUARY)
    assert found() == []

    write(lambda connection: books.close_period(connection, JANUARY, user_id="", now=NOW))

    assert found() == []
