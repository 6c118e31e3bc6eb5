"""The one file that knows every capability: it fills the registries and mounts the pages."""

from flask import Flask

from server.security import wiring as security


def register(app: Flask) -> None:
    """Hand the transaction kinds to the inbox and mount every blueprint."""
    # First: it guards whatever is mounted after it.
    security.register(app)
