"""From a scan to the server and back, on the real store, with the network played by a double."""

import asyncio
from collections.abc import Coroutine
from decimal import Decimal
from typing import Any

from shared.wire.outcomes import Outcome, Status
from terminal.core import Device
from terminal.flows.step import AnswerKind, Step
from tests.terminal.doubles import PIN, Bench, outcome_of
from tests.terminal.warehouse import HEART, HEART_CASE, HEART_EAN


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def kind_of(step: Step) -> AnswerKind:
    assert step.answer is not None
    return step.answer.kind


async def pick(device: Device, *codes: str) -> None:
    await device.begin("pick")
    for code in ("A-01-01-1", *codes):
        await device.scan(code)


def test_a_scan_is_on_the_server_once_and_posted_after_a_round(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        await pick(device, HEART_EAN)
        report = await device.sync_once()

        assert report.sent == 1
        assert bench.server.seqs == [1]
        (record,) = bench.server.inbox.values()
        assert record["kind"] == "pick"
        assert record["worker_id"] == "P1"
        assert record["body"]["lines"] == [
            {
                "item_no": HEART,
                "quantity": "1",
                "quantity_base": "1",
                "unit_of_measure_code": "PCS",
                "bin_code": "A-01-01-1",
            }
        ]
        assert record["body"]["scans"] == ["A-01-01-1", HEART_EAN]
        assert record["basis"]["expected_quantity"] == "100"
        assert device.counts().posted_today == 1
        assert device.counts().waiting == 0

    run(work())


def test_scans_that_come_while_one_is_handled_wait_in_order(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        await pick(device)
        await asyncio.gather(*(device.scan(HEART_EAN if n % 2 else HEART_CASE) for n in range(30)))
        await device.sync_once()

        quantities = [record["body"]["lines"][0]["quantity_base"] for record in bench.server.inbox.values()]
        assert quantities == ["6", "1"] * 15
        assert bench.server.seqs == list(range(1, 31))

    run(work())


def test_the_chain_of_records_can_be_proved(bench: Bench) -> None:
    from shared.wire.transactions import chain

    async def work() -> None:
        device = await bench.start()
        await pick(device, HEART_EAN, HEART_EAN, HEART_EAN)
        await device.sync_once()

        link = ""
        for record in bench.server.inbox.values():
            assert record.get("prev", "") == link
            link = chain(link, record["epoch"], record["seq"], record["hash"])

    run(work())


def test_own_stock_is_snapshot_plus_what_is_not_posted(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        bench.server.decide = outcome_of(Status.PARKED, code="insufficient_at_bin")
        await pick(device, HEART_CASE)
        assert [line.quantity_base for line in device.own_stock(bin_code="A-01-01-1")] == [Decimal(94)]
        await device.sync_once()
        assert [line.quantity_base for line in device.own_stock(bin_code="A-01-01-1")] == [Decimal(94)]

        (own_id,) = bench.server.inbox
        refused = Outcome(transaction_id=own_id, status=Status.REFUSED, rev=2, code="decided", hint="Ben")
        bench.server.publish("dev:HH-1", "outcome", own_id, refused)
        await device.sync_once()

        assert [line.quantity_base for line in device.own_stock(bin_code="A-01-01-1")] == [Decimal(100)]
        assert [(line.bin_code, line.quantity_base) for line in device.own_stock(item_no=HEART)] == [
            ("A-01-01-1", Decimal(100)),
            ("A-01-01-2", Decimal(20)),
        ]

    run(work())


def test_the_queue_says_what_needs_whom(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        decided = {1: Status.PARKED, 2: Status.AWAITING_APPROVAL, 3: Status.POSTED, 4: Status.RECEIVED}
        bench.server.decide = lambda record: Outcome(
            transaction_id=record["transaction_id"], status=decided[record["seq"]], rev=1, hint="6"
        )
        await pick(device, HEART_EAN, HEART_EAN, HEART_EAN, HEART_EAN)
        await device.sync_once()
        await device.scan(HEART_EAN)

        shown = device.queue_overview()

        assert [entry.seq for entry in shown.needs_you] == [1]
        assert [entry.seq for entry in shown.with_supervisor] == [2]
        assert [entry.seq for entry in shown.posted_today] == [3]
        assert [entry.seq for entry in shown.at_server] == [4]
        assert [entry.seq for entry in shown.not_sent] == [5]
        entry = shown.needs_you[0]
        assert (entry.description, entry.bin_code, entry.hint, entry.worker_name) == (
            "White Hanging Heart",
            "A-01-01-1",
            "6",
            "Ada",
        )
        found, scans = device.transaction(entry.transaction_id)
        assert found == entry
        assert [scan.raw for scan in scans] == ["A-01-01-1", HEART_EAN]

    run(work())


def test_every_scan_is_in_the_journal_with_what_became_of_it(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        await pick(device, "NOBODY-KNOWS", HEART_EAN, "B-OUT", "ADA", "0107032069804989")
        await device.scan("A-01-01-2")
        await device.leave()
        await device.scan(HEART_EAN)

        assert [(scan.raw, scan.became) for scan in reversed(device.newest_scans())] == [
            ("A-01-01-1", "counted"),
            ("NOBODY-KNOWS", "unknown"),
            (HEART_EAN, "counted"),
            ("B-OUT", "refused_by_flow"),
            ("ADA", "refused_by_flow"),
            ("0107032069804989", "misread"),
            ("A-01-01-2", "let_go"),
            (HEART_EAN, "shown"),
        ]

    run(work())


def test_scanning_anything_at_home_shows_what_it_is(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()

        step = await device.scan(HEART_CASE)

        assert step.prompt.title.key == "look_up.title"
        assert [(row.code, row.quantity) for row in step.prompt.rows] == [
            ("A-01-01-1", Decimal(100)),
            ("A-01-01-2", Decimal(20)),
        ]
        assert step.prompt.quantity == Decimal(120)

    run(work())


def test_a_full_device_stops_and_keeps_what_it_has(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        await pick(device, HEART_EAN)
        bench.disk.is_full = True
        step = await device.scan(HEART_EAN)

        assert kind_of(step) is AnswerKind.STOP
        assert step.answer is not None
        assert step.answer.message.key == "device.not_durable"

        # Only what is durable goes up, else a killed device would forget what the server has.
        await device.sync_once()
        assert bench.server.seqs == [1]
        bench.disk.is_full = False
        await device.sync_once()
        assert bench.server.seqs == [1, 2]

    run(work())


def test_a_change_of_worker_keeps_the_former_ones_queue(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        await pick(device, HEART_EAN)
        await device.sign_in("BEN", PIN)
        await pick(device, HEART_EAN)
        await device.sync_once()

        records = list(bench.server.inbox.values())
        assert [record["worker_id"] for record in records] == ["P1", "P2"]
        assert records[0]["session_id"] != records[1]["session_id"]

    run(work())


def test_a_restart_keeps_everything_but_the_session(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        await pick(device, HEART_EAN)
        device = await bench.restart()

        assert device.is_enrolled
        assert device.worker is None
        assert device.counts().waiting == 1
        await device.sign_in("ADA", PIN)
        await pick(device, HEART_EAN)
        await device.sync_once()
        assert bench.server.seqs == [1, 2]

    run(work())


def test_the_rescue_file_holds_every_transaction_and_scan(bench: Bench) -> None:
    async def work() -> None:
        device = await bench.start()
        await pick(device, HEART_EAN, "NOBODY-KNOWS")

        lines = device.export_rescue().decode().splitlines()

        assert '"device_id": "HH-1"' in lines[0]
        assert "secret" not in lines[0]
        assert sum('"transaction":' in line for line in lines) == 1
        assert [line for line in lines if "NOBODY-KNOWS" in line]

    run(work())
