"""`scanledger user add` and `scanledger device enrol`: who may sign in, and which phone may send."""

import argparse
import getpass
import os
import sys
from typing import Any

import sqlalchemy as sa

from server.commands.company import open_company, settings
from server.commands.speech import CommandFailed, draw_qr, say
from server.database import db, write
from server.masterdata.tables import Location
from server.security.audit import COMMAND_LINE
from server.security.enrolment import LIFE, enrolment_address, make_code, readable
from server.security.people import PersonFacts, add_user
from server.security.permissions import Role
from server.security.refusals import InputRefused

DEFAULT_URL = "http://localhost:8000"


def add(commands: Any) -> None:
    """Add the commands."""
    user = commands.add_parser("user", help="people").add_subparsers(required=True, metavar="ACTION")
    parser = user.add_parser(
        "add",
        help="let a person in",
        description="Makes a person. The back office signs in with login and password, workers with badge "
        "and PIN; a supervisor may have both. Password and PIN are asked for, or taken from "
        "SCANLEDGER_PASSWORD and SCANLEDGER_PIN; never from the command line, where other users of the "
        "machine would see them.",
    )
    parser.add_argument("--name", required=True)
    parser.add_argument("--role", required=True, choices=[str(role) for role in Role])
    parser.add_argument("--login", default="", help="name to sign in with to the back office")
    parser.add_argument(
        "--badge", default="", help="what the badge's bar code says, to sign in on a terminal"
    )
    parser.add_argument("--language", default="en", choices=["en", "fr"])
    parser.set_defaults(run=add_person)

    device = commands.add_parser("device", help="devices").add_subparsers(required=True, metavar="ACTION")
    parser = device.add_parser(
        "enrol",
        help="make a code that lets one phone in",
        description="Prints a code and its QR. The phone opens the terminal, scans or types it, and is known "
        "from then on. A code works once, for a quarter of an hour.",
    )
    parser.add_argument("--location", default="", help="where the device works (default: the only location)")
    parser.add_argument("--name", default="", help="what the device is called")
    parser.add_argument(
        "--device", default="", help="give this device a new secret instead of making a new one"
    )
    parser.add_argument("--url", default=DEFAULT_URL, help=f"where phones reach the server ({DEFAULT_URL})")
    parser.set_defaults(run=enrol)


def add_person(arguments: argparse.Namespace) -> int:
    """Make a person."""
    facts = PersonFacts(
        name=arguments.name,
        role=arguments.role,
        language=arguments.language,
        login=arguments.login,
        badge=arguments.badge,
    )
    with open_company():
        password = _secret("SCANLEDGER_PASSWORD", "Password") if facts.login else ""
        pin = _secret("SCANLEDGER_PIN", "PIN") if facts.badge else ""
        now = settings().now()

        def make(connection: sa.Connection) -> str:
            return add_user(connection, facts, password=password, pin=pin, actor=COMMAND_LINE, now=now)

        try:
            person_id = write(make)
        except InputRefused as refused:
            raise CommandFailed(f"{refused.field}: {refused.sentence}") from refused
    say(f"{person_id} {facts.name}, {facts.role}")
    return 0


def enrol(arguments: argparse.Namespace) -> int:
    """Make and show an enrolment code."""
    with open_company():
        code = new_code(arguments.location or _only_location(), arguments.name, arguments.device)
        print_code(code, arguments.url)
    return 0


def new_code(location_code: str, device_name: str, device_id: str = "") -> str:
    """An enrolment code; CommandFailed where location or device is unknown."""
    now = settings().now()

    def make(connection: sa.Connection) -> str:
        return make_code(
            connection,
            location_code=location_code,
            device_name=device_name,
            device_id=device_id,
            actor=COMMAND_LINE,
            now=now,
        )

    try:
        return write(make)
    except InputRefused as refused:
        raise CommandFailed(f"{refused.field}: {refused.sentence}") from refused
    except KeyError:
        raise CommandFailed(f"There is no device {device_id} to give a new secret to.") from None


def print_code(code: str, url: str) -> None:
    """Show an enrolment code as picture, address and letters."""
    address = enrolment_address(url, code)
    draw_qr(address)
    say(f"  Scan this with the phone, or open {address}")
    say(f"  or type the code {readable(code)} on the terminal.")
    say(f"  It lets one phone in, within {LIFE.seconds // 60} minutes.")


def _only_location() -> str:
    codes = list(db.session.execute(sa.select(Location.code).order_by(Location.code)).scalars())
    if not codes:
        raise CommandFailed(
            "There is no location yet. Load one first, for example with: scanledger load --days 7"
        )
    if len(codes) > 1:
        raise CommandFailed(f"Which location? Say --location with one of: {', '.join(codes)}")
    return codes[0]


def _secret(variable: str, what: str) -> str:
    """A secret from the environment, else typed twice, else the next line of what is piped in."""
    given = os.environ.get(variable)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass(f"{what}: ")
    if getpass.getpass(f"{what} again: ") != first:
        raise CommandFailed(f"{what}: the two differ. Nobody was added.")
    return first
