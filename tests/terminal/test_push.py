"""Push against a server with faults: nothing lost, nothing twice, nothing waits behind a bad one."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest

from shared.wire.outcomes import Outcome, Status
from terminal.core import Device
from terminal.platform.ports import Response
from tests.terminal.doubles import Bench, outcome_of, problem
from tests.terminal.warehouse import HEART_EAN


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


async def picked(bench: Bench, count: int) -> Device:
    device = await bench.start()
    await device.begin("pick")
    await device.scan("A-01-01-1")
    for _ in range(count):
        await device.scan(HEART_EAN)
    return device


@pytest.mark.parametrize("fault", ["no_network", "answer_lost", "portal", "500", "503:7", "429", "401"])
def test_after_a_fault_everything_arrives_once_and_in_order(bench: Bench, fault: str) -> None:
    async def work() -> None:
        device = await picked(bench, 5)
        bench.server.faults.extend([fault, fault])
        for _ in range(3):
            await device.sync_once()

        assert bench.server.seqs == [1, 2, 3, 4, 5]
        assert device.counts().posted_today == 5
        assert device.counts().waiting == 0

    run(work())


def test_a_lost_answer_is_asked_for_again_under_the_same_ids(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 2)
        bench.server.faults.append("answer_lost")
        first = await device.sync_once()
        second = await device.sync_once()

        assert (first.trouble, second.trouble) == ("unreachable", "")
        sent = [[each["transaction_id"] for each in push.transactions] for push in bench.server.pushes]
        assert sent[0] == sent[1] == list(bench.server.inbox)

    run(work())


def test_a_batch_halves_when_no_answer_comes_and_grows_again(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 130)
        bench.server.faults.extend(["answer_lost", "answer_lost"])
        for _ in range(3):
            await device.sync_once()

        assert [len(push.transactions) for push in bench.server.pushes if push.transactions] == [
            100, 50, 25, 50, 55,
        ]  # fmt: skip
        assert bench.server.seqs == list(range(1, 131))

    run(work())


def test_the_server_may_ask_for_smaller_batches(bench: Bench) -> None:
    from terminal.store.outbox import next_to_send

    async def work() -> None:
        device = await picked(bench, 3)
        assert len(next_to_send(device._queue, 2)) == 2

    run(work())


def test_an_unreadable_one_goes_alone_and_nothing_behind_it_waits(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 3)
        # A number that makes the double answer 400 to any envelope that holds it.
        await device.begin("receive")
        await device.scan("21731")
        await device.scan("poison")
        await device.begin("pick")
        await device.scan("A-01-01-1")
        await device.scan(HEART_EAN)
        await device.sync_once()

        assert bench.server.seqs == [1, 2, 3, 4, 5]
        kinds = [record["kind"] for record in bench.server.inbox.values()]
        assert kinds == ["pick", "pick", "pick", "raw", "pick"]
        assert device.counts().posted_today == 5

    run(work())


def test_what_not_even_raw_bytes_get_through_is_set_aside_and_shown(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work() -> None:
        device = await picked(bench, 1)
        await device.begin("receive")
        await device.scan("21731")
        await device.scan("poison")
        monkeypatch.setattr("terminal.sync.push.raw_record", lambda row: row.record)
        await device.sync_once()
        await device.sync_once()

        assert [(entry.seq, entry.state) for entry in device.queue_overview().needs_you] == [
            (2, "unsendable")
        ]
        assert bench.server.seqs == [1]
        assert device.counts().waiting == 0

    run(work())


def test_mismatch_and_fork_keep_the_row_and_ask_for_attention(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 2)
        one, other = (entry.transaction_id for entry in reversed(device.queue_overview().not_sent))
        bench.server.inbox[one] = {"hash": "another", "epoch": 9, "seq": 9}
        bench.server.inbox["somebody"] = {"hash": "else", "epoch": 1, "seq": 2}
        await device.sync_once()
        await device.sync_once()

        states = {entry.transaction_id: entry.state for entry in device.queue_overview().needs_you}
        assert states == {one: "mismatch", other: "fork"}
        assert b'"seq":2' in device.export_rescue()

    run(work())


def test_an_older_outcome_never_replaces_a_newer_one(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 1)
        await device.sync_once()
        (own_id,) = bench.server.inbox
        parked = Outcome(transaction_id=own_id, status=Status.PARKED, rev=1, code="insufficient_at_bin")
        bench.server.publish("dev:HH-1", "outcome", own_id, parked)
        await device.sync_once()

        assert device.counts().posted_today == 1
        assert device.counts().needs_you == 0

    run(work())


def test_an_outcome_comes_by_the_feed_when_the_push_only_said_received(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 1)
        bench.server.decide = outcome_of(Status.RECEIVED)
        await device.sync_once()
        (own_id,) = bench.server.inbox
        done = Outcome(transaction_id=own_id, status=Status.POSTED, rev=2, document_no="IR-1")
        bench.server.publish("dev:HH-1", "outcome", own_id, done)
        await device.sync_once()

        (entry,) = device.queue_overview().posted_today
        assert entry.document_no == "IR-1"
        # Acknowledged by the server: it is not offered a second time.
        assert sum(len(push.transactions) for push in bench.server.pushes) == 1

    run(work())


def test_outcomes_are_asked_for_by_id_as_the_third_path(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 1)
        bench.server.decide = outcome_of(Status.WAITING)
        await device.sync_once()
        (own_id,) = bench.server.inbox
        bench.server.outcomes[own_id] = Outcome(transaction_id=own_id, status=Status.POSTED, rev=5)
        await device.sync_once()

        assert device.counts().posted_today == 1

    run(work())


def test_a_token_that_ran_out_is_renewed_and_the_push_repeated(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 1)
        bench.server.good_token = "another"
        report = await device.sync_once()

        assert report.trouble == ""
        assert bench.server.tokens == 2
        assert bench.server.seqs == [1]

    run(work())


@pytest.mark.parametrize("status", [400, 404, 410, 413, 422, 426])
def test_a_token_that_is_not_given_says_nothing_of_the_scans_that_wait_for_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    async def work() -> None:
        device = await picked(bench, 2)
        bench.server.good_token = "another"
        answer = bench.server._answer

        def answer_no_token(path: str, *asked: Any) -> Response:
            return problem(status, "unreadable") if path == "token" else answer(path, *asked)

        with monkeypatch.context() as patch:
            patch.setattr(bench.server, "_answer", answer_no_token)
            for _ in range(3):
                assert (await device.sync_once()).trouble == "server"
        assert device.counts().waiting == 2
        await device.sync_once()

        assert bench.server.seqs == [1, 2]
        assert device.counts().needs_you == 0

    run(work())


def test_a_token_is_used_until_shortly_before_it_runs_out(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 0)
        for _ in range(3):
            await device.sync_once()
        assert bench.server.tokens == 1
        bench.clock.ms += 850_000
        await device.sync_once()
        assert bench.server.tokens == 2

    run(work())


def test_a_revoked_device_still_sends_and_forgets_the_reference_data(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 2)
        bench.server.is_revoked = True
        bench.server.decide = outcome_of(Status.QUARANTINED)
        report = await device.sync_once()

        assert report.trouble == "revoked"
        assert bench.server.seqs == [1, 2]
        assert device.counts().with_supervisor == 2
        step = await device.scan(HEART_EAN)
        assert step.answer is not None
        assert step.answer.message.key == "code.unknown"

    run(work())


def test_an_app_too_old_to_pull_still_pushes(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 1)
        bench.server.faults.extend(["", "", "426"])
        report = await device.sync_once()

        assert report.trouble == "too_old"
        assert bench.server.seqs == [1]

    run(work())


def test_an_app_too_old_to_pull_still_hears_what_became_of_its_own(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 1)
        bench.server.decide = outcome_of(Status.PARKED, code="insufficient_at_bin")
        await device.sync_once()
        assert device.counts().needs_you == 1
        (own_id,) = bench.server.outcomes
        bench.server.outcomes[own_id] = replace(bench.server.outcomes[own_id], status=Status.POSTED, rev=2)
        bench.server.faults.append("426")
        report = await device.sync_once()

        assert report.trouble == "too_old"
        assert bench.server.asked[-1] == "GET outcomes"
        assert device.counts().needs_you == 0

    run(work())


def test_a_portal_is_no_network_and_changes_nothing(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 1)
        bench.server.faults.extend(["portal"] * 9)
        report = await device.sync_once()

        assert report.trouble == "portal"
        assert not device.connection.is_online
        assert device.counts().waiting == 1
        assert device.own_stock(bin_code="A-01-01-1") != ()

    run(work())


def test_a_pause_that_the_server_asks_for_is_kept_even_when_a_person_is_impatient(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 1)
        bench.server.faults.append("503:60")
        before_ms = bench.clock.ms
        await device.sync_once()

        assert device.next_sync_ms >= before_ms + 60_000
        assert (await device.try_now()).trouble == "busy"
        await device.scan(HEART_EAN)
        assert device.next_sync_ms >= before_ms + 60_000
        bench.clock.ms += 80_000
        assert (await device.try_now()).sent == 2

    run(work())


def test_a_push_says_where_the_device_stands(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 3)
        await device.sync_once()
        first, last = bench.server.pushes

        assert (first.queue_depth, first.max_seq, first.acked_through, first.acked_digest) == (3, 3, 0, "")
        # Nothing is left: what the server misses below 3 now is a gap.
        assert (last.queue_depth, last.max_seq, last.acked_through) == (0, 3, 3)
        assert len(last.acked_digest) == 64
        assert last.transactions == ()

    run(work())


def test_the_digest_over_acknowledged_ids_grows_in_blocks_of_a_thousand(bench: Bench) -> None:
    import hashlib

    from terminal.store.outbox import standing

    async def work() -> None:
        device = await picked(bench, 3)
        await device.sync_once()
        ids = "".join(bench.server.inbox)

        assert standing(device._queue).acked_digest == hashlib.sha256(ids.encode()).hexdigest()

    run(work())


def test_the_clock_offset_comes_from_the_servers_time(bench: Bench) -> None:
    async def work() -> None:
        device = await picked(bench, 1)
        await device.sync_once()
        await device.scan(HEART_EAN)
        await device.sync_once()

        first, second = bench.server.inbox.values()
        assert "clock_offset_ms" not in first
        assert 4_900 <= second["clock_offset_ms"] <= 5_100

    run(work())
