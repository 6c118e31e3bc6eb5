"""`scanledger demo`: from nothing to a running company. Twice is fine: what is there is kept."""

import argparse
import time
from typing import Any

import sqlalchemy as sa

from server.commands.company import open_company, settings, shown
from server.commands.load import load_with_bar, print_report
from server.commands.people import new_code, print_code
from server.commands.serve import add_listening, address_of, listening_of
from server.commands.speech import CommandFailed, say, table
from server.commands.terminal import build
from server.config import Config
from server.database import db, write
from server.demo.data_set import PACKAGED
from server.demo.load import IMPORT_DEVICE, InProcess, count_transactions, prepare
from server.demo.master_data import LOCATION_CODE
from server.demo.people import DemoPerson, demo_people
from server.demo.prepare import prepare_for_devices
from server.inbox.tables import InboxTransaction
from server.serve import ServeRefused, serve, sole_server
from server.web.terminal_site import site_folder

DAYS = 7
_ROLES = {
    "worker": "worker",
    "supervisor": "supervisor",
    "back_office": "back office",
    "administrator": "administrator",
}


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "demo",
        help="a ready company from real data, served on one port",
        description="Loads the items and bins of a real wholesaler and a week of its postings through the "
        "inbox, makes four people, builds the terminal, serves everything on one port and says what to open. "
        "A second time it keeps what is there.",
    )
    add_listening(parser)
    parser.add_argument("--days", type=int, default=DAYS, help=f"calendar days of postings to load ({DAYS})")
    parser.add_argument(
        "--no-serve", action="store_true", help="prepare and print everything, but do not serve"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prepare, print, serve."""
    started = time.monotonic()
    config, listening = settings(), listening_of(arguments)
    try:
        with sole_server(config):
            with open_company():
                load_company(arguments.days)
                people = demo_people(write, config.home / "demo-people.json", config.now())
                prepare_for_devices()
            build(site_folder(config))
            with open_company():
                code = new_code(LOCATION_CODE, "Demo phone")
        print_welcome(config, people, address_of(listening), code)
        say(f"  Ready after {time.monotonic() - started:.0f} s.")
        if not arguments.no_serve:
            say("  Keep this window open; Ctrl+C stops the server.")
            serve(config, listening)
    except ServeRefused as refused:
        raise CommandFailed(str(refused)) from refused
    return 0


def load_company(days: int) -> None:
    """Load the master data and the first days, unless they are there."""
    inbox = InboxTransaction.__table__
    stored = db.session.scalar(
        sa.select(sa.func.count()).select_from(inbox).where(inbox.c.device_id == IMPORT_DEVICE)
    )
    db.session.rollback()
    if (stored or 0) >= count_transactions(PACKAGED, days=days):
        prepare(PACKAGED)
        say("The data set is there already; nothing was loaded again.")
        return
    print_report(load_with_bar(PACKAGED, InProcess(), days=days))


def print_welcome(config: Config, people: list[DemoPerson], address: str, code: str) -> None:
    """Say what to open and how to sign in."""
    say()
    say(f"  Scanledger demo on {shown(config)}")
    say()
    say(f"  Back office  {address}/")
    say(f"  Terminal     {address}/terminal/")
    say()
    for line in table(
        ["who", "role", "back office: login / password", "terminal: badge / PIN"], _rows(people)
    ):
        say(f"  {line}")
    say()
    print_code(code, address)
    say("  Another code: scanledger device enrol")
    say()


def _rows(people: list[DemoPerson]) -> list[list[str]]:
    return [
        [
            person.name,
            _ROLES[person.role],
            f"{person.login} / {person.password or '(as you set it)'}" if person.login else "",
            f"{person.badge} / {person.pin or '(as you set it)'}" if person.badge else "",
        ]
        for person in people
    ]
