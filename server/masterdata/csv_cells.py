"""How one value stands in a cell of a CSV file, both ways, so that what is exported can be imported again.

A spreadsheet runs a cell that begins with = + - or @ as a formula; such a text gets an apostrophe in front,
which the import takes away again. Numbers keep their sign. Decimals have no exponent and no thousands mark.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from shared.moments import moment_text

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?", re.ASCII)


def cell_of(value: object) -> str:
    """A value as the text of a cell; nothing becomes an empty one."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return plain_decimal(value)
        case datetime():
            return moment_text(value)
        case date():
            return value.isoformat()
        case Enum():
            return str(value)
        case str():
            return guarded(value)
    return str(value)


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return "'" + text if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(cell: str) -> str:
    """The text that was guarded."""
    return cell[1:] if _GUARDED.match(cell) else cell


def plain_decimal(value: Decimal) -> str:
    """A decimal in digits, with as many places as it needs."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
