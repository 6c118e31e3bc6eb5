"""Brings a database to the newest schema; called at start, by tests and by `scanledger`."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from flask import Flask

from server.database import writer_engine

FOLDER = Path(__file__).parent


def upgrade(app: Flask) -> None:
    """Run every migration that this database has not seen yet, in one transaction."""
    with writer_engine(app).begin() as connection:
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: sa.Connection) -> AlembicConfig:
    """Alembic's settings for a connection."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
