"""Serves back office, API, sync and terminal on one port, by gunicorn inside this process.

Always holds: an embedded database (SQLite) has one server process with threads, for it has one writer; a
lock beside the file refuses a second server on it, and a file system across the network is refused. On
PostgreSQL there may be as many workers as the machine has cores. A worker opens its own connections.
"""

import fcntl
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from gunicorn.app.base import BaseApplication

from server.config import Config

# A phone that changes networks must not hold a worker for ever; a long poll of the feed takes 25 s.
TIMEOUT_S = 90
GRACE_S = 15
KEEP_ALIVE_S = 75
_NETWORK_FILE_SYSTEMS = frozenset(
    {
        "9p",
        "afs",
        "ceph",
        "cifs",
        "fuse.glusterfs",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
    }
    | {"smb3", "smbfs"}
)


class ServeRefused(Exception):
    """The server must not start like this; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where and how wide to listen; `workers` and `threads` of 0 mean what suits the database."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 0
    threads: int = 0
    # Off where `huey_consumer server.jobs.huey` does the jobs in processes of its own (PostgreSQL).
    jobs: bool = True

    def on(self, config: Config) -> "Listening":
        """The same with numbers that suit the database; refuses several writers on SQLite."""
        is_sqlite = config.database_url.startswith("sqlite")
        if is_sqlite and self.workers > 1:
            raise ServeRefused(
                f"SQLite has one writer: expected 1 worker, found {self.workers}. Use threads, or PostgreSQL."
            )
        workers = 1 if is_sqlite else self.workers or min(os.cpu_count() or 1, 8)
        # Half of the threads may stand in a long poll while the others work.
        if is_sqlite and not self.jobs:
            raise ServeRefused("SQLite: the jobs run in the server's own process; leave --no-jobs out.")
        return replace(self, workers=workers, threads=self.threads or 16)


def serve(config: Config, listening: Listening) -> None:
    """Serve until a signal ends it; returns never (gunicorn exits the process)."""
    listening = listening.on(config)
    with sole_server(config):
        _Server(config, listening).run()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with our settings instead of a configuration file."""

    def __init__(self, config: Config, listening: Listening) -> None:
        self._config, self._listening = config, listening
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn its settings."""
        for name, value in gunicorn_settings(self._listening).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application; called in each worker, after the fork, so that no connection is shared."""
        from server import create_app
        from server.jobs import huey_of, start_consumer

        app = create_app(self._config)
        if self._listening.jobs:
            start_consumer(app)
        else:
            # So that this process can wake the jobs elsewhere.
            huey_of(app)
        leave_what_stays()
        return app


def leave_what_stays() -> None:
    """Take what the start has made out of the garbage collector's rounds: modules, tables and routes stay as
    long as the process, and looking through them at every push costs a sixth of the posting.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def gunicorn_settings(listening: Listening) -> dict[str, Any]:
    """Gunicorn's settings."""
    shared_memory = Path("/dev/shm")  # noqa: S108
    return {
        "bind": [f"{listening.host}:{listening.port}"],
        "workers": listening.workers,
        "threads": listening.threads,
        "worker_class": "gthread",
        "timeout": TIMEOUT_S,
        "graceful_timeout": GRACE_S,
        "keepalive": KEEP_ALIVE_S,
        "loglevel": "warning",
        "proc_name": "scanledger",
        # A heartbeat on a disk that stalls would look like a worker that hangs.
        "worker_tmp_dir": str(shared_memory) if os.access(shared_memory, os.W_OK) else None,
        "control_socket_disable": True,
    }


@contextmanager
def sole_server(config: Config) -> Iterator[None]:
    """Hold the right to serve this SQLite file; does nothing for PostgreSQL, which has many clients."""
    if not config.database_url.startswith("sqlite"):
        yield
        return
    path = _sqlite_file(config)
    _refuse_network_file_system(path)
    with path.with_name(path.name + ".lock").open("a+") as file:
        try:
            # The workers inherit the lock: it is free only when the last of them is gone.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise ServeRefused(
                f"{path} is served already, by process {file.read().strip() or 'unknown'}. "
                "Stop that one, or set SCANLEDGER_HOME to another folder."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        os.set_inheritable(file.fileno(), True)
        yield


def _sqlite_file(config: Config) -> Path:
    name = sa.make_url(config.database_url).database
    if not name or name == ":memory:":
        raise ServeRefused("A database in memory cannot be served: name a file.")
    return Path(name).absolute()


def _refuse_network_file_system(path: Path) -> None:
    kind = file_system_of(path, mounts())
    if kind in _NETWORK_FILE_SYSTEMS:
        raise ServeRefused(
            f"{path} lies on a file system across the network ({kind}), where SQLite's locks do not hold. "
            "Set SCANLEDGER_HOME to a local folder, or use PostgreSQL."
        )


def mounts() -> list[tuple[str, str]]:
    """Mount points and their kinds, where the system lists them (Linux)."""
    try:
        lines = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    parts = [line.split() for line in lines]
    return [(part[1].replace(r"\040", " "), part[2]) for part in parts if len(part) > 2]


def file_system_of(path: Path, mounted: list[tuple[str, str]]) -> str:
    """The kind of the file system that a path lies on; "" where it is unknown."""
    # The last of equally deep mounts lies on top of the others.
    around = [(len(Path(point).parts), kind) for point, kind in mounted if path.is_relative_to(point)]
    return max(enumerate(around), key=lambda each: (each[1][0], each[0]), default=(0, (0, "")))[1][1]
