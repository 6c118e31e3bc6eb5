"""What a search for broken invariants finds, and how a query becomes such a search."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: where, what it should be and what it is."""

    where: str
    expected: str
    found: str


Find = Callable[[sa.Connection], Iterator[Difference]]


def rows_of(query: sa.Select[Any]) -> Find:
    """A search whose rows are the differences.

    Columns named `expected` and `found` are shown as such, all others say where.
    """

    def find(connection: sa.Connection) -> Iterator[Difference]:
        for row in connection.execution_options(stream_results=True).execute(query).mappings():
            where = [
                f"{name} {text_of(value)}"
                for name, value in row.items()
                if name not in ("expected", "found") and value not in ("", None)
            ]
            yield Difference(
                ", ".join(where), text_of(row.get("expected", "")), text_of(row.get("found", ""))
            )

    return find


def text_of(value: object) -> str:
    """A value as a person reads it: decimals without trailing zeros."""
    if value is None:
        return "nothing"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
