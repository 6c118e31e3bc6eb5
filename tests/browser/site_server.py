"""Serves a built site under /terminal/ on a port that stays its own while the server is down.

The browser knows an app by its origin, so a server that comes back must come back at the same port. Every
answer carries the policy of the real server: what that forbids must not be needed.
"""

from __future__ import annotations

import http.server
import json
import threading
import time
from pathlib import Path

from server.security.headers import terminal_policy

BASE = "/terminal/"


class SiteServer:
    """Start, stop and start again. `seen` lists method and path of each request."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.seen: list[str] = []
        self._port = 0
        self._server: http.server.ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}{BASE}"

    def start(self) -> None:
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self._port), _handler(self))
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()


def _handler(server: SiteServer) -> type[http.server.SimpleHTTPRequestHandler]:
    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            server.seen.append(f"GET {self.path}")
            if self.path.startswith(("/api/", "/sync/")):
                self._answer({"answered_no": len(server.seen)})
            else:
                super().do_GET()

        def do_POST(self) -> None:
            server.seen.append(f"POST {self.path}")
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if self.path == "/sync/slow":
                time.sleep(2)
            self._answer({"got": body.hex(), "agent": self.headers.get("X-Probe", "")})

        def _answer(self, told: dict[str, object]) -> None:
            body = json.dumps(told).encode()
            self.send_response(418 if self.path.endswith("teapot") else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def translate_path(self, path: str) -> str:
            name = path.split("?", maxsplit=1)[0].removeprefix(BASE) or "index.html"
            return str(server.site / name)

        def end_headers(self) -> None:
            self.send_header("Cache-Control", "no-cache")
            is_page = self.path.split("?")[0] in (BASE, f"{BASE}index.html")
            page = server.site / "index.html" if is_page else None
            policy = terminal_policy(page.read_text(encoding="utf-8") if page else "")
            self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, *_: object) -> None:
            return

    Handler.extensions_map = {
        **Handler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }
    return Handler
