"""Where everything lives and what the world outside is: one frozen record, read once at start.

Clock and chance are here so that tests and the simulator can hand in their own.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


def utc_now() -> datetime:
    """The server's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one server process; `home` holds the embedded database, keys and built site."""

    home: Path
    database_url: str
    secret_key: str
    now: Callable[[], datetime] = utc_now
    # 74 random bits for a transaction id that the server makes for office and API sources.
    chance: Callable[[], int] = field(default=lambda: secrets.randbits(74))
    testing: bool = False
    # Secure cookies need HTTPS; the demo on localhost does without.
    secure_cookies: bool = False
    # How many proxies of ours stand in front: the caller's address is taken from as many headers, no more.
    trusted_proxies: int = 0


def read_config(environ: Mapping[str, str] | None = None) -> Config:
    """Settings from SCANLEDGER_HOME, _DATABASE_URL, _SECURE_COOKIES and _TRUSTED_PROXIES.

    The secret key is made on first use and kept in the home folder, readable by its owner only.
    """
    environ = os.environ if environ is None else environ
    home = Path(environ.get("SCANLEDGER_HOME") or Path.cwd() / "data").absolute()
    home.mkdir(parents=True, exist_ok=True)
    url = environ.get("SCANLEDGER_DATABASE_URL") or f"sqlite:///{home / 'scanledger.db'}"
    return Config(
        home=home,
        database_url=driver_url(url),
        secret_key=_secret_key(home / "secret.key"),
        secure_cookies=environ.get("SCANLEDGER_SECURE_COOKIES", "") == "1",
        trusted_proxies=int(environ.get("SCANLEDGER_TRUSTED_PROXIES") or 0),
    )


def driver_url(url: str) -> str:
    """The address with the driver that we use, whatever spelling of PostgreSQL it came in."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _secret_key(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
    return key
