"""`scanledger scenario run`: runs scenario files in a database of their own and lists what differs."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.commands.speech import CommandFailed, say, table

if TYPE_CHECKING:
    import sqlalchemy as sa

NEW_LINE = "\n"
HEADS = ("where", "expected", "found")


def add(commands: Any) -> None:
    """Add the command."""
    scenario = commands.add_parser("scenario", help="costing scenarios")
    actions = scenario.add_subparsers(required=True, metavar="ACTION")
    parser = actions.add_parser(
        "run",
        help="run scenario files and list what differs from them",
        description="Posts the steps of each file (docs/scenarios.md) in a new database that is gone "
        "afterwards, and compares every figure that the file expects. The company's own database is not "
        "touched. The last line says how many passed and failed; exits 1 if any failed or was unreadable.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--database-url",
        default="",
        metavar="URL",
        help="make the new database on the server of this PostgreSQL database (default: SQLite)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run and print."""
    from server.scenarios.scratch import NoScratchDatabase, scratch_database

    failed = 0
    try:
        with scratch_database(arguments.database_url) as engine:
            for path in arguments.files:
                failed += not run_file(engine, path)
    except NoScratchDatabase as reason:
        raise CommandFailed(f"--database-url: {reason}") from reason
    say(f"{len(arguments.files) - failed} passed, {failed} failed")
    return 1 if failed else 0


def run_file(engine: "sa.Engine", path: Path) -> bool:
    """Run one file, say what came out, and tell whether it passed."""
    from server.scenarios.fields import Unreadable
    from server.scenarios.reading import read_scenario
    from server.scenarios.running import run_scenario
    from server.scenarios.scratch import rolled_back

    try:
        scenario = read_scenario(path)
    except Unreadable as fault:
        say(f"{path}: unreadable")
        say(f"  {fault}")
        return False
    try:
        with rolled_back(engine) as connection:
            differences = run_scenario(scenario, connection)
    except Exception as fault:  # noqa: BLE001
        # A fault of the program in one scenario must not hide what the others say.
        say(f"{path}: failed, {scenario.title}")
        say(f"  {type(fault).__name__}: {str(fault).partition(NEW_LINE)[0]}")
        return False
    if not differences:
        say(f"{path}: passed")
        return True
    say(f"{path}: failed, {scenario.title}")
    rows = [[each.where, each.expected, each.found] for each in differences]
    for line in table(HEADS, rows, widest=100):
        say(f"  {line}")
    return False
