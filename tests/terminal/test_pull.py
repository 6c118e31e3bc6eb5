"""Pull and enrolment: pages and snapshots are taken over whole or not at all; settled rows leave in time."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from shared.wire.outcomes import Outcome, Status
from shared.wire.reference import BinRecord
from terminal.core import Device
from terminal.platform.ports import Response, Unreachable
from terminal.sync.answers import EnrolmentRefused
from tests.terminal.doubles import Bench, posted
from tests.terminal.warehouse import HEART_EAN, stock


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


async def picked(bench: Bench, count: int) -> Device:
    device = await bench.start()
    await device.begin("pick")
    await device.scan("A-01-01-1")
    for _ in range(count):
        await device.scan(HEART_EAN)
    return device


def test_a_deleted_entity_is_gone_after_the_next_page(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        await device.scan("A-01-01-2")
        bench.server.publish("site:MAIN", "bin", "A-01-01-2", None)
        await device.sync_once()
        step = await device.scan("A-01-01-2")

        assert step.answer is not None
        assert step.answer.message.key == "code.unknown"

    run(work())


def test_a_snapshot_is_taken_over_with_what_came_after_it(bench: Bench) -> None:
    async def work() -> None:
        bench.server.take_snapshot("site:MAIN", rows_per_chunk=2)
        bench.server.publish("site:MAIN", "bin", "C-1", BinRecord(code="C-1"))
        device = await bench.start()

        assert "GET snapshot" in bench.server.asked
        for code in ("A-01-01-1", "C-1"):
            step = await device.scan(code)
            assert step.prompt.bin_code == code

    run(work())


def test_a_killed_import_goes_on_with_the_chunks_that_are_missing(bench: Bench) -> None:
    async def work() -> None:
        bench.server.take_snapshot("site:MAIN", rows_per_chunk=2)
        chunks = len(bench.server.chunks)
        await bench.device.open()
        await bench.device.enrol("GOOD", "")
        # dev feed, ref manifest and feed twice, site manifest, first chunk; then the network goes.
        bench.server.faults.extend([""] * 6 + ["no_network"])
        await bench.device.sync_once()
        asked = sum(each.startswith("GET snapshot/") for each in bench.server.asked)
        assert 0 < asked <= chunks
        device = await bench.restart()
        bench.clock.ms += 300_000
        await device.sync_once()

        total = sum(each.startswith("GET snapshot/") for each in bench.server.asked)
        assert total == chunks + 1
        step = await device.scan("A-01-01-1")
        assert step.prompt.bin_code == "A-01-01-1"

    run(work())


def test_a_chunk_with_another_hash_is_not_imported(bench: Bench) -> None:
    async def work() -> None:
        bench.server.take_snapshot("site:MAIN", rows_per_chunk=100)
        (digest,) = bench.server.chunks
        bench.server.chunks[digest] += b"x"
        await bench.device.open()
        await bench.device.enrol("GOOD", "")
        report = await bench.device.sync_once()

        assert report.trouble == "portal"
        assert bench.device.own_stock(bin_code="A-01-01-1") == ()

    run(work())


@pytest.mark.parametrize("has_snapshot", [True, False])
def test_a_cursor_of_another_history_leads_to_a_new_copy(bench: Bench, *, has_snapshot: bool) -> None:
    async def work() -> None:
        device = await bench.start()
        old = device._reference.scope("site:MAIN").get("cursor")
        # The server was restored: one bin never existed, the cursor is not known.
        rows = bench.server.feeds["site:MAIN"]
        rows[:] = [row for row in rows if row["ekey"] != "A-01-01-2"]
        bench.server.lost_cursors.add(old)
        stock(bench.server, "A-01-01-1", "22423", 9)
        if has_snapshot:
            bench.server.take_snapshot("site:MAIN", rows_per_chunk=3)
        report = await device.sync_once()

        assert report.trouble == ""
        assert (await device.scan("A-01-01-2")).became == "unknown"
        assert len(device.own_stock(bin_code="A-01-01-1")) == 2
        assert len(list((bench.disk.reference / "site%3AMAIN").glob("ref-*.db"))) == 1

    run(work())


def lose_bin(device: Device, code: str) -> None:
    """Doctor the store: an entity is gone that the feed never took back."""
    connection = device._reference.scope("site:MAIN").connection
    connection.execute("DELETE FROM record WHERE etype = 'bin' AND ekey = ?", (code,))
    assert connection.execute("SELECT changes()").fetchone() == (1,)


def fetched_anew(bench: Bench) -> int:
    """How often the device asked for a snapshot of a scope."""
    return bench.server.asked.count("GET snapshot")


@pytest.mark.parametrize("has_snapshot", [True, False])
def test_a_copy_that_lost_an_entity_is_built_again(bench: Bench, *, has_snapshot: bool) -> None:
    async def work() -> None:
        device = await bench.start()
        lose_bin(device, "A-01-01-2")
        if has_snapshot:
            bench.server.take_snapshot("site:MAIN", rows_per_chunk=3)
        assert (await device.scan("A-01-01-2")).became == "unknown"
        stock(bench.server, "A-01-01-1", "22423", 9)
        report = await device.sync_once()

        assert report.trouble == ""
        assert (await device.scan("A-01-01-2")).prompt.bin_code == "A-01-01-2"
        assert len(device.own_stock(bin_code="A-01-01-1")) == 2
        (logged,) = device._queue.connection.execute("SELECT kind, text FROM device_log").fetchall()
        assert logged[0] == "copy_differs"
        assert logged[1].startswith("site:MAIN: expected ")

    run(work())


def test_a_copy_that_lost_stock_is_built_again_when_the_app_starts(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        device._reference.scope("site:MAIN").connection.execute("DELETE FROM stock WHERE item_no = '85123A'")
        assert device.own_stock(bin_code="A-01-01-1") == ()
        device = await bench.restart()
        await device.sync_once()

        assert len(device.own_stock(bin_code="A-01-01-1")) == 1

    run(work())


def test_a_whole_copy_is_not_fetched_again(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        before = fetched_anew(bench)
        stock(bench.server, "A-01-01-1", "22423", 9)
        bench.server.publish("site:MAIN", "bin", "A-01-01-2", None)
        await device.sync_once()

        assert fetched_anew(bench) == before

    run(work())


def test_a_server_that_counts_wrongly_is_believed_once_an_hour(bench: Bench) -> None:
    async def work() -> None:
        bench.server.miscounted = {"bin": 1}
        device = await bench.start()
        after_start = fetched_anew(bench)
        for _ in range(3):
            await device.sync_once()
        assert fetched_anew(bench) == after_start
        bench.clock.ms += 3_700_000
        await device.sync_once()

        # Both scopes, once each.
        assert fetched_anew(bench) == after_start + 2
        assert (await device.scan("A-01-01-2")).prompt.bin_code == "A-01-01-2"

    run(work())


def test_stock_that_this_build_cannot_read_counts_and_is_read_once_it_can(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        before = fetched_anew(bench)
        row = next(row for row in bench.server.feeds["site:MAIN"] if row["etype"] == "stock")
        head = max(each["seq"] for each in bench.server.feeds["site:MAIN"])
        bench.server.feeds["site:MAIN"].remove(row)
        newer = {**row, "seq": head + 1, "document": {"bin_code": "A-01-01-1", "quantity": {"base": "9"}}}
        bench.server.feeds["site:MAIN"].append(newer)
        await device.sync_once()
        assert fetched_anew(bench) == before
        assert device.own_stock(bin_code="A-01-01-1") == ()

        bench.server.feeds["site:MAIN"][-1] = {**row, "seq": head + 2}
        await device.sync_once()

        assert fetched_anew(bench) == before
        assert len(device.own_stock(bin_code="A-01-01-1")) == 1

    run(work())


def test_damaged_reference_data_is_dropped_and_fetched_again(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        device.close()
        for path in (bench.disk.reference / "ref").glob("ref-*.db*"):
            path.write_bytes(b"not a database" * 500)
        bench.device = bench.make_device()
        await bench.device.open()
        await bench.device.sync_once()

        assert (await bench.device.scan(HEART_EAN)).prompt.item is not None

    run(work())


def test_a_wrong_enrolment_code_changes_nothing(bench: Bench) -> None:
    async def work() -> None:
        await bench.device.open()
        with pytest.raises(EnrolmentRefused):
            await bench.device.enrol("BAD", "")
        assert not bench.device.is_enrolled
        assert (await bench.device.sync_once()).trouble == "not_enrolled"

    run(work())


def test_enrolling_behind_a_portal_says_that_nobody_answered(bench: Bench) -> None:
    async def work() -> None:
        await bench.device.open()

        async def page(*args: object, **more: object) -> object:
            return Response(200, {"content-type": "text/html"}, b"<html>")

        bench.server.request = page  # type: ignore[method-assign,assignment]
        with pytest.raises(Unreachable):
            await bench.device.enrol("GOOD", "")
        assert not bench.device.is_enrolled

    run(work())


def test_settled_rows_leave_after_the_days_that_the_server_names(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 2)
        seqs = iter([Status.POSTED, Status.PARKED])
        bench.server.decide = lambda record: Outcome(
            transaction_id=record["transaction_id"], status=next(seqs), rev=1
        )
        await device.sync_once()
        before = bench.server.pushes[-1]
        bench.clock.ms += 46 * 24 * 3600 * 1000
        await device.sync_once()
        assert [entry.seq for entry in device.queue_overview().needs_you] == [2]
        assert device._queue.connection.execute("SELECT count(*) FROM outbox").fetchone() == (1,)

        # Places and digests go on as if the row were there.
        bench.server.decide = posted
        await device.scan(HEART_EAN)
        await device.sync_once()
        assert bench.server.seqs == [1, 2, 3]
        after = bench.server.pushes[-1]
        assert (before.acked_through, after.acked_through) == (2, 3)

    run(work())
