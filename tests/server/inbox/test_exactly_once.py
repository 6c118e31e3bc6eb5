"""The promises of the push: stored first, posted once, answered for ever, in order, gaps visible."""

import base64
import gzip
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server import registries
from server.database import db
from server.inbox import posting
from server.inbox.api import CutOff, UnreadableEnvelope, read_envelope, unpack
from server.inbox.decisions import NotWaiting, post_again, refuse
from server.inbox.posting import post_due
from server.inbox.tables import DeviceGap, InboxTransaction
from shared import ids
from shared.wire.envelopes import LARGEST_BODY
from shared.wire.transactions import hash_record
from tests.support.warehouse import MORNING, Source, bins, ledger_count, line, move_line


def stored() -> list[tuple[object, ...]]:
    """(seq, status, code) of every inbox row."""
    inbox = InboxTransaction.__table__
    rows = db.session.execute(sa.select(inbox.c.seq, inbox.c.status, inbox.c.code).order_by(inbox.c.inbox_no))
    return [tuple(row) for row in rows]


def test_replay_gives_the_stored_outcome_and_posts_nothing(handheld: Source) -> None:
    record = handheld.make("receive", line("GLOBE", 5, "A1"))
    first = handheld.push(record).results
    for _ in range(3):
        assert handheld.push(record).results == first

    assert ledger_count() == 1


def test_same_record_twice_in_one_push_posts_once(handheld: Source) -> None:
    record = handheld.make("receive", line("GLOBE", 5, "A1"))

    results = handheld.push(record, record).results

    assert [result.status for result in results] == ["posted", "posted"]
    assert ledger_count() == 1


def test_refused_is_sticky_under_its_id(handheld: Source) -> None:
    record = handheld.make("receive", line("GLOBE", 5, "SHUT"))
    first = handheld.push(record).results[0]

    assert first.status == "refused"
    assert handheld.push(record).results[0] == first


def test_same_id_with_other_content_is_a_mismatch_and_changes_nothing(handheld: Source) -> None:
    record = handheld.make("receive", line("GLOBE", 5, "A1"))
    handheld.push(record)
    other = json.loads(json.dumps(record))
    other["body"]["lines"][0] |= {"quantity": "6", "quantity_base": "6"}
    other["hash"] = hash_record(other)

    assert handheld.push(other).results[0].status == "mismatch"
    assert bins() == {"A1": Decimal(5)}


def test_other_id_at_a_number_that_is_taken_is_a_fork_and_is_not_stored(handheld: Source) -> None:
    handheld.send("receive", line("GLOBE", 5, "A1"))
    clone = Source("handheld")
    forked = clone.make("receive", line("GLOBE", 7, "A1"), transaction_id=ids.uuid7(1, 1))

    assert clone.push(forked).results[0].status == "fork"
    assert stored() == [(1, "posted", "")]


def test_one_push_posts_in_the_order_of_the_device(handheld: Source) -> None:
    receive = handheld.make("receive", line("GLOBE", 5, "DOCK"))
    put_away = handheld.make("put_away", move_line("GLOBE", 5, "DOCK", "A1"))
    pick = handheld.make("pick", line("GLOBE", 5, "A1"))

    # Sent in a muddle, as a batch that was halved and retried might be.
    results = handheld.push(pick, receive, put_away).results

    assert [result.status for result in results] == ["posted"] * 3
    assert bins() == {}


def test_gap_is_answered_shown_and_closed_when_it_arrives(handheld: Source) -> None:
    records = [handheld.make("receive", line("GLOBE", 1, "A1")) for _ in range(5)]

    first = handheld.push(records[0], records[4], queue_depth=3)
    assert (first.durable_through, first.gaps) == (1, ((2, 4),))
    second = handheld.push(records[2], queue_depth=2)
    assert (second.durable_through, second.gaps) == (1, ((2, 2), (4, 4)))
    third = handheld.push(records[1], records[3])
    assert (third.durable_through, third.gaps) == (5, ())
    assert [status for _, status, _ in stored()] == ["posted"] * 5


def test_gap_is_lost_once_the_device_has_nothing_left_to_send(handheld: Source) -> None:
    records = [handheld.make("receive", line("GLOBE", 1, "A1")) for _ in range(4)]
    handheld.push(records[0], records[3], queue_depth=2)
    assert gaps() == [(2, 3, False)]

    handheld.push(queue_depth=0)

    assert gaps() == [(2, 3, True)]


def gaps() -> list[tuple[object, ...]]:
    """(from, to, lost) of every gap."""
    rows = db.session.execute(sa.select(DeviceGap.from_seq, DeviceGap.to_seq, DeviceGap.is_lost))
    return [tuple(row) for row in rows]


def test_transaction_waits_for_the_one_it_names_on_another_device(warehouse: Flask) -> None:
    first, second = Source("handheld"), Source("import")
    receive = first.make("receive", line("GLOBE", 5, "A1"))
    pick = second.make("pick", line("GLOBE", 5, "A1"), after=(receive["transaction_id"],))

    waiting = second.push(pick).results[0]
    first.push(receive)

    assert (waiting.status, waiting.code) == ("waiting", "predecessor_open")
    assert second.push(pick).results[0].status == "posted"
    assert bins() == {}


def test_transaction_after_a_refused_one_is_parked(handheld: Source) -> None:
    receive = handheld.make("receive", line("GLOBE", 5, "SHUT"))
    pick = handheld.make("pick", line("GLOBE", 5, "A1"), after=(receive["transaction_id"],))

    results = handheld.push(receive, pick).results

    assert [(each.status, each.code) for each in results] == [
        ("refused", "bin_blocked"),
        ("parked", "depends_on_refused"),
    ]


HOSTILE = {
    "not a number": float("nan"),
    "too large for any number": float("inf"),
    "forty digits": "1" * 40,
    "an exponent": "1e3",
    "a JSON number": 5,
    "an underscore": "1_0",
    "nothing": None,
    "a list": [[[[[[[[[["deep"]]]]]]]]]],
    "a NUL": "5\0",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_unreadable_item_is_kept_with_a_pointer_and_spoils_no_other(handheld: Source, name: str) -> None:
    bad = handheld.make("receive", line("GLOBE", 5, "A1"))
    bad["body"]["lines"][0]["quantity"] = HOSTILE[name]
    good = handheld.make("receive", line("GLOBE", 5, "A1"))

    results = handheld.push(bad, good).results

    assert [result.status for result in results] == ["parked", "posted"]
    assert results[0].code == "unreadable"
    raw = (
        db.session.execute(sa.select(InboxTransaction.raw).order_by(InboxTransaction.inbox_no))
        .scalars()
        .first()
    )
    assert '"GLOBE"' in str(raw)
    assert handheld.push(bad).results[0] == results[0]


def test_pointer_leads_to_the_fault(handheld: Source) -> None:
    bad = handheld.make("receive", line("GLOBE", 5, "A1"), line("GLOBE", 5, "A1"))
    bad["body"]["lines"][1]["quantity"] = "five"
    bad["hash"] = hash_record(bad)
    naive = handheld.make("receive", line("GLOBE", 5, "A1"))
    naive["occurred_wall"] = "2026-03-02T08:00:00"
    naive["hash"] = hash_record(naive)
    unknown_unit = handheld.make("receive", line("GLOBE", 5, "A1", unit_of_measure_code="TON"))

    hints = [result.hint.split(":")[0] for result in handheld.push(bad, naive, unknown_unit).results]

    assert hints == ["/body/lines/1/quantity", "/occurred_wall", "/body/lines/0/unit_of_measure_code"]


def test_record_that_was_changed_on_its_way_is_unreadable(handheld: Source) -> None:
    record = handheld.make("receive", line("GLOBE", 5, "A1"))
    record["location_code"] = "YARD"

    outcome = handheld.push(record).results[0]

    assert (outcome.code, outcome.hint.split(":")[0]) == ("unreadable", "/hash")
    assert ledger_count() == 0


def test_bug_in_one_transaction_parks_it_after_five_tries_and_holds_up_no_other(
    warehouse: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [MORNING]
    monkeypatch.setattr(posting, "_now", lambda: clock[0])
    poster = registries.TRANSACTIONS["pick"]

    def stumble(body: Any, circumstances: Any) -> Any:
        if body.document_no == "POISON":
            raise ZeroDivisionError
        return poster(body, circumstances)

    warehouse.extensions["scanledger_transactions"] = {**registries.TRANSACTIONS, "pick": stumble}
    handheld = Source("handheld")
    receive = handheld.make("receive", line("GLOBE", 5, "A1"))
    poison = handheld.make("pick", line("GLOBE", 1, "A1"), body_document_no="POISON")
    pick = handheld.make("pick", line("GLOBE", 2, "A1"))

    assert [each.status for each in handheld.push(receive, poison, pick).results] == [
        "posted",
        "received",
        "posted",
    ]
    for _ in range(4):
        assert stored()[1][1] == "received"
        clock[0] += timedelta(minutes=10)
        post_due()

    assert stored()[1][1:] == ("parked", "server_error")
    assert bins() == {"A1": Decimal(3)}


def test_revoked_device_leaves_its_queue_in_quarantine_until_someone_releases_it(warehouse: Flask) -> None:
    revoked = Source("handheld", revoked_at=MORNING)
    outcome = revoked.send("receive", line("GLOBE", 5, "A1"))
    assert (outcome.status, ledger_count()) == ("quarantined", 0)

    released = post_again(outcome.transaction_id, "sara")

    assert (released.status, released.rev, ledger_count()) == ("posted", 3, 1)


def test_parked_pick_posts_when_someone_tries_again_after_the_books_caught_up(handheld: Source) -> None:
    pick = handheld.send("pick", line("GLOBE", 5, "A1"))
    assert post_again(pick.transaction_id, "sara").code == "insufficient_at_bin"
    handheld.send("receive", line("GLOBE", 5, "A1"))

    posted = post_again(pick.transaction_id, "sara")

    assert (posted.status, posted.decided_by, bins()) == ("posted", "sara", {})
    with pytest.raises(NotWaiting):
        post_again(pick.transaction_id, "sara")


def test_approval_waves_its_one_reason_through_and_refusal_is_final(handheld: Source) -> None:
    handheld.send("receive", line("GLOBE", 60, "A1"))
    lost = handheld.send("adjust", line("GLOBE", -51, "A1"), body_reason_code="LOST")
    more = handheld.send("adjust", line("GLOBE", -52, "A1"), body_reason_code="LOST")

    approved = post_again(lost.transaction_id, "sara")
    refused = refuse(more.transaction_id, "sara", "found behind the rack")

    assert (approved.status, bins()) == ("posted", {"A1": Decimal(9)})
    assert (refused.status, refused.code, refused.hint) == ("refused", "decided", "found behind the rack")


def test_decision_about_a_state_that_has_moved_on_is_not_taken(handheld: Source) -> None:
    pick = handheld.send("pick", line("GLOBE", 5, "A1"))
    handheld.send("receive", line("GLOBE", 5, "A1"))

    with pytest.raises(NotWaiting):
        post_again(pick.transaction_id, "sara", rev=pick.rev + 1)
    assert post_again(pick.transaction_id, "sara", rev=pick.rev).status == "posted"


def test_worker_blocked_later_was_right_then(warehouse: Flask) -> None:
    from server.database import write
    from server.security.tables import Person

    blocked_at = MORNING + timedelta(hours=1)
    write(lambda connection: connection.execute(sa.update(Person).values(blocked_at=blocked_at)))
    before = Source("handheld").send("receive", line("GLOBE", 1, "A1"))
    late = Source("handheld", seq=1, now=MORNING + timedelta(hours=2))

    after = late.send("receive", line("GLOBE", 1, "A1"))

    assert (before.status, after.code) == ("posted", "worker_blocked")


def test_wrapped_item_that_is_well_made_after_all_is_taken_as_itself(handheld: Source) -> None:
    record = handheld.make("receive", line("GLOBE", 5, "A1"))
    wrapped = {name: record[name] for name in ("transaction_id", "device_id", "epoch", "seq")} | {
        "kind": "raw",
        "location_code": "",
        "body": {"base64": base64.b64encode(json.dumps(record).encode()).decode()},
    }
    wrapped["hash"] = hash_record(wrapped)

    assert handheld.push(wrapped).results[0].status == "posted"
    assert handheld.push(record).results[0].status == "posted"
    assert ledger_count() == 1


def test_wrapped_item_that_is_not_stays_unreadable(handheld: Source) -> None:
    record = handheld.make("receive", line("GLOBE", 5, "A1"))
    wrapped = record | {"kind": "raw", "body": {"base64": base64.b64encode(b"{[").decode()}}
    wrapped["hash"] = hash_record(wrapped)

    outcome = handheld.push(wrapped).results[0]

    assert (outcome.status, outcome.code) == ("parked", "unreadable")


def test_body_that_was_cut_off_is_told_from_one_that_cannot_be_read() -> None:
    body = gzip.compress(b'{"protocol": 1}')

    with pytest.raises(CutOff):
        unpack(body[:-3], "gzip")
    with pytest.raises(CutOff):
        unpack(body[:-6] + b"\0" * 6, "gzip")
    with pytest.raises(UnreadableEnvelope):
        read_envelope(unpack(body, "gzip"))
    with pytest.raises(UnreadableEnvelope):
        unpack(gzip.compress(b" " * (LARGEST_BODY + 1)), "gzip")
