"""The rules that the ledger check proves, in words of both languages; a name is what the check calls it."""

from collections.abc import Mapping

from flask_babel import lazy_gettext

RULES: Mapping[str, object] = {
    "I1": lazy_gettext("Per item, variant and location the quantities sum to what remains open."),
    "I2": lazy_gettext(
        "What remains lies between 0 and the quantity; an entry is open exactly if something remains."
    ),
    "I3": lazy_gettext("What is used up of an entry is what its applications say."),
    "I4": lazy_gettext(
        "An application joins a receipt and an issue of one item, variant, location, lot and serial."
    ),
    "I6": lazy_gettext(
        "The bins of a location hold what its ledger says, and none but the adjustment bin is below 0."
    ),
    "I9": lazy_gettext("A serial is in stock once or not at all; no lot is below 0."),
    "I10": lazy_gettext("A lot in stock has one expiry date."),
    "I11": lazy_gettext(
        "Value is conserved to the cent: issues cost what their receipts gave them; no stock, no value."
    ),
    "I12": lazy_gettext(
        "A completely invoiced entry has no expected cost, and no more is invoiced than there is."
    ),
    "I15": lazy_gettext("Nothing dated in a closed inventory period was posted after its closing."),
    "I13": lazy_gettext("Every G/L batch sums to 0, and of each value entry exactly what it says is posted."),
    "values": lazy_gettext(
        "Every entry has its value, and every value belongs to an entry of its item and place."
    ),
    "balances": lazy_gettext("Every balance is the sum of its ledger."),
    "sums": lazy_gettext("The sums kept of each item are those of its value entries."),
    "registers": lazy_gettext("A register names exactly the entries of its one transaction."),
    "I23": lazy_gettext("The database refuses changes of ledger rows."),
    "I20": lazy_gettext(
        "A transaction is stored once; exactly the posted ones have ledger rows, as many as they say."
    ),
}
