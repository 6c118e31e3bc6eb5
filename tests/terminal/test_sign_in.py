"""Badge and PIN without a network: tries survive restarts and kills, waits grow, the queue stays."""

import asyncio
import hashlib
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.wire.reference import WorkerRecord
from terminal.core import Device
from terminal.pin import derive, derive_slowly, is_right_pin
from tests.terminal.doubles import PIN, START, VERIFIER, Bench
from tests.terminal.killing import Fuse, Killed
from tests.terminal.warehouse import fill


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


async def at_the_door(bench: Bench) -> Device:
    """Enrolled and supplied, nobody signed in."""
    await bench.device.open()
    await bench.device.enrol("GOOD", "")
    await bench.device.sync_once()
    return bench.device


def test_the_right_pin_begins_a_session_also_offline(bench: Bench) -> None:
    async def work() -> None:
        device = await at_the_door(bench)
        bench.server.faults.extend(["no_network"] * 9)
        assert device.name_of_badge("ADA") == "Ada"
        message = await device.sign_in("ADA", PIN)

        assert message.key == "sign_in.welcome"
        assert device.worker is not None
        assert (device.worker.person_id, device.worker.role) == ("P1", "worker")
        await device.sign_out()
        assert device.worker is None

    run(work())


def test_a_badge_without_its_pin_opens_nothing(bench: Bench) -> None:
    async def work() -> None:
        device = await at_the_door(bench)
        for badge, pin, key in (
            ("ADA", "", "sign_in.wrong_pin"),
            ("NOBODY", PIN, "sign_in.unknown_badge"),
            ("", PIN, "sign_in.unknown_badge"),
        ):
            assert (await device.sign_in(badge, pin)).key == key
            assert device.worker is None

    run(work())


def test_each_wrong_pin_says_how_many_tries_are_left_and_then_locks(bench: Bench) -> None:
    async def work() -> None:
        device = await at_the_door(bench)
        said = [await device.sign_in("ADA", "0000") for _ in range(6)]

        assert [(message.key, message.params["n"]) for message in said] == [
            ("sign_in.wrong_pin", 4),
            ("sign_in.wrong_pin", 3),
            ("sign_in.wrong_pin", 2),
            ("sign_in.wrong_pin", 1),
            ("sign_in.locked", 1),
            ("sign_in.locked", 1),
        ]
        assert (await device.sign_in("ADA", PIN)).key == "sign_in.locked"
        # Others are not locked with her.
        assert (await device.sign_in("BEN", PIN)).key == "sign_in.welcome"

    run(work())


def test_the_server_hears_of_a_locked_pin_once(bench: Bench) -> None:
    async def work() -> None:
        device = await at_the_door(bench)
        for _ in range(6):
            await device.sign_in("ADA", "0000")
        bench.server.faults.append("no_network")
        for _ in range(3):
            await device.sync_once()

        assert [(each["person_id"], each["tries"]) for each in bench.server.lockouts] == [("P1", 5)]

    run(work())


@pytest.mark.parametrize("badge", ["WHO:ADA", "who:ADA", " ADA "])
def test_a_printed_badge_says_that_it_is_one(bench: Bench, badge: str) -> None:
    async def work() -> None:
        device = await at_the_door(bench)

        assert device.name_of_badge(badge) == "Ada"
        assert (await device.sign_in(badge, PIN)).key == "sign_in.welcome"

    run(work())


def test_the_wait_ends_and_doubles_with_the_next_wrong_pin(bench: Bench) -> None:
    async def work() -> None:
        device = await at_the_door(bench)
        for _ in range(5):
            await device.sign_in("ADA", "0000")
        bench.clock.ms += 60_000
        again = await device.sign_in("ADA", "0000")
        assert (again.key, again.params["n"]) == ("sign_in.locked", 2)
        bench.clock.ms += 120_000
        assert (await device.sign_in("ADA", PIN)).key == "sign_in.welcome"
        assert (await device.sign_in("ADA", "0000")).params["n"] == 4

    run(work())


def test_a_restart_gives_no_free_try_and_begins_the_wait_anew(bench: Bench) -> None:
    async def work() -> None:
        device = await at_the_door(bench)
        for _ in range(5):
            await device.sign_in("ADA", "0000")
        bench.clock.ms += 50_000
        device = await bench.restart()
        assert (await device.sign_in("ADA", PIN)).key == "sign_in.locked"
        bench.clock.ms += 50_000
        assert (await device.sign_in("ADA", PIN)).key == "sign_in.locked"
        bench.clock.ms += 11_000
        assert (await device.sign_in("ADA", PIN)).key == "sign_in.welcome"

    run(work())


def test_a_kill_during_a_try_does_not_give_it_back(memory_folder: Path) -> None:
    async def work() -> None:
        fuse = Fuse()
        bench = Bench(memory_folder, fuse.connect)
        fill(bench.server)
        device = await at_the_door(bench)
        # The try itself is committed before the PIN is looked at.
        bench.disk.is_full = True
        with pytest.raises(Exception, match="full"):
            await device.sign_in("ADA", PIN)
        bench.disk.is_full = False
        assert (await device.sign_in("ADA", "0000")).params["n"] == 3
        fuse.left = 1
        with pytest.raises(Killed):
            await device.sign_in("ADA", "0000")

    run(work())


def test_a_blocked_person_does_not_get_in(bench: Bench) -> None:
    async def work() -> None:
        record = WorkerRecord(
            person_id="P1",
            name="Ada",
            badge="ADA",
            pin_verifier=VERIFIER,
            blocked_at=START - timedelta(days=1),
        )
        bench.server.publish("site:MAIN", "worker", "P1", record)
        device = await at_the_door(bench)

        assert (await device.sign_in("ADA", PIN)).key == "sign_in.blocked"

    run(work())


@pytest.mark.parametrize(("rounds", "length"), [(1, 20), (2, 32), (77, 33), (1000, 64)])
@pytest.mark.parametrize("password", [b"", b"4711", b"x" * 64, b"y" * 65])
def test_the_slow_derivation_is_pbkdf2(password: bytes, rounds: int, length: int) -> None:
    expected = hashlib.pbkdf2_hmac("sha256", password, b"salt", rounds, length)

    assert derive_slowly(password, b"salt", rounds, length) == expected
    assert derive(password, b"salt", rounds, length) == expected


def test_the_derivation_works_where_python_has_no_openssl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(hashlib, "pbkdf2_hmac")

    assert is_right_pin(VERIFIER, PIN)
    assert not is_right_pin(VERIFIER, "4712")


@pytest.mark.parametrize(
    "verifier",
    [
        "",
        "pbkdf2$1$00",
        "pbkdf2$1$00$",
        "pbkdf2$0$00$00",
        "pbkdf2$x$00$00",
        "argon2$1$00$00",
        "pbkdf2$1$zz$00",
        "pbkdf2$999999999$00$00",
    ],
)
def test_a_verifier_that_cannot_be_read_lets_nobody_in(verifier: str) -> None:
    assert not is_right_pin(verifier, "")
    assert not is_right_pin(verifier, PIN)
