"""What entries, presses and the number pad do, whatever screen stands: the session without a screen."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.wire.reference import WorkerRecord
from terminal.flows.step import AnswerKind
from terminal.platform.ports import HostFacts, Ports
from terminal.scanners.wedge import End, Entry, Source
from terminal.session import Screen, Session, code_of
from tests.terminal.doubles import PIN, VERIFIER, Bench
from tests.terminal.warehouse import HEART_EAN

Day = Callable[[Session], Awaitable[None]]


class Choices:
    """Settings in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, name: str, default: str = "") -> str:
        return self.kept.get(name, default)

    async def set(self, name: str, value: str) -> None:
        self.kept[name] = value


class Shell:
    """The page around the app, opened with an address; notes what it was asked for."""

    def __init__(self, enrolment_code: str) -> None:
        self.enrolment_code = enrolment_code
        self.has_new_build = False
        self.took_new_build = False

    async def facts(self) -> HostFacts:
        return HostFacts("native", "b1", None, self.has_new_build, self.enrolment_code)

    async def say_shown(self) -> None: ...

    async def take_new_build(self) -> None:
        self.took_new_build = True


def live(bench: Bench, day: Day, *, enrolment_code: str = "GOOD") -> Session:
    """A terminal that was opened by the address of a QR code, and what happens to it."""
    shell = Shell(enrolment_code)
    ports = Ports(bench.disk, bench.server, bench.clock, bench.keys, Choices(), shell)
    session = Session(ports, lambda: None)

    async def whole_day() -> None:
        await session.open()
        await session.enrol_by_address()
        await day(session)

    asyncio.run(whole_day())
    return session


def scanned(text: str) -> Entry:
    return Entry(text, Source.SCANNER, End.ENTER, 0)


def typed(text: str, end: End = End.ENTER) -> Entry:
    return Entry(text, Source.PERSON, end, 0)


async def sign_in(session: Session) -> None:
    await session.take(scanned("ADA"))
    for digit in PIN:
        await session.key_pin(digit)
    await session.sign_in()


@pytest.mark.parametrize("text", ["GOOD", " GOOD ", "https://example.org/terminal/#enrol=GOOD"])
def test_a_code_is_found_in_the_address_of_the_qr_code(text: str) -> None:
    assert code_of(text) == "GOOD"


def test_an_address_with_a_code_enrols_and_a_second_visit_does_not(bench: Bench) -> None:
    async def open_again(session: Session) -> None:
        assert session.screen is Screen.SIGN_IN
        await session.enrol_by_address()

    assert live(bench, open_again).device.device_id == "HH-1"


def test_a_refused_code_stays_in_the_field_with_the_reason(bench: Bench) -> None:
    async def nothing(_session: Session) -> None: ...

    session = live(bench, nothing, enrolment_code="USED")

    assert session.screen is Screen.ENROLMENT
    assert session.notice is not None
    assert (session.notice.key, session.typed) == ("enrolment.refused", "USED")


def test_at_the_badge_field_a_scan_is_taken_at_once_and_a_pause_in_typing_never(bench: Bench) -> None:
    async def day(session: Session) -> None:
        session.typed = "AD"
        await session.take(typed("AD", End.PAUSE))
        assert (session.badge, session.typed, session.notice) == ("", "AD", None)
        session.typed = "ADA"
        await session.take(typed("A"))
        assert session.badge == "ADA"
        session.show_badge("")

        # The field heard the scan's keys too; they are let go with it.
        session.typed, fields = "xADA", session.fields
        await session.take(scanned("ADA"))
        assert (session.badge, session.typed, session.fields) == ("ADA", "", fields + 1)

    live(bench, day)


def test_nobody_signed_in_means_that_a_scan_is_a_badge_on_the_queue_too(bench: Bench) -> None:
    async def day(session: Session) -> None:
        session.go_to(Screen.QUEUE)
        await session.take(scanned(HEART_EAN))
        assert session.screen is Screen.SIGN_IN
        assert session.notice is not None
        assert session.notice.key == "sign_in.unknown_badge"
        session.go_to(Screen.QUEUE)
        await session.back_from_queue()
        assert session.screen is Screen.SIGN_IN

    live(bench, day)


def test_a_scan_into_the_open_pad_is_a_scan_and_keys_are_digits(bench: Bench) -> None:
    async def day(session: Session) -> None:
        await sign_in(session)
        await session.begin("receive")
        await session.press("times")
        session.key("3")
        await session.take(scanned(HEART_EAN))
        assert not session.is_pad_open
        assert session.step is not None
        assert session.step.answer is not None
        assert session.step.answer.kind is AnswerKind.GO
        assert session.step.answer.big == 1

        session.open_pad()
        await session.take(typed("1", End.PAUSE))
        await session.take(typed("2"))
        assert session.step.answer.big == 12

    live(bench, day)


def test_a_pad_that_is_closed_leaves_nothing_behind(bench: Bench) -> None:
    async def day(session: Session) -> None:
        await sign_in(session)
        await session.begin("receive")
        await session.press("times")
        session.key("9")
        await session.close_pad()
        await session.take(scanned(HEART_EAN))
        assert session.step is not None
        assert session.step.answer is not None
        assert session.step.answer.big == 1

    live(bench, day)


def test_a_new_build_takes_over_when_the_worker_leaves(bench: Bench) -> None:
    async def day(session: Session) -> None:
        await sign_in(session)
        shell = session.ports.host
        assert isinstance(shell, Shell)
        shell.has_new_build = True
        await session.begin("receive")
        assert not shell.took_new_build
        await session.sign_out()
        assert shell.took_new_build

    live(bench, day)


def test_a_server_that_hangs_is_not_called_online_for_long(bench: Bench) -> None:
    async def day(session: Session) -> None:
        await sign_in(session)
        assert session.look_at_standing().is_online
        bench.server.faults.append("hangs")
        hanging = asyncio.create_task(session.device.sync_once())
        await asyncio.sleep(0)
        assert not session.look_at_standing().is_late
        bench.clock.ms += 5_000
        standing = session.look_at_standing()
        assert (standing.is_online, standing.is_late, standing.since) == (True, True, None)

        # The answer comes after all: delivered as ever, and said so.
        bench.server.goes_on.set()
        assert (await hanging).trouble == ""
        assert not session.look_at_standing().is_late

    live(bench, day)


def test_a_device_that_is_offline_stays_so_while_it_tries_again(bench: Bench) -> None:
    async def day(session: Session) -> None:
        await sign_in(session)
        bench.server.faults += ["no_network", "hangs"]
        await session.device.sync_once()
        hanging = asyncio.create_task(session.device.sync_once())
        await asyncio.sleep(0)
        bench.clock.ms += 5_000
        standing = session.look_at_standing()
        assert (standing.is_online, standing.is_late) == (False, False)
        assert standing.since is not None
        bench.server.goes_on.set()
        await hanging

    live(bench, day)


async def change_to(session: Session, badge: str) -> None:
    """Another worker takes the device."""
    await session.sign_out()
    await session.take(scanned(badge))
    for digit in PIN:
        await session.key_pin(digit)
    await session.sign_in()


def speaks(bench: Bench, person_id: str, name: str, language: str) -> None:
    """What the company knows of a worker's language."""
    record = WorkerRecord(
        person_id=person_id, name=name, badge=name.upper(), pin_verifier=VERIFIER, language=language
    )
    bench.server.publish("site:MAIN", "worker", person_id, record)


def test_a_worker_is_spoken_to_in_the_language_that_the_company_knows(bench: Bench) -> None:
    speaks(bench, "P1", "Ada", "fr")

    async def day(session: Session) -> None:
        assert session.language == "en"
        await sign_in(session)
        assert session.language == "fr"
        await change_to(session, "BEN")
        # Nothing is known of Ben, nor was anything chosen here.
        assert session.language == "en"

    live(bench, day)


def test_a_language_chosen_on_the_device_stays_the_workers_own(bench: Bench) -> None:
    speaks(bench, "P1", "Ada", "fr")
    speaks(bench, "P2", "Ben", "fr")

    async def day(session: Session) -> None:
        await sign_in(session)
        await session.choose("language", "en")
        assert session.language == "en"
        await change_to(session, "BEN")
        assert session.language == "fr"
        await session.sign_out()
        # The sign-in screen keeps what was chosen last.
        assert session.language == "en"
        await change_to(session, "ADA")
        assert session.language == "en"

    live(bench, day)


def test_a_language_that_this_build_does_not_speak_is_not_taken(bench: Bench) -> None:
    speaks(bench, "P1", "Ada", "nl")

    async def day(session: Session) -> None:
        await sign_in(session)
        assert session.language == "en"

    live(bench, day)
