"""Serves the built terminal at /terminal/, compressed beforehand, with headers that let phones keep it.

Always holds: the page and the service worker are asked for anew each time, files whose name carries their
hash never; every answer's ETag is the build's, so a phone downloads only what a new build changed. Folders
that only the app's router knows give the page, so a link into the app survives a reload.
"""

import gzip
import json
import mimetypes
import re
import shutil
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, make_response, redirect, request, send_file
from werkzeug.security import safe_join

from server.config import Config
from server.security.headers import terminal_policy
from server.security.permissions import Permission, requires

blueprint = Blueprint("terminal_site", __name__)
PAGE = "index.html"
_COMPRESSED = {".dart.js", ".frag", ".html", ".js", ".json", ".mjs", ".otf", ".svg", ".ttf", ".wasm"}
_SMALLEST_COMPRESSED = 1024
_HASHED = re.compile(r"-[0-9a-f]{16}\.[a-z0-9]+$")
_YEAR_S = 365 * 24 * 3600
# Whatever this machine's own table says: a wrong type stops a module or streaming compilation.
_TYPES = {
    ".frag": "text/plain",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".otf": "font/otf",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
}


def site_folder(config: Config) -> Path:
    """Where `scanledger terminal build` puts the site."""
    return config.home / "terminal"


def compress_site(site: Path) -> int:
    """Put a gzipped copy beside each file that gains by it; gives back how many bytes that saves."""
    saved = 0
    for path in sorted(site.rglob("*")):
        if not path.is_file() or path.suffix not in _COMPRESSED or path.stat().st_size < _SMALLEST_COMPRESSED:
            continue
        packed, unfinished = path.with_name(path.name + ".gz"), path.with_name(path.name + ".gz.part")
        with path.open("rb") as source, gzip.GzipFile(unfinished, "wb", compresslevel=7, mtime=0) as target:
            shutil.copyfileobj(source, target)
        unfinished.replace(packed)
        saved += path.stat().st_size - packed.stat().st_size
    return saved


@blueprint.get("/terminal")
@requires(Permission.PUBLIC)
def to_terminal() -> Response:
    """What people type."""
    return make_response(redirect("/terminal/", 308))


@blueprint.get("/terminal/")
@blueprint.get("/terminal/<path:name>")
@requires(Permission.PUBLIC)
def terminal_file(name: str = PAGE) -> Response:
    """One file of the site; the page for whatever looks like a folder."""
    site = site_folder(current_app.config["SCANLEDGER"])
    if not (site / PAGE).is_file():
        return Response(
            "The terminal is not built yet. Run: scanledger terminal build\n", 503, mimetype="text/plain"
        )
    if "." not in name.rpartition("/")[2]:
        name = PAGE
    found = safe_join(str(site), name)
    if found is None or name.endswith((".gz", ".part")) or not Path(found).is_file():
        abort(404)
    return _send(Path(found), name, _build_id(site))


def _send(path: Path, name: str, build_id: str) -> Response:
    packed = path.with_name(path.name + ".gz")
    is_packed = packed.is_file() and request.accept_encodings.quality("gzip") > 0
    answer = send_file(
        packed if is_packed else path,
        mimetype=_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        conditional=True,
        etag=f"{build_id}{'-gzip' if is_packed else ''}",
        last_modified=None,
    )
    answer.last_modified = None
    if is_packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = (
        f"public, max-age={_YEAR_S}, immutable" if _HASHED.search(name) else "no-cache"
    )
    if name == PAGE:
        answer.headers["Content-Security-Policy"] = terminal_policy(path.read_text(encoding="utf-8"))
    return answer


def _build_id(site: Path) -> str:
    build_id: str = json.loads((site / "build.json").read_text(encoding="utf-8"))["build_id"]
    return build_id
