"""The command line: `scanledger` and `python -m server`. Parses, dispatches, and turns failures into words.

Always holds: 0 means done, 1 means that something was found or could not be done (the reason is on
standard error), 2 means that the command was typed wrongly.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from server.commands import bench, costs, demo, gl, ledger, load, people, period, scenario, serve, terminal
from server.commands.speech import CommandFailed, complain

_ENVIRONMENT = """environment:
  SCANLEDGER_HOME          data folder: embedded database, keys, built terminal (default: ./data)
  SCANLEDGER_DATABASE_URL  postgresql://user@host/name, or sqlite:////path/file.db (default: SQLite in the
                           data folder)
  SCANLEDGER_SECURE_COOKIES=1  behind HTTPS
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give back its exit code."""
    parsed = parser().parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
    except CommandFailed as failed:
        complain(f"scanledger: {failed}")
        return 1
    except KeyboardInterrupt:
        complain("scanledger: stopped")
        return 130
    except BrokenPipeError:
        # Whoever read our output has enough of it; Python must not complain about it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def parser() -> argparse.ArgumentParser:
    """The parser with every command."""
    top = argparse.ArgumentParser(
        prog="scanledger",
        description="A warehouse terminal that works offline, with the inventory ledger behind it.",
        epilog=_ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"scanledger {version('scanledger')}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for module in (demo, serve, terminal, people, load, ledger, costs, gl, scenario, period, bench):
        module.add(commands)
    return top
