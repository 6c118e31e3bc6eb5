"""`scanledger gl post` and `gl export`: what inventory is worth, into the general ledger and out of it."""

import argparse
import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

from flask import current_app

from server.commands.company import open_company
from server.commands.speech import CommandFailed, progress_bar, say, table
from server.config import Config
from server.database import db, write
from server.general_ledger.export import read_entries, write_csv, write_json
from server.general_ledger.posted import GlPosted, SkippedValues
from server.general_ledger.posting_plan import Reason
from server.ledger.check.invariants import one_snapshot
from server.ledger.gl_posting import post_all_to_gl, preview_gl
from shared.moments import MomentError, parse_day

_WRITERS = {"csv": write_csv, "json": write_json}
_USER = "command line"


def add(commands: Any) -> None:
    """Add the commands."""
    gl = commands.add_parser("gl", help="the general ledger")
    actions = gl.add_subparsers(required=True, metavar="ACTION")
    _add_post(actions)
    _add_export(actions)


def _add_post(actions: Any) -> None:
    post = actions.add_parser(
        "post",
        help="post what value entries are worth to the general ledger",
        description="Posts every amount that is not in the general ledger yet, on the posting date of its "
        "value entry. What cannot be posted (no account, a blocked account, a closed accounting period) is "
        "listed and waits for the next run; the rest posts. May run beside a server.",
    )
    post.add_argument(
        "--per",
        choices=("entry", "group"),
        default="entry",
        help="a pair of lines per value entry (default), or one line per date, location, posting groups, "
        "account role and sign",
    )
    post.add_argument("--preview", action="store_true", help="only show what would be posted")
    post.set_defaults(run=run_post)


def _add_export(actions: Any) -> None:
    export = actions.add_parser(
        "export",
        help="write the general ledger's entries to a file",
        description="Writes G/L entries by posting date, to FILE or to standard output.",
    )
    export.add_argument("--format", choices=tuple(_WRITERS), required=True)
    export.add_argument(
        "--from", dest="first", type=_day, metavar="DAY", help="first posting date, YYYY-MM-DD"
    )
    export.add_argument("--to", dest="last", type=_day, metavar="DAY", help="last posting date")
    export.add_argument("file", nargs="?", type=Path, metavar="FILE")
    export.set_defaults(run=run_export)


def run_post(arguments: argparse.Namespace) -> int:
    """Post, or show what would be posted."""
    with open_company():
        if arguments.preview:
            with one_snapshot(db.engine) as connection:
                posted = preview_gl(connection, per=arguments.per)
        else:
            config: Config = current_app.config["SCANLEDGER"]
            posted = GlPosted()
            with progress_bar("posting", None, "value entries") as bar:
                for part in post_all_to_gl(
                    write, db.engine, user_id=_USER, now=config.now(), per=arguments.per
                ):
                    posted.add(part)
                    bar.update(part.value_entries)
    _print(posted, is_preview=arguments.preview)
    return 0


def _print(posted: GlPosted, *, is_preview: bool) -> None:
    verb = "would be posted" if is_preview else "posted"
    say(
        f"{posted.value_entries:,} value entries {verb} as {posted.entries:,} G/L entries, "
        f"{posted.amount:,.2f} in debits"
    )
    if posted.accounts:
        say()
        rows = [
            [each.account_no, each.category, f"{each.entries:,}", f"{each.debit:,.2f}", f"{each.credit:,.2f}"]
            for each in sorted(posted.accounts, key=lambda each: (each.account_no, each.category))
        ]
        for line in table(["account", "role", "entries", "debit", "credit"], rows):
            say(line)
    if posted.skipped:
        say()
        say(f"{_amounts(sum(each.values for each in posted.skipped))} skipped")
        for skipped in posted.skipped:
            say(f"  {skipped_line(skipped)}")


def skipped_line(skipped: SkippedValues) -> str:
    """Why values were skipped, how many, and the first of them."""
    where = skipped.where
    groups = " / ".join(code or "(blank)" for code in where.groups)
    reasons = {
        Reason.SETUP_MISSING: f"no posting set-up for {groups}, {where.role}",
        Reason.ACCOUNT_MISSING: f"the posting set-up for {groups} names no account for {where.role}",
        Reason.ACCOUNT_UNKNOWN: f"account {where.account_no} ({where.role}) is not in the chart",
        Reason.ACCOUNT_BLOCKED: f"account {where.account_no} ({where.role}) is blocked",
        Reason.PERIOD_CLOSED: "the accounting period is closed",
        Reason.KIND_UNKNOWN: "no rule says which accounts this kind of value has",
    }
    numbers = ", ".join(map(str, skipped.entry_nos[:5])) + (", …" if skipped.values > 5 else "")
    return (
        f"{reasons[where.reason]}: {_amounts(skipped.values)}, {skipped.amount:,.2f} in all, "
        f"{skipped.first_date} to {skipped.last_date}, value entries {numbers}"
    )


def _amounts(count: int) -> str:
    return "1 amount" if count == 1 else f"{count:,} amounts"


def run_export(arguments: argparse.Namespace) -> int:
    """Write the entries; says how many unless they go to standard output."""
    try:
        opened = (
            arguments.file.open("w", encoding="utf-8", newline="")
            if arguments.file
            else nullcontext(sys.stdout)
        )
    except OSError as error:
        raise CommandFailed(f"Cannot write {arguments.file}: {error.strerror}") from error
    with open_company(), opened as out, one_snapshot(db.engine) as connection:
        entries = read_entries(connection, arguments.first, arguments.last)
        count = _WRITERS[arguments.format](entries, out)
    if arguments.file:
        say(f"{count:,} G/L entries written to {arguments.file}")
    return 0


def _day(text: str) -> date:
    try:
        return parse_day(text)
    except MomentError:
        raise argparse.ArgumentTypeError(f"expected a day as YYYY-MM-DD, found {text!r}") from None
