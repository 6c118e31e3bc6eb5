"""A small warehouse for tests of inbox and ledger: items, bins, reasons, a worker, and sources that push.

DC keeps its stock in bins; YARD has none and allows negative stock for item LOOSE. A Source makes sealed
transactions as a device does and pushes them through the inbox; its clock is the test's.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.database import db, write
from server.inbox.receiving import accept
from server.ledger.tables import BinBalance, ItemLedgerEntry
from server.masterdata.tables import (
    Bin,
    InventorySetup,
    Item,
    ItemUnitOfMeasure,
    ItemVariant,
    Location,
    ReasonCode,
    UnitOfMeasure,
)
from server.security.devices import CurrentDevice
from server.security.tables import Device, Person
from shared import ids
from shared.wire import codec
from shared.wire.adjusting import Adjust
from shared.wire.envelopes import Push, PushAnswer
from shared.wire.lines import BinLine, MoveLine
from shared.wire.outcomes import Outcome
from shared.wire.receiving import Receive, Return
from shared.wire.shipping import Pick
from shared.wire.transactions import Body, Transaction, seal
from shared.wire.warehousing import Move

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
_CODES = {
    "receive": Receive,
    "put_away": Move,
    "move": Move,
    "pick": Pick,
    "adjust": Adjust,
    "return": Return,
}


def build_warehouse() -> None:
    """Everything but stock; inside an application context."""
    write(_build)


def _build(connection: sa.Connection) -> None:
    def add(model: type, *rows: dict[str, Any]) -> None:
        for row in rows:
            connection.execute(sa.insert(model).values(**row))

    add(InventorySetup, {"id": 1, "server_epoch": "epoch-1"})
    add(UnitOfMeasure, {"code": "PCS"}, {"code": "CASE"})
    items = ("GLOBE", "BUNTING", "LOOSE", "BLOCKED")
    for no in items:
        add(
            Item,
            {
                "no": no,
                "description": no.title(),
                "base_unit_of_measure_code": "PCS",
                "unit_cost": Decimal("1.50"),
                "is_blocked": no == "BLOCKED",
                "prevent_negative_inventory": "no" if no == "LOOSE" else "default",
            },
        )
        add(ItemUnitOfMeasure, {"item_no": no, "code": "PCS"})
        add(ItemUnitOfMeasure, {"item_no": no, "code": "CASE", "quantity_per_unit": Decimal(12)})
    add(
        ItemVariant,
        {"item_no": "GLOBE", "code": "RED"},
        {"item_no": "GLOBE", "code": "OLD", "is_blocked": True},
    )
    add(
        Location,
        {"code": "DC", "time_zone": "Europe/London", "adjustment_bin_code": "ADJ"},
        {"code": "YARD", "time_zone": "America/New_York", "bin_mandatory": False},
    )
    for code, block in (
        ("DOCK", "none"),
        ("A1", "none"),
        ("A2", "none"),
        ("SHUT", "all"),
        ("NOIN", "in"),
        ("ADJ", "none"),
    ):
        add(Bin, {"location_code": "DC", "code": code, "zone_code": "Z", "block_movement": block})
    add(
        ReasonCode,
        {"code": "FOUND", "direction": "increase"},
        {"code": "LOST", "direction": "decrease", "limit_quantity": Decimal(50)},
    )
    add(Person, {"person_id": "marek", "name": "Marek", "role": "worker", "created_at": MORNING})
    for kind in ("handheld", "office", "api", "import"):
        add(Device, {"device_id": kind, "kind": kind, "location_code": "DC", "enrolled_at": MORNING})


def line(item_no: str, quantity: object, bin_code: str = "", **more: Any) -> BinLine:
    """A line in pieces, unless `unit_of_measure_code` and `quantity_base` say otherwise."""
    return BinLine(
        **{
            "item_no": item_no,
            "quantity": Decimal(str(quantity)),
            "quantity_base": Decimal(str(quantity)),
            "unit_of_measure_code": "PCS",
            "bin_code": bin_code,
            **more,
        }
    )


def move_line(item_no: str, quantity: object, from_bin: str, to_bin: str, **more: Any) -> MoveLine:
    """A movement in pieces."""
    return MoveLine(
        **{
            "item_no": item_no,
            "quantity": Decimal(str(quantity)),
            "quantity_base": Decimal(str(quantity)),
            "unit_of_measure_code": "PCS",
            "from_bin_code": from_bin,
            "to_bin_code": to_bin,
            **more,
        }
    )


@dataclass
class Source:
    """A device that makes transactions; `kind` is one of the four kinds of the warehouse's devices."""

    kind: str = "handheld"
    epoch: int = 1
    seq: int = 0
    now: datetime = MORNING
    revoked_at: datetime | None = None

    @property
    def device(self) -> CurrentDevice:
        """As the server sees it."""
        return CurrentDevice(
            device_id=self.kind,
            kind=self.kind,
            name=self.kind,
            location_code="DC",
            epoch=self.epoch,
            install_id="",
            revoked_at=self.revoked_at,
            last_seen_at=None,
        )

    def make(
        self, kind: str, *lines: BinLine | MoveLine, location: str = "DC", **more: Any
    ) -> dict[str, Any]:
        """A sealed record of the next number; `body_…` arguments go into the body, others beside it."""
        self.seq += 1
        extra = {
            name.removeprefix("body_"): more.pop(name) for name in list(more) if name.startswith("body_")
        }
        body: Body = _CODES[kind](lines=lines, **extra)
        stated = self.kind != "handheld"
        fields: dict[str, Any] = {
            "transaction_id": ids.uuid7(
                int(self.now.timestamp() * 1000), hash((self.kind, self.seq)) & 0xFFFFFFFF
            ),
            "device_id": self.kind,
            "epoch": self.epoch,
            "seq": self.seq,
            "kind": kind,
            "location_code": location,
            "worker_id": "" if stated else "marek",
            "body": codec.write(body),
            "occurred_at": self.now if stated else None,
            "occurred_wall": None if stated else self.now,
            "occurred_boot_ms": None if stated else 1000,
            "boot_id": "" if stated else "boot",
        }
        return seal(Transaction(**{**fields, **more}))

    def push(self, *records: dict[str, Any], **more: Any) -> PushAnswer:
        """Push these records as they are."""
        fields: dict[str, Any] = {
            "protocol": 1,
            "device": self.kind,
            "epoch": self.epoch,
            "transactions": records,
            "max_seq": self.seq,
            "boot_id": "boot",
            "boot_ms": 2000,
            "wall": self.now,
        }
        return accept(Push(**{**fields, **more}), self.device, self.now)

    def send(self, kind: str, *lines: BinLine | MoveLine, **more: Any) -> Outcome:
        """Make one transaction, push it, and give back what became of it."""
        return self.push(self.make(kind, *lines, **more)).results[0]


def bins(item_no: str = "GLOBE") -> dict[str, Decimal]:
    """What the balances say is in each bin of DC, without the empty ones."""
    rows = db.session.execute(
        sa.select(BinBalance.bin_code, sa.func.sum(BinBalance.quantity_base))
        .where(BinBalance.item_no == item_no, BinBalance.quantity_base != 0)
        .group_by(BinBalance.bin_code)
    )
    return dict(rows.all())


def ledger_count() -> int:
    """How many item ledger entries there are."""
    return db.session.execute(sa.select(sa.func.count()).select_from(ItemLedgerEntry)).scalar_one()
