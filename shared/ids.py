"""Transaction ids: UUIDv7, made on the device and stored before the first send.

Time and chance are parameters. Ids made with a growing time sort in the order of their making.
"""

import hashlib
import re

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)


def uuid7(unix_ms: int, chance: int) -> str:
    """A UUIDv7 (RFC 9562 5.7) from milliseconds since 1970 and 74 random bits."""
    if not 0 <= unix_ms < 1 << 48:
        raise ValueError(f"expected milliseconds since 1970 below 2^48, found {unix_ms}")
    chance &= (1 << 74) - 1
    value = unix_ms << 80 | 0x7 << 76 | (chance >> 62) << 64 | 0b10 << 62 | chance & ((1 << 62) - 1)
    return _spell(value)


def id_of_content(unix_ms: int, content: bytes) -> str:
    """A UUIDv7 whose chance is the content's hash: the same content always gets the same id."""
    return uuid7(unix_ms, int.from_bytes(hashlib.sha256(content).digest()[:10], "big"))


def is_id(text: str) -> bool:
    """Whether the text is a UUID as we write it: lower case, with hyphens."""
    return _UUID.fullmatch(text) is not None


def _spell(value: int) -> str:
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
