"""What our own labels say they are: a short word before the code, so that a bin is never taken for an item.

"BIN:A-01-01-1" is bin A-01-01-1. Case of the word does not matter. A code without such a word is looked up
everywhere.
"""

from enum import StrEnum


class LabelKind(StrEnum):
    """What a typed label names."""

    LOCATION = "LOC"
    BIN = "BIN"
    DOCUMENT = "DOC"
    BADGE = "WHO"


_WORDS = frozenset(str(kind) for kind in LabelKind)


def split_prefix(text: str) -> tuple[LabelKind | None, str]:
    """The kind and the code of one of our own labels; (None, text) for everything else."""
    word, separator, code = text.partition(":")
    if separator and code and word.upper() in _WORDS:
        return LabelKind(word.upper()), code
    return None, text


def typed(kind: LabelKind, code: str) -> str:
    """The text of a label of our own."""
    return f"{kind}:{code}"
