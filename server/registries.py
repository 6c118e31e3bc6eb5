"""The one file that knows every capability: it fills the registries and mounts the pages."""

from flask import Flask


def register(app: Flask) -> None:
    """Hand the transaction kinds to the inbox and mount every blueprint."""
