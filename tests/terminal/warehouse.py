"""The small warehouse that tests of the device work in."""

from decimal import Decimal

from shared.wire.reference import (
    BinRecord,
    IdentifierRecord,
    ItemRecord,
    LocationRecord,
    ReasonRecord,
    StockRecord,
    UnitRecord,
    WorkerRecord,
    stock_key,
)
from tests.terminal.doubles import VERIFIER, ServerDouble

HEART = "85123A"
HEART_EAN = "9520000000011"
HEART_CASE = "19520000000018"
LAMP = "22423"
JUG_LOT = "21731"
CLOCK_SERIAL = "90214"


def stock(server: ServerDouble, bin_code: str, item_no: str, quantity: int) -> None:
    """Publish what the books say of an item in a bin."""
    record = StockRecord(bin_code=bin_code, item_no=item_no, quantity_base=Decimal(quantity))
    server.publish("site:MAIN", "stock", stock_key(bin_code, item_no, "", "", ""), record)


def fill(server: ServerDouble) -> None:
    """Four items, five bins, two reasons, two people, some stock."""
    pieces, case = UnitRecord(code="PCS", quantity_per_unit=Decimal(1)), Decimal(6)
    items = {
        HEART: ("White Hanging Heart", "none"),
        LAMP: ("Regency Lamp", "none"),
        JUG_LOT: ("Enamel Jug", "lot"),
        CLOCK_SERIAL: ("Station Clock", "serial"),
    }
    for no, (description, tracking) in items.items():
        record = ItemRecord(
            no=no,
            description=description,
            base_unit_of_measure_code="PCS",
            units=(pieces, UnitRecord(code="CASE", quantity_per_unit=case)),
            tracking=tracking,
        )
        server.publish("ref", "item", no, record)
    for code, item_no, unit in (
        (HEART_EAN.zfill(14), HEART, "PCS"),
        (HEART_CASE, HEART, "CASE"),
        ("LAMP-CODE", LAMP, ""),
    ):
        identifier = IdentifierRecord(code=code, item_no=item_no, unit_of_measure_code=unit)
        server.publish("ref", "identifier", code, identifier)
    for code, direction in (("DAMAGED", "decrease"), ("COUNT", "both")):
        reason = ReasonRecord(code=code, description=code.title(), direction=direction)
        server.publish("ref", "reason", code, reason)
    location = LocationRecord(code="MAIN", name="Main", time_zone="Europe/London", receipt_bin_code="DOCK-IN")
    server.publish("ref", "location", "MAIN", location)
    for code in ("DOCK-IN", "A-01-01-1", "A-01-01-2"):
        server.publish("site:MAIN", "bin", code, BinRecord(code=code))
    server.publish("site:MAIN", "bin", "B-IN", BinRecord(code="B-IN", block_movement="in"))
    server.publish("site:MAIN", "bin", "B-OUT", BinRecord(code="B-OUT", block_movement="out"))
    for person_id, name, badge in (("P1", "Ada", "ADA"), ("P2", "Ben", "BEN")):
        worker = WorkerRecord(person_id=person_id, name=name, badge=badge, pin_verifier=VERIFIER)
        server.publish("site:MAIN", "worker", person_id, worker)
    stock(server, "A-01-01-1", HEART, 100)
    stock(server, "A-01-01-2", HEART, 20)
