"""What an item ledger entry may be given in the item journal: an invoice, a charge, a new value, an undo.

Only what the entry itself allows is offered; whether the books allow it, posting says.
"""

from typing import Any

from flask import url_for
from flask_babel import gettext

from server.ledgers.rows import ItemLedgerEntryRow
from server.security.permissions import Permission, may
from shared.quantity import quantity_text

Link = tuple[str, str, str]
_INVOICED_LATER = frozenset({"purchase", "sale"})


def journal_links(entry: ItemLedgerEntryRow) -> list[Link]:
    """Words, icon and address of each; none for who may not post journals."""
    if not may(Permission.POST_JOURNAL):
        return []
    links: list[Link] = []
    is_expected = not entry.is_completely_invoiced and entry.entry_type in _INVOICED_LATER
    if is_expected:
        left = quantity_text(abs(entry.quantity_base - entry.invoiced_quantity))
        to_invoice = _journal(entry, "invoice", entry_no=str(entry.entry_no), quantity_base=left)
        links.append((gettext("Invoice"), "receipt_long", to_invoice))
    if entry.quantity_base > 0 and not entry.is_correction:
        to_charge = _journal(entry, "item_charge", entry_no=str(entry.entry_no))
        links.append((gettext("Charge"), "local_shipping", to_charge))
        if entry.is_completely_invoiced:
            to_revalue = _journal(entry, "revaluation", mode="entry", applies_to_entry_no=str(entry.entry_no))
            links.append((gettext("Revalue"), "payments", to_revalue))
    if is_expected and not entry.invoiced_quantity and not entry.is_correction:
        links.append((gettext("Undo"), "undo", _journal(entry, "undo", entry_no=str(entry.entry_no))))
    return links


def _journal(entry: ItemLedgerEntryRow, kind: str, **fields: Any) -> str:
    return url_for("journal.index", type=kind, location_code=entry.location_code, **fields)
