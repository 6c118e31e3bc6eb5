"""Starts a PostgreSQL of its own for one run, where no server answers.

Always holds: it listens on 127.0.0.1 at a free port, lies in a temporary folder, and is stopped and removed
at the end of the run. It never syncs to disk, since nothing in it outlives the run; tests that pull the plug
do so to Scanledger, never to the database server.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.engine import URL

from tests.support.missing import ServiceMissing

SERVER_USER = "postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
}
# Where packages put the programs without putting them on PATH.
KNOWN_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@contextlib.contextmanager
def throw_away_cluster() -> Iterator[URL]:
    """Run a new server while the block lasts; refuses with ServiceMissing when no binaries are installed."""
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="scanledger-postgresql-"))
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        shutil.chown(folder, SERVER_USER)
    cluster = folder / "cluster"
    try:
        access = ["-U", SERVER_USER, "--auth=trust", "--encoding=UTF8", "--locale=C"]
        run_as_server([programs / "initdb", "-D", cluster, *access, "--no-sync"])
        port = free_port()
        settings = {**SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        run_as_server(
            [
                programs / "pg_ctl",
                "-D",
                cluster,
                "-l",
                folder / "log",
                "-o",
                options,
                "-w",
                "-t",
                "60",
                "start",
            ]
        )
        yield URL.create(
            "postgresql+psycopg", username=SERVER_USER, host="127.0.0.1", port=port, database="postgres"
        )
    finally:
        if (cluster / "postmaster.pid").exists():
            run_as_server([programs / "pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop"])
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> Path:
    """The folder that has initdb and pg_ctl, of the newest version installed."""
    folders = [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]
    for pattern in KNOWN_FOLDERS:
        found = Path("/").glob(pattern.lstrip("/"))
        folders += sorted(found, key=version_in_path, reverse=True)
    for folder in folders:
        # initdb finds its own share folder only next to the real programs, not through a stray copy.
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise ServiceMissing("no PostgreSQL server programs (initdb, pg_ctl) are installed")


def version_in_path(folder: Path) -> tuple[int, str]:
    """Sorts .../9/bin before .../15/bin."""
    digits = "".join(character for character in folder.parent.name if character.isdigit())
    return (int(digits or 0), str(folder))


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_as_server(command: list[str | Path]) -> None:
    """Run one of PostgreSQL's programs, as its own user when we are root."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", SERVER_USER, "--", *words]
    # The server inherits these streams: a pipe would stay open, and reading it would never end.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False, cwd="/"
        )
        if done.returncode != 0:
            output.seek(0)
            raise ServiceMissing(f"{words[-1]} of PostgreSQL failed: {output.read().strip()}")
