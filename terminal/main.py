"""The ways to run the one app; which one it is depends on where Python runs."""

from __future__ import annotations

import argparse
from pathlib import Path

import flet as ft
from flet.utils import is_embedded

from terminal.app import main
from terminal.platform import is_browser

ASSETS = str(Path(__file__).with_name("assets"))


def start() -> None:
    """Run the app: inside the browser, inside an APK, or as a development server."""
    if is_browser or is_embedded():
        ft.run(main)
        return
    arguments = argparse.ArgumentParser(
        prog="python -m terminal",
        description="The terminal with this process as the device, for development. Not an offline client.",
    )
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--port", type=int, default=8550)
    chosen = arguments.parse_args()
    ft.run(
        main,
        view=ft.AppView.WEB_BROWSER,
        host=chosen.host,
        port=chosen.port,
        assets_dir=ASSETS,
        no_cdn=True,
    )


def asgi_app() -> object:
    """The development server for any ASGI program: `uvicorn --factory terminal.main:asgi_app`."""
    served: object = ft.run(main, export_asgi_app=True, assets_dir=ASSETS, no_cdn=True)
    return served
