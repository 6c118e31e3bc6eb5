"""What the page asks for each type of journal line: its fields in their order, with their words.

A type's fields are those of its dataclass in shared/wire/journals.py; a test holds the two together. What is
seldom needed stands behind `More`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext

Options = tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True)
class JournalField:
    """One control. `kind` says how it is drawn and read: item, unit, bin, entry, quantity, decimal, location,
    reason, day, choice, flag (a choice of yes and no), lines or text.
    """

    name: str
    label: object
    kind: str = "text"
    options: Options = ()
    hint: object = ""
    is_more: bool = False


_ITEM = JournalField("item_no", lazy_gettext("Item"), "item")
_UNIT = JournalField("unit_of_measure_code", lazy_gettext("Unit"), "unit")
_GOODS = (_ITEM, JournalField("quantity", lazy_gettext("Quantity"), "quantity"), _UNIT)
_BIN = JournalField("bin_code", lazy_gettext("Bin"), "bin")
_VARIANT = JournalField("variant_code", lazy_gettext("Variant"), is_more=True)
_LOT = JournalField("lot_no", lazy_gettext("Lot"), is_more=True)
_SERIAL = JournalField("serial_no", lazy_gettext("Serial no."), is_more=True)
_NUMBERS = (_VARIANT, _LOT, _SERIAL)
_EXPIRY = JournalField("expiration_date", lazy_gettext("Expires"), "day", is_more=True)
_UNIT_COST = JournalField(
    "unit_cost", lazy_gettext("Unit cost"), "decimal", hint=lazy_gettext("Per base unit. Empty: the card’s.")
)
_INVOICED = JournalField(
    "is_invoiced",
    lazy_gettext("Invoiced"),
    "flag",
    (("yes", lazy_gettext("Now")), ("no", lazy_gettext("Later, at expected cost until then"))),
)
_FROM_RECEIPT = JournalField(
    "applies_to_entry_no",
    lazy_gettext("Takes from entry"),
    "entry",
    hint=lazy_gettext("Empty: the costing method chooses."),
)
_FROM_ISSUE = JournalField(
    "applies_from_entry_no",
    lazy_gettext("Cost of entry"),
    "entry",
    hint=lazy_gettext("The issue whose cost comes back with the goods."),
)
_REASON = JournalField("reason_code", lazy_gettext("Reason"), "reason")
_GROUP = JournalField("general_business_posting_group", lazy_gettext("Business posting group"), is_more=True)
_ENTRY = JournalField("entry_no", lazy_gettext("Item ledger entry"), "entry")

FIELDS: Mapping[str, tuple[JournalField, ...]] = {
    "purchase": (*_GOODS, _BIN, _UNIT_COST, _INVOICED, *_NUMBERS, _EXPIRY, _GROUP),
    "purchase_return": (*_GOODS, _BIN, _FROM_RECEIPT, _INVOICED, *_NUMBERS, _GROUP),
    "sale": (*_GOODS, _BIN, _FROM_RECEIPT, _INVOICED, *_NUMBERS, _GROUP),
    "sales_return": (*_GOODS, _BIN, _FROM_ISSUE, _UNIT_COST, _INVOICED, *_NUMBERS, _EXPIRY, _GROUP),
    "positive_adjustment": (*_GOODS, _BIN, _UNIT_COST, _REASON, _FROM_ISSUE, *_NUMBERS, _EXPIRY, _GROUP),
    "negative_adjustment": (*_GOODS, _BIN, _REASON, _FROM_RECEIPT, *_NUMBERS, _GROUP),
    "transfer": (
        *_GOODS,
        _BIN,
        JournalField("to_location_code", lazy_gettext("To location"), "location"),
        JournalField("to_bin_code", lazy_gettext("To bin"), "bin"),
        JournalField(
            "order_no", lazy_gettext("Into transit as"), hint=lazy_gettext("Its own number"), is_more=True
        ),
        JournalField(
            "from_order_no",
            lazy_gettext("Out of transit of"),
            hint=lazy_gettext("The number it went into transit as"),
            is_more=True,
        ),
        *_NUMBERS,
        _EXPIRY,
    ),
    "invoice": (
        _ENTRY,
        JournalField("quantity_base", lazy_gettext("Quantity"), "decimal", hint=lazy_gettext("Base units")),
        JournalField(
            "unit_cost",
            lazy_gettext("Unit cost"),
            "decimal",
            hint=lazy_gettext("Of a purchase, per base unit."),
        ),
    ),
    "item_charge": (
        _ENTRY,
        JournalField("amount", lazy_gettext("Amount"), "decimal"),
        JournalField("item_charge_no", lazy_gettext("Item charge")),
        JournalField(
            "is_sale",
            lazy_gettext("Charge of"),
            "flag",
            (("no", lazy_gettext("a purchase: it adds to the cost")), ("yes", lazy_gettext("a sale"))),
        ),
    ),
    "revaluation": (
        JournalField(
            "mode",
            lazy_gettext("Revalue"),
            "choice",
            (
                ("item", lazy_gettext("all there is of an item")),
                ("remaining", lazy_gettext("what is left of an entry")),
                ("entry", lazy_gettext("the whole of an entry")),
            ),
        ),
        JournalField(
            "item_no", lazy_gettext("Item"), "item", hint=lazy_gettext("Where an item is revalued.")
        ),
        JournalField(
            "applies_to_entry_no",
            lazy_gettext("Item ledger entry"),
            "entry",
            hint=lazy_gettext("Where an entry is revalued."),
        ),
        JournalField("unit_cost_revalued", lazy_gettext("New unit cost"), "decimal"),
        JournalField(
            "inventory_value_revalued",
            lazy_gettext("or new value"),
            "decimal",
            hint=lazy_gettext("Of all that is revalued."),
        ),
        JournalField(
            "updates_standard_cost",
            lazy_gettext("Standard cost of the card"),
            "flag",
            (("no", lazy_gettext("stays")), ("yes", lazy_gettext("changes too"))),
        ),
    ),
    "assembly": (
        JournalField("order_no", lazy_gettext("Assembly order")),
        *_GOODS,
        _BIN,
        JournalField(
            "components",
            lazy_gettext("Components"),
            "lines",
            hint=lazy_gettext("One per line: item; quantity; unit; bin; lot; serial no."),
        ),
        JournalField(
            "resources",
            lazy_gettext("Resources"),
            "lines",
            hint=lazy_gettext("One per line: direct cost; overhead"),
        ),
        *_NUMBERS,
        _EXPIRY,
    ),
    "undo": (_ENTRY,),
}
DEFAULT_TYPE = "purchase"
COMPONENT = ("item_no", "quantity", "unit_of_measure_code", "bin_code", "lot_no", "serial_no")
RESOURCE = ("direct_cost", "overhead")
OUTPUT = frozenset({each.name for each in (*_GOODS, _BIN, *_NUMBERS, _EXPIRY)})
