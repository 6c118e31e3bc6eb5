"""Posts what costs are made of by the engine itself, at any date, at the location without bins."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import sqlalchemy as sa

from server.database import write
from server.ledger.adjust import adjust_costs
from server.ledger.lines import (
    EntryType,
    InvoiceLine,
    ItemChargeLine,
    ItemJournalLine,
    Journal,
    JournalLine,
    TransferLine,
)
from server.ledger.post import post_journal
from server.masterdata.tables import InventorySetup, Item
from shared import ids

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class Books:
    """Posts one line at a time; inside an application context."""

    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def item(self, no: str, **values: Any) -> None:
        """Change what a card says, behind the back of its rules."""
        write(lambda connection: connection.execute(sa.update(Item).where(Item.no == no).values(**values)))

    def setup(self, **values: Any) -> None:
        """Change the company's set-up."""
        write(lambda connection: connection.execute(sa.update(InventorySetup).values(**values)))

    def post(self, day: str, line: JournalLine) -> int:
        """Post a line on a day; gives back its last item ledger entry, 0 where it made none."""
        number = next(self.numbers)
        on = date.fromisoformat(day)
        journal = Journal(
            transaction_id=ids.uuid7(int(NOON.timestamp() * 1000), number),
            source_code="journal",
            document_no=f"D{number}",
            posting_date=on,
            document_date=on,
            occurred_at=NOON,
            user_id="",
            device_id="",
            lines=(line,),
        )
        posting = write(lambda connection: post_journal(connection, journal, NOON))
        return posting.register.to_item_ledger_entry_no

    def purchase(
        self, day: str, quantity: object, unit_cost: object, item: str = "LOOSE", **more: Any
    ) -> int:
        """A receipt, invoiced unless it says otherwise."""
        cost = Decimal(str(unit_cost))
        return self.post(day, _line(EntryType.PURCHASE, item, quantity, unit_cost=cost, **more))

    def sale(self, day: str, quantity: object, item: str = "LOOSE", **more: Any) -> int:
        """An issue."""
        return self.post(day, _line(EntryType.SALE, item, -Decimal(str(quantity)), **more))

    def charge(self, day: str, entry_no: int, amount: object) -> int:
        """Freight on an entry."""
        line = ItemChargeLine(entry_no=entry_no, amount=Decimal(str(amount)), item_charge_no="FREIGHT")
        return self.post(day, line)

    def invoice(self, day: str, entry_no: int, quantity: object, unit_cost: object) -> int:
        """The invoice of a receipt."""
        line = InvoiceLine(
            entry_no=entry_no, quantity_base=Decimal(str(quantity)), unit_cost=Decimal(str(unit_cost))
        )
        return self.post(day, line)

    def transfer(self, day: str, quantity: object, to: str, item: str = "LOOSE") -> int:
        """To another location."""
        line = TransferLine(
            item_no=item,
            location_code="YARD",
            new_location_code=to,
            quantity_base=Decimal(str(quantity)),
            unit_of_measure_code="PCS",
            new_bin_code="A1" if to == "DC" else "",
        )
        return self.post(day, line)

    def adjust(self) -> int:
        """Adjust all costs at once; gives back how many value entries that wrote."""
        return write(lambda connection: adjust_costs(connection, user_id="", now=NOON))


def _line(kind: EntryType, item: str, quantity: object, **more: Any) -> ItemJournalLine:
    return ItemJournalLine(
        **{
            "entry_type": kind,
            "item_no": item,
            "location_code": "YARD",
            "quantity_base": Decimal(str(quantity)),
            "unit_of_measure_code": "PCS",
            "quantity_per_unit": Decimal(1),
            **more,
        }
    )
