"""The page around the app: Flet's index.html and bootstrap, changed where ours differ.

Each change is made at exactly one place that must be there; when Flet moves it, the build stops with
`FletChanged` instead of making a page that starts nowhere.
"""

from __future__ import annotations

import re
from pathlib import Path

from shared.look import CONTRAST, DARK, LIGHT, Theme

HERE = Path(__file__).parent
APP_NAME = "Scanledger"
APP_DESCRIPTION = "Scan, even without a network. Everything is kept and posted once."
# Stands for the build id until the contents that it is made from are complete.
BUILD_MARK = "0" * 16

# The page holds a company's stock: code comes from its own server only, whatever gets into a text on it.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:; "
    "worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; connect-src 'self' data: blob:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'self'"
)


class FletChanged(Exception):
    """flet_web's page no longer has what the build changes; look at terminal/web/page.py."""


def make_ours(site: Path, *, base_path: str) -> None:
    """Change the page and the bootstrap in `site`, which Flet has filled in already, into ours."""
    page = site / "index.html"
    text = _own_head(page.read_text(encoding="utf-8"))
    # Flet's relative module URL is refused by Chromium: an import needs a path from the root.
    config = f'flet.pyodideUrl="{base_path}pyodide/pyodide.mjs";\nflet.noCdn=true;'
    text = replace_once(text, r"flet\.noCdn=true;", config)
    text = replace_once(text, r'<div id="loading".*?</div>', _splash())
    text = replace_once(
        text, r'<script src="flutter_bootstrap\.js" async></script>', '<script src="start.js"></script>'
    )
    page.write_text(text, encoding="utf-8")

    # Flet's worker would take the scope from ours and then unregister itself.
    bootstrap = site / "flutter_bootstrap.js"
    code = replace_once(bootstrap.read_text(encoding="utf-8"), r"serviceWorkerSettings: \{.*?\},", "")
    bootstrap.write_text(code, encoding="utf-8")

    # Flet's worker is a module; what ours adds must stand before Python starts.
    worker = site / "python-worker.js"
    worker.write_text('import "./worker.js";\n' + worker.read_text(encoding="utf-8"), encoding="utf-8")


def replace_once(text: str, pattern: str, new: str) -> str:
    """`text` with the one place that matches replaced; none or more are refused with FletChanged."""
    changed, count = re.subn(pattern, lambda _: new, text, flags=re.DOTALL)
    if count != 1:
        raise FletChanged(f"expected {pattern!r} once in Flet's page, found it {count} times")
    return changed


def _own_head(text: str) -> str:
    head = (HERE / "head.html").read_text(encoding="utf-8")
    head = head.replace("LIGHT_PAGE", LIGHT.page).replace("DARK_PAGE", DARK.page)
    head = head.replace("BUILD_MARK", BUILD_MARK).replace("POLICY", POLICY)
    text = re.sub(r"[ \t]*<link rel=\"(icon|apple-touch-icon)\"[^>]*>\n", "", text)
    return replace_once(text, r"  <!-- Favicon -->\n", head)


def _splash() -> str:
    splash = (HERE / "splash.html").read_text(encoding="utf-8")
    for name, theme in (("LIGHT", LIGHT), ("DARK", DARK), ("CONTRAST", CONTRAST)):
        splash = splash.replace(f"{name}_TOKENS", _tokens(theme))
    return splash


def _tokens(theme: Theme) -> str:
    return (
        f"--bg: {theme.page}; --ink: {theme.ink}; --ink-2: {theme.ink_2}; --primary: {theme.primary.ground};"
    )
