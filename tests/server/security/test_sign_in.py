"""Signing in to the back office."""

import dataclasses
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask

from server.config import Config
from server.database import db, write
from server.security.audit import COMMAND_LINE
from server.security.passwords import is_right
from server.security.people import block_person
from server.security.sessions import cookie_name
from server.security.sign_in import SIGN_IN
from server.security.tables import Audit, PersonSession
from server.security.throttle import ADDRESS, LOGIN, Try, address_subject, count_try, login_subject
from tests.server.security.conftest import Clock, audit_events
from tests.support.fixtures import server_on
from tests.support.people import PASSWORD, Browser, add_person


@pytest.fixture
def dana(app: Flask) -> str:
    return add_person(app, "back_office", name="Dana Whitfield", login="dana", password=PASSWORD)


def is_in(browser: Browser) -> bool:
    return browser.get("/password").status_code == 200


def fail(login: str, app: Flask, clock: Clock, times: int = 1) -> Try:
    """A wrong try from this machine, without the time that a password takes."""
    subjects = {login_subject(login): LOGIN, address_subject("127.0.0.1", SIGN_IN): ADDRESS}
    with app.app_context():
        tries = [write(lambda c: count_try(c, subjects, clock())) for _ in range(times)]
    return tries[-1]


def words(text: str) -> str:
    """A page without the token of its form, which differs each time."""
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line and "login" not in line)


def test_the_right_password_opens_the_page_that_was_wanted(app: Flask, dana: str) -> None:
    browser = Browser(app)

    sent_away = browser.get("/password?x=1")
    answer = browser.sign_in("Dana ", PASSWORD, next="/password?x=1")

    assert sent_away.status_code == 303
    assert sent_away.headers["Location"] == "/sign-in?next=/password?x%3D1"
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/password?x=1"
    assert is_in(browser)
    assert audit_events(app) == ["person_made", "sign_in"]


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(app: Flask, dana: str) -> None:
    browser = Browser(app)

    wrong = browser.sign_in("dana", "not the password")
    unknown = browser.sign_in("nobody", "not the password")

    assert wrong.status_code == unknown.status_code == 403
    assert words(wrong.text) == words(unknown.text)
    assert "do not belong together" in wrong.text
    assert not is_in(browser)


def test_a_blocked_person_gets_the_same_answer_as_anybody(app: Flask, dana: str, clock: Clock) -> None:
    with app.app_context():
        write(lambda c: block_person(c, dana, actor=COMMAND_LINE, now=clock()))
    browser = Browser(app)

    blocked = browser.sign_in("dana", PASSWORD)
    unknown = browser.sign_in("nobody", PASSWORD)

    assert blocked.status_code == 403
    assert words(blocked.text) == words(unknown.text)


def test_a_person_without_password_cannot_sign_in_with_an_empty_one(app: Flask) -> None:
    add_person(app, "worker", badge="W-1", pin="4071")
    browser = Browser(app)

    assert browser.sign_in("", "").status_code == 403
    assert not is_in(browser)


def test_what_was_typed_as_an_unknown_login_is_not_written_down(app: Flask, dana: str) -> None:
    Browser(app).sign_in("my secret pass phrase", "x")

    with app.app_context():
        row = db.session.execute(sa.select(Audit.event, Audit.note).order_by(Audit.audit_no.desc())).first()
    assert row == ("sign_in_failed", "unknown login")


def test_after_five_wrong_passwords_even_the_right_one_waits(app: Flask, dana: str, clock: Clock) -> None:
    browser = Browser(app)
    for _ in range(5):
        browser.sign_in("dana", "wrong")

    early = browser.sign_in("dana", PASSWORD)
    clock.go(seconds=30)
    late = browser.sign_in("dana", PASSWORD)

    assert early.status_code == 403
    assert "Too many tries" in early.text
    assert "30\xa0s" in early.text
    assert late.status_code == 303
    assert audit_events(app).count("sign_in_locked") == 1


def test_the_delay_doubles_up_to_a_quarter_of_an_hour(app: Flask, clock: Clock) -> None:
    waits = []
    for _ in range(12):
        with app.app_context():
            tried = write(lambda c: count_try(c, {login_subject("dana"): LOGIN}, clock()))
        if tried.locks_until is not None:
            waits.append((tried.locks_until - clock()).total_seconds())
            clock.at = tried.locks_until

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_a_try_at_a_locked_login_is_not_counted(app: Flask, clock: Clock) -> None:
    fail("dana", app, clock, times=5)

    refused = [fail("dana", app, clock).refused_until for _ in range(20)]
    clock.go(seconds=30)

    assert set(refused) == {refused[0]}
    assert refused[0] is not None
    assert fail("dana", app, clock).refused_until is None


def test_failures_are_forgotten_after_a_day(app: Flask, clock: Clock) -> None:
    fail("dana", app, clock, times=4)

    clock.go(hours=24, seconds=1)

    assert fail("dana", app, clock).locks_until is None


def test_a_hundred_tries_at_once_are_counted_each(app: Flask, clock: Clock) -> None:
    """Counted before they are looked at: else all of a storm would read a counter of 0."""
    with ThreadPoolExecutor(8) as pool:
        tries = list(pool.map(lambda _: fail("dana", app, clock), range(40)))

    assert sum(1 for tried in tries if tried.refused_until is None) == 5


def test_an_unknown_login_is_locked_just_as_a_known_one(app: Flask, dana: str, clock: Clock) -> None:
    for login in ("nobody", "dana"):
        fail(login, app, clock, times=5)

    answers = [Browser(app).sign_in(login, "wrong").text for login in ("nobody", "dana")]

    assert "Too many tries" in answers[0]
    assert words(answers[0]) == words(answers[1])


def test_a_success_forgets_what_the_login_had_failed(app: Flask, dana: str) -> None:
    browser = Browser(app)
    for _ in range(4):
        browser.sign_in("dana", "wrong")
    assert browser.sign_in("dana", PASSWORD).status_code == 303
    browser.post("/sign-out")

    for _ in range(4):
        browser.sign_in("dana", "wrong")

    assert browser.sign_in("dana", PASSWORD).status_code == 303


def test_an_address_that_tries_many_logins_is_locked_as_a_whole(app: Flask, dana: str, clock: Clock) -> None:
    for number in range(30):
        fail(f"login{number}", app, clock)

    answer = Browser(app).sign_in("dana", PASSWORD)

    assert answer.status_code == 403
    assert "Too many tries" in answer.text


def test_a_success_does_not_open_a_locked_address(app: Flask, dana: str, clock: Clock) -> None:
    """Else whoever has one account could try all others for ever."""
    for number in range(28):
        fail(f"login{number}", app, clock)
    assert Browser(app).sign_in("dana", PASSWORD).status_code == 303

    fail("one more", app, clock)
    fail("yet another", app, clock)

    assert "Too many tries" in Browser(app).sign_in("dana", PASSWORD).text


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_an_ipv6_network_counts_as_one_address(one: str, other: str, same: bool) -> None:
    assert (address_subject(one, SIGN_IN) == address_subject(other, SIGN_IN)) is same


def test_a_planted_session_id_opens_nothing_after_the_sign_in(app: Flask, dana: str) -> None:
    planted = secrets.token_urlsafe(32)
    victim, attacker = Browser(app), Browser(app)
    for browser in (victim, attacker):
        with app.app_context():
            browser.client.set_cookie(cookie_name(), planted)

    victim.sign_in("dana", PASSWORD)

    with app.app_context():
        cookie = victim.client.get_cookie(cookie_name())
    assert cookie is not None
    assert cookie.value != planted
    assert is_in(victim)
    assert not is_in(attacker)


def test_signing_in_again_ends_the_session_that_the_browser_had(app: Flask, dana: str) -> None:
    browser, copy = Browser(app), Browser(app)
    browser.sign_in("dana", PASSWORD)
    with app.app_context():
        old = browser.client.get_cookie(cookie_name())
        assert old is not None
        copy.client.set_cookie(cookie_name(), old.value)
    token = browser.token()

    browser.client.post("/sign-in", data={"csrf_token": token, "login": "dana", "password": PASSWORD})

    assert is_in(browser)
    assert not is_in(copy)


def test_signing_out_ends_the_session_on_the_server(app: Flask, dana: str) -> None:
    browser, copy = Browser(app), Browser(app)
    browser.sign_in("dana", PASSWORD)
    with app.app_context():
        cookie = browser.client.get_cookie(cookie_name())
        assert cookie is not None
        copy.client.set_cookie(cookie_name(), cookie.value)

    answer = browser.post("/sign-out")

    assert answer.headers["Location"] == "/sign-in"
    assert not is_in(copy)
    assert audit_events(app)[-1] == "sign_out"


def test_a_session_ends_after_twelve_idle_hours_and_seven_days(app: Flask, dana: str, clock: Clock) -> None:
    browser = Browser(app)
    browser.sign_in("dana", PASSWORD)

    clock.go(hours=11, minutes=59)
    still_in = is_in(browser)
    clock.go(hours=12)
    idle = is_in(browser)
    browser.sign_in("dana", PASSWORD)
    for _ in range(16):
        clock.go(hours=10)
        assert is_in(browser)
    clock.go(hours=8)

    assert (still_in, idle, is_in(browser)) == (True, False, False)


def test_the_cookie_is_kept_from_scripts_and_other_sites(app: Flask, dana: str) -> None:
    answer = Browser(app).sign_in("dana", PASSWORD)

    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("scanledger="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_the_database_holds_neither_the_session_id_nor_the_password(app: Flask, dana: str) -> None:
    browser = Browser(app)
    browser.sign_in("dana", PASSWORD)

    with app.app_context():
        cookie = browser.client.get_cookie(cookie_name())
        assert cookie is not None
        kept = db.session.execute(sa.select(PersonSession.session_hash)).scalars().all()
        person = db.session.execute(sa.text("SELECT * FROM person")).mappings().one()
    assert len(kept) == 1
    assert cookie.value not in kept
    assert person["password_hash"].startswith("$argon2id$")
    assert PASSWORD not in str(dict(person))


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", "\\\\x"],
)
def test_a_sign_in_never_leads_to_another_site(app: Flask, dana: str, wanted: str) -> None:
    answer = Browser(app).sign_in("dana", PASSWORD, next=wanted)

    assert answer.headers["Location"] == "/"


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(app: Flask, dana: str) -> None:
    here, elsewhere = Browser(app), Browser(app)
    here.sign_in("dana", PASSWORD)
    elsewhere.sign_in("dana", PASSWORD)

    wrong = here.post("/password", former="guess", password="a wholly new one")
    short = here.post("/password", former=PASSWORD, password="short")
    right = here.post("/password", former=PASSWORD, password="a wholly new one")

    assert (wrong.status_code, short.status_code, right.status_code) == (422, 422, 303)
    assert "This is not your password." in wrong.text
    assert is_in(here)
    assert not is_in(elsewhere)
    assert Browser(app).sign_in("dana", "a wholly new one").status_code == 303


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "192.0.2.7")])
def test_the_callers_address_is_believed_from_our_own_proxies_only(
    config: Config, clock: Clock, proxies: int, address: str
) -> None:
    with server_on(dataclasses.replace(config, now=clock, trusted_proxies=proxies)) as app:
        browser = Browser(app)
        form = {"csrf_token": browser.token(), "login": "nobody", "password": "wrong"}

        browser.client.post("/sign-in", data=form, headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.7"})

        with app.app_context():
            assert db.session.execute(sa.select(Audit.address)).scalar_one() == address


def test_a_missing_hash_takes_no_password() -> None:
    assert not is_right("", "")
    assert not is_right("", "nobody has this password")
