"""The device is killed before each of its writes in turn; what was answered with go is always kept, once."""

import asyncio
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from shared.wire.transactions import chain
from terminal.core import Device
from terminal.flows.step import AnswerKind
from tests.terminal.doubles import PIN, Bench
from tests.terminal.killing import Fuse, Killed
from tests.terminal.warehouse import HEART_EAN, fill

SCANS = 3


async def pick_and_sync(device: Device, gone: list[str]) -> None:
    """The work that is interrupted; `gone` collects what was answered with a confirming go."""
    await device.begin("pick")
    await device.scan("A-01-01-1")
    for _ in range(SCANS):
        step = await device.scan(HEART_EAN)
        if step.answer is not None and step.answer.kind is AnswerKind.GO:
            gone.append(step.prompt.bin_code)
    await device.sync_once()


async def opened_bench(folder: Path) -> tuple[Bench, Fuse]:
    fuse = Fuse()
    bench = Bench(folder, fuse.connect)
    fill(bench.server)
    await bench.start()
    return bench, fuse


async def count_writes(folder: Path) -> int:
    bench, fuse = await opened_bench(folder)
    before = fuse.seen
    await pick_and_sync(bench.device, [])
    return fuse.seen - before


async def kill_before(folder: Path, number: int) -> None:
    bench, fuse = await opened_bench(folder)
    fuse.left = number
    gone: list[str] = []
    with suppress(Killed):
        await pick_and_sync(bench.device, gone)
    assert fuse.is_blown

    await revive(bench)
    check_kept(bench, gone)
    check_journal(bench)


async def reopen(bench: Bench) -> None:
    """The killed process lets go of its files, unfinished as they are; another opens them."""
    with suppress(AttributeError):
        bench.device.close()
    bench.connect = sqlite3.connect
    bench.device = bench.make_device()
    await bench.device.open()


async def revive(bench: Bench) -> None:
    """Another process opens the same files and syncs."""
    await reopen(bench)
    bench.clock.ms += 400_000
    await bench.device.sync_once()


def check_kept(bench: Bench, gone: list[str]) -> None:
    """Each go is on the server once; at most the interrupted scan is there without its go."""
    assert len(gone) <= len(bench.server.inbox) <= len(gone) + 1
    assert bench.server.seqs == list(range(1, len(bench.server.inbox) + 1))
    assert bench.device.counts().posted_today == len(bench.server.inbox)
    link = ""
    for record in bench.server.inbox.values():
        assert record.get("prev", "") == link
        link = chain(link, record["epoch"], record["seq"], record["hash"])


def check_journal(bench: Bench) -> None:
    """A scan that counted names its transaction; one that was interrupted says so."""
    for scan in bench.device.newest_scans():
        assert scan.became in {"counted", "interrupted"}
        assert (scan.became == "counted") == (scan.transaction_id in bench.server.inbox)


def test_killed_before_any_write_nothing_confirmed_is_lost_or_doubled(memory_folder: Path) -> None:
    async def work() -> None:
        total = await count_writes(memory_folder / "count")
        assert total > 40
        for number in range(total):
            await kill_before(memory_folder / str(number), number)

    asyncio.run(work())


@pytest.mark.parametrize("fault", ["killed", "answer_lost"])
def test_killed_after_the_server_acted_nothing_is_sent_under_another_id(
    memory_folder: Path, fault: str
) -> None:
    async def work() -> None:
        bench, _ = await opened_bench(memory_folder)
        bench.server.faults.append(fault)
        gone: list[str] = []
        with suppress(Killed):
            await pick_and_sync(bench.device, gone)
        await revive(bench)
        check_kept(bench, gone)

    asyncio.run(work())


def test_killed_while_opening_for_the_first_time_the_next_open_works(memory_folder: Path) -> None:
    async def work() -> None:
        for number in range(60):
            fuse = Fuse()
            fuse.left = number
            bench = Bench(memory_folder / str(number), fuse.connect)
            fill(bench.server)
            with suppress(Killed):
                await bench.start()
            await reopen(bench)
            if not bench.device.is_enrolled:
                await bench.device.enrol("GOOD", "")
            bench.clock.ms += 400_000
            report = await bench.device.sync_once()
            assert report.trouble == ""
            assert (await bench.device.scan(HEART_EAN)).prompt.item is not None
            bench.device.close()

    asyncio.run(work())


def damage(path: Path, at: float) -> None:
    """Overwrite a stretch of a file, as a worn memory card does."""
    content = bytearray(path.read_bytes())
    start = int(len(content) * at)
    content[start : start + 3_000] = b"\xaa" * 3_000
    path.write_bytes(content)


@pytest.mark.parametrize("at", [0.0, 0.2, 0.5, 0.8])
def test_a_damaged_queue_is_set_aside_and_what_can_be_read_is_carried_over(
    memory_folder: Path, at: float
) -> None:
    async def work() -> None:
        bench, _ = await opened_bench(memory_folder)
        await bench.device.begin("pick")
        await bench.device.scan("A-01-01-1")
        for _ in range(60):
            await bench.device.scan(HEART_EAN)
        bench.device._queue.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        bench.device.close()
        damage(bench.disk.data / "queue.db", at)
        await reopen(bench)

        assert (bench.disk.data / "queue-damaged-1.db").exists()
        kept = bench.device._queue.connection.execute("SELECT count(*) FROM outbox").fetchone()[0]
        # Also behind a destroyed first page, where SQLite itself finds nothing.
        assert kept > 40
        seqs = [row[0] for row in bench.device._queue.connection.execute("SELECT seq FROM outbox")]
        assert bench.device._queue.place()[1] >= max(seqs, default=0)
        (found,) = bench.device._queue.connection.execute(
            "SELECT count(*) FROM device_log WHERE kind = 'salvaged'"
        ).fetchone()
        assert found == 1

    asyncio.run(work())


def test_killed_during_a_salvage_the_salvage_is_done_again(memory_folder: Path) -> None:
    async def work() -> None:
        for number in range(0, 60, 7):
            folder = memory_folder / str(number)
            bench, _ = await opened_bench(folder)
            await bench.device.begin("pick")
            await bench.device.scan("A-01-01-1")
            for _ in range(20):
                await bench.device.scan(HEART_EAN)
            bench.device._queue.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            bench.device.close()
            damage(bench.disk.data / "queue.db", 0.9)
            fuse = Fuse()
            fuse.left = number
            bench.connect = fuse.connect
            bench.device = bench.make_device()
            with suppress(Killed):
                await bench.device.open()
            await reopen(bench)

            kept = bench.device._queue.connection.execute("SELECT count(*) FROM outbox").fetchone()[0]
            assert kept > 10
            assert bench.device.is_enrolled
            await bench.device.sign_in("ADA", PIN)
            bench.device.close()

    asyncio.run(work())


def test_a_rename_cut_short_does_not_lose_the_log_beside_the_file(memory_folder: Path) -> None:
    async def work() -> None:
        bench, _ = await opened_bench(memory_folder)
        await bench.device.begin("pick")
        await bench.device.scan("A-01-01-1")
        await bench.device.scan(HEART_EAN)
        # Killed between the renames: the log still has its old name, and holds the newest rows.
        (bench.disk.data / "queue.db").rename(bench.disk.data / "queue-damaged-1.db")
        await reopen(bench)

        assert bench.device.counts().waiting == 1

    asyncio.run(work())
