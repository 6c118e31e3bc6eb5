"""The company that a command works on: where SCANLEDGER_HOME and SCANLEDGER_DATABASE_URL say it is.

Always holds: a command sees a database of the newest schema, and leaves no connection open.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from server import create_app
from server.commands.speech import CommandFailed
from server.config import Config, read_config
from server.database import dispose, write
from server.general_ledger.begin import ensure_accounts
from server.masterdata.begin import ensure_setup
from server.migrations.run import upgrade


@contextmanager
def open_company() -> Iterator[Flask]:
    """The application on its database, migrated, inside its context."""
    config = settings()
    try:
        app = create_app(config)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise CommandFailed(
            "SCANLEDGER_DATABASE_URL: expected an address like postgresql://user@host/name or "
            f"sqlite:////path/to/file.db ({error})"
        ) from error
    try:
        try:
            upgrade(app)
        except OperationalError as error:
            raise CommandFailed(f"Cannot open the database {shown(config)}: {error.orig}") from error
        with app.app_context():
            write(lambda connection: ensure_setup(connection, config))
            write(ensure_accounts)
            yield app
    finally:
        dispose(app)


def settings() -> Config:
    """The settings, or why the data folder cannot be used."""
    try:
        return read_config()
    except OSError as error:
        raise CommandFailed(
            f"Cannot use the data folder: {error}. Set SCANLEDGER_HOME to a folder that you may write."
        ) from error


def shown(config: Config) -> str:
    """The database's address without its password."""
    return sa.make_url(config.database_url).render_as_string(hide_password=True)
