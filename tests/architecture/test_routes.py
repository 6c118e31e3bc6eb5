"""Every route says who may use it, and the few that anybody may use are named here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server import create_app
from server.database import dispose
from server.security.permissions import Permission, permission_of
from tests.support.fixtures import config_for

# A route that needs no sign-in is a decision: it gets a line here.
PUBLIC = {
    "/office-static/<path:filename>",
    "/sign-in",
    "/sync/v1/enrol",
    "/sync/v1/hello",
    "/sync/v1/token",
}


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The routes are the same on either database, so one is enough."""
    made = create_app(config_for(sqlite_url, tmp_path))
    yield made
    dispose(made)


def test_every_route_declares_its_permission(app: Flask) -> None:
    silent = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if not isinstance(permission_of(app.view_functions[rule.endpoint]), Permission)
    ]

    assert silent == []


def test_only_the_named_routes_are_open_to_anybody(app: Flask) -> None:
    public = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if permission_of(app.view_functions[rule.endpoint]) is Permission.PUBLIC
    }

    assert public == PUBLIC


def test_nothing_is_changed_by_a_get(app: Flask) -> None:
    """A link that changes something can be followed by a crawler, a prefetch or a picture's address."""
    mixed = [rule.rule for rule in app.url_map.iter_rules() if {"GET", "POST"} <= (rule.methods or set())]

    assert mixed == []
