"""The Flask server: inbox, ledger, feed, back office and API behind one application factory."""

from flask import Flask

from server.config import Config, read_config


def create_app(config: Config | None = None) -> Flask:
    """A ready application on a database that `server.migrations.run.upgrade` has prepared."""
    from server import database, registries

    config = config or read_config()
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SCANLEDGER=config,
        SECRET_KEY=config.secret_key,
        TESTING=config.testing,
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
    )
    database.connect(app, config.database_url)
    registries.register(app)
    return app
