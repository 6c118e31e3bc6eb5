"""The ports where Python is an ordinary process, against a real HTTP server and a real folder."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import json
import stat
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from terminal.platform import here
from terminal.platform.native import open_ports
from terminal.platform.ports import NotDurable, Ports, Response, Unreachable


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with what it got; the path names the status, or makes it slow or cut off."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path == "/slow":
            time.sleep(1)
        told = json.dumps({"body": body.hex(), "probe": self.headers.get("X-Probe", "")}).encode()
        self.send_response(int(self.path[1:]) if self.path[1:].isdigit() else 200)
        self.send_header("X-Answer", "yes")
        self.send_header("Content-Length", str(len(told) + (9 if self.path == "/cut" else 0)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def server_url() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def ports(tmp_path: Path, server_url: str) -> Ports:
    return open_ports(tmp_path / "device", server_url)


def post(ports: Ports, path: str, *, timeout_s: float = 5) -> Response:
    return asyncio.run(
        ports.http.request("POST", path, headers={"X-Probe": "7"}, body=b"\x00\xff", timeout_s=timeout_s)
    )


def test_http_brings_status_headers_and_bytes_both_ways(ports: Ports) -> None:
    answer = post(ports, "/ok")

    assert (answer.status, answer.headers["x-answer"]) == (200, "yes")
    assert json.loads(answer.body) == {"body": "00ff", "probe": "7"}


@pytest.mark.parametrize("status", [403, 426, 503])
def test_a_refusal_is_an_answer(ports: Ports, status: int) -> None:
    assert post(ports, f"/{status}").status == status


@pytest.mark.parametrize("path", ["/slow", "/cut", "http://127.0.0.1:9/"])
def test_no_whole_answer_in_time_is_unreachable(ports: Ports, path: str) -> None:
    with pytest.raises(Unreachable):
        post(ports, path, timeout_s=0.3)


def test_only_a_web_server_is_asked(ports: Ports) -> None:
    with pytest.raises(ValueError, match="no address of a server"):
        post(ports, "file:///etc/hostname")


def test_the_boot_clock_never_goes_back_and_the_wall_clock_is_in_utc(ports: Ports) -> None:
    readings = [ports.clock.boot_ms() for _ in range(1000)]

    assert readings == sorted(readings)
    assert ports.clock.wall().utcoffset() == timedelta(0)
    assert ports.clock.boot_id


def test_two_processes_of_one_boot_share_the_boot_clock(ports: Ports, tmp_path: Path) -> None:
    other = open_ports(tmp_path / "other")

    assert other.clock.boot_id == ports.clock.boot_id
    assert abs(other.clock.boot_ms() - ports.clock.boot_ms()) < 1000


def test_install_id_and_settings_outlive_the_process(ports: Ports, tmp_path: Path) -> None:
    assert asyncio.run(ports.install_id.get()) is None
    asyncio.run(ports.install_id.set("018f-a"))
    asyncio.run(ports.settings.set("hand", "left"))

    again = open_ports(tmp_path / "device")

    assert asyncio.run(again.install_id.get()) == "018f-a"
    assert again.settings.get("hand") == "left"
    assert again.settings.get("theme", "light") == "light"


def test_the_install_id_does_not_lie_with_the_queue(ports: Ports, tmp_path: Path) -> None:
    asyncio.run(ports.install_id.set("018f-a"))

    assert list(ports.files.data.iterdir()) == []
    assert (tmp_path / "device" / "install_id").read_text() == "018f-a"


@pytest.mark.parametrize("content", ["", "{", "[1]", "\x00"])
def test_damaged_settings_are_the_defaults(tmp_path: Path, content: str) -> None:
    (tmp_path / "settings.json").write_text(content)

    ports = open_ports(tmp_path)

    assert ports.settings.get("hand", "right") == "right"


def test_a_folder_that_cannot_be_flushed_is_not_durable(ports: Ports) -> None:
    asyncio.run(ports.files.make_durable())
    ports.files.data.rmdir()

    with pytest.raises(NotDurable, match="was not flushed to disk"):
        asyncio.run(ports.files.make_durable())


def test_only_the_owner_may_read_the_queue(ports: Ports) -> None:
    assert stat.S_IMODE(ports.files.data.stat().st_mode) == 0o700


def test_here_is_the_folder_that_flet_gives_the_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLET_APP_STORAGE_DATA", str(tmp_path))

    ports = asyncio.run(here())

    assert ports.files.data.parent == tmp_path
    assert ports.files.reference.parent == tmp_path
