"""A cursor counts only on the history on which it was given; any other leads back to the beginning."""

from typing import Any

import pytest
import sqlalchemy as sa

from server.database import db, write
from server.feed.cursor import Position, Rebootstrap, cursor_text, read_cursor
from server.feed.pruning import prune
from server.feed.reading import config, read_page
from server.feed.tables import Feed, FeedDirty, FeedHead, FeedMark
from server.masterdata.tables import InventorySetup
from tests.server.feed.company import SITE, Reader, put_reason, put_stock, remove_reason, true_state
from tests.server.feed.conftest import Clock

pytestmark = pytest.mark.usefixtures("company")
FEED_TABLES = (Feed, FeedHead, FeedMark, FeedDirty)


def cursor_after(*codes: str) -> str:
    """The cursor of a reader at head after these reasons were made, each numbered in a run of its own."""
    reader = Reader("ref")
    for code in codes:
        put_reason(code, "made")
        reader.read()
    return reader.cursors[-1]


def test_equal_positions_have_equal_cursors_and_read_back() -> None:
    position = Position(scope="site:É", server_epoch="e", seq=7, started_at=3, head=9, tag="0123456789abcdef")

    cursor = cursor_text(position, "key")

    assert read_cursor(cursor, "key") == position
    assert cursor == cursor_text(position, "key")
    assert len(cursor) <= 600


def test_a_cursor_that_was_tampered_with_is_refused() -> None:
    cursor = cursor_after("A", "B")
    spoilt = [cursor[:-1], "A" + cursor[1:], cursor[:-3] + "AAA", cursor + "AAAA", "not a cursor", "é", "A"]

    for each in spoilt:
        with pytest.raises(Rebootstrap):
            read_page("ref", each)


def test_a_cursor_signed_with_another_key_is_refused() -> None:
    position = read_cursor(cursor_after("A"), config().secret_key)

    with pytest.raises(Rebootstrap, match="not signed"):
        read_page("ref", cursor_text(position, "another key"))


def test_a_cursor_of_another_scope_is_refused() -> None:
    put_stock("A-01", "I1", 1)

    with pytest.raises(Rebootstrap, match="for ref"):
        read_page(SITE, cursor_after("A"))


def test_a_cursor_of_another_server_epoch_is_refused() -> None:
    cursor = cursor_after("A")
    write(lambda connection: connection.execute(sa.update(InventorySetup).values(server_epoch="epoch-2")))

    with pytest.raises(Rebootstrap, match="restored"):
        read_page("ref", cursor)


def test_a_cursor_above_the_head_of_a_server_that_went_back_is_refused() -> None:
    cursor_after("A")
    kept = saved()
    cursor = cursor_after("B", "C")
    restore(kept)

    with pytest.raises(Rebootstrap, match="history"):
        read_page("ref", cursor)


def test_a_cursor_is_refused_by_a_server_that_went_back_and_grew_past_it() -> None:
    cursor_after("A")
    kept = saved()
    cursor = cursor_after("B", "C")
    restore(kept)
    cursor_after("D", "E", "F", "G")

    with pytest.raises(Rebootstrap, match="history"):
        read_page("ref", cursor)


def test_a_cursor_from_the_middle_of_a_run_that_was_undone_is_refused() -> None:
    # The newest mark at or below this cursor's number is in both histories; the rows after it are not.
    cursor = cursor_after("A")
    kept = saved()
    put_reason("B", "made")
    put_reason("C", "made")
    page = read_page("ref", cursor, limit=1)
    restore(kept)
    put_reason("D", "made")
    put_reason("E", "made")

    assert page.rows[0].seq == 2
    assert read_page("ref", cursor).head == 3
    with pytest.raises(Rebootstrap, match="history"):
        read_page("ref", page.cursor)


def test_a_cursor_from_before_a_restore_to_its_very_state_still_counts() -> None:
    cursor = cursor_after("A", "B")
    kept = saved()
    cursor_after("C")
    restore(kept)
    put_reason("D", "made")

    page = read_page("ref", cursor)

    assert [row.ekey for row in page.rows] == ["D"]


def test_no_cursor_always_starts_from_the_beginning(clock: Clock) -> None:
    cursor_after("A", "B")
    clock.move(days=100)
    prune(clock.now)

    page = read_page("ref")

    assert [row.ekey for row in page.rows] == ["A", "B"]


def test_tombstones_stay_for_90_days(clock: Clock) -> None:
    reader = Reader("ref")
    put_reason("A", "made")
    put_reason("B", "made")
    reader.read()
    remove_reason("A")
    read_page("ref")
    clock.move(days=89)
    put_reason("B", "changed")
    read_page("ref")

    prune(clock.now)
    reader.read()

    assert reader.copy == true_state("ref")
    assert [ekey for _, ekey in reader.copy] == ["B"]


def test_a_reader_that_was_away_for_longer_than_tombstones_stay_starts_again(clock: Clock) -> None:
    reader = Reader("ref")
    put_reason("A", "made")
    reader.read()
    remove_reason("A")
    read_page("ref")
    clock.move(days=91)

    assert prune(clock.now) == 1
    with pytest.raises(Rebootstrap, match="away"):
        reader.read()

    assert tombstones() == 0


def test_a_reader_at_head_may_be_away_for_ever_if_nothing_changes(clock: Clock) -> None:
    reader = Reader("ref")
    put_reason("A", "made")
    put_reason("B", "made")
    reader.read()
    remove_reason("A")
    reader.read()
    clock.move(days=400)

    assert prune(clock.now) == 1
    assert prune(clock.now) == 0
    page = reader.read()
    put_reason("C", "made")
    reader.read()

    assert (page.rows, page.head) == ((), 3)
    assert reader.copy == true_state("ref")


def test_a_bootstrap_goes_on_when_tombstones_go_meanwhile(clock: Clock) -> None:
    for code in "ABCDEF":
        put_reason(code, "made")
    remove_reason("F")
    read_page("ref")
    clock.move(days=91)
    reader = Reader("ref")
    reader.read(limit=2)

    prune(clock.now)
    remove_reason("A")
    reader.read_to_head(limit=2)

    assert reader.copy == true_state("ref")
    assert sorted(ekey for _, ekey in reader.copy) == ["B", "C", "D", "E"]


def test_a_reader_between_two_pages_starts_again_when_its_tombstones_go(clock: Clock) -> None:
    reader = Reader("ref")
    put_reason("GONE", "made")
    reader.read()
    for code in "ABC":
        put_reason(code, "made")
    remove_reason("GONE")
    read_page("ref")
    reader.read(limit=1)
    clock.move(days=91)

    prune(clock.now)

    with pytest.raises(Rebootstrap, match="away"):
        reader.read()


def saved() -> dict[Any, list[dict[str, Any]]]:
    """The feed's tables, as a backup holds them."""
    with db.engine.connect() as connection:
        return {
            table: [dict(row._mapping) for row in connection.execute(sa.select(table.__table__))]
            for table in FEED_TABLES
        }


def restore(kept: dict[Any, list[dict[str, Any]]]) -> None:
    """Let the feed go back in time, without the new server epoch that our restore command gives."""

    def put_back(connection: sa.Connection) -> None:
        for table in FEED_TABLES:
            connection.execute(sa.delete(table))
            if kept[table]:
                connection.execute(sa.insert(table), kept[table])

    write(put_back)


def tombstones() -> int:
    """How many there are."""
    with db.engine.connect() as connection:
        return connection.execute(
            sa.select(sa.func.count()).select_from(Feed).where(Feed.op == "d")
        ).scalar_one()
