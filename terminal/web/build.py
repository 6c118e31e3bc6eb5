"""Builds the PWA: Flet's web client, Pyodide, our app and its wheels as one folder of static files.

Straight from flet_web's helpers, because `flet publish` cannot work offline (docs/terminal-platform.md).
What always holds: the app archive is an allow-list (`terminal/`, `shared/`, the locked wheels), nothing on
the page asks a CDN, the same sources give the same build id, and `out` is replaced only by a complete site.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from flet.controls.types import WebRenderer
from flet_web import get_package_web_dir, patch_font_manifest_json, patch_index_html

from shared.look import LIGHT
from terminal.web.page import APP_DESCRIPTION, APP_NAME, BUILD_MARK, make_ours, replace_once
from terminal.web.wheels import default_cache, fetch_wheels

Progress = Callable[[str, float], None]

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
APP_PACKAGES = ("shared", "terminal")
APP_SUFFIXES = {".py", ".mo"}
# Development files, the build itself and what only other platforms use.
APP_LEFT_OUT = ("terminal/web/", "terminal/assets/", "terminal/platform/native.py")
WHEEL_LEFT_OUT = ("flet/testing/", "flet/fastapi/", "flet/pytest_plugin.py", "flet/cli.py")
# Debug symbols, other renderers (about 60 MB), and the parts of Pyodide that only a terminal in Node uses.
SITE_LEFT_OUT = re.compile(
    r"\.symbols$|\.map$|\.d\.ts$|(^|/)(skwasm|wimp)|experimental_webparagraph/|^main\.dart\.(mjs|wasm)$"
    r"|^flutter\.js$|^flutter_service_worker\.js$|^icons/|^favicon\.png$|^manifest\.json$|^assets/NOTICES$"
    r"|^pyodide/(python|python\.bat|python\.exe|python_cli_entry\.mjs|pyodide\.js|package\.json|.*\.whl)$"
    r"|^assets/packages/(flutter_map|flutter_math_fork|media_kit|record_web)/"
)


def build_site(
    out: Path,
    *,
    base_path: str = "/terminal/",
    wheel_cache: Path | None = None,
    progress: Progress | None = None,
    module: str = "terminal",
    beside: Iterable[tuple[str, Path]] = (),
) -> str:
    """Build the site into `out` and return its build id.

    `progress` hears a step's name and the share done, 0 to 1. `module` is what is started and `beside` are
    files for the archive (name in it, path on disk): a test starts a program of its own on the real platform.
    """
    tell = progress or _silence
    tell("wheels", 0.0)
    wheels = fetch_wheels(wheel_cache or default_cache())

    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".build-") as folder:
        site = Path(folder) / "site"
        tell("web client", 0.2)
        _copy_web_client(site)
        _copy_own_files(site)

        tell("app", 0.5)
        archive = _pack_app(site, wheels, beside)

        tell("page", 0.8)
        _fill_in_flets_page(site / "index.html", base_path=base_path, module=module, archive=archive)
        make_ours(site, base_path=base_path)
        build_id = _seal(site)
        _replace(out, site)
    tell("done", 1.0)
    return build_id


def _silence(_step: str, _share_done: float) -> None:
    return


def _copy_web_client(site: Path) -> None:
    source = Path(get_package_web_dir())
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source).as_posix()
        if path.is_file() and not SITE_LEFT_OUT.search(name):
            target = site / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    _list_only_our_fonts(site / "assets" / "FontManifest.json")


def _list_only_our_fonts(manifest: Path) -> None:
    """Drop the fonts of left-out packages (formulas).

    Flutter loads every listed font before the first frame and would ask for them in vain.
    """
    patch_font_manifest_json(str(manifest))
    families = json.loads(manifest.read_text(encoding="utf-8"))
    kept = [
        family
        for family in families
        if all((manifest.parent / font["asset"]).is_file() for font in family["fonts"])
    ]
    manifest.write_text(json.dumps(kept), encoding="utf-8")


def _copy_own_files(site: Path) -> None:
    for name in ("start.js", "worker.js"):
        shutil.copyfile(HERE / name, site / name)
    manifest = (HERE / "manifest.json").read_text(encoding="utf-8")
    manifest = manifest.replace("DESCRIPTION", APP_DESCRIPTION).replace("LIGHT_PAGE", LIGHT.page)
    (site / "manifest.json").write_text(manifest, encoding="utf-8")
    shutil.copytree(HERE / "icons", site / "icons")
    assets = ROOT / "terminal" / "assets"
    if assets.is_dir():
        shutil.copytree(assets, site, dirs_exist_ok=True)


def app_files() -> Iterator[tuple[str, Path]]:
    """Every file of ours that goes into the browser: name in the archive, path on disk."""
    for package in APP_PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in APP_SUFFIXES and not name.startswith(APP_LEFT_OUT):
                yield name, path


def _pack_app(site: Path, wheels: list[Path], beside: Iterable[tuple[str, Path]]) -> str:
    """Write the app archive and return its file name, which carries its hash."""
    unnamed = site / "app.zip"
    with zipfile.ZipFile(unnamed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in (*app_files(), *beside):
            _add(archive, name, path.read_bytes())
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as packed:
                for name in sorted(packed.namelist()):
                    if (
                        not name.endswith("/")
                        and ".dist-info/" not in name
                        and not name.startswith(WHEEL_LEFT_OUT)
                    ):
                        _add(archive, f"__pypackages__/{name}", packed.read(name))
    named = f"app-{hashlib.sha256(unnamed.read_bytes()).hexdigest()[:16]}.zip"
    unnamed.rename(site / named)
    return named


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    # A fixed date: the same sources must give the same archive and so the same build id.
    archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _fill_in_flets_page(page: Path, *, base_path: str, module: str, archive: str) -> None:
    patch_index_html(
        index_path=str(page),
        base_href=base_path,
        app_name=APP_NAME,
        app_description=APP_DESCRIPTION,
        pyodide=True,
        # Flet runs the module of this name as __main__; of a package that is its __main__.py.
        pyodide_script_path=module,
        app_package_url=archive,
        web_renderer=WebRenderer.CANVAS_KIT,
        no_cdn=True,
    )


def _seal(site: Path) -> str:
    """Name the build by its contents, tell the page, and list the files for the service worker."""
    worker = (HERE / "sw.js").read_text(encoding="utf-8")
    hashes = {
        path.relative_to(site).as_posix(): _digest(path) for path in sorted(site.rglob("*")) if path.is_file()
    }
    build_id = hashlib.sha256((json.dumps(hashes) + worker).encode()).hexdigest()[: len(BUILD_MARK)]

    page = site / "index.html"
    page.write_text(replace_once(page.read_text("utf-8"), BUILD_MARK, build_id), encoding="utf-8")
    hashes["index.html"] = _digest(page)
    worker = worker.replace("__BUILD__", build_id).replace("__FILES__", json.dumps(hashes, indent=1))
    (site / "sw.js").write_text(worker, encoding="utf-8")
    (site / "build.json").write_text(json.dumps({"build_id": build_id}), encoding="utf-8")
    return build_id


def _digest(path: Path) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()


def _replace(out: Path, site: Path) -> None:
    """Put the new site in place with two renames, so that a server never serves half of one."""
    old = site.with_name("old")
    if out.exists():
        out.rename(old)
    site.rename(out)
