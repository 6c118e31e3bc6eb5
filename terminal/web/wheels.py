"""Fetches the Python wheels that the PWA carries, once, and proves each by its hash.

What is in the cache folder with the right hash is used without asking anybody, so a rebuild is quick and
works offline.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).with_name("requirements.lock")
PLATFORM = "pyemscripten_2026_0_wasm32"
PYTHON_VERSION = "3.14"
LOCK_LINE = re.compile(
    r"^(?P<name>[A-Za-z0-9_.-]+)==(?P<version>\S+) --hash=sha256:(?P<sha256>[0-9a-f]{64})$"
)


class WheelsMissing(Exception):
    """A locked wheel is neither in the cache nor to be had from the package index."""


@dataclass(frozen=True)
class LockedWheel:
    name: str
    version: str
    sha256: str


def read_lock(lock: Path = LOCK) -> list[LockedWheel]:
    locked = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        match = LOCK_LINE.match(line.strip())
        if match is None:
            raise ValueError(f"{lock.name}: expected 'name==version --hash=sha256:…', found {line!r}")
        locked.append(LockedWheel(match["name"], match["version"], match["sha256"]))
    return locked


def default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "scanledger" / "pwa-wheels"


def fetch_wheels(cache: Path) -> list[Path]:
    """The locked wheels as files, in the order of the lock; refused is whatever has another hash."""
    cache.mkdir(parents=True, exist_ok=True)
    locked = read_lock()
    found = _find(locked, cache)
    missing = [wheel for wheel in locked if wheel.sha256 not in found]
    if missing:
        _download(missing, cache)
        found = _find(locked, cache)
    still_missing = [f"{wheel.name} {wheel.version}" for wheel in locked if wheel.sha256 not in found]
    if still_missing:
        raise WheelsMissing(f"not in {cache} with the locked hash: {', '.join(still_missing)}")
    return [found[wheel.sha256] for wheel in locked]


def _find(locked: list[LockedWheel], cache: Path) -> dict[str, Path]:
    wanted = {wheel.sha256 for wheel in locked}
    found = {}
    for path in sorted(cache.glob("*.whl")):
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        if sha256 in wanted:
            found[sha256] = path
    return found


def _download(missing: list[LockedWheel], cache: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text(
            "".join(f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n" for wheel in missing),
            "utf-8",
        )
        # No dependencies: markers would be judged for this Python, not for the browser's; the lock is
        # complete.
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
        ]
        command += ["--require-hashes", "--only-binary=:all:", "--platform", PLATFORM]
        command += [
            "--python-version",
            PYTHON_VERSION,
            "--implementation",
            "cp",
            "--abi",
            "cp314",
            "--abi",
            "none",
        ]
        command += ["--requirement", str(requirements), "--dest", str(cache)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise WheelsMissing(f"pip could not fetch the wheels of the PWA: {done.stderr.strip()[-600:]}")
