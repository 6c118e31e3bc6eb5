"""A company that nobody has loaded anything into."""

import sqlalchemy as sa
from flask import Flask

from server.config import Config
from server.database import db, write
from server.masterdata.begin import ensure_setup
from server.masterdata.tables import InventorySetup


def test_new_company_answers_hello_and_keeps_its_epoch(app: Flask, config: Config) -> None:
    with app.app_context():
        for _ in range(2):
            write(lambda connection: ensure_setup(connection, config))
        (epoch,) = db.session.execute(sa.select(InventorySetup.server_epoch)).scalars()

    answer = app.test_client().get("/sync/v1/hello")

    assert answer.status_code == 200
    assert answer.get_json()["server_epoch"] == epoch
