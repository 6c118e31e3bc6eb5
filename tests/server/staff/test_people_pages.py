"""People in the back office: added, changed, blocked, and what is refused stands at its field."""

import re

import sqlalchemy as sa
from flask import Flask

from server.database import db
from server.security.pins import pin_matches
from server.security.tables import Person
from tests.support.people import PASSWORD, Browser, add_person, browser_of

JOEL = {"name": "Joel Adeyemi", "role": "worker", "language": "en", "badge": "W-0017", "pin": "4071"}


def person(app: Flask, name: str) -> sa.RowMapping:
    with app.app_context():
        query = sa.select(Person.__table__).where(Person.name == name)
        return db.session.execute(query).mappings().one()


def test_an_added_worker_has_a_badge_and_a_pin(app: Flask, admin: Browser) -> None:
    answer = admin.post("/people/new", **JOEL)

    row = person(app, "Joel Adeyemi")
    assert answer.status_code == 303
    assert (row["role"], row["badge"], row["login"]) == ("worker", "W-0017", None)
    assert pin_matches(row["pin_verifier"], "4071")
    listed = admin.get("/people").text
    assert "Joel Adeyemi is added." in listed
    assert "W-0017" in listed


def test_an_added_supervisor_signs_in(app: Flask, admin: Browser) -> None:
    admin.post("/people/new", name="Dana", role="supervisor", language="fr", login="Dana", password=PASSWORD)

    assert Browser(app).sign_in("dana", PASSWORD).status_code == 303


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed_but_secrets(
    app: Flask, admin: Browser
) -> None:
    answer = admin.post("/people/new", **{**JOEL, "pin": "1234"})

    assert answer.status_code == 422
    assert 'value="Joel Adeyemi"' in answer.text
    assert "1234" not in re.sub(r"not 1234", "", answer.text)
    assert 'id="said-pin"' in answer.text
    assert "This PIN is easy to guess. Take another one." in answer.text
    with app.app_context():
        assert db.session.execute(sa.select(sa.func.count()).select_from(Person)).scalar_one() == 1


def test_a_change_without_secrets_leaves_them(app: Flask, admin: Browser) -> None:
    admin.post("/people/new", **JOEL)
    person_id = person(app, "Joel Adeyemi")["person_id"]

    answer = admin.post(f"/people/{person_id}", **{**JOEL, "name": "Joel A.", "pin": ""})

    assert answer.status_code == 303
    assert pin_matches(person(app, "Joel A.")["pin_verifier"], "4071")
    assert "name: Joel Adeyemi → Joel A." in admin.get(f"/people/{person_id}").text


def test_no_page_shows_a_verifier_or_a_hash(app: Flask, admin: Browser) -> None:
    admin.post("/people/new", **{**JOEL, "login": "joel", "password": PASSWORD})
    person_id = person(app, "Joel Adeyemi")["person_id"]

    pages = "".join(admin.get(path).text for path in ("/people", f"/people/{person_id}", "/audit"))

    assert "pbkdf2" not in pages
    assert "argon2" not in pages


def test_a_blocked_person_is_out_until_let_in_again(app: Flask, admin: Browser) -> None:
    person_id = add_person(app, "supervisor", name="Dana", login="dana", password=PASSWORD)

    admin.post(f"/people/{person_id}/block")
    blocked = Browser(app).sign_in("dana", PASSWORD).status_code
    listed = admin.get("/people").text
    admin.post(f"/people/{person_id}/unblock")

    assert (blocked, Browser(app).sign_in("dana", PASSWORD).status_code) == (403, 303)
    assert "Blocked" in listed


def test_nobody_is_offered_to_block_himself(app: Flask, admin: Browser) -> None:
    own = person(app, "Some administrator")["person_id"]

    page = admin.get(f"/people/{own}").text
    forced = admin.post(f"/people/{own}/block")

    assert "/block" not in page
    assert forced.status_code == 422
    assert person(app, "Some administrator")["blocked_at"] is None


def test_people_are_found_by_name_login_or_badge(app: Flask, admin: Browser) -> None:
    admin.post("/people/new", **JOEL)
    add_person(app, "worker", name="Petra")

    def found(text: str) -> list[str]:
        page = admin.get(f"/people?text={text}").text
        return [name for name in ("Joel Adeyemi", "Petra") if name in page]

    assert (found("JOEL"), found("0017"), found("etr"), found("nobody"), found("%25")) == (
        ["Joel Adeyemi"],
        ["Joel Adeyemi"],
        ["Petra"],
        [],
        [],
    )


def test_the_audit_trail_tells_who_did_what(app: Flask, admin: Browser) -> None:
    admin.post("/people/new", **JOEL)

    page = admin.get("/audit?event=person_made").text

    assert "Person added" in page
    assert "Some administrator" in page
    assert "badge: W-0017" in page


def test_only_administrators_see_people(app: Flask) -> None:
    back_office = browser_of(app, "back_office")

    assert [back_office.get(path).status_code for path in ("/people", "/people/new", "/audit")] == [403] * 3
    assert 'href="/people"' not in back_office.get("/devices").text


def test_an_unknown_person_is_not_there(admin: Browser) -> None:
    assert admin.get("/people/P999").status_code == 404


def test_pages_speak_french(admin: Browser) -> None:
    assert "Ajouter une personne" in admin.get("/people?lang=fr").text
