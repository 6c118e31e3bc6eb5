"""`scanledger serve` as a person starts it, in a process group of its own; may be killed and started again.

Always holds: it comes back at the same port, as a device expects it to; killing ends the workers with their
master, so nothing of the old server lives on beside the new one.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from server.config import Config

READY_WITHIN_S = 60


class ServerProcess:
    """A server on a free port that stays its own; not started yet."""

    def __init__(self, config: Config) -> None:
        self.config = config
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.spawn()
        patience = time.monotonic() + READY_WITHIN_S
        while self.status_of("/terminal/") == 0:
            assert self.is_running(), "the server ended instead of serving"
            assert time.monotonic() < patience, "the server does not answer"
            time.sleep(0.1)

    def spawn(self) -> None:
        """Start it without waiting for it."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server", "serve", "--port", str(self.port)],
            env={
                **os.environ,
                "SCANLEDGER_HOME": str(self.config.home),
                "SCANLEDGER_DATABASE_URL": self.config.database_url,
            },
            start_new_session=True,
        )

    def is_running(self) -> bool:
        """Whether its first process has not ended."""
        return self.process is not None and self.process.poll() is None

    def listens(self) -> bool:
        """Whether somebody takes connections, served yet or not."""
        with socket.socket() as caller:
            return caller.connect_ex(("127.0.0.1", self.port)) == 0

    def status_of(self, path: str) -> int:
        """The status of a page; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0

    def stop(self, how: signal.Signals) -> None:
        """End every process of it."""
        if self.process is not None:
            os.killpg(self.process.pid, how)
            self.process.wait(timeout=60)
            self.process = None
