"""`scanledger serve`: back office, API, sync and terminal on one port."""

import argparse
from typing import Any

from server.commands.company import open_company, settings, shown
from server.commands.speech import CommandFailed, complain, say
from server.config import Config
from server.serve import Listening, ServeRefused, serve, sole_server
from server.web.terminal_site import PAGE, site_folder


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "serve",
        help="serve back office, API, sync and terminal on one port",
        description="Serves until it is told to stop (Ctrl+C, SIGTERM). SQLite: one process with threads, "
        "and no second server on the same file. PostgreSQL: one process per core.",
    )
    add_listening(parser)
    parser.set_defaults(run=run)


def add_listening(parser: argparse.ArgumentParser) -> None:
    """Options of every command that serves."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (127.0.0.1; 0.0.0.0 for all)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--workers", type=int, default=0, help="processes (PostgreSQL: one per core)")
    parser.add_argument("--threads", type=int, default=0, help="threads per process (16)")
    parser.add_argument(
        "--no-jobs",
        action="store_true",
        help="PostgreSQL: leave the jobs to `huey_consumer server.jobs.huey` (docs/operating.md)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve."""
    config, listening = settings(), listening_of(arguments)
    try:
        # Asked before the migration: a database that another server is using must be left alone.
        with sole_server(config), open_company():
            pass
        say(f"Serving {shown(config)} at {address_of(listening)} (Ctrl+C stops)")
        warn_of_missing_terminal(config)
        serve(config, listening)
    except ServeRefused as refused:
        raise CommandFailed(str(refused)) from refused
    return 0


def listening_of(arguments: argparse.Namespace) -> Listening:
    """Where to listen, as typed."""
    return Listening(
        host=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        threads=arguments.threads,
        jobs=not arguments.no_jobs,
    )


def address_of(listening: Listening) -> str:
    """What to open on this machine; browsers take cameras and service workers from localhost."""
    host = "localhost" if listening.host in ("127.0.0.1", "0.0.0.0", "::", "") else listening.host  # noqa: S104
    return f"http://{host}:{listening.port}"


def warn_of_missing_terminal(config: Config) -> None:
    """Say it where the terminal cannot be opened yet."""
    if not (site_folder(config) / PAGE).is_file():
        complain("The terminal is not built yet: /terminal/ works after `scanledger terminal build`.")
