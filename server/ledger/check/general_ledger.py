"""Searches for what the general ledger and the value entries behind it tell differently.

Of a value entry, what is posted of its actual cost stands on the inventory side: on an inventory account, for
a resource's cost (which has no ledger entry) on the adjustment account; of its expected cost on the interim
account of the inventory. The other line of each pair balances it.
"""

from typing import Any

import sqlalchemy as sa

from server.general_ledger.accounts import Role
from server.general_ledger.tables import GlEntry, GlItemRelation
from server.ledger.tables import ValueEntry

Query = sa.Select[Any]
_gl = GlEntry.__table__
_relation = GlItemRelation.__table__
_value = ValueEntry.__table__

BATCHES_APART: Query = (
    sa.select(_gl.c.batch_no, sa.literal("0").label("expected"), sa.func.sum(_gl.c.amount).label("found"))
    .group_by(_gl.c.batch_no)
    .having(sa.func.sum(_gl.c.amount) != 0)
)
PARTLY_POSTED: Query = sa.select(
    _value.c.entry_no.label("value_entry_no"),
    sa.literal("nothing of each cost, or all of it").label("expected"),
    sa.case(
        (
            sa.and_(
                _value.c.cost_posted_to_gl != 0, _value.c.cost_posted_to_gl != _value.c.cost_amount_actual
            ),
            _value.c.cost_posted_to_gl,
        ),
        else_=_value.c.expected_cost_posted_to_gl,
    ).label("found"),
).where(
    sa.or_(
        sa.and_(_value.c.cost_posted_to_gl != 0, _value.c.cost_posted_to_gl != _value.c.cost_amount_actual),
        sa.and_(
            _value.c.expected_cost_posted_to_gl != 0,
            _value.c.expected_cost_posted_to_gl != _value.c.cost_amount_expected,
        ),
    )
)
ENTRIES_NOT_RELATIONS: Query = (
    sa.select(
        _gl.c.entry_no.label("gl_entry_no"),
        sa.func.sum(_relation.c.amount).label("expected"),
        _gl.c.amount.label("found"),
    )
    .join_from(_gl, _relation, _relation.c.gl_entry_no == _gl.c.entry_no)
    .group_by(_gl.c.entry_no, _gl.c.amount)
    .having(sa.func.sum(_relation.c.amount) != _gl.c.amount)
)
LOST_RELATIONS: Query = (
    sa.select(
        _relation.c.gl_entry_no,
        _relation.c.value_entry_no,
        sa.literal("a G/L entry and a value entry").label("expected"),
        sa.literal("one of them is missing").label("found"),
    )
    .outerjoin_from(_relation, _gl, _gl.c.entry_no == _relation.c.gl_entry_no)
    .outerjoin(_value, _value.c.entry_no == _relation.c.value_entry_no)
    .where(sa.or_(_gl.c.entry_no.is_(None), _value.c.entry_no.is_(None)))
)
RELATIONS_APART: Query = (
    sa.select(
        _relation.c.value_entry_no,
        sa.literal("0").label("expected"),
        sa.func.sum(_relation.c.amount).label("found"),
    )
    .group_by(_relation.c.value_entry_no)
    .having(sa.func.sum(_relation.c.amount) != 0)
)


def _posted_not_related(posted: sa.Column[Any], is_own_side: sa.ColumnElement[bool]) -> Query:
    """Value entries whose posted amount is not the sum of their relations on the inventory side."""
    nothing = sa.literal(0, _relation.c.amount.type)
    stated = sa.select(
        _value.c.entry_no.label("value_entry_no"), posted.label("found"), nothing.label("expected")
    ).where(posted != 0)
    related = (
        sa.select(_relation.c.value_entry_no, nothing.label("found"), _relation.c.amount.label("expected"))
        .join_from(_relation, _gl, _gl.c.entry_no == _relation.c.gl_entry_no)
        .join(_value, _value.c.entry_no == _relation.c.value_entry_no)
        .where(is_own_side)
    )
    both = sa.union_all(stated, related).subquery("both")
    expected, found = sa.func.sum(both.c.expected), sa.func.sum(both.c.found)
    return (
        sa.select(both.c.value_entry_no, expected.label("expected"), found.label("found"))
        .group_by(both.c.value_entry_no)
        .having(expected != found)
    )


ACTUAL_NOT_RELATED = _posted_not_related(
    _value.c.cost_posted_to_gl,
    sa.case(
        (_value.c.item_ledger_entry_type == "", _gl.c.category == Role.INVENTORY_ADJMT.value),
        else_=_gl.c.category == Role.INVENTORY.value,
    ),
)
EXPECTED_NOT_RELATED = _posted_not_related(
    _value.c.expected_cost_posted_to_gl, _gl.c.category == Role.INVENTORY_INTERIM.value
)
