"""Starts the terminal: the PWA's Python in the browser, a development server elsewhere."""

from __future__ import annotations

from terminal.main import start

start()
