"""A way to the server on which answers can get lost: the server has done its work, the phone never hears.

Always holds: only answers to pushes are lost, and only as many as asked for; the connection ends with them,
as it does when a phone leaves the radio's reach.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

PUSH = b"POST /sync/v1/push"
CHUNK = 65536


class LossyWay:
    """Passes bytes between a port of its own and the server's."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.lost = 0
        self._to_lose = 0
        self._lock = threading.Lock()

    def lose_answers(self, count: int) -> None:
        """Lose the answers of the next pushes."""
        with self._lock:
            self._to_lose += count

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Wakes the thread that waits in accept; closing alone does not.
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                phone, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(phone,), daemon=True).start()

    def _serve(self, phone: socket.socket) -> None:
        """One connection, until either end closes it or an answer on it is lost."""
        with (
            phone,
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self._server_port)) as server,
        ):
            pushed = threading.Event()
            back = threading.Thread(target=self._answer, args=(server, phone, pushed), daemon=True)
            back.start()
            before = b""
            while chunk := phone.recv(CHUNK):
                if PUSH in before[-len(PUSH) :] + chunk:
                    pushed.set()
                before = chunk
                server.sendall(chunk)
            server.shutdown(socket.SHUT_RDWR)
            back.join()

    def _answer(self, server: socket.socket, phone: socket.socket, pushed: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while chunk := server.recv(CHUNK):
                if pushed.is_set() and self._loses():
                    break
                pushed.clear()
                phone.sendall(chunk)
            phone.shutdown(socket.SHUT_RDWR)

    def _loses(self) -> bool:
        with self._lock:
            if self._to_lose == 0:
                return False
            self._to_lose -= 1
            self.lost += 1
            return True
