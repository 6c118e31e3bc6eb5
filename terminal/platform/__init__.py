"""The only code of the terminal that differs between browser and native; everybody else asks `here()`."""

from __future__ import annotations

import sys

from terminal.platform.ports import Ports

is_browser = sys.platform == "emscripten"


async def here() -> Ports:
    """The ports of this machine, with the files of the last run already in place."""
    if is_browser:
        from terminal.platform import pyodide

        return await pyodide.open_ports()
    from terminal.platform import native

    return native.open_ports()
