"""A company for the pictures: the real wholesaler's first days, then one working day of devices that scan.

Always holds: clock and chance are made up, so the same company comes out each time. The day runs through the
real inbox; what waits for a person there was parked, refused or held by the real rules.
"""

import dataclasses
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from server import create_app
from server.config import Config
from server.database import db, write
from server.demo.data_set import PACKAGED
from server.demo.load import InProcess, load
from server.general_ledger.begin import ensure_accounts
from server.inbox.receiving import accept
from server.ledger.adjustment_run import run_adjustment
from server.ledger.gl_posting import post_to_gl
from server.ledger.periods import create_period
from server.ledger.tables import BinBalance
from server.masterdata.tables import Bin, ReasonCode
from server.migrations.run import upgrade
from server.proving.checks import check_ledger
from server.security.audit import COMMAND_LINE
from server.security.devices import CurrentDevice
from server.security.people import PersonFacts, add_user
from server.security.tables import Device
from shared import ids
from shared.wire import codec
from shared.wire.adjusting import Adjust
from shared.wire.envelopes import Push
from shared.wire.lines import BinLine, MoveLine
from shared.wire.shipping import Pick
from shared.wire.transactions import Transaction, seal
from shared.wire.warehousing import Move

DAYS_LOADED = 3
LOADED_AT = datetime(2010, 12, 5, 18, 0, tzinfo=UTC)
MORNING = datetime(2010, 12, 6, 6, 0, tzinfo=UTC)
NOW = datetime(2010, 12, 6, 14, 32, 10, tzinfo=UTC)
OFFLINE_SINCE = datetime(2010, 12, 6, 13, 58, tzinfo=UTC)
LOCATION = "DC"
# Transactions per quarter of an hour of the whole site, from six o'clock on.
RHYTHM = (
    3,
    8,
    15,
    24,
    35,
    42,
    43,
    40,
    37,
    22,
    26,
    44,
    47,
    45,
    42,
    38,
    41,
    39,
    30,
    24,
    33,
    37,
    37,
    34,
    40,
    43,
    41,
    38,
)
RHYTHM += (37, 39, 35, 34, 22, 10)
WORKERS = {
    "HH-02": "Amina Koné",
    "HH-03": "Tomas Reyes",
    "HH-05": "Dana Okafor",
    "HH-07": "Marek Wójcik",
    "HH-09": "Petra Novák",
    "HH-11": "Ines Carvalho",
    "PH-21": "Joel Adeyemi",
}
STILL_HELD = {"PH-21": 8, "HH-03": 6, "HH-11": 5, "HH-07": 2}
BLOCKED_BIN = "QUAR-01"
PASSWORD = "only for the pictures"  # noqa: S105  # of a company that is thrown away


class Clock:
    """The company's clock, which the pictures set."""

    def __init__(self) -> None:
        self.at = LOADED_AT

    def __call__(self) -> datetime:
        return self.at


@dataclasses.dataclass
class Handheld:
    """A device that scans; `seq` is the last number it gave."""

    name: str
    worker_id: str
    seq: int = 0

    @property
    def current(self) -> CurrentDevice:
        """As the server sees it."""
        return CurrentDevice(
            device_id=self.name,
            kind="handheld",
            name=self.name,
            location_code=LOCATION,
            epoch=1,
            install_id="",
            revoked_at=None,
            last_seen_at=None,
        )


class Company:
    """The company and its server."""

    def __init__(self, home: Path) -> None:
        self.clock, self.chance = Clock(), random.Random(1610)  # nothing secret
        url = f"sqlite:///{home / 'scanledger.db'}"
        config = Config(home=home, database_url=url, secret_key=BLOCKED_BIN, now=self.clock)
        self.app: Flask = create_app(config)
        self.handhelds: dict[str, Handheld] = {}

    def build(self) -> None:
        """Load, hire, scan for a day."""
        upgrade(self.app)
        with self.app.app_context():
            load(PACKAGED, InProcess(), days=DAYS_LOADED)
            write(self._hire)
            self._scan_all_day()
            self.clock.at = NOW
            write(ensure_accounts)
            run_adjustment(user_id="", now=NOW)
            write(lambda connection: post_to_gl(connection, user_id="", now=NOW, per="group"))
            write(lambda connection: create_period(connection, date(2010, 11, 30), "November 2010"))
            check_ledger(self.clock)

    def _hire(self, connection: sa.Connection) -> None:
        office = PersonFacts(name="Jo Marsh", role="supervisor", login="jo")
        add_user(connection, office, password=PASSWORD, pin="", actor=COMMAND_LINE, now=LOADED_AT)
        books = PersonFacts(name="Kim Hale", role="back_office", login="kim")
        add_user(connection, books, password=PASSWORD, pin="", actor=COMMAND_LINE, now=LOADED_AT)
        for number, (device, worker) in enumerate(WORKERS.items()):
            facts = PersonFacts(name=worker, role="worker", badge=f"W10{number}")
            person_id = add_user(
                connection, facts, password="", pin="4826", actor=COMMAND_LINE, now=LOADED_AT
            )
            connection.execute(
                sa.insert(Device).values(
                    device_id=device,
                    name=device,
                    kind="handheld",
                    location_code=LOCATION,
                    enrolled_at=LOADED_AT,
                    app_version="4.1" if device == "PH-21" else "4.2",
                )
            )
            self.handhelds[device] = Handheld(device, person_id)
        connection.execute(sa.update(Bin).where(Bin.code == BLOCKED_BIN).values(block_movement="all"))
        reason = {"code": "WATER", "description": "Water damage", "direction": "decrease"}
        connection.execute(sa.insert(ReasonCode).values(limit_quantity=Decimal(10), **reason))

    def _scan_all_day(self) -> None:
        stock = self._stock()
        for quarter, count in enumerate(RHYTHM):
            for at in range(count):
                self.clock.at = MORNING + timedelta(minutes=15 * quarter, seconds=900 * at / count)
                names = [name for name in WORKERS if self.clock.at < OFFLINE_SINCE or name not in STILL_HELD]
                handheld = self.handhelds[self.chance.choice(names)]
                self._push(handheld, self._pick(handheld, next(stock)))
            self._trouble(quarter, stock)
        for name in WORKERS:
            self.clock.at = OFFLINE_SINCE if name in STILL_HELD else NOW - timedelta(seconds=20)
            handheld = self.handhelds[name]
            handheld.seq += STILL_HELD.get(name, 0)
            self._push(handheld)

    def _trouble(self, quarter: int, stock: Iterator[tuple[str, str, int]]) -> None:
        """What goes wrong in this quarter of an hour."""
        item, bin_code, on_hand = next(stock)
        match quarter:
            case 9:
                handheld = self.handhelds["HH-09"]
                line = {"from_bin_code": bin_code, "to_bin_code": BLOCKED_BIN}
                body = Move(lines=(MoveLine(item_no=item, **line, **_pieces(2)),), scans=(bin_code, item))
                self._push(handheld, self._record(handheld, "move", body))
            case 14:
                handheld = self.handhelds["HH-05"]
                self._push(handheld, self._pick(handheld, ("5060012344106", bin_code, 5)))
            case 22 | 29:
                handheld = self.handhelds["HH-07"]
                self._push(handheld, self._pick(handheld, (item, bin_code, on_hand), more=6))
            case 26:
                handheld = self.handhelds["HH-11"]
                line = BinLine(item_no=item, bin_code=bin_code, **_pieces(-12))
                body = Adjust(reason_code="WATER", lines=(line,), scans=(bin_code, item))
                self._push(handheld, self._record(handheld, "adjust", body))

    def _stock(self) -> Iterator[tuple[str, str, int]]:
        """Item, bin and how many are there, in an order of their own."""
        rows = db.session.execute(
            sa.select(BinBalance.item_no, BinBalance.bin_code, BinBalance.quantity_base)
            .where(BinBalance.quantity_base >= 24, BinBalance.bin_code.like("A-%"))
            .order_by(BinBalance.item_no, BinBalance.bin_code)
        ).all()
        shuffled = [(item, bin_code, int(quantity)) for item, bin_code, quantity in rows]
        self.chance.shuffle(shuffled)
        while True:
            yield from shuffled

    def _pick(self, handheld: Handheld, place: tuple[str, str, int], *, more: int = 0) -> dict[str, Any]:
        item, bin_code, on_hand = place
        quantity = on_hand + more if more else self.chance.choice((1, 1, 2, 3))
        scans = (bin_code, *[item] * min(quantity, 3))
        body = Pick(lines=(BinLine(item_no=item, bin_code=bin_code, **_pieces(quantity)),), scans=scans)
        return self._record(handheld, "pick", body)

    def _record(self, handheld: Handheld, kind: str, body: Any) -> dict[str, Any]:
        handheld.seq += 1
        at = self.clock.at - timedelta(seconds=3)
        return seal(
            Transaction(
                transaction_id=ids.uuid7(int(at.timestamp() * 1000), self.chance.getrandbits(74)),
                device_id=handheld.name,
                epoch=1,
                seq=handheld.seq,
                kind=kind,
                location_code=LOCATION,
                worker_id=handheld.worker_id,
                body=codec.write(body),
                occurred_wall=at,
                occurred_boot_ms=1000,
                boot_id="day",
            )
        )

    def _push(self, handheld: Handheld, *records: dict[str, Any]) -> None:
        held = STILL_HELD.get(handheld.name, 0) if not records else 0
        push = Push(
            protocol=1,
            device=handheld.name,
            epoch=1,
            transactions=records,
            max_seq=handheld.seq,
            queue_depth=held,
            boot_id="day",
            boot_ms=4000,
            wall=self.clock.at,
        )
        accept(push, handheld.current, self.clock.at)


def _pieces(quantity: int) -> dict[str, Any]:
    return {"quantity": Decimal(quantity), "quantity_base": Decimal(quantity), "unit_of_measure_code": "PCS"}
