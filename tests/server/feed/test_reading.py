"""A reader's copy is the server's state, whatever happened between its pages."""

import pytest
import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.feed.sequencer import sequence
from server.feed.tables import Feed, FeedDirty, FeedMark
from tests.server.feed.company import (
    SITE,
    Reader,
    counts_of_copy,
    keys_of,
    mark,
    put_reason,
    put_stock,
    remove_reason,
    true_state,
)

pytestmark = pytest.mark.usefixtures("company")


def test_a_reader_sees_what_was_committed_before_it_asked() -> None:
    put_reason("DAMAGE", "Damaged")
    reader = Reader("ref")

    page = reader.read()

    assert keys_of(page.rows) == [("u", "reason", "DAMAGE")]
    assert (page.head, page.more) == (1, False)
    assert reader.copy["reason", "DAMAGE"]["description"] == "Damaged"


def test_many_changes_of_one_entity_are_one_row() -> None:
    for number in range(20):
        put_reason("DAMAGE", f"Damaged {number}")
    reader = Reader("ref")

    page = reader.read()

    assert page.head == 1
    assert reader.copy == {("reason", "DAMAGE"): {"code": "DAMAGE", "description": "Damaged 19"}}
    assert rows_of(FeedDirty) == 0


def test_an_entity_that_changes_again_moves_on_to_a_new_number() -> None:
    put_reason("DAMAGE", "Damaged")
    put_reason("LOSS", "Lost")
    reader = Reader("ref")
    reader.read()
    put_reason("DAMAGE", "Broken")

    page = reader.read()

    assert [(row.ekey, row.seq) for row in page.rows] == [("DAMAGE", 3)]
    assert rows_of(Feed) == 2


def test_a_mark_without_a_change_gets_no_number() -> None:
    put_reason("DAMAGE", "Damaged")
    reader = Reader("ref")
    reader.read()
    mark(("ref", "reason", "DAMAGE"), ("ref", "reason", "NEVER-THERE"))

    page = reader.read()

    assert (keys_of(page.rows), page.head) == ([], 1)
    assert (rows_of(FeedDirty), rows_of(FeedMark)) == (0, 1)


def test_a_removed_entity_becomes_a_tombstone_and_may_come_back() -> None:
    put_reason("DAMAGE", "Damaged")
    reader = Reader("ref")
    reader.read()

    remove_reason("DAMAGE")
    gone = reader.read()
    put_reason("DAMAGE", "Damaged")
    back = reader.read()

    assert keys_of(gone.rows) == [("d", "reason", "DAMAGE")]
    assert gone.rows[0].document is None
    assert gone.counts == {}
    assert keys_of(back.rows) == [("u", "reason", "DAMAGE")]


def test_a_bin_that_is_emptied_becomes_a_tombstone() -> None:
    put_stock("A-01", "I1", 5)
    reader = Reader(SITE)
    reader.read()
    put_stock("A-01", "I1", 0)

    page = reader.read()

    assert keys_of(page.rows) == [("d", "stock", "A-01\x1fI1\x1f\x1f\x1f")]
    assert reader.copy == {}


def test_scopes_have_numbers_and_rows_of_their_own() -> None:
    put_reason("DAMAGE", "Damaged")
    put_stock("A-01", "I1", 5)
    put_stock("B-01", "I1", 7, location="OTHER")

    copies = {scope: Reader(scope) for scope in ("ref", SITE, "site:OTHER", "dev:D1")}
    heads = {scope: reader.read().head for scope, reader in copies.items()}

    assert heads == {"ref": 1, SITE: 1, "site:OTHER": 1, "dev:D1": 0}
    assert [document["bin_code"] for document in copies["site:OTHER"].copy.values()] == ["B-01"]
    assert copies["dev:D1"].copy == {}


def test_pages_of_a_bootstrap_miss_nothing_that_changes_meanwhile() -> None:
    for number in range(10):
        put_reason(f"R{number}", "first")
    reader = Reader("ref")
    reader.read(limit=4)

    put_reason("R1", "read already, changed since")
    put_reason("R9", "not read yet, changed since")
    remove_reason("R5")
    page = reader.read_to_head(limit=4)

    assert reader.copy == true_state("ref")
    assert page.counts == counts_of_copy(reader.copy)


def test_the_check_of_a_page_at_head_is_that_of_a_true_copy() -> None:
    put_reason("DAMAGE", "Endommagé – “cassé”")
    put_reason("LOSS", "Lost")
    reader = Reader("ref")

    page = reader.read()
    spoilt = {**reader.copy, ("reason", "LOSS"): {"code": "LOSS", "description": "Other"}}

    assert page.counts == counts_of_copy(reader.copy)
    assert page.counts != counts_of_copy(spoilt)


def test_a_page_that_does_not_reach_the_head_has_no_check() -> None:
    put_reason("DAMAGE", "Damaged")
    put_reason("LOSS", "Lost")

    page = Reader("ref").read(limit=1)

    assert (page.more, page.counts) == (True, None)


def test_a_reader_at_head_keeps_its_cursor() -> None:
    put_reason("DAMAGE", "Damaged")
    reader = Reader("ref")

    cursors = [reader.read().cursor, reader.read().cursor, reader.read().cursor]

    assert len(set(cursors)) == 1


def test_a_reader_comes_again_for_what_one_request_did_not_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.feed.sequencer.sequence", lambda scope: sequence(scope, limit=3))
    for number in range(40):
        put_reason(f"R{number:02d}", "first")
    reader = Reader("ref")

    pages = [reader.read()]
    while pages[-1].more:
        pages.append(reader.read())

    assert [len(page.rows) for page in pages] == [15, 15, 10]
    assert reader.copy == true_state("ref")


def test_a_run_takes_the_oldest_marks_and_leaves_the_rest(company: Flask) -> None:
    for number in range(5):
        put_reason(f"R{number}", "first")

    assert [sequence("ref", limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_mark_that_no_scope_holds_is_refused_where_it_is_made() -> None:
    with pytest.raises(AssertionError, match="ref holds no stock"):
        mark(("ref", "stock", "A-01"))

    assert rows_of(FeedDirty) == 0


def rows_of(table: type) -> int:
    """How many rows a table has."""
    with db.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
