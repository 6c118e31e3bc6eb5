"""The sync monitor: does everything that was scanned arrive, is each posted once, and what needs a person.

Two equations that close stand first; a reader can check them without trusting us. The day shown is today's at
the location, or the newest one with anything in it. Only today's page asks for itself again.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import gettext, lazy_gettext, ngettext

from server.monitor.day import QUARTER, Day, Holding, list_holdings, newest_moment, read_day
from server.monitor.needs import count_needs, list_needs
from server.monitor.queries import TransactionRow
from server.security.frame import count_badge
from server.security.permissions import Permission, may, requires
from server.security.sessions import settings
from server.web import filters
from server.web.keyset import PageAsked
from server.web.ledger_words import word_of
from server.web.page_lists import answer_refusals, day_bounds, filter_day, page_zone
from server.web.tables import Column, Listing
from server.web.words import current_language
from shared.wire.outcomes import Status, sentence

blueprint = Blueprint("sync", __name__, template_folder="templates")
answer_refusals(blueprint)
ONLINE_WITHIN = timedelta(minutes=2)
_NEEDS_SHOWN = 5
_DEVICES_SHOWN = 12
_DEVICE_COLUMNS = (
    Column("device", lazy_gettext("Device"), "code", strong=True),
    Column("worker", lazy_gettext("Worker")),
    Column("state", lazy_gettext("State")),
    Column("waiting", lazy_gettext("Waiting"), "quantity", strong=True),
    Column("waits", lazy_gettext("Waits at least"), "age"),
    Column("heard", lazy_gettext("Last heard"), "moment"),
    Column("journal", lazy_gettext("Journal against inbox")),
    Column("app", lazy_gettext("App")),
)
Part = dict[str, object]


def count_for_navigation(app: Flask) -> None:
    """Show how many need a person behind the monitor's line, to those who may see the monitor."""
    count_badge(app, "sync", _badge)


@blueprint.get("/sync", endpoint="monitor")
@requires(Permission.VIEW_SYNC)
def monitor() -> str:
    """The monitor of one day."""
    now, zone = settings().now(), page_zone()
    today = now.astimezone(zone).date()
    chosen = filter_day(request.args, "day") or _newest_day(today)
    start, end = day_bounds(chosen, zone)
    day, holdings = read_day(start, end), list_holdings()
    live = [each for each in holdings if each.revoked_at is None]
    needs = list_needs(now, PageAsked(limit=_NEEDS_SHOWN, sort="inbox_no"))
    rows = [_device_row(each, now) for each in live]
    shown = rows if request.args.get("devices") == "all" else rows[:_DEVICES_SHOWN]
    return render_template(
        "monitor/sync.html",
        day=chosen,
        is_today=chosen == today,
        now=now,
        arrived=_arrived(day, live, chosen),
        became=_became(day, chosen),
        missing=_missing(live),
        is_each_posted_once=day.is_each_posted_once,
        bars=_bars(day, start, end),
        needs=[_need(row) for row in needs.rows],
        need_count=sum(count_needs(now).values()),
        listing=Listing(columns=_DEVICE_COLUMNS, rows=shown),
        device_counts=_device_counts(rows),
        more_devices=len(rows) - len(shown),
    )


def reason_of(row: TransactionRow) -> str:
    """Why a transaction is where it is, in the language of the page; "" where it needs no reason."""
    return sentence(row.code, row.hint, current_language()) if row.code else ""


def _badge() -> int:
    return sum(count_needs(settings().now()).values()) if may(Permission.VIEW_SYNC) else 0


def _newest_day(today: date) -> date:
    newest = newest_moment()
    return today if newest is None else min(today, newest.astimezone(page_zone()).date())


def _arrived(day: Day, holdings: Sequence[Holding], chosen: date) -> list[Part]:
    """Scanned = received + still on devices + lost."""
    waiting, lost = sum(each.waiting for each in holdings), sum(each.lost for each in holdings)
    holding = [each for each in holdings if each.waiting]
    sources = len(day.devices | {each.device_id for each in holding})
    parts: list[Part] = [
        {
            "figure": filters.quantity(day.received + waiting + lost),
            "label": ngettext("scanned on %(n)s device", "scanned on %(n)s devices", sources, n=sources),
        },
        {
            "operator": "=",
            "figure": filters.quantity(day.received),
            "label": gettext("received"),
            "icon": "cloud_done",
            "filled": True,
            "tone": "received",
            "href": _transactions(chosen),
        },
        {
            "operator": "+",
            "figure": filters.quantity(waiting),
            "label": _still(holding),
            "icon": "schedule",
            "tone": "queued",
        },
    ]
    if lost:
        label = gettext("lost with their device")
        part: Part = {"operator": "+", "figure": filters.quantity(lost), "label": label}
        parts.append(part | {"icon": "error", "filled": True, "tone": "refused"})
    return parts


def _still(holding: Sequence[Holding]) -> str:
    if not holding:
        return str(gettext("still on devices"))
    text = ngettext("still on %(n)s device", "still on %(n)s devices", len(holding), n=len(holding))
    pushed = [each.last_push_at for each in holding if each.last_push_at]
    if not pushed:
        return str(text)
    return str(gettext("%(still)s, heard %(age)s ago", still=text, age=filters.age(min(pushed))))


def _became(day: Day, chosen: date) -> list[Part]:
    """Received = posted + everything else that it can be."""
    looks = (
        (Status.POSTED, gettext("posted"), "check_circle", True),
        (Status.RECEIVED, gettext("not looked at yet"), "schedule", False),
        (Status.WAITING, gettext("waiting"), "hourglass_top", True),
        (Status.AWAITING_APPROVAL, gettext("awaiting approval"), "person", True),
        (Status.PARKED, gettext("parked"), "local_parking", False),
        (Status.REFUSED, gettext("refused"), "dangerous", True),
        (Status.QUARANTINED, gettext("quarantined"), "gpp_maybe", True),
    )
    # Rare states take no room while nothing is in them.
    rare = (Status.RECEIVED, Status.QUARANTINED)
    parts: list[Part] = [{"figure": filters.quantity(day.received), "label": gettext("received")}]
    for status, label, icon, filled in looks:
        count = day.by_status.get(status, 0)
        if count or status not in rare:
            part: Part = {"operator": "+" if len(parts) > 1 else "=", "figure": filters.quantity(count)}
            part |= {"label": label, "icon": icon, "filled": filled, "tone": status.replace("_", "-")}
            parts.append(part | ({"href": _transactions(chosen, status=status)} if count else {}))
    return parts


def _transactions(chosen: date, **more: Any) -> str:
    day = chosen.isoformat()
    days: dict[str, Any] = {"from": day, "to": day}
    return url_for("transactions.index", **days, **more)


def _missing(holdings: Sequence[Holding]) -> str:
    """What is lost, in words; "" when nothing is."""
    losing = [each for each in holdings if each.lost]
    lost = sum(each.lost for each in losing)
    if not losing:
        return ""
    names = ", ".join(each.name or each.device_id for each in losing[:3])
    return str(ngettext("%(n)s missing: %(names)s", "%(n)s missing: %(names)s", lost, n=lost, names=names))


def _bars(day: Day, start: datetime, end: datetime) -> list[tuple[str, int]]:
    """Quarters of an hour from the first to the last with anything in it, at least four hours wide."""
    if not day.by_quarter:
        return []
    first, last = min(day.by_quarter), max(day.by_quarter)
    last = min(max(last, first + 15 * QUARTER), end - QUARTER)
    first = max(min(first, last - 15 * QUARTER), start)
    count = (last - first) // QUARTER + 1
    quarters = [first + index * QUARTER for index in range(count)]
    return [(filters.clock(each), day.by_quarter.get(each, 0)) for each in quarters]


def _need(row: TransactionRow) -> dict[str, object]:
    parts = (word_of(row.kind), row.device_name or row.device_id, row.worker_name)
    where = ", ".join(part for part in parts if part)
    url = url_for("transactions.show", transaction_id=row.transaction_id)
    return {"row": row, "reason": reason_of(row), "who": where, "url": url}


def _device_row(holding: Holding, now: datetime) -> dict[str, Any]:
    seen = holding.last_seen_at
    if holding.kind != "handheld":
        state = holding.kind
    elif seen is None:
        state = "never"
    else:
        state = "online" if now - seen <= ONLINE_WITHIN else "offline"
    return {
        "device": holding.name or holding.device_id,
        "worker": holding.worker_name,
        "state": state,
        "waiting": holding.waiting,
        "waits": holding.last_push_at if holding.waiting else None,
        "heard": seen,
        "journal": holding,
        "app": holding.app_version,
        "row_tone": "trouble" if holding.lost else None,
    }


def _device_counts(rows: Sequence[dict[str, Any]]) -> str:
    online, offline = (sum(row["state"] == state for row in rows) for state in ("online", "offline"))
    words = gettext(
        "%(online)s online, %(offline)s offline; the most waiting first", online=online, offline=offline
    )
    return str(words)
