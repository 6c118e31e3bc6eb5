"""Small choices in one JSON file, the same on every platform.

A damaged file is the defaults: no work hangs on it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path


class FileSettings:
    def __init__(self, path: Path, make_durable: Callable[[], Awaitable[None]]) -> None:
        self._path = path
        self._make_durable = make_durable
        self._values = _read(path)

    def get(self, name: str, default: str = "") -> str:
        return self._values.get(name, default)

    async def set(self, name: str, value: str) -> None:
        self._values[name] = value
        # Written beside and renamed, so that a kill in between leaves the old file or the new one.
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(self._values, ensure_ascii=False), encoding="utf-8")
        beside.replace(self._path)
        await self._make_durable()


def _read(path: Path) -> dict[str, str]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(stored, dict):
        return {}
    return {str(name): str(value) for name, value in stored.items()}
