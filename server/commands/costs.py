"""`scanledger costs adjust`: brings the costs of what went out up to date with what it came from.

Exits 1 when an item failed, when the run could not go on, or when another run is under way.
"""

import argparse
from typing import Any

import sqlalchemy as sa
from flask import Flask

from server.bulk import given_rows
from server.commands.company import open_company
from server.commands.speech import CommandFailed, progress_bar, say, table
from server.config import Config
from server.database import db
from server.ledger.adjustment_run import (
    DONE,
    NoItemCategories,
    RunResult,
    run_adjustment,
)
from server.ledger.run_lock import AdjustmentUnderWay
from server.masterdata.tables import Item


def add(commands: Any) -> None:
    """Add the command."""
    costs = commands.add_parser("costs", help="what stock is worth")
    actions = costs.add_subparsers(required=True, metavar="ACTION")
    parser = actions.add_parser(
        "adjust",
        help="bring the costs of issues up to date with their receipts",
        description="Adjusts every item that has something to adjust, one transaction per item; a second run "
        "writes nothing. May run beside a server, and may be stopped: the next run goes on.",
    )
    parser.add_argument(
        "--item", action="append", default=[], metavar="NO", help="only this item; may be repeated"
    )
    parser.add_argument("--category", default="", metavar="CODE", help="only the items of this category")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Adjust and report."""
    with open_company() as app:
        _check_items(arguments.item)
        result = _adjust(app, arguments.item or None, arguments.category)
    print_result(result)
    return 0 if result.status == DONE and not result.failed else 1


def _adjust(app: Flask, item_nos: list[str] | None, category: str) -> RunResult:
    config: Config = app.config["SCANLEDGER"]
    now = config.now()
    try:
        with progress_bar("adjusting costs", None, "items") as bar:

            def show(item_no: str, done: int, known: int) -> None:
                bar.total = known
                bar.set_postfix_str(item_no, refresh=False)
                bar.update(done - bar.n)

            return run_adjustment(
                item_nos=item_nos,
                category=category,
                user_id="",
                now=now,
                progress=show,
                clock=config.now,
            )
    except (AdjustmentUnderWay, NoItemCategories) as refused:
        raise CommandFailed(str(refused)) from refused


def print_result(result: RunResult) -> None:
    """Say what was done, and what was not."""
    say(
        f"{result.items:,} items adjusted, {result.value_entries:,} value entries written, "
        f"inventory value changed by {result.cost_amount:+.2f}"
    )
    if not result.value_entries and not result.failed and result.status == DONE:
        say("Every cost was up to date already.")
    if result.excluded:
        say(f"Left out because they are excluded: {', '.join(result.excluded)}")
    if result.failed:
        say(f"{len(result.failed):,} items failed:")
        for line in table(["item", "why"], [[each.item_no, each.hint] for each in result.failed], widest=100):
            say(f"  {line}")
    if result.status != DONE:
        say(f"The run ended before it was done: {result.hint}")
        say("What was adjusted until then stays. Change the allowed posting dates, then run it again.")


def _check_items(item_nos: list[str]) -> None:
    if not item_nos:
        return
    items = Item.__table__
    given = given_rows(db.session.connection(), items, ("no",), [(no,) for no in sorted(set(item_nos))])
    known = set(db.session.scalars(sa.select(items.c.no).join_from(given, items, given.c.no == items.c.no)))
    if unknown := [no for no in item_nos if no not in known]:
        raise CommandFailed(f"There is no item {', '.join(unknown)}.")
