"""What tests of devices do over HTTP: make a code, enrol, ask for a token, knock; and read a QR code."""

import json
import re

import sqlalchemy as sa
from flask import Flask
from PIL import Image, ImageDraw
from werkzeug.test import TestResponse

from server.database import write
from server.masterdata.tables import InventorySetup, Location
from server.security import enrolment
from server.security.audit import COMMAND_LINE, Actor
from server.security.devices import revoke_device
from server.security.permissions import Permission, requires
from server.security.sessions import current_device
from tests.server.security.conftest import Clock

INSTALL = "0193a3f0-8f2c-7000-8000-000000000001"


def with_doors(app: Flask) -> Flask:
    """Add a location and two doors: one for devices, one that takes a revoked one too."""

    @app.get("/sync/v1/door")
    @requires(Permission.DEVICE)
    def door() -> dict[str, object]:
        return {"device": current_device().device_id, "epoch": current_device().epoch}

    @app.get("/sync/v1/hatch")
    @requires(Permission.DEVICE_PUSH)
    def hatch() -> dict[str, object]:
        return {"is_revoked": current_device().revoked_at is not None}

    def set_up(connection: sa.Connection) -> None:
        connection.execute(sa.insert(InventorySetup).values(id=1, server_epoch="first"))
        connection.execute(sa.insert(Location).values(code="WH1", name="Wholesale DC"))

    with app.app_context():
        write(set_up)
    return app


def code_of(app: Flask, clock: Clock, **more: str) -> str:
    with app.app_context():
        return write(
            lambda c: enrolment.make_code(
                c, location_code="WH1", actor=Actor(person_id="P001"), now=clock(), **more
            )
        )


def enrol(app: Flask, code: str, install_id: str = INSTALL, device_name: str = "") -> TestResponse:
    body = {"code": code, "install_id": install_id, "device_name": device_name}
    return app.test_client().post("/sync/v1/enrol", json=body)


def enrolled(app: Flask, clock: Clock) -> dict[str, str]:
    answer = enrol(app, code_of(app, clock)).json
    assert isinstance(answer, dict)
    return answer


def ask_token(app: Flask, device: dict[str, str]) -> TestResponse:
    body = {"device_id": device["device_id"], "device_secret": device["device_secret"]}
    return app.test_client().post("/sync/v1/token", json=body)


def token_of(app: Flask, device: dict[str, str]) -> str:
    answer = ask_token(app, device).json
    assert isinstance(answer, dict)
    token: str = answer["token"]
    return token


def knock(app: Flask, token: str, path: str = "/sync/v1/door") -> TestResponse:
    return app.test_client().get(path, headers={"Authorization": f"Bearer {token}"})


def code_in(answer: TestResponse) -> str:
    code: str = json.loads(answer.text)["code"]
    return code


def revoke(app: Flask, clock: Clock, device_id: str) -> bool:
    with app.app_context():
        return write(lambda c: revoke_device(c, device_id, actor=COMMAND_LINE, now=clock(), note="lost"))


def drawn(svg: str) -> Image.Image:
    """The picture that a browser makes of this SVG: black rectangles, 8 pixels to a unit."""
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert size is not None
    picture = Image.new("L", (int(size[1]) * 8, int(size[2]) * 8), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, width, height in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+Z", svg):
        left, top = int(x) * 8, int(y) * 8
        pen.rectangle((left, top, left + int(width) * 8 - 1, top + int(height) * 8 - 1), fill=0)
    return picture
