"""Devices in the back office: enrolled by a page, listed with what they hold, revoked with a reason."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from server.database import db, write
from server.inbox.tables import DeviceEpoch, DeviceGap
from server.security.tables import Audit, Device
from tests.server.security.conftest import Clock
from tests.server.security.enrolling import drawn
from tests.support.people import Browser, browser_of

CODE = re.compile(r'<p class="enrolment-code code"[^>]*>([^<]+)</p>')


def show_code(admin: Browser, **more: str) -> TestResponse:
    return admin.post(
        "/devices/enrol",
        location_code="WH1",
        base_url="https://books.example/",
        device_name="Aisle A",
        **more,
    )


def code_in(page: TestResponse) -> str:
    found = CODE.search(page.text)
    assert found is not None
    return found.group(1)


def enrol(app: Flask, code: str, install_id: str = "phone 1") -> TestResponse:
    return app.test_client().post("/sync/v1/enrol", json={"code": code, "install_id": install_id})


def rows(app: Flask, statement: sa.Select[*tuple[object, ...]]) -> list[tuple[object, ...]]:
    with app.app_context():
        return [tuple(row) for row in db.session.execute(statement)]


def test_a_code_from_the_page_enrols_a_device_that_the_list_shows(app: Flask, admin: Browser) -> None:
    page = show_code(admin)
    answer = enrol(app, code_in(page))

    assert page.status_code == answer.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    listed = admin.get("/devices").text
    assert "HH-01" in listed
    assert "Aisle A" in listed
    assert "Not heard yet" in listed
    assert "Enrolled by" in admin.get("/devices/HH-01").text
    assert "Some administrator" in admin.get("/devices/HH-01").text


def test_the_picture_on_the_page_reads_as_the_address_with_the_code(admin: Browser) -> None:
    import zxingcpp

    page = show_code(admin).text

    svg = page[
        page.index("<svg viewBox", page.index('class="picture"')) : page.index(
            "</svg>", page.index('class="picture"')
        )
        + 6
    ]
    (read,) = zxingcpp.read_barcodes(drawn(svg))
    assert read.text == "https://books.example/terminal/#enrol=" + code_in_text(page).replace("-", "")


def code_in_text(page: str) -> str:
    found = CODE.search(page)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"location_code": "NOWHERE", "base_url": "https://b.example"}, "There is no location of this code."),
        ({"location_code": "WH1", "base_url": "javascript:alert(1)"}, "Begin with https:// or http://."),
    ],
)
def test_a_code_is_not_made_from_what_is_wrong(
    app: Flask, admin: Browser, fields: dict[str, str], sentence: str
) -> None:
    answer = admin.post("/devices/enrol", **fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert rows(app, sa.select(Audit.event).where(Audit.event == "enrolment_code_made")) == []


def test_a_revocation_needs_a_reason_and_holds(app: Flask, admin: Browser) -> None:
    enrol(app, code_in(show_code(admin)))

    without = admin.post("/devices/HH-01/revoke", reason="  ")
    still_in = rows(app, sa.select(Device.revoked_at))
    done = admin.post("/devices/HH-01/revoke", reason="Left on a lorry")

    assert (without.status_code, still_in, done.status_code) == (422, [(None,)], 303)
    page = admin.get("/devices/HH-01").text
    assert "HH-01 is revoked." in page
    assert "Left on a lorry" in page
    assert "Enrol again" not in page
    assert rows(app, sa.select(Audit.note).where(Audit.event == "device_revoked")) == [("Left on a lorry",)]


def test_a_known_device_gets_a_new_secret_by_its_own_page(app: Flask, admin: Browser) -> None:
    enrol(app, code_in(show_code(admin)))

    form = admin.get("/devices/enrol?device_id=HH-01")
    again = enrol(app, code_in(show_code(admin, device_id="HH-01")), "phone 2").json

    assert "HH-01 gets a new secret" in form.text
    assert isinstance(again, dict)
    assert (again["device_id"], again["epoch"]) == ("HH-01", 2)


def test_a_revoked_device_has_no_form_for_a_new_secret(app: Flask, admin: Browser) -> None:
    enrol(app, code_in(show_code(admin)))
    admin.post("/devices/HH-01/revoke", reason="lost")

    assert admin.get("/devices/enrol?device_id=HH-01").status_code == 404
    assert show_code(admin, device_id="HH-01").status_code == 404


def test_the_list_shows_what_waits_and_what_is_missing(app: Flask, admin: Browser, clock: Clock) -> None:
    enrol(app, code_in(show_code(admin)))

    def set_up(connection: sa.Connection) -> None:
        connection.execute(sa.insert(DeviceEpoch).values(device_id="HH-01", epoch=1, head=20, queue_depth=37))
        gap = {"device_id": "HH-01", "epoch": 1, "noticed_at": clock()}
        connection.execute(
            sa.insert(DeviceGap),
            [
                {**gap, "from_seq": 4, "to_seq": 6, "is_lost": False},
                {**gap, "from_seq": 9, "to_seq": 9, "is_lost": True},
            ],
        )

    with app.app_context():
        write(set_up)
    listed = admin.get("/devices").text
    card = admin.get("/devices/HH-01").text

    assert cell(listed, "Waiting") == "37"
    assert cell(listed, "Missing") == "4"
    assert "<b>4–6</b>" in card
    assert "Lost" in card


def cell(page: str, label: str) -> str:
    found = re.search(rf'data-label="{label}"[^>]*>(.*?)</td>', page, re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]+>", "", found.group(1)).strip()


def test_a_token_for_a_program_is_shown_once_and_works(app: Flask, admin: Browser) -> None:
    page = admin.post("/devices/program", device_id="ERP", role="back_office")

    found = re.search(r"Bearer (slt_[\w-]+)", page.text)
    assert found is not None
    answer = app.test_client().get("/api/v1/items", headers={"Authorization": f"Bearer {found.group(1)}"})
    assert answer.status_code == 200
    assert found.group(1) not in admin.get("/devices/ERP").text
    assert "Good tokens" in admin.get("/devices/ERP").text


@pytest.mark.parametrize(
    "fields",
    [
        {"device_id": "", "role": "back_office"},
        {"device_id": "ERP", "role": "administrator"},
        {"device_id": "HH-01", "role": "back_office"},
        {"device_id": "x" * 51, "role": "back_office"},
    ],
)
def test_a_token_is_not_made_from_what_is_wrong(app: Flask, admin: Browser, fields: dict[str, str]) -> None:
    enrol(app, code_in(show_code(admin)))

    assert admin.post("/devices/program", **fields).status_code == 422
    assert rows(app, sa.select(Audit.event).where(Audit.event == "api_token_made")) == []


def test_who_may_look_sees_no_button_to_change(app: Flask, admin: Browser) -> None:
    enrol(app, code_in(show_code(admin)))
    supervisor = browser_of(app, "supervisor")

    listed, card = supervisor.get("/devices").text, supervisor.get("/devices/HH-01").text

    assert "HH-01" in listed
    assert "Enrol a device" not in listed
    assert "Revoke" not in card
    assert "What was done" not in card


def test_an_unknown_device_is_not_there(admin: Browser) -> None:
    assert admin.get("/devices/HH-99").status_code == 404
