"""/healthz for whoever keeps the server alive, /metrics for whoever watches it.

/healthz answers 200 only if the database answers too. /metrics is Prometheus text: what waits, by state.
"""

import sqlalchemy as sa
from flask import Blueprint, Response, current_app

from server.database import db
from server.feed.tables import FeedDirty
from server.inbox.tables import DeviceEpoch, DeviceGap, InboxTransaction, WorkItem
from server.security.permissions import Permission, requires

blueprint = Blueprint("health", __name__)
# Spelled out, not bound, so that the partial index answers; finished ones are not counted one by one.
_UNFINISHED = sa.text("inbox.status NOT IN ('posted', 'refused')")


@blueprint.get("/healthz")
@requires(Permission.PUBLIC)
def healthz() -> Response:
    """Whether requests can be answered."""
    db.session.execute(sa.select(1)).one()
    return current_app.response_class("ok\n", mimetype="text/plain")


@blueprint.get("/metrics")
@requires(Permission.VIEW_SYNC)
def metrics() -> Response:
    """Gauges of what waits and what is missing."""
    inbox = InboxTransaction.__table__
    lines = ["# TYPE scanledger_inbox_unfinished gauge"]
    for status, number in db.session.execute(
        sa.select(inbox.c.status, sa.func.count()).where(_UNFINISHED).group_by(inbox.c.status)
    ):
        lines.append(f'scanledger_inbox_unfinished{{status="{status}"}} {number}')
    for name, query in (
        ("inbox_newest_no", sa.select(sa.func.max(inbox.c.inbox_no))),
        ("feed_marks_waiting", sa.select(sa.func.count()).select_from(FeedDirty)),
        ("work_items_waiting", sa.select(sa.func.count()).select_from(WorkItem)),
        ("device_queue_depth", sa.select(sa.func.sum(DeviceEpoch.queue_depth))),
        ("device_gaps_open", sa.select(sa.func.count()).select_from(DeviceGap).where(~DeviceGap.is_lost)),
        ("device_gaps_lost", sa.select(sa.func.count()).select_from(DeviceGap).where(DeviceGap.is_lost)),
    ):
        number = db.session.execute(query).scalar_one() or 0
        lines += [f"# TYPE scanledger_{name} gauge", f"scanledger_{name} {number}"]
    return current_app.response_class("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")
