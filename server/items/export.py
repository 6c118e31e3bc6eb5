"""Items as lines of a CSV file that the import takes back, with their units, variants and bar codes."""

from collections.abc import Iterator, Sequence
from itertools import islice

from server.database import db
from server.items.queries import ItemRow
from server.masterdata.csv_columns import codes_cell, units_cell, variants_cell
from server.masterdata.reading import ITEM_COLUMNS, load_items

_CARDS_AT_ONCE = 500
_PARTS = ("units", "variants", "codes")


def item_lines(rows: Iterator[ItemRow]) -> tuple[list[str], Iterator[Sequence[object]]]:
    """Column names, and a line for each of these items."""
    return [*ITEM_COLUMNS, *_PARTS], _lines(rows)


def _lines(rows: Iterator[ItemRow]) -> Iterator[Sequence[object]]:
    while numbers := [row.no for row in islice(rows, _CARDS_AT_ONCE)]:
        cards = load_items(db.session.connection(), numbers)
        for number in numbers:
            # An item that somebody deleted meanwhile is not there any more.
            if number in cards:
                card = cards[number]
                own = [getattr(card, name) for name in ITEM_COLUMNS]
                parts = (units_cell(card.units), variants_cell(card.variants), codes_cell(card.codes))
                yield [*own, *parts]
