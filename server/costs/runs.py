"""The log of the cost adjustment: its runs, what each did, and the items that wait for the next one."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server.database import db
from server.ledger.tables import CostAdjustmentRun, CostAdjustmentRunItem, ItemCost
from server.masterdata.faults import CardMissing
from server.masterdata.tables import Item
from server.security.tables import Person
from server.web.keyset import Orders, Page, PageAsked, Statement, read_page

_RUN, _LINE, _COST = CostAdjustmentRun.__table__, CostAdjustmentRunItem.__table__, ItemCost.__table__


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs; what is empty does not filter."""

    status: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run. `items` had their turn; `hint` says why it did not end as it should."""

    run_no: int
    started_at: datetime
    finished_at: datetime | None
    origin: str
    scope: str
    user_id: str
    user_name: str
    status: str
    items: int
    value_entries: int
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunItemFilter:
    """Which lines of the log: of a run, of an item over all runs, or of how it went."""

    run_no: int | None = None
    item_no: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunItemRow:
    """What a run did to an item that changed, failed or was excluded."""

    run_no: int
    item_no: str
    description: str
    value_entries: int
    cost_amount: Decimal
    status: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFilter:
    """Which items: those to be adjusted, those excluded, or both."""

    item_no: str = ""
    is_excluded: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingItem:
    """An item whose costs are still to be adjusted, or that is excluded from it."""

    item_no: str
    description: str
    is_adjusted: bool
    is_excluded: bool
    quantity_base: Decimal
    cost_amount_actual: Decimal
    cost_amount_expected: Decimal


RUN_ORDERS = Orders.of(_RUN, {"run_no": ("run_no",)}, first_descending=True)
RUN_ITEM_ORDERS = Orders.of(_LINE, {"run_no": ("run_no", "item_no")}, first_descending=True)
WAITING_ORDERS = Orders.of(_COST, {"item_no": ("item_no",)})


def list_runs(wanted: RunFilter, asked: PageAsked) -> Page[RunRow]:
    """Runs, the newest first."""
    statement = _runs()
    for name in ("status", "origin"):
        if getattr(wanted, name):
            statement = statement.where(_RUN.c[name] == getattr(wanted, name))
    return read_page(statement, RUN_ORDERS, asked, _run)


def read_run(run_no: int) -> RunRow:
    """One run; CardMissing when there is none of this number."""
    row = db.session.execute(_runs().where(_RUN.c.run_no == run_no)).mappings().one_or_none()
    if row is None:
        raise CardMissing("cost_adjustment_run", str(run_no))
    return _run(row)


def list_run_items(wanted: RunItemFilter, asked: PageAsked) -> Page[RunItemRow]:
    """What runs did to items, the newest run first."""
    names = [name for name in RunItemRow.__dataclass_fields__ if name != "description"]
    statement: Statement = sa.select(
        *(_LINE.c[name] for name in names), sa.func.coalesce(Item.description, "").label("description")
    ).outerjoin(Item, Item.no == _LINE.c.item_no)
    if wanted.run_no is not None:
        statement = statement.where(_LINE.c.run_no == wanted.run_no)
    for name in ("item_no", "status"):
        if getattr(wanted, name):
            statement = statement.where(_LINE.c[name] == getattr(wanted, name))
    return read_page(statement, RUN_ITEM_ORDERS, asked, lambda row: RunItemRow(**_named(row, RunItemRow)))


def list_waiting(wanted: WaitingFilter, asked: PageAsked) -> Page[WaitingItem]:
    """Items that wait for the next run, and those that it would leave out, by number."""
    names = [name for name in WaitingItem.__dataclass_fields__ if name != "description"]
    statement: Statement = (
        sa.select(
            *(_COST.c[name] for name in names), sa.func.coalesce(Item.description, "").label("description")
        )
        .outerjoin(Item, Item.no == _COST.c.item_no)
        .where(sa.or_(~_COST.c.is_adjusted, _COST.c.is_excluded))
    )
    if wanted.item_no:
        statement = statement.where(_COST.c.item_no == wanted.item_no)
    if wanted.is_excluded is not None:
        statement = statement.where(_COST.c.is_excluded == wanted.is_excluded)
    return read_page(statement, WAITING_ORDERS, asked, lambda row: WaitingItem(**_named(row, WaitingItem)))


def count_waiting() -> int:
    """How many items the next run would adjust."""
    where = (sa.text("NOT is_adjusted"), ~_COST.c.is_excluded)
    return db.session.scalar(sa.select(sa.func.count()).select_from(_COST).where(*where)) or 0


def _runs() -> Statement:
    names = [name for name in RunRow.__dataclass_fields__ if name != "user_name"]
    return sa.select(
        *(_RUN.c[name] for name in names), sa.func.coalesce(Person.name, "").label("user_name")
    ).outerjoin(Person, Person.person_id == _RUN.c.user_id)


def _run(row: sa.RowMapping) -> RunRow:
    return RunRow(**_named(row, RunRow))


def _named(row: sa.RowMapping, row_type: type) -> dict[str, Any]:
    return {name: row[name] for name in row_type.__dataclass_fields__}  # type: ignore[attr-defined]
