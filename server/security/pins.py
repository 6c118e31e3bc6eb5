"""PINs of workers: checked on the device, without a network, against what the feed brought it.

A verifier is "pbkdf2$<rounds>$<salt hex>$<hash hex>" (HMAC-SHA-256). A phone's browser must work it out in a
moment, so the rounds are few: what holds a guesser off is the lockout on the device, and that a weak PIN is
not taken in the first place.
"""

import hashlib
import hmac
import itertools
import re
import secrets

from server.security.refusals import InputRefused

ROUNDS = 20_000
_DIGITS = re.compile(r"[0-9]{4,6}", re.ASCII)
_USUAL = frozenset(
    {"1004", "2580", "0852", "1010", "2468", "1357", "6969", "1998", "2000", "2001", "147258", "159753"}
)


def make_verifier(pin: str, salt: bytes | None = None) -> str:
    """What the device checks a PIN against; refuses (InputRefused) what is no PIN or a weak one."""
    check_pin(pin)
    salt = secrets.token_bytes(16) if salt is None else salt
    return f"pbkdf2${ROUNDS}${salt.hex()}${_derive(pin, salt, ROUNDS).hex()}"


def pin_matches(verifier: str, pin: str) -> bool:
    """Whether the PIN is the one; as the device does it."""
    scheme, _, rest = verifier.partition("$")
    if scheme != "pbkdf2" or rest.count("$") != 2:
        return False
    rounds, salt, expected = rest.split("$")
    return hmac.compare_digest(_derive(pin, bytes.fromhex(salt), int(rounds)).hex(), expected)


def check_pin(pin: str) -> None:
    """Refuse (InputRefused) what is not 4 to 6 digits, and what others try first."""
    if not _DIGITS.fullmatch(pin):
        raise InputRefused("pin", "pin_digits")
    if pin in _USUAL or len(set(pin)) == 1 or _is_run(pin) or _repeats(pin):
        raise InputRefused("pin", "pin_weak")


def _is_run(pin: str) -> bool:
    """1234, 9876, 7890: each digit one further than the one before, 0 after 9."""
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    return steps in ({1}, {9})


def _repeats(pin: str) -> bool:
    """1212, 123123, 112233: pairs or halves of the same."""
    half = len(pin) // 2
    pairs = all(first == second for first, second in zip(pin[::2], pin[1::2], strict=False))
    return pin == pin[:2] * (len(pin) // 2) or pin == pin[:half] * 2 or (len(pin) % 2 == 0 and pairs)


def _derive(pin: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, rounds)
