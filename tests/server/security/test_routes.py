"""Every route of the whole app: it declares its permission, holds to it, and answers with the headers."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from server import create_app
from server.config import Config
from server.database import dispose, write
from server.masterdata.tables import InventorySetup
from server.security.headers import terminal_policy
from server.security.permissions import ROLE_PERMISSIONS, Permission, Role, permission_of, role_may
from tests.support.fixtures import config_for, migrate
from tests.support.people import Browser, add_person, browser_of

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PART = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?\w+>")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One app for all routes: which database it stands on makes no difference here."""
    folder = tmp_path_factory.mktemp("routes")
    url = f"sqlite:///{folder / 'company.db'}"
    migrate(url)
    app = create_app(config_for(url, folder / "home"))
    with app.app_context():
        write(lambda c: c.execute(sa.insert(InventorySetup).values(id=1, server_epoch="first")))
    yield app
    dispose(app)


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def address(rule: Rule) -> str:
    """An address that the rule matches."""
    return _PART.sub(lambda part: "1" if part["kind"] == "int" else "x", rule.rule)


def requests_of(app: Flask) -> list[tuple[str, str, Permission]]:
    """Method, address and permission of everything that the app serves."""
    found = []
    for rule in rules(app):
        permission = permission_of(app.view_functions[rule.endpoint])
        assert permission is not None, rule
        found += [(method, address(rule), permission) for method in METHODS if method in (rule.methods or ())]
    return found


def test_every_route_declares_its_permission(served: Flask) -> None:
    silent = [
        rule.rule for rule in rules(served) if permission_of(served.view_functions[rule.endpoint]) is None
    ]

    assert silent == []


def test_only_these_routes_are_open_to_anybody(served: Flask) -> None:
    """A list to be read: whoever adds to it has thought about it."""
    opened = {
        rule.rule
        for rule in rules(served)
        if permission_of(served.view_functions[rule.endpoint]) is Permission.PUBLIC
    }
    may_be_open = {
        "/office-static/<path:filename>",
        "/sign-in",
        "/sync/v1/enrol",
        "/sync/v1/token",
        "/sync/v1/hello",
        "/healthz",
        "/api/v1/openapi.json",
        "/terminal/",
        "/terminal",
        "/terminal/<path:name>",
    }

    assert opened - may_be_open == set()


def test_nobody_gets_in_without_signing_in(served: Flask) -> None:
    browser = Browser(served)
    token = browser.token()
    let_in = []
    for method, path, permission in requests_of(served):
        if permission is Permission.PUBLIC:
            continue
        answer = browser.client.open(path, method=method, headers={"X-CSRFToken": token}, json={})
        is_page = not path.startswith(("/api/", "/sync/"))
        refused = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
        if not (refused if is_page else answer.status_code == 401):
            let_in.append((method, path, answer.status))
        elif not is_page:
            assert answer.mimetype == "application/problem+json"

    assert let_in == []


@pytest.mark.parametrize("role", list(Role))
def test_no_role_gets_further_than_its_rights(served: Flask, role: Role) -> None:
    browser = browser_of(served, role)
    token = browser.token()
    let_in = []
    for method, path, permission in requests_of(served):
        if permission in (Permission.PUBLIC, Permission.DEVICE, Permission.DEVICE_PUSH):
            continue
        if role_may(role, permission):
            continue
        answer = browser.client.open(path, method=method, headers={"X-CSRFToken": token}, json={})
        if answer.status_code != 403:
            let_in.append((method, path, answer.status))

    assert let_in == []


def test_a_session_cookie_is_no_device_token(served: Flask) -> None:
    browser = browser_of(served, "administrator")
    let_in = [
        (method, path)
        for method, path, permission in requests_of(served)
        if permission in (Permission.DEVICE, Permission.DEVICE_PUSH)
        and browser.client.open(path, method=method, json={}).status_code != 401
    ]

    assert let_in == []


def test_every_answer_carries_the_headers(served: Flask) -> None:
    browsers = {role: browser_of(served, role) for role in ("administrator", "back_office")}
    token = browsers["administrator"].token()
    bare = []
    for browser in (Browser(served), *browsers.values()):
        for method, path, _permission in [*requests_of(served), ("GET", "/no/such/page", Permission.PUBLIC)]:
            if path.startswith("/sign-out"):
                continue
            answer = browser.client.open(path, method=method, headers={"X-CSRFToken": token})
            headers = answer.headers
            policy = headers.get("Content-Security-Policy", "")
            is_whole = (
                "frame-ancestors 'none'" in policy
                and "default-src" in policy
                and headers.get("X-Content-Type-Options") == "nosniff"
                and headers.get("Referrer-Policy") == "same-origin"
                and headers.get("X-Frame-Options") == "DENY"
            )
            is_office = not path.startswith(("/terminal", "/office-static"))
            if is_office and ("unsafe" in policy or "blob:" in policy):
                is_whole = False
            if is_office and answer.mimetype == "text/html" and headers.get("Cache-Control") != "no-store":
                is_whole = False
            if not is_whole:
                bare.append((method, path, answer.status))

    assert bare == []


def test_under_https_browsers_are_told_to_stay_there(served: Flask, tmp_path: Path) -> None:
    config: Config = served.config["SCANLEDGER"]
    app = create_app(dataclasses.replace(config, secure_cookies=True))
    try:
        add_person(app, "worker", login="sam", password="correct horse battery")
        browser = Browser(app)
        page = browser.client.get("/sign-in", base_url="https://books.example")
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found is not None

        answer = browser.client.post(
            "/sign-in",
            base_url="https://books.example",
            headers={"Referer": "https://books.example/sign-in"},
            data={"csrf_token": found.group(1), "login": "sam", "password": "correct horse battery"},
        )
    finally:
        dispose(app)

    cookies = answer.headers.getlist("Set-Cookie")
    assert answer.status_code == 303
    assert any(line.startswith("__Host-scanledger=") for line in cookies)
    assert all("Secure" in line for line in cookies)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in Browser(served).get("/sign-in").headers


def test_the_terminal_may_run_webassembly_and_its_own_inline_scripts_only() -> None:
    page = (
        '<script src="a.js"></script><script>flet.x = 1;</script><script type="application/json">{}</script>'
    )

    policy = terminal_policy(page)

    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "'wasm-unsafe-eval'" in scripts
    # printf 'flet.x = 1;' | openssl dgst -sha256 -binary | base64
    assert scripts.count("sha256-") == 1
    assert "'sha256-rVEbz5CHL6/ac0Vy+bRHuyk/SNHhA+fj6TTQUDlDJSg='" in scripts
    assert "'unsafe-inline'" not in scripts
    assert "'unsafe-eval'" not in scripts


def test_rights_are_apart_as_the_house_says() -> None:
    """Features 16.09: each a separate right; who manages people neither posts nor decides."""
    holders = {
        permission: {role.value for role in Role if role_may(role, permission)} for permission in Permission
    }

    assert holders[Permission.APPROVE] == {"supervisor"}
    assert holders[Permission.DECIDE_INBOX] == {"supervisor", "back_office"}
    assert holders[Permission.POST_JOURNAL] == holders[Permission.STATE_DATES] == {"back_office"}
    assert holders[Permission.CHANGE_ITEMS] == holders[Permission.MANAGE_SETUP] == {"back_office"}
    assert holders[Permission.MANAGE_PEOPLE] == holders[Permission.MANAGE_DEVICES] == {"administrator"}
    assert holders[Permission.VIEW_STOCK] == {role.value for role in Role}
    assert set(ROLE_PERMISSIONS) == set(Role)
