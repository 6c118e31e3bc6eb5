"""How a document of the feed is spelled, so that server and device can compare their copies.

A document has exactly one text: sorted keys, no spaces, UTF-8. The hash of a row covers its type, key and
text; the sum of all row hashes of a type does not depend on the order in which they came. Two copies
with equal counts and sums are the same copy.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

# A snapshot's chunk: one header object {"scope", "seq", "columns"}, then one array of these a line.
SNAPSHOT_COLUMNS = ("etype", "ekey", "seq", "op", "document")

_SUMS = 1 << 64
# Made once: json.dumps would make one for every row.
_SPELL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def document_text(document: Mapping[str, Any]) -> str:
    """The one spelling of a document."""
    return _SPELL(document)


def row_hash(etype: str, ekey: str, text: str) -> int:
    """64 bits that stand for one entity as it is; `text` is its `document_text`."""
    return int.from_bytes(sha256(f"{etype}\0{ekey}\0{text}".encode()).digest()[:8], "big")


def sum_with(total: int, row: int) -> int:
    """A sum of row hashes with one more row in it."""
    return (total + row) % _SUMS


def sum_without(total: int, row: int) -> int:
    """A sum of row hashes with one row less."""
    return (total - row) % _SUMS


def sum_text(total: int) -> str:
    """A sum as pages carry it: 16 hexadecimal digits, since JSON numbers lose bits."""
    return f"{total:016x}"
