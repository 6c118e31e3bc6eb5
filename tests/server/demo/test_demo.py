"""The demo company: made once, kept the second time, with sign-ins that work."""

import json
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa

from server.cli import main
from server.commands import demo
from server.database import db
from server.ledger.tables import ItemRegister
from server.security.passwords import is_right
from server.security.pins import pin_matches
from server.security.tables import Person
from server.web.terminal_site import PAGE
from tests.support.data_sets import first_receipts
from tests.support.fixtures import config_for, server_on

ROWS = 200


def test_a_demo_twice_is_one_company_with_people_who_can_sign_in(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("SCANLEDGER_HOME", str(home))
    monkeypatch.setenv("SCANLEDGER_DATABASE_URL", sqlite_url)
    monkeypatch.setattr(demo, "PACKAGED", first_receipts(tmp_path / "receipts", ROWS))

    assert main(["demo", "--no-serve", "--port", "8123"]) == 0
    first = capsys.readouterr().out
    assert main(["demo", "--no-serve", "--port", "8123"]) == 0
    second = capsys.readouterr().out

    known = home / "demo-people.json"
    people = {person["name"]: person for person in json.loads(known.read_text(encoding="utf-8"))}
    assert stat.S_IMODE(known.stat().st_mode) == 0o600
    assert (home / "terminal" / PAGE).is_file()
    for printed in (first, second):
        assert "http://localhost:8123/terminal/#enrol=" in printed
        for person in people.values():
            assert all(person[field] in printed for field in ("name", "password", "pin"))
    assert "nothing was loaded again" in second
    with server_on(config_for(sqlite_url, home)) as app, app.app_context():
        rows = {row.name: row for row in db.session.execute(sa.select(Person)).scalars()}
        registers = db.session.scalar(sa.select(sa.func.count()).select_from(ItemRegister))
        assert {name: row.role for name, row in rows.items()} == {
            "Marek Wójcik": "worker",
            "Dana Whitfield": "supervisor",
            "Amina Koné": "back_office",
            "Joel Adeyemi": "administrator",
        }
        assert registers == ROWS
        for name, row in rows.items():
            assert bool(row.badge) == bool(people[name]["pin"])
            assert not row.badge or pin_matches(row.pin_verifier, people[name]["pin"])
            assert not row.login or is_right(row.password_hash, people[name]["password"])
