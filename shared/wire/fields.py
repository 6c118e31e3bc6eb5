"""The kinds of values that records on the wire are made of.

Each is an Annotated type whose marker states its limits. One list of markers serves the tolerant
reader on the device (`codec`) and the strict validator on the server, so they cannot drift.
Limits are in characters; PostgreSQL cannot hold U+0000, so no text may.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Text:
    """Free text of `min_length` to `max_length` characters; `controls` allows GS and the like."""

    max_length: int
    min_length: int = 0
    controls: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """A UUID in lower case with hyphens; `optional` allows the empty string for none."""

    optional: bool = False


@dataclass(frozen=True, slots=True)
class DecimalText:
    """A decimal written as a string of digits: `whole` before the point, `places` after it."""

    whole: int
    places: int


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole JSON number within limits."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Moment:
    """RFC 3339 text with an offset, kept as UTC."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day as YYYY-MM-DD."""


@dataclass(frozen=True, slots=True)
class Items:
    """Limits on how many members a tuple may have."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Tagged:
    """A record of one of several types; which one its field `type` says, by these names."""

    members: tuple[tuple[str, type], ...]

    def tag_of(self, record: object) -> str:
        """The name of a record's type."""
        return next(tag for tag, member in self.members if type(record) is member)


# Codes are short and printable; the empty string stands for "none", never null.
Code = Annotated[str, Text(max_length=30, min_length=1)]
OptionalCode = Annotated[str, Text(max_length=30)]
Number = Annotated[str, Text(max_length=50)]
TrackingNo = Annotated[str, Text(max_length=50)]
RawScan = Annotated[str, Text(max_length=400, controls=True)]
Sentence = Annotated[str, Text(max_length=500)]
TransactionId = Annotated[str, Identity()]
OptionalTransactionId = Annotated[str, Identity(optional=True)]
QuantityField = Annotated[Decimal, DecimalText(whole=13, places=5)]
UnitCostField = Annotated[Decimal, DecimalText(whole=13, places=5)]
AmountField = Annotated[Decimal, DecimalText(whole=14, places=4)]
EntryNo = Annotated[int, Whole(low=1, high=2**53 - 1)]
Count = Annotated[int, Whole(low=0, high=2**53 - 1)]
Milliseconds = Annotated[int, Whole(low=-(2**53) + 1, high=2**53 - 1)]
MomentField = Annotated[datetime, Moment()]
DayField = Annotated[date, Day()]
Digest = Annotated[str, Text(max_length=64)]


def decimal_pattern(marker: DecimalText) -> "re.Pattern[str]":
    """What the wire text of such a decimal looks like: digits, no exponent, no plus, no spaces."""
    return re.compile(rf"-?(0|[1-9][0-9]{{0,{marker.whole - 1}}})(\.[0-9]{{1,{marker.places}}})?", re.ASCII)


def decimal_text(value: Decimal, places: int) -> str:
    """Write a decimal with as many places as it needs; refuses (ValueError) more than `places`."""
    if not value.is_finite():
        raise ValueError(f"expected a finite decimal, found {value}")
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
        if len(text.partition(".")[2]) > places:
            raise ValueError(f"expected at most {places} decimals, found {value}")
    return "0" if text == "-0" else text
