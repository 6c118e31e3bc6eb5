"""What a journal line must satisfy before anything is planned. Pure; each check raises its Refusal."""

from server.errors import (
    BinBlocked,
    BinMissing,
    BinNotUsed,
    BinUnknown,
    ExpiryDiffers,
    ItemBlocked,
    ItemUnknown,
    LocationUnknown,
    QuantityNotPositive,
    SameBin,
    SerialInStock,
    SerialQuantity,
    TrackingRequired,
    VariantUnknown,
)
from server.ledger.lines import EntryType, ItemJournalLine, number_keys
from server.ledger.working_set import ZERO, WorkingSet
from server.masterdata.facts import Facts


def check_line(facts: Facts, line: ItemJournalLine) -> None:
    """The item exists and is not blocked, the location is known, the quantity is not zero."""
    item = facts.items.get(line.item_no)
    if item is None:
        raise ItemUnknown(line.item_no)
    if item.is_blocked:
        raise ItemBlocked(line.item_no)
    if line.variant_code:
        if line.variant_code not in item.variants:
            raise VariantUnknown(f"{line.item_no} {line.variant_code}")
        if item.variants[line.variant_code]:
            raise ItemBlocked(f"{line.item_no} {line.variant_code}")
    if line.location_code not in facts.locations:
        raise LocationUnknown(line.location_code)
    if line.quantity_base == 0 or (line.entry_type == EntryType.MOVEMENT and line.quantity_base < 0):
        raise QuantityNotPositive(f"{line.item_no}: {line.quantity_base}")


def check_bins(facts: Facts, line: ItemJournalLine) -> None:
    """Bins are named exactly where the location has bins, exist, and are open in the direction used."""
    is_movement = line.entry_type == EntryType.MOVEMENT
    if not facts.locations[line.location_code].bin_mandatory:
        if line.bin_code or is_movement:
            raise BinNotUsed(f"{line.location_code} {line.bin_code}")
        return
    if is_movement:
        _check_bin(facts, line, line.bin_code, "out")
        _check_bin(facts, line, line.new_bin_code, "in")
        if line.bin_code == line.new_bin_code:
            raise SameBin(line.bin_code)
    else:
        _check_bin(facts, line, line.bin_code, "in" if line.quantity_base > 0 else "out")


def _check_bin(facts: Facts, line: ItemJournalLine, bin_code: str, direction: str) -> None:
    if not bin_code:
        raise BinMissing(line.location_code)
    found = facts.bins.get((line.location_code, bin_code))
    if found is None:
        raise BinUnknown(f"{line.location_code} {bin_code}")
    if found.block_movement in (direction, "all"):
        raise BinBlocked(bin_code)


def check_tracking(facts: Facts, line: ItemJournalLine) -> None:
    """A tracked item moves in the ledger under its lot or serial number."""
    tracking = facts.items[line.item_no].tracking
    number = {"lot": line.lot_no, "serial": line.serial_no}.get(tracking, "none")
    if not number and line.entry_type != EntryType.MOVEMENT:
        raise TrackingRequired(f"{line.item_no}: {tracking}")


def check_numbers(working_set: WorkingSet, line: ItemJournalLine) -> None:
    """A serial is one piece and comes in once; a lot keeps the expiry date of its first receipt."""
    if line.serial_no:
        if abs(line.quantity_base) != 1:
            raise SerialQuantity(f"{line.serial_no}: {line.quantity_base}")
        in_stock = working_set.serials.get((line.item_no, line.variant_code, line.serial_no), ZERO)
        if line.entry_type != EntryType.MOVEMENT and line.quantity_base > 0 and in_stock > 0:
            raise SerialInStock(f"{line.item_no} {line.serial_no}")
    if line.quantity_base > 0 and line.expiration_date is not None:
        for key in number_keys(line):
            fixed = working_set.expiry_dates.get(key)
            if fixed is not None and fixed != line.expiration_date:
                raise ExpiryDiffers(f"{line.lot_no or line.serial_no}: {fixed} / {line.expiration_date}")
