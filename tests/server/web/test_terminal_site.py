"""The terminal's files: compressed beforehand, asked for anew unless their name carries their hash."""

import gzip
import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.config import Config
from server.web.terminal_site import compress_site, site_folder

PAGE = "<html><script>let a = 1;</script></html>"
CODE = "console.log('terminal');\n" * 200
HASHED = "app-0123456789abcdef.zip"


@pytest.fixture
def site(app: Flask, config: Config) -> Path:
    """A small built site."""
    folder = site_folder(config)
    (folder / "pyodide").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "start.js").write_text(CODE)
    (folder / "small.js").write_text("1;")
    (folder / "pyodide" / "python.wasm").write_bytes(b"\0asm" * 1000)
    (folder / HASHED).write_bytes(b"PK" * 1000)
    (folder / "build.json").write_text(json.dumps({"build_id": "feedbeef"}))
    compress_site(folder)
    return folder


@pytest.fixture
def client(app: Flask, site: Path) -> FlaskClient:
    """A phone's browser."""
    return app.test_client()


def test_a_file_is_sent_compressed_to_whoever_takes_it(client: FlaskClient) -> None:
    packed = client.get("/terminal/start.js", buffered=True, headers={"Accept-Encoding": "br, gzip"})
    plain = client.get("/terminal/start.js", buffered=True, headers={"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data).decode() == plain.text == CODE
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_a_phone_that_has_the_build_downloads_nothing(client: FlaskClient) -> None:
    first = client.get("/terminal/start.js", buffered=True)
    again = client.get("/terminal/start.js", buffered=True, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "no-cache"


def test_a_file_named_by_its_hash_is_kept_for_ever(client: FlaskClient) -> None:
    answer = client.get(f"/terminal/{HASHED}", buffered=True)

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("", "text/html"), ("start.js", "text/javascript"), ("pyodide/python.wasm", "application/wasm")],
)
def test_types_are_what_browsers_insist_on(client: FlaskClient, name: str, kind: str) -> None:
    assert client.get(f"/terminal/{name}", buffered=True).mimetype == kind


def test_a_link_into_the_app_gives_the_page_with_its_own_policy(client: FlaskClient) -> None:
    answer = client.get("/terminal/pick/line", buffered=True)

    assert answer.text == PAGE
    assert "'sha256-" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] in ("no-cache", "no-store")


def test_the_address_without_its_slash_leads_to_the_terminal(client: FlaskClient) -> None:
    answer = client.get("/terminal", buffered=True)

    assert (answer.status_code, answer.headers["Location"]) == (308, "/terminal/")


@pytest.mark.parametrize(
    "name", ["missing.js", "start.js.gz", "../secret.key", "%2e%2e/secret.key", "..%2fsecret.key"]
)
def test_nothing_but_the_site_is_served(client: FlaskClient, config: Config, name: str) -> None:
    (config.home / "secret.key").write_text("secret")

    assert client.get(f"/terminal/{name}", buffered=True).status_code == 404


def test_a_terminal_that_is_not_built_says_what_to_run(app: Flask) -> None:
    answer = app.test_client().get("/terminal/", buffered=True)

    assert answer.status_code == 503
    assert "scanledger terminal build" in answer.text


def test_only_what_gains_is_compressed(site: Path) -> None:
    assert sorted(path.name for path in site.rglob("*.gz")) == ["python.wasm.gz", "start.js.gz"]
