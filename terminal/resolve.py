"""What a scan means on this device: our own typed labels, then GTIN, identifier, bin, item number, badge.

Nothing is guessed: a code that a look-up does not know is unknown, a label that breaks its own rules is
misread unless its text is somebody's code as it stands.
"""

from datetime import date
from decimal import Decimal

from shared.gs1.label import Label, read_label
from shared.gs1.prefixes import LabelKind, split_prefix
from shared.wire.reference import IdentifierRecord, ItemRecord
from terminal.flows.codes import (
    BadgeCode,
    BinCode,
    ItemCode,
    Misread,
    Resolved,
    StockLine,
    TrackingCode,
    UnknownCode,
)
from terminal.store.queue import Queue
from terminal.store.reference import Reference, own_stock


class Resolver:
    """Looks codes up in one location's reference data."""

    def __init__(self, reference: Reference, location_code: str) -> None:
        self._reference, self._location_code = reference, location_code

    def resolve(self, raw: str, today: date, symbology: str = "") -> Resolved:
        """What a scan means."""
        label = read_label(raw, today, symbology)
        kind, code = split_prefix(label.text)
        if kind is not None:
            return self._typed(kind, code) or UnknownCode(text=label.text)
        found = self._by_gtin(label) or self._by_text(label)
        if found is not None:
            return found
        if label.fault:
            return Misread(text=label.text, fault=label.fault)
        if not label.gtin14 and (label.lot_no or label.serial_no):
            return TrackingCode(lot_no=label.lot_no, serial_no=label.serial_no, expires_on=label.expires_on)
        return UnknownCode(text=label.text, gtin14=label.gtin14)

    def item(self, item_no: str) -> ItemCode | None:
        """An item in its base unit."""
        record = self._reference.item(item_no)
        return None if record is None else _item_code(record, "", "", Label(text=item_no))

    def _typed(self, kind: LabelKind, code: str) -> Resolved | None:
        if kind is LabelKind.BIN:
            return self._bin(code)
        if kind is LabelKind.BADGE:
            return self._badge(code)
        return None

    def _by_gtin(self, label: Label) -> Resolved | None:
        return self._identified(self._reference.identifier(label.gtin14), label) if label.gtin14 else None

    def _by_text(self, label: Label) -> Resolved | None:
        text = label.text.strip()
        found: Resolved | None = self._identified(self._reference.identifier(text), label)
        # Scanners may send lower case; codes of bins and items are upper case.
        for spelling in (text,) if text == text.upper() else (text, text.upper()):
            found = found or self._bin(spelling) or self._item_no(spelling, label)
        return found or self._badge(text)

    def _item_no(self, text: str, label: Label) -> ItemCode | None:
        record = self._reference.item(text) if 0 < len(text) <= 30 else None
        return None if record is None else _item_code(record, "", "", label)

    def _bin(self, code: str) -> BinCode | None:
        record = self._reference.bin(self._location_code, code)
        if record is None:
            return None
        return BinCode(code=record.code, bin_type=record.bin_type, block_movement=record.block_movement)

    def _badge(self, badge: str) -> BadgeCode | None:
        person = self._reference.worker_of_badge(self._location_code, badge)
        return None if person is None else BadgeCode(person_id=person.person_id, name=person.name)

    def _identified(self, identifier: IdentifierRecord | None, label: Label) -> ItemCode | None:
        if identifier is None:
            return None
        record = self._reference.item(identifier.item_no)
        if record is None:
            return None
        return _item_code(record, identifier.variant_code, identifier.unit_of_measure_code, label)


def _item_code(record: ItemRecord, variant_code: str, unit_code: str, label: Label) -> ItemCode | None:
    """The item in the code's unit. An item that lacks the unit is none: better unknown than miscounted."""
    unit_code = unit_code or record.base_unit_of_measure_code
    per_unit = {unit.code: unit.quantity_per_unit for unit in record.units}
    per_unit.setdefault(record.base_unit_of_measure_code, Decimal(1))
    if per_unit.get(unit_code, Decimal(0)) <= 0:
        return None
    return ItemCode(
        item_no=record.no,
        description=record.description,
        unit_of_measure_code=unit_code,
        quantity_per_unit=per_unit[unit_code],
        base_unit_of_measure_code=record.base_unit_of_measure_code,
        variant_code=variant_code,
        tracking=record.tracking,
        is_blocked=record.blocked,
        lot_no=label.lot_no,
        serial_no=label.serial_no,
        expires_on=label.expires_on,
        count=label.quantity,
    )


def stock_lines(
    queue: Queue, reference: Reference, location_code: str, *, bin_code: str = "", item_no: str = ""
) -> tuple[StockLine, ...]:
    """Own stock of a bin or an item, with descriptions."""
    lines = []
    for record in own_stock(queue, reference, location_code, bin_code=bin_code, item_no=item_no):
        item = reference.item(record.item_no)
        lines.append(
            StockLine(
                bin_code=record.bin_code,
                item_no=record.item_no,
                description=record.item_no if item is None else item.description,
                quantity_base=record.quantity_base,
                variant_code=record.variant_code,
                lot_no=record.lot_no,
                serial_no=record.serial_no,
            )
        )
    return tuple(lines)
