"""`python -m terminal.look [--port N]` serves the gallery of the kit, for people who draw screens."""

from __future__ import annotations

import argparse
from pathlib import Path

import flet as ft

from terminal.look.gallery import main

ASSETS = Path(__file__).parents[1] / "assets"

if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="python -m terminal.look")
    arguments.add_argument("--port", type=int, default=8551)
    ft.run(
        main,
        view=ft.AppView.WEB_BROWSER,
        host="127.0.0.1",
        port=arguments.parse_args().port,
        assets_dir=str(ASSETS),
        no_cdn=True,
    )
