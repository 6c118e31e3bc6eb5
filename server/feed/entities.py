"""What readers are told about each entity: keys of one type → documents as they are now.

One query per table for any number of keys, never one per key. An entity that is not there, a bin without
stock, a person who cannot sign in at a terminal: their key is missing from the answer, and readers get a
tombstone. The functions see what their connection sees, so a caller that needs one moment in time
reads in one transaction.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import sqlalchemy as sa

from server.bulk import given_rows
from server.feed.marks import scope_owner
from server.inbox.tables import InboxTransaction
from server.ledger.tables import BinBalance
from server.masterdata.tables import (
    Bin,
    Item,
    ItemIdentifier,
    ItemUnitOfMeasure,
    ItemVariant,
    Location,
    ReasonCode,
)
from server.security.tables import Person
from shared import ids
from shared.wire import codec
from shared.wire.feed_rows import document_text
from shared.wire.outcomes import Outcome, Status
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

GTIN_DIGITS = 14

Keyed = Iterator[tuple[str, object]]
Loader = Callable[[sa.Connection, str, Sequence[str]], Keyed]


def load_documents(connection: sa.Connection, scope: str, etype: str, ekeys: Sequence[str]) -> dict[str, str]:
    """The documents of the entities that exist, by key; the keys must differ from each other."""
    if not ekeys:
        return {}
    keyed = LOADERS[etype](connection, scope_owner(scope), ekeys)
    return {ekey: document_text(codec.write(record)) for ekey, record in keyed}


def _given(connection: sa.Connection, table: sa.Table, column: str, keys: Sequence[str]) -> sa.FromClause:
    return given_rows(connection, table, (column,), [(key,) for key in keys])


def _given_of(
    connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[Sequence[str]]
) -> sa.FromClause:
    """Whole keys, their owner with them: a constant owner would make SQLite go through all that it owns."""
    return given_rows(connection, table, columns, rows)


def _same(table: sa.Table, given: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(*(table.c[column.name] == column for column in given.c))


def _load_items(connection: sa.Connection, _owner: str, keys: Sequence[str]) -> Keyed:
    table = Item.__table__
    given = _given(connection, table, "no", keys)
    units = _units_by_item(connection, keys)
    variants = _variants_by_item(connection, keys)
    for no, description, base_unit, tracking, is_blocked in connection.execute(
        sa.select(
            table.c.no,
            table.c.description,
            table.c.base_unit_of_measure_code,
            table.c.tracking,
            table.c.is_blocked,
        ).join_from(given, table, table.c.no == given.c.no)
    ):
        # The base unit holds one of itself, whether or not somebody wrote it down.
        of_item = {base_unit: Decimal(1)} | units.get(no, {})
        yield (
            no,
            ItemRecord(
                no=no,
                description=description,
                base_unit_of_measure_code=base_unit,
                units=tuple(
                    UnitRecord(code=code, quantity_per_unit=of_item[code]) for code in sorted(of_item)
                ),
                variants=tuple(sorted(variants.get(no, ()))),
                tracking=tracking,
                blocked=is_blocked,
            ),
        )


def _units_by_item(connection: sa.Connection, item_nos: Sequence[str]) -> dict[str, dict[str, Decimal]]:
    table = ItemUnitOfMeasure.__table__
    given = _given(connection, table, "item_no", item_nos)
    units: dict[str, dict[str, Decimal]] = {}
    for item_no, code, quantity_per_unit in connection.execute(
        sa.select(table.c.item_no, table.c.code, table.c.quantity_per_unit).join_from(
            given, table, table.c.item_no == given.c.item_no
        )
    ):
        units.setdefault(item_no, {})[code] = quantity_per_unit
    return units


def _variants_by_item(connection: sa.Connection, item_nos: Sequence[str]) -> dict[str, list[str]]:
    table = ItemVariant.__table__
    given = _given(connection, table, "item_no", item_nos)
    variants: dict[str, list[str]] = {}
    for item_no, code in connection.execute(
        sa.select(table.c.item_no, table.c.code).join_from(given, table, table.c.item_no == given.c.item_no)
    ):
        variants.setdefault(item_no, []).append(code)
    return variants


def _load_identifiers(connection: sa.Connection, _owner: str, keys: Sequence[str]) -> Keyed:
    cards, codes = Item.__table__, ItemIdentifier.__table__
    found: dict[str, IdentifierRecord] = {}
    given = _given(connection, cards, "gtin", [key for key in keys if len(key) <= GTIN_DIGITS])
    # Two cards with one GTIN is a fault of the master data; the same one of them wins every time.
    for gtin, item_no, base_unit in connection.execute(
        sa.select(cards.c.gtin, cards.c.no, cards.c.base_unit_of_measure_code)
        .join_from(given, cards, cards.c.gtin == given.c.gtin)
        .where(cards.c.gtin != "")
        .order_by(cards.c.no.desc())
    ):
        found[gtin] = IdentifierRecord(code=gtin, item_no=item_no, unit_of_measure_code=base_unit)
    given = _given(connection, codes, "code", keys)
    # An identifier says more than the GTIN on the card: it may name a variant and a unit.
    for code, item_no, variant, unit in connection.execute(
        sa.select(
            codes.c.code, codes.c.item_no, codes.c.variant_code, codes.c.unit_of_measure_code
        ).join_from(given, codes, codes.c.code == given.c.code)
    ):
        found[code] = IdentifierRecord(
            code=code, item_no=item_no, variant_code=variant, unit_of_measure_code=unit
        )
    yield from found.items()


def _load_reasons(connection: sa.Connection, _owner: str, keys: Sequence[str]) -> Keyed:
    table = ReasonCode.__table__
    given = _given(connection, table, "code", keys)
    for code, description, description_fr, direction in connection.execute(
        sa.select(table.c.code, table.c.description, table.c.description_fr, table.c.direction).join_from(
            given, table, table.c.code == given.c.code
        )
    ):
        yield (
            code,
            ReasonRecord(
                code=code, description=description, description_fr=description_fr, direction=direction
            ),
        )


def _load_locations(connection: sa.Connection, _owner: str, keys: Sequence[str]) -> Keyed:
    table = Location.__table__
    given = _given(connection, table, "code", keys)
    for code, name, time_zone, bin_mandatory, receipt_bin in connection.execute(
        sa.select(
            table.c.code, table.c.name, table.c.time_zone, table.c.bin_mandatory, table.c.receipt_bin_code
        ).join_from(given, table, table.c.code == given.c.code)
    ):
        yield (
            code,
            LocationRecord(
                code=code,
                name=name,
                time_zone=time_zone,
                bin_mandatory=bin_mandatory,
                receipt_bin_code=receipt_bin,
            ),
        )


def _load_bins(connection: sa.Connection, owner: str, keys: Sequence[str]) -> Keyed:
    table = Bin.__table__
    given = _given_of(connection, table, ("location_code", "code"), [(owner, key) for key in keys])
    for code, zone_code, bin_type, block_movement in connection.execute(
        sa.select(table.c.code, table.c.zone_code, table.c.bin_type, table.c.block_movement).join_from(
            given, table, _same(table, given)
        )
    ):
        yield (
            code,
            BinRecord(code=code, zone_code=zone_code, bin_type=bin_type, block_movement=block_movement),
        )


_STOCK_COLUMNS = ("bin_code", "item_no", "variant_code", "lot_no", "serial_no")


def _load_stock(connection: sa.Connection, owner: str, keys: Sequence[str]) -> Keyed:
    table = BinBalance.__table__
    columns = [table.c[name] for name in _STOCK_COLUMNS]
    wanted = [(owner, *key.split("\x1f")) for key in keys]
    given = _given_of(connection, table, ("location_code", *_STOCK_COLUMNS), wanted)
    for *named, quantity_base in connection.execute(
        sa.select(*columns, table.c.quantity_base)
        .join_from(given, table, _same(table, given))
        .where(table.c.quantity_base != 0)
    ):
        bin_code, item_no, variant_code, lot_no, serial_no = named
        yield (
            stock_key(bin_code, item_no, variant_code, lot_no, serial_no),
            StockRecord(
                bin_code=bin_code,
                item_no=item_no,
                quantity_base=quantity_base,
                variant_code=variant_code,
                lot_no=lot_no,
                serial_no=serial_no,
            ),
        )


def _load_workers(connection: sa.Connection, _owner: str, keys: Sequence[str]) -> Keyed:
    table = Person.__table__
    given = _given(connection, table, "person_id", keys)
    for person_id, name, badge, pin_verifier, role, language, blocked_at in connection.execute(
        sa.select(
            table.c.person_id,
            table.c.name,
            table.c.badge,
            table.c.pin_verifier,
            table.c.role,
            table.c.language,
            table.c.blocked_at,
        )
        .join_from(given, table, table.c.person_id == given.c.person_id)
        # Without badge and PIN nobody signs in at a terminal; a blocked person stays, so that the
        # terminal can say so.
        .where(table.c.badge != "", table.c.pin_verifier != "")
    ):
        yield (
            person_id,
            WorkerRecord(
                person_id=person_id,
                name=name,
                badge=badge,
                pin_verifier=pin_verifier,
                role=role,
                language=language,
                blocked_at=blocked_at,
            ),
        )


def _load_outcomes(connection: sa.Connection, owner: str, keys: Sequence[str]) -> Keyed:
    yield from ((outcome.transaction_id, outcome) for outcome in load_outcomes(connection, owner, keys))


def load_outcomes(
    connection: sa.Connection, device_id: str, transaction_ids: Sequence[str]
) -> Iterator[Outcome]:
    """What became of a device's transactions; those of other devices and unknown ones are left out."""
    table = InboxTransaction.__table__
    # PostgreSQL would refuse the whole query for one id that is none.
    known = [key for key in transaction_ids if ids.is_id(key)]
    if not known:
        return
    wanted = [(device_id, each) for each in known]
    given = _given_of(connection, table, ("device_id", "transaction_id"), wanted)
    for row in connection.execute(
        sa.select(
            table.c.transaction_id,
            table.c.status,
            table.c.rev,
            table.c.code,
            table.c.hint,
            table.c.document_no,
            table.c.entries,
            table.c.need,
            table.c.decided_by,
        )
        .join_from(given, table, _same(table, given))
        .order_by(table.c.inbox_no)
    ):
        yield Outcome(**{**row._asdict(), "status": Status(row.status)})


LOADERS: dict[str, Loader] = {
    "item": _load_items,
    "identifier": _load_identifiers,
    "reason": _load_reasons,
    "location": _load_locations,
    "bin": _load_bins,
    "stock": _load_stock,
    "worker": _load_workers,
    "outcome": _load_outcomes,
}
