"""Where a device's history stands at the server: head, gaps, and what the device says of its queue.

The device's row is locked before anything of its push is read, so two copies of one push queue up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from server.bulk import insert_rows, upsert_rows
from server.inbox.gaps import History, arrive, lost_ranges
from server.inbox.tables import DeviceEpoch, DeviceGap
from server.security.tables import Device
from shared.wire.envelopes import Push


@dataclass(frozen=True, slots=True)
class Place:
    """A device's history of one epoch, locked; `lost` are the ranges given up before."""

    device_id: str
    epoch: int
    history: History
    lost: frozenset[tuple[int, int]]


def lock_place(connection: sa.Connection, device_id: str, epoch: int) -> Place:
    """Lock and read where the device stands."""
    table, gap = DeviceEpoch.__table__, DeviceGap.__table__
    upsert_rows(connection, table, keys=("device_id", "epoch"), rows=[(device_id, epoch)])
    head = connection.execute(
        sa.select(table.c.head)
        .where(table.c.device_id == device_id, table.c.epoch == epoch)
        .with_for_update()
    ).scalar_one()
    rows = connection.execute(
        sa.select(gap.c.from_seq, gap.c.to_seq, gap.c.is_lost)
        .where(gap.c.device_id == device_id, gap.c.epoch == epoch)
        .order_by(gap.c.from_seq)
    ).all()
    gaps = tuple((low, high) for low, high, _ in rows)
    return Place(
        device_id, epoch, History(head, gaps), frozenset((low, high) for low, high, lost in rows if lost)
    )


def move_place(
    connection: sa.Connection, place: Place, push: Push, *, seqs: Iterable[int], received_at: datetime
) -> History:
    """Note what arrived and what the device says of itself; gives back where it stands now."""
    history = arrive(place.history, seqs)
    lost = set(lost_ranges(history, push.queue_depth, push.max_seq))
    if history.gaps != place.history.gaps or lost - place.lost:
        _store_gaps(connection, place, history, lost=lost, received_at=received_at)
    connection.execute(
        sa.update(DeviceEpoch.__table__)
        .where(DeviceEpoch.device_id == place.device_id, DeviceEpoch.epoch == place.epoch)
        .values(
            head=history.head,
            reported_max=push.max_seq,
            queue_depth=push.queue_depth,
            acked_through=push.acked_through,
            acked_digest=push.acked_digest,
            last_push_at=received_at,
        )
    )
    seen: dict[str, object] = {"last_seen_at": received_at}
    if push.app_version:
        seen["app_version"] = push.app_version
    connection.execute(sa.update(Device.__table__).where(Device.device_id == place.device_id).values(seen))
    return history


def _store_gaps(
    connection: sa.Connection,
    place: Place,
    history: History,
    *,
    lost: set[tuple[int, int]],
    received_at: datetime,
) -> None:
    """Replace the stored ranges; a range that stays keeps the moment at which it was noticed."""
    gap = DeviceGap.__table__
    mine = sa.and_(gap.c.device_id == place.device_id, gap.c.epoch == place.epoch)
    noticed = dict(connection.execute(sa.select(gap.c.to_seq, gap.c.noticed_at).where(mine)).all())
    connection.execute(sa.delete(gap).where(mine))
    ranges = sorted(set(history.gaps) | lost)
    insert_rows(
        connection,
        gap,
        ("device_id", "epoch", "from_seq", "to_seq", "noticed_at", "is_lost"),
        [
            (
                place.device_id,
                place.epoch,
                low,
                high,
                noticed.get(high, received_at),
                (low, high) in lost or (low, high) in place.lost,
            )
            for low, high in ranges
        ],
    )
