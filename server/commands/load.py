"""`scanledger load`: sends the data set through the inbox, in this process or over HTTP."""

import argparse
from pathlib import Path
from typing import Any

from server.commands.company import open_company
from server.commands.speech import CommandFailed, progress_bar, say
from server.demo.data_set import PACKAGED, DataSetError
from server.demo.fleet import Fleet, FleetStopped
from server.demo.load import Channel, InProcess, LoadReport, count_transactions, load
from server.demo.prepare import prepare_for_devices
from shared.wire.outcomes import Status, sentence

MOST_DEVICES = 64


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "load",
        help="send the data set through the inbox",
        description="Sends a real wholesaler's year (docs/data-set.md): items, bins and reasons in bulk, "
        "then one transaction per row, per put-away pair one. Ids are made from the rows, so a second "
        "load posts nothing. The last step posts again, as a supervisor would, what was parked on the way.",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=PACKAGED,
        help="folder of the data set (default: the packaged one)",
    )
    parser.add_argument("--days", type=_positive, help="only the first DAYS calendar days")
    parser.add_argument(
        "--url",
        help="send over HTTP to the server at this address; SCANLEDGER_HOME or SCANLEDGER_DATABASE_URL must "
        "name the database that it serves, for the devices get their secrets there",
    )
    parser.add_argument(
        "--devices", type=_positive, default=0, help="with --url: how many simulated devices send at once (4)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Load and report; exits 1 when something still waits for a person."""
    if arguments.devices and not arguments.url:
        raise CommandFailed("--devices needs --url: without it, one device sends in this process.")
    if arguments.devices > MOST_DEVICES:
        raise CommandFailed(f"--devices: expected at most {MOST_DEVICES}, found {arguments.devices}.")
    channel: Channel = Fleet(arguments.url, arguments.devices or 4) if arguments.url else InProcess()
    with open_company():
        report = load_with_bar(arguments.folder, channel, days=arguments.days)
        if not arguments.url:
            # Beside a server its own jobs do this.
            prepare_for_devices()
    print_report(report)
    return 0


def load_with_bar(folder: Path, channel: Channel, *, days: int | None) -> LoadReport:
    """Load, and show how far it is."""
    try:
        total = count_transactions(folder, days=days)
        with progress_bar("loading", total, "transactions") as bar:
            return load(folder, channel, days=days, progress=bar.update)
    except (DataSetError, FleetStopped) as error:
        raise CommandFailed(str(error)) from error


def print_report(report: LoadReport) -> None:
    """Say what was loaded, what was there already, and what a supervisor did."""
    new = report.master_data
    say(f"{new.items:,} new items, {new.identifiers:,} new identifiers, {new.bins:,} new bins")
    rate = f" ({report.sent / report.seconds:,.0f} a second)" if report.posted and report.seconds else ""
    say(f"{report.sent:,} transactions sent, {report.stored:,} of them new, {report.posted:,} posted{rate}")
    if not report.stored:
        say("Everything was there already: nothing was posted.")
    elsewhere = report.answers[Status.MISMATCH.value] + report.answers[Status.FORK.value]
    if elsewhere:
        say(f"{elsewhere:,} were sent before by other devices, and stay as those sent them.")
    for outcome in report.posted_again:
        say(f"Posted again, as a supervisor would: {outcome.transaction_id} ({outcome.document_no})")
    for outcome in report.still_parked:
        say(f"Still parked: {outcome.transaction_id} {sentence(outcome.code, outcome.hint, 'en')}")


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"expected a number above 0, found {text!r}")
    return int(text)
