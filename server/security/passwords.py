"""Passwords of the back office: argon2id, and the same time spent on a login that does not exist.

The settings are OWASP's for argon2id: 19 MiB, two passes. Only four run at once, so that a storm of sign-ins
waits instead of eating the memory and the cores that post scans.
"""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.security.refusals import InputRefused

SHORTEST = 10
LONGEST = 200
_COMMON = frozenset(
    {
        "1234567890",
        "password12",
        "password123",
        "passw0rd123",
        "qwertyuiop",
        "azertyuiop",
        "motdepasse",
        "scanledger",
        "administrator",
        "letmein123",
        "welcome123",
        "iloveyou12",
    }
)
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = threading.BoundedSemaphore(4)


def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    with _at_once:
        return _hasher.hash(password)


def is_right(password_hash: str, password: str) -> bool:
    """Whether the password belongs to the hash; without a hash it takes as long and is False."""
    known = bool(password_hash)
    with _at_once:
        try:
            _hasher.verify(password_hash or _nobody(), password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return known


def needs_new_hash(password_hash: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(password_hash)


def check_password(password: str, *, login: str, name: str) -> None:
    """Refuse (InputRefused) a password that is short, common, or made of who it belongs to."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputRefused("password", "password_length")
    plain = password.casefold()
    if plain in _COMMON or len(set(plain)) < 4:
        raise InputRefused("password", "password_common")
    if (login and plain in (login.casefold() * 2, login.casefold())) or plain == name.casefold():
        raise InputRefused("password", "password_common")


@cache
def _nobody() -> str:
    return _hasher.hash("nobody has this password")
