"""Checks a PIN against its verifier without a network: PBKDF2 with HMAC-SHA-256.

A browser's Python may come without OpenSSL and so without `hashlib.pbkdf2_hmac`; the same function then runs
on plain SHA-256. A verifier that cannot be read lets nobody in.
"""

import hashlib
import hmac

_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))
# More than any verifier should ask for; a wrong one must not stop the device for minutes.
_MOST_ROUNDS = 2_000_000


def is_right_pin(verifier: str, pin: str) -> bool:
    """Whether a PIN fits "pbkdf2$<rounds>$<salt hex>$<hash hex>"."""
    try:
        method, rounds_text, salt_hex, hash_hex = verifier.split("$")
        rounds, salt, expected = int(rounds_text), bytes.fromhex(salt_hex), bytes.fromhex(hash_hex)
    except ValueError:
        return False
    if method != "pbkdf2" or not 0 < rounds <= _MOST_ROUNDS or not expected:
        return False
    return hmac.compare_digest(derive(pin.encode(), salt, rounds, len(expected)), expected)


def derive(password: bytes, salt: bytes, rounds: int, length: int) -> bytes:
    """The PBKDF2 key, by OpenSSL where it is there."""
    quick = getattr(hashlib, "pbkdf2_hmac", None)
    if quick is not None:
        return bytes(quick("sha256", password, salt, rounds, length))
    return derive_slowly(password, salt, rounds, length)


def derive_slowly(password: bytes, salt: bytes, rounds: int, length: int) -> bytes:
    """PBKDF2 (RFC 8018 5.2) on SHA-256 alone; the two keyed states are made once and copied each round."""
    key = password if len(password) <= _BLOCK else hashlib.sha256(password).digest()
    key = key.ljust(_BLOCK, b"\0")
    inner, outer = hashlib.sha256(key.translate(_INNER)), hashlib.sha256(key.translate(_OUTER))

    def keyed(message: bytes) -> bytes:
        first, second = inner.copy(), outer.copy()
        first.update(message)
        second.update(first.digest())
        return second.digest()

    derived = b""
    while len(derived) < length:
        block = keyed(salt + (len(derived) // 32 + 1).to_bytes(4, "big"))
        total = int.from_bytes(block, "big")
        for _ in range(rounds - 1):
            block = keyed(block)
            total ^= int.from_bytes(block, "big")
        derived += total.to_bytes(32, "big")
    return derived[:length]
