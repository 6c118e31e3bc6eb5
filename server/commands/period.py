"""`scanledger period list|close|reopen|report`: inventory periods, for month ends that run by themselves."""

import argparse
from collections.abc import Callable
from datetime import date
from typing import Any

import sqlalchemy as sa

from server.commands.company import open_company, settings
from server.commands.speech import CommandFailed, say, table
from server.database import db, write
from server.errors import Refusal
from server.ledger import periods as books
from server.ledger.period_obstacles import Obstacle
from server.masterdata.faults import CardMissing, ChangeRefused
from server.masterdata.tables import InventoryPeriod
from server.periods import changes
from server.security.audit import COMMAND_LINE
from shared.moments import MomentError, parse_day
from shared.wire.outcomes import sentence

_WORDS = {
    "unadjusted_entry": "cost of an entry to adjust",
    "unadjusted_average": "average cost to adjust",
    "unadjusted_assembly": "cost of an assembly to adjust",
    "open_issue": "issue without a receipt",
}


def add(commands: Any) -> None:
    """Add the commands."""
    actions = commands.add_parser("period", help="inventory periods").add_subparsers(
        required=True, metavar="ACTION"
    )
    listed = actions.add_parser("list", help="show the periods", description="Shows the inventory periods.")
    listed.set_defaults(run=list_periods)
    for name, run, what, more in _DATED:
        parser = actions.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}. {more}")
        parser.add_argument("date", type=_day, metavar="DATE", help="a day as YYYY-MM-DD")
        parser.set_defaults(run=run)


def list_periods(_arguments: argparse.Namespace) -> int:
    """Print the periods, the earliest first."""
    with open_company():
        rows = db.session.execute(
            sa.select(InventoryPeriod.ending_date, InventoryPeriod.name, InventoryPeriod.is_closed).order_by(
                InventoryPeriod.ending_date
            )
        ).all()
    lines = [[str(row.ending_date), row.name, "closed" if row.is_closed else "open"] for row in rows]
    for line in table(["ends on", "name", "state"], lines):
        say(line)
    return 0


def close(arguments: argparse.Namespace) -> int:
    """Close, and say what was closed."""
    now = settings().now()

    def work(connection: sa.Connection) -> tuple[date, ...]:
        try:
            books.read_period(connection, arguments.date)
        except CardMissing:
            changes.create_period(connection, arguments.date, "", actor=COMMAND_LINE, now=now)
        return changes.close_period(connection, arguments.date, actor=COMMAND_LINE, now=now)

    return _turn(work, "closed")


def reopen(arguments: argparse.Namespace) -> int:
    """Reopen, and say what was reopened."""
    now = settings().now()

    def work(connection: sa.Connection) -> tuple[date, ...]:
        return changes.reopen_period(connection, arguments.date, actor=COMMAND_LINE, now=now)

    return _turn(work, "reopened")


def report(arguments: argparse.Namespace) -> int:
    """Print the test report."""
    with open_company():
        found = books.test_report(db.session.connection(), arguments.date)
    if not found:
        say(f"Nothing stands against closing up to {arguments.date}.")
        return 0
    for line in table(["what", "item", "document", "entry", "date"], [_line(each) for each in found]):
        say(line)
    return 1


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except MomentError:
        raise argparse.ArgumentTypeError(f"expected a day as YYYY-MM-DD, found {text}") from None


def _turn(work: Callable[[sa.Connection], tuple[date, ...]], done: str) -> int:
    with open_company():
        try:
            endings = write(work)
        except Refusal as refused:
            raise CommandFailed(sentence(refused.code, refused.hint, "en")) from refused
        except ChangeRefused as refused:
            raise CommandFailed(refused.faults[0].sentence()) from refused
        except CardMissing as missing:
            raise CommandFailed(f"There is no {missing.what} {missing.key}.") from missing
    for ending in endings:
        say(f"{done} {ending}")
    return 0


def _line(obstacle: Obstacle) -> list[str]:
    entry = str(obstacle.entry_no) if obstacle.entry_no else ""
    return [_WORDS[obstacle.kind], obstacle.item_no, obstacle.document_no, entry, str(obstacle.day)]


_DATED = (
    (
        "close",
        close,
        "close the period that ends on DATE and every earlier one",
        "Makes it where there is none. Refuses, and exits 1, while a cost up to that day is not adjusted or "
        "an issue has no receipt.",
    ),
    (
        "reopen",
        reopen,
        "reopen the period that ends on DATE and every later one",
        "What was posted stays; corrections may be dated in it again.",
    ),
    (
        "report",
        report,
        "list what stands against closing up to DATE",
        "DATE need be no period's end. Exits 1 if anything stands against it.",
    ),
)
