"""Searches in the item ledger, its applications and its value entries. Each query's rows are faults."""

from typing import Any

import sqlalchemy as sa

from server.ledger.tables import ItemApplicationEntry, ItemLedgerEntry, ValueEntry
from server.masterdata.tables import Item

_entry = ItemLedgerEntry.__table__.alias("entry")
_inbound = ItemLedgerEntry.__table__.alias("inbound")
_outbound = ItemLedgerEntry.__table__.alias("outbound")
_application = ItemApplicationEntry.__table__.alias("application")
_value = ValueEntry.__table__.alias("value")
_item = Item.__table__
_ITEM = (_entry.c.item_no, _entry.c.variant_code, _entry.c.location_code)
# An application stays within these.
_KEY = ("item_no", "variant_code", "location_code", "lot_no", "serial_no")

Query = sa.Select[Any]


def _applied(entry_no: sa.ColumnElement[int]) -> sa.Subquery:
    """Sum of applications per entry on one side."""
    return (
        sa.select(entry_no.label("entry_no"), sa.func.sum(_application.c.quantity_base).label("applied"))
        .where(entry_no != 0)
        .group_by(entry_no)
        .subquery()
    )


def _used_not_applied() -> Query:
    """A receipt's own application plus all that was taken from it is what remains."""
    applied = _applied(_application.c.inbound_entry_no)
    total = sa.func.coalesce(applied.c.applied, sa.literal(0, _entry.c.remaining_quantity.type))
    return (
        sa.select(
            _entry.c.entry_no,
            _entry.c.item_no,
            total.label("expected"),
            _entry.c.remaining_quantity.label("found"),
        )
        .join_from(_entry, applied, applied.c.entry_no == _entry.c.entry_no, isouter=True)
        .where(_entry.c.quantity_base > 0, total != _entry.c.remaining_quantity)
    )


def _taken_not_applied() -> Query:
    """What an issue took from receipts is its quantity less what remains uncovered."""
    applied = _applied(_application.c.outbound_entry_no)
    total = sa.func.coalesce(applied.c.applied, sa.literal(0, _entry.c.remaining_quantity.type))
    taken = _entry.c.quantity_base - _entry.c.remaining_quantity
    return (
        sa.select(_entry.c.entry_no, _entry.c.item_no, total.label("expected"), taken.label("found"))
        .join_from(_entry, applied, applied.c.entry_no == _entry.c.entry_no, isouter=True)
        .where(_entry.c.quantity_base < 0, total != taken)
    )


def _links_apart() -> Query:
    same = [_inbound.c[name] == _outbound.c[name] for name in _KEY]
    has_issue = _application.c.outbound_entry_no != 0
    return (
        sa.select(
            _application.c.entry_no.label("application"),
            _application.c.inbound_entry_no.label("receipt"),
            _application.c.outbound_entry_no.label("issue"),
            sa.literal("one item, place and lot").label("expected"),
            _outbound.c.item_no.label("found"),
        )
        .join_from(
            _application, _inbound, _inbound.c.entry_no == _application.c.inbound_entry_no, isouter=True
        )
        .join(_outbound, _outbound.c.entry_no == _application.c.outbound_entry_no, isouter=True)
        .where(
            sa.or_(
                _inbound.c.entry_no.is_(None),
                _inbound.c.quantity_base < 0,
                sa.and_(
                    has_issue,
                    sa.or_(
                        _outbound.c.entry_no.is_(None), _outbound.c.quantity_base > 0, sa.not_(sa.and_(*same))
                    ),
                ),
            )
        )
    )


def _bad_value() -> Query:
    """The value entries of an entry stand for its whole quantity and its whole invoiced quantity."""
    per_entry = (
        sa.select(
            _value.c.item_ledger_entry_no.label("entry_no"),
            sa.func.sum(_value.c.item_ledger_entry_quantity).label("quantity"),
            sa.func.sum(_value.c.invoiced_quantity).label("invoiced"),
        )
        .group_by(_value.c.item_ledger_entry_no)
        .subquery()
    )
    return (
        sa.select(
            _entry.c.entry_no,
            _entry.c.item_no,
            _entry.c.quantity_base.label("expected"),
            per_entry.c.quantity.label("found"),
        )
        .join_from(_entry, per_entry, per_entry.c.entry_no == _entry.c.entry_no, isouter=True)
        .where(
            sa.or_(
                per_entry.c.entry_no.is_(None),
                per_entry.c.quantity != _entry.c.quantity_base,
                per_entry.c.invoiced != _entry.c.invoiced_quantity,
            )
        )
    )


def _lost_value() -> Query:
    same = [_value.c[name] == _entry.c[name] for name in ("item_no", "variant_code", "location_code")]
    return (
        sa.select(
            _value.c.entry_no.label("value_entry"),
            _value.c.item_ledger_entry_no.label("entry"),
            _value.c.item_no.label("expected"),
            _entry.c.item_no.label("found"),
        )
        .join_from(_value, _entry, _entry.c.entry_no == _value.c.item_ledger_entry_no, isouter=True)
        .where(
            # Capacity has a value and no entry.
            _value.c.item_ledger_entry_no != 0,
            sa.or_(_entry.c.entry_no.is_(None), sa.not_(sa.and_(*same))),
        )
    )


def _expected_cost_left() -> Query:
    left = (
        sa.select(
            _value.c.item_ledger_entry_no.label("entry_no"),
            sa.func.sum(_value.c.cost_amount_expected).label("expected_cost"),
        )
        .where(_value.c.cost_amount_expected != 0)
        .group_by(_value.c.item_ledger_entry_no)
        .having(sa.func.sum(_value.c.cost_amount_expected) != 0)
        .subquery()
    )
    return (
        sa.select(
            _entry.c.entry_no,
            _entry.c.item_no,
            sa.literal("no expected cost").label("expected"),
            left.c.expected_cost.label("found"),
        )
        .join_from(left, _entry, left.c.entry_no == _entry.c.entry_no)
        .where(_entry.c.is_completely_invoiced)
    )


REMAINING_NOT_QUANTITY: Query = (
    sa.select(
        *_ITEM,
        sa.func.sum(_entry.c.quantity_base).label("expected"),
        sa.func.sum(_entry.c.remaining_quantity).label("found"),
    )
    .join_from(_entry, _item, _item.c.no == _entry.c.item_no, isouter=True)
    # Entries of what is not kept in stock close as they are posted.
    .where(sa.func.coalesce(_item.c.type, "inventory") == "inventory")
    .group_by(*_ITEM)
    .having(sa.func.sum(_entry.c.quantity_base) != sa.func.sum(_entry.c.remaining_quantity))
)
BAD_REMAINING: Query = sa.select(
    _entry.c.entry_no,
    _entry.c.item_no,
    _entry.c.quantity_base.label("expected"),
    _entry.c.remaining_quantity.label("found"),
).where(
    sa.or_(
        sa.and_(
            _entry.c.quantity_base > 0,
            sa.not_(_entry.c.remaining_quantity.between(0, _entry.c.quantity_base)),
        ),
        sa.and_(
            _entry.c.quantity_base < 0,
            sa.not_(_entry.c.remaining_quantity.between(_entry.c.quantity_base, 0)),
        ),
        _entry.c.is_open != (_entry.c.remaining_quantity != 0),
    )
)
USED_NOT_APPLIED = _used_not_applied()
TAKEN_NOT_APPLIED = _taken_not_applied()
LINKS_APART = _links_apart()
SERIALS_TWICE: Query = (
    sa.select(
        _entry.c.item_no,
        _entry.c.variant_code,
        _entry.c.serial_no,
        sa.literal("0 or 1").label("expected"),
        sa.func.sum(_entry.c.quantity_base).label("found"),
    )
    .where(_entry.c.serial_no != "")
    .group_by(_entry.c.item_no, _entry.c.variant_code, _entry.c.serial_no)
    .having(sa.func.sum(_entry.c.quantity_base).not_in([0, 1]))
)
LOTS_BELOW_ZERO: Query = (
    sa.select(
        *_ITEM,
        _entry.c.lot_no,
        sa.literal("0 or more").label("expected"),
        sa.func.sum(_entry.c.quantity_base).label("found"),
    )
    .where(_entry.c.lot_no != "")
    .group_by(*_ITEM, _entry.c.lot_no)
    .having(sa.func.sum(_entry.c.quantity_base) < 0)
)
BAD_EXPIRY: Query = (
    sa.select(
        _entry.c.item_no,
        _entry.c.variant_code,
        _entry.c.lot_no,
        sa.func.min(_entry.c.expiration_date).label("expected"),
        sa.func.max(_entry.c.expiration_date).label("found"),
    )
    .where(_entry.c.lot_no != "", _entry.c.is_open)
    .group_by(_entry.c.item_no, _entry.c.variant_code, _entry.c.lot_no)
    .having(sa.func.min(_entry.c.expiration_date) != sa.func.max(_entry.c.expiration_date))
)
EXPECTED_COST_LEFT = _expected_cost_left()
BAD_INVOICING: Query = sa.select(
    _entry.c.entry_no,
    _entry.c.item_no,
    _entry.c.quantity_base.label("expected"),
    _entry.c.invoiced_quantity.label("found"),
).where(
    sa.or_(
        sa.func.abs(_entry.c.invoiced_quantity) > sa.func.abs(_entry.c.quantity_base),
        _entry.c.is_completely_invoiced != (_entry.c.invoiced_quantity == _entry.c.quantity_base),
    )
)
BAD_VALUE = _bad_value()
LOST_VALUE = _lost_value()
