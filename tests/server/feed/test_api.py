"""The feed over HTTP: who may read what, what is not sent twice, and how long a request may wait."""

import gzip
import json
import threading
import time
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.database import write
from server.feed import api, snapshots, waiting
from server.feed.snapshots import make_snapshot
from server.inbox.tables import InboxTransaction
from server.security.devices import give_token
from server.security.tables import Device
from tests.server.feed.company import SITE, put_reason, put_stock
from tests.server.feed.conftest import Clock

IDS = [f"01890000-0000-7000-8000-00000000000{number}" for number in range(3)]


class Handheld:
    """A device with a token, asking over HTTP."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **headers: str) -> TestResponse:
        """One request, with header names spelled with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.get(f"/sync/v1/{path}", headers={**self._headers, **named}, buffered=True)


@pytest.fixture
def handheld(company: Flask, clock: Clock) -> Handheld:
    """Device D1 at location MAIN."""
    return enrol(company, clock, "D1", "MAIN")


def enrol(app: Flask, clock: Clock, device_id: str, location_code: str) -> Handheld:
    """A device with a fresh token."""
    write(
        lambda connection: connection.execute(
            sa.insert(Device).values(
                device_id=device_id,
                kind="handheld",
                location_code=location_code,
                secret_hash="s" * 64,
                enrolled_at=clock.now,
            )
        )
    )
    return Handheld(app.test_client(), give_token(device_id, 1, "s" * 64, clock.now))


def content_of(answer: TestResponse) -> dict[str, Any]:
    """The JSON of an answer that went well."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    body = answer.data
    if answer.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    content: dict[str, Any] = json.loads(body)
    return content


def problem_of(answer: TestResponse) -> tuple[int, str]:
    """Status and code of a refusal."""
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, json.loads(answer.data)["code"]


def test_anybody_may_ask_what_the_server_speaks(company: Flask) -> None:
    hello = content_of(company.test_client().get("/sync/v1/hello"))

    assert hello["protocols"] == [1]
    assert hello["kinds"]["receive"] == [1]
    assert hello["server_epoch"] == "epoch-1"
    assert hello["server_time"] == "2026-03-02T08:00:00Z"
    assert (hello["min_app_pull"], hello["min_app_push"]) == ("1", "0")


def test_nobody_reads_without_a_token(company: Flask) -> None:
    for path in ("feed?scope=ref", "snapshot?scope=ref", "snapshot/0123", "outcomes?ids="):
        assert problem_of(company.test_client().get(f"/sync/v1/{path}")) == (401, "token_missing")


def test_a_page_of_the_feed_is_as_the_envelope_says(handheld: Handheld) -> None:
    put_reason("DAMAGE", "Damaged")

    page = content_of(handheld.get("feed?scope=ref"))

    assert page["rows"] == [
        {
            "etype": "reason",
            "ekey": "DAMAGE",
            "seq": 1,
            "op": "u",
            "document": {"code": "DAMAGE", "description": "Damaged"},
        }
    ]
    assert (page["scope"], page["head"], page["more"]) == ("ref", 1, False)
    assert page["counts"]["reason"]["count"] == 1
    assert content_of(handheld.get(f"feed?scope=ref&cursor={page['cursor']}"))["rows"] == []


def test_a_device_reads_its_own_location_and_its_own_outcomes(handheld: Handheld) -> None:
    put_stock("A-01", "I1", 5)

    assert len(content_of(handheld.get(f"feed?scope={SITE}"))["rows"]) == 1
    assert content_of(handheld.get("feed?scope=dev:D1"))["rows"] == []


@pytest.mark.parametrize("path", ["feed", "snapshot"])
def test_a_device_reads_nobody_elses_scope(handheld: Handheld, path: str) -> None:
    put_stock("A-01", "I1", 5, location="OTHER")

    for scope in ("site:OTHER", "dev:D2", "site:", "dev:", "", "other"):
        assert problem_of(handheld.get(f"{path}?scope={scope}")) == (403, "not_your_scope")


@pytest.mark.parametrize("path", ["feed", "snapshot"])
def test_an_app_too_old_reads_no_scope_but_hears_its_outcomes(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(api, "OLDEST_PULL", 3)
    put_reason("DAMAGE", "Damaged")

    # An app from before versions were named speaks the first.
    for stated in ("", "&protocol=1", "&protocol=2"):
        assert problem_of(handheld.get(f"{path}?scope=ref{stated}")) == (426, "app_too_old")
    assert content_of(handheld.get(f"outcomes?ids={IDS[0]}"))["outcomes"] == []


@pytest.mark.parametrize("protocol", [3, 4])
def test_an_app_as_new_as_the_oldest_served_or_newer_than_the_server_reads(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch, protocol: int
) -> None:
    monkeypatch.setattr(api, "OLDEST_PULL", 3)
    put_reason("DAMAGE", "Damaged")

    assert len(content_of(handheld.get(f"feed?scope=ref&protocol={protocol}"))["rows"]) == 1


def test_a_version_that_is_no_number_is_a_fault(handheld: Handheld) -> None:
    assert problem_of(handheld.get("feed?scope=ref&protocol=new")) == (400, "bad_argument")


def test_a_revoked_device_reads_nothing_but_its_outcomes(handheld: Handheld, clock: Clock) -> None:
    write(lambda connection: connection.execute(sa.update(Device).values(revoked_at=clock.now)))

    assert problem_of(handheld.get("feed?scope=ref")) == (403, "revoked")
    assert problem_of(handheld.get("snapshot?scope=ref")) == (403, "revoked")
    assert content_of(handheld.get(f"outcomes?ids={IDS[0]}"))["outcomes"] == []


def test_a_cursor_of_another_history_is_gone(handheld: Handheld) -> None:
    answer = handheld.get("feed?scope=ref&cursor=AAAA")

    assert problem_of(answer) == (410, "rebootstrap")
    assert "cursor" in json.loads(answer.data)["reason"]


def test_arguments_that_are_no_numbers_are_refused(handheld: Handheld) -> None:
    for arguments in ("limit=0", "limit=-1", "limit=ten", "wait=x", "limit=1.5", "limit=²"):
        assert problem_of(handheld.get(f"feed?scope=ref&{arguments}")) == (400, "bad_argument")


def test_a_long_page_is_compressed_for_those_who_read_that(handheld: Handheld) -> None:
    for number in range(30):
        put_reason(f"R{number:02d}", "A description of some length")

    plain = handheld.get("feed?scope=ref")
    small = handheld.get("feed?scope=ref", Accept_Encoding="gzip")

    assert content_of(small)["rows"] == content_of(plain)["rows"]
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in small.vary
    assert len(small.data) * 3 < len(plain.data)


def test_an_answer_that_the_device_has_is_not_sent_again(handheld: Handheld) -> None:
    put_reason("DAMAGE", "Damaged")
    first = handheld.get("feed?scope=ref")
    again = handheld.get("feed?scope=ref", If_None_Match=first.headers["ETag"])
    put_reason("DAMAGE", "Broken")
    changed = handheld.get("feed?scope=ref", If_None_Match=first.headers["ETag"])

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert content_of(changed)["rows"][0]["document"]["description"] == "Broken"


def test_a_poll_that_waits_is_answered_as_soon_as_there_is_news(company: Flask, handheld: Handheld) -> None:
    cursor = content_of(handheld.get("feed?scope=ref"))["cursor"]

    def change_soon() -> None:
        time.sleep(0.2)
        with company.app_context():
            put_reason("DAMAGE", "Damaged")

    writer = threading.Thread(target=change_soon)
    writer.start()
    began = time.monotonic()
    page = content_of(handheld.get(f"feed?scope=ref&cursor={cursor}&wait=20"))
    took_s = time.monotonic() - began
    writer.join()

    assert [row["ekey"] for row in page["rows"]] == ["DAMAGE"]
    assert took_s < 10


def test_a_poll_that_waits_in_vain_is_answered_in_time(handheld: Handheld) -> None:
    cursor = content_of(handheld.get("feed?scope=ref"))["cursor"]

    began = time.monotonic()
    page = content_of(handheld.get(f"feed?scope=ref&cursor={cursor}&wait=1"))

    assert (page["rows"], page["cursor"]) == ([], cursor)
    assert 0.9 < time.monotonic() - began < 10


def test_when_too_many_wait_the_next_is_answered_at_once(handheld: Handheld) -> None:
    cursor = content_of(handheld.get("feed?scope=ref"))["cursor"]
    taken = [waiting._places.acquire(blocking=False) for _ in range(waiting.MOST_WAITERS)]
    try:
        began = time.monotonic()
        page = content_of(handheld.get(f"feed?scope=ref&cursor={cursor}&wait=25"))
        took_s = time.monotonic() - began
    finally:
        for _ in taken:
            waiting._places.release()

    assert page["rows"] == []
    assert took_s < 10
    assert all(taken)


def test_a_scope_without_a_snapshot_is_read_from_the_feed(handheld: Handheld) -> None:
    assert problem_of(handheld.get("snapshot?scope=ref")) == (404, "no_snapshot")


def test_a_snapshot_is_fetched_chunk_by_chunk_and_range_by_range(
    handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "CHUNK_ROWS", 2)
    for number in range(3):
        put_reason(f"R{number}", "first")
    make_snapshot("ref")

    manifest = content_of(handheld.get("snapshot?scope=ref"))
    chunk = manifest["chunks"][0]
    path = chunk["url"].removeprefix("/sync/v1/")
    whole = handheld.get(path)
    ends = [handheld.get(path, Range="bytes=0-99"), handheld.get(path, Range="bytes=100-")]

    assert [each["rows"] for each in manifest["chunks"]] == [2, 1]
    assert sha256(whole.data).hexdigest() == chunk["sha256"]
    assert len(whole.data) == chunk["bytes"]
    assert [each.status_code for each in ends] == [206, 206]
    assert ends[0].data + ends[1].data == whole.data
    assert "Content-Encoding" not in whole.headers
    kept = whole.cache_control
    assert (kept.private, kept.immutable, kept.max_age) == (True, True, 365 * 24 * 3600)
    assert content_of(handheld.get(f"feed?scope=ref&cursor={manifest['cursor']}"))["rows"] == []


def test_a_chunk_of_another_location_is_not_given_out(
    company: Flask, handheld: Handheld, clock: Clock
) -> None:
    put_stock("A-01", "I1", 5, location="OTHER")
    path = make_snapshot("site:OTHER").chunks[0].url.removeprefix("/sync/v1/")

    assert problem_of(handheld.get(path)) == (404, "no_such_chunk")
    assert enrol(company, clock, "D2", "OTHER").get(path).status_code == 200


def test_a_chunk_is_never_a_path_out_of_the_folder(handheld: Handheld) -> None:
    for path in ("snapshot/..%2fsecret.key", "snapshot/%2e%2e", "snapshot/" + "0" * 64):
        assert handheld.get(path).status_code == 404


def test_a_device_asks_for_outcomes_by_id_and_gets_only_its_own(handheld: Handheld, clock: Clock) -> None:
    put_transaction(IDS[0], "D1", 1, clock)
    put_transaction(IDS[1], "D2", 1, clock)

    answer = content_of(handheld.get(f"outcomes?ids={IDS[0]},{IDS[1]},{IDS[2]},rubbish,{IDS[0]}"))

    assert answer["server_epoch"] == "epoch-1"
    assert answer["outcomes"] == [
        {
            "transaction_id": IDS[0],
            "status": "parked",
            "rev": 1,
            "code": "insufficient_at_bin",
            "hint": "I1, A-01: 5 > 3",
        }
    ]


def test_a_device_asks_for_100_outcomes_at_most(handheld: Handheld) -> None:
    ids = ",".join(f"01890000-0000-7000-8000-{number:012d}" for number in range(101))

    assert problem_of(handheld.get(f"outcomes?ids={ids}")) == (400, "bad_argument")


def put_transaction(transaction_id: str, device_id: str, seq: int, clock: Clock) -> None:
    """A parked transaction in the inbox."""
    write(
        lambda connection: connection.execute(
            sa.insert(InboxTransaction).values(
                transaction_id=transaction_id,
                device_id=device_id,
                epoch=1,
                seq=seq,
                kind="pick",
                hash="",
                raw="{}",
                received_at=clock.now,
                occurred_at=clock.now,
                changed_at=clock.now,
                status="parked",
                rev=1,
                code="insufficient_at_bin",
                hint="I1, A-01: 5 > 3",
            )
        )
    )
