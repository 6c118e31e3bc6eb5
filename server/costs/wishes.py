"""What a person may want of the cost adjustment: a run now, or that it leaves an item alone for a while."""

import sqlalchemy as sa

from server.database import write
from server.inbox.work_items import leave_work, wake
from server.ledger.adjustment_run import ADJUST_COSTS, exclude_item
from server.masterdata.faults import CardMissing
from server.masterdata.tables import Item
from server.security.audit import record_audit
from server.security.sessions import acting, person_or_none, settings


def ask_for_adjustment() -> None:
    """Have the jobs adjust everything, under the posting dates of whoever asks."""
    person, now = person_or_none(), settings().now()
    key = person.person_id if person is not None else ""
    write(lambda connection: leave_work(connection, ADJUST_COSTS, [key], now))
    wake(ADJUST_COSTS)


def keep_out(item_no: str) -> None:
    """Leave the item out of every run from now on; CardMissing when there is no such item."""
    _set_exclusion(item_no, is_excluded=True)


def take_in(item_no: str) -> None:
    """Let runs adjust the item again; CardMissing when there is no such item."""
    _set_exclusion(item_no, is_excluded=False)


def _set_exclusion(item_no: str, *, is_excluded: bool) -> None:
    def work(connection: sa.Connection) -> None:
        if connection.scalar(sa.select(Item.no).where(Item.no == item_no)) is None:
            raise CardMissing("item", item_no)
        exclude_item(connection, item_no, is_excluded=is_excluded)
        record_audit(
            connection,
            "item_cost_excluded" if is_excluded else "item_cost_included",
            at=settings().now(),
            actor=acting(),
            subject=("item", item_no),
        )

    write(work)
