"""The application identifiers that are read so far, as one table.

An entry says how long a value is, which characters it has and what it means. The whole table of the GS1
General Specifications takes this place; nothing else has to change for it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApplicationIdentifier:
    """One identifier. `low` and `high` are lengths; equal ones need no separator when `is_predefined`."""

    ai: str
    title: str
    low: int
    high: int
    is_numeric: bool
    has_check_digit: bool = False
    is_date: bool = False
    # Of a length that GS1 fixed for ever (figure 7.8.5-2): no separator follows it.
    is_predefined: bool = False


def _fixed(
    ai: str, title: str, length: int, *, check: bool = False, date: bool = False
) -> ApplicationIdentifier:
    return ApplicationIdentifier(
        ai, title, length, length, True, has_check_digit=check, is_date=date, is_predefined=True
    )


APPLICATION_IDENTIFIERS: dict[str, ApplicationIdentifier] = {
    entry.ai: entry
    for entry in (
        _fixed("00", "SSCC", 18, check=True),
        _fixed("01", "GTIN", 14, check=True),
        _fixed("02", "CONTENT", 14, check=True),
        ApplicationIdentifier("10", "BATCH/LOT", 1, 20, False),
        _fixed("11", "PROD DATE", 6, date=True),
        _fixed("13", "PACK DATE", 6, date=True),
        _fixed("15", "BEST BEFORE", 6, date=True),
        _fixed("17", "USE BY", 6, date=True),
        ApplicationIdentifier("21", "SERIAL", 1, 20, False),
        ApplicationIdentifier("30", "VAR COUNT", 1, 8, True),
        ApplicationIdentifier("37", "COUNT", 1, 8, True),
        ApplicationIdentifier("240", "ADDITIONAL ID", 1, 30, False),
    )
}

# GS1 character set 82 (figure 7.11-1): letters, digits and these.
CHARACTER_SET_82 = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!\"%&'()*+,-./_:;<=>?"
)


def identifier_at(text: str) -> ApplicationIdentifier | None:
    """The identifier that a text begins with: two to four digits, no identifier begins another."""
    for length in (2, 3, 4):
        entry = APPLICATION_IDENTIFIERS.get(text[:length])
        if entry is not None:
            return entry
    return None
