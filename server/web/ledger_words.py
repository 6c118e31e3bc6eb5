"""The words for what the ledgers hold, in both languages, for the pages of every capability.

Whatever has no word here is shown as the code that it is.
"""

from collections.abc import Mapping

from flask import Flask
from flask_babel import lazy_gettext

KINDS: Mapping[str, object] = {
    "receive": lazy_gettext("Receipt"),
    "put_away": lazy_gettext("Put-away"),
    "move": lazy_gettext("Move"),
    "pick": lazy_gettext("Pick"),
    "adjust": lazy_gettext("Adjustment"),
    "return": lazy_gettext("Return"),
    "journal": lazy_gettext("Item journal"),
}
ENTRY_TYPES: Mapping[str, object] = {
    "purchase": lazy_gettext("Purchase"),
    "sale": lazy_gettext("Sale"),
    "positive_adjmt": lazy_gettext("Positive adjmt."),
    "negative_adjmt": lazy_gettext("Negative adjmt."),
    "transfer": lazy_gettext("Transfer"),
    "consumption": lazy_gettext("Consumption"),
    "output": lazy_gettext("Output"),
    "assembly_consumption": lazy_gettext("Assembly consumption"),
    "assembly_output": lazy_gettext("Assembly output"),
    "movement": lazy_gettext("Movement"),
}
# What an item journal's lines are; several are entry types, too.
LINE_TYPES: Mapping[str, object] = {
    "purchase": ENTRY_TYPES["purchase"],
    "purchase_return": lazy_gettext("Purchase return"),
    "sale": ENTRY_TYPES["sale"],
    "sales_return": lazy_gettext("Sales return"),
    "positive_adjustment": ENTRY_TYPES["positive_adjmt"],
    "negative_adjustment": ENTRY_TYPES["negative_adjmt"],
    "transfer": ENTRY_TYPES["transfer"],
    "invoice": lazy_gettext("Invoice of an entry"),
    "item_charge": lazy_gettext("Item charge"),
    "revaluation": lazy_gettext("Revaluation"),
    "assembly": lazy_gettext("Assembly"),
    "undo": lazy_gettext("Undo of an entry"),
}
VALUE_TYPES: Mapping[str, object] = {
    "direct_cost": lazy_gettext("Direct cost"),
    "indirect_cost": lazy_gettext("Indirect cost"),
    "revaluation": lazy_gettext("Revaluation"),
    "rounding": lazy_gettext("Rounding"),
    "variance": lazy_gettext("Variance"),
}
VARIANCE_TYPES: Mapping[str, object] = {
    "material": lazy_gettext("Material"),
    "capacity": lazy_gettext("Capacity"),
    "capacity_overhead": lazy_gettext("Capacity overhead"),
    "manufacturing_overhead": lazy_gettext("Manufacturing overhead"),
}
STATES: Mapping[str, object] = {
    "received": lazy_gettext("Received"),
    "waiting": lazy_gettext("Waiting"),
    "posted": lazy_gettext("Posted"),
    "awaiting_approval": lazy_gettext("Awaiting approval"),
    "parked": lazy_gettext("Parked"),
    "refused": lazy_gettext("Refused"),
    "quarantined": lazy_gettext("Quarantined"),
}
DEVICE_KINDS: Mapping[str, object] = {
    "handheld": lazy_gettext("Handheld"),
    "office": lazy_gettext("Back office"),
    "api": lazy_gettext("Program"),
    "import": lazy_gettext("Import"),
}
_WORDS = {**LINE_TYPES, **KINDS, **ENTRY_TYPES, **VALUE_TYPES, **VARIANCE_TYPES, **STATES, **DEVICE_KINDS}


def word_of(code: str) -> str:
    """The word for a kind, an entry type or a state, in the language of the page."""
    return str(_WORDS.get(code, code))


def options_of(words: Mapping[str, object]) -> tuple[tuple[str, object], ...]:
    """The same as choices of a filter."""
    return tuple(words.items())


def install(app: Flask) -> None:
    """Let templates say `code | word`."""
    app.jinja_env.filters["word"] = _word_filter


def _word_filter(code: object) -> str:
    return word_of(str(code)) if code is not None else ""
