"""One line of a transaction, as the Transaction card shows it."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """What a line says; whatever it does not say is empty.

    `quantity_base` has the sign of what happens to the stock, positive where it moves within the company.
    `tag` is the type of a journal's line, `names_entry_no` the entry that it names.
    """

    item_no: str = ""
    description: str = ""
    variant_code: str = ""
    lot_no: str = ""
    serial_no: str = ""
    from_bin: str = ""
    to_bin: str = ""
    to_location: str = ""
    quantity: Decimal | None = None
    unit_of_measure_code: str = ""
    quantity_base: Decimal | None = None
    tag: str = ""
    names_entry_no: int = 0
    amount: Decimal | None = None
    unit_cost: Decimal | None = None

    @property
    def is_within(self) -> bool:
        """Whether it moves goods from one place of the company to another."""
        return bool(self.to_location or (self.from_bin and self.to_bin))
