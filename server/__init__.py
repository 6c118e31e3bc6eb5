"""The Flask server: inbox, ledger, feed, back office and API behind one application factory."""

from apiflask import APIFlask

from server.config import Config, read_config


def create_app(config: Config | None = None) -> APIFlask:
    """A ready application on a database that `server.migrations.run.upgrade` has prepared."""
    from server import database, registries

    config = config or read_config()
    app = APIFlask(
        __name__,
        title="Scanledger",
        version="1",
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        # Problems are answered by server.web.problems, pages by pages.
        json_errors=False,
        # APIFlask takes what Flask takes, but says otherwise.
        static_folder=None,  # type: ignore[arg-type]
    )
    app.config.update(
        SCANLEDGER=config,
        SECRET_KEY=config.secret_key,
        TESTING=config.testing,
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
    )
    database.connect(app, config.database_url)
    registries.register(app)
    return app
