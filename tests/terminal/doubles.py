"""Clock, disk, chance and network for tests of the device, and a server in the same process.

The server double speaks the real envelopes and keeps the real promises (first store, then answer; same id
once), so that a test which passes by breaking them is not possible; its faults are named, in order.
"""

import asyncio
import gzip
import hashlib
import json
import random
import sqlite3
from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared.wire import codec
from shared.wire.envelopes import Push, PushAnswer, SnapshotChunk, SnapshotManifest
from shared.wire.outcomes import Outcome, Status
from shared.wire.transactions import hash_record
from terminal.core import Device
from terminal.platform.ports import NotDurable, Response, Unreachable
from tests.terminal.killing import Killed

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PIN = "4711"
# 1 round: tests must be quick; the real verifiers ask for many.
VERIFIER = "pbkdf2$1$00$" + hashlib.pbkdf2_hmac("sha256", PIN.encode(), b"\0", 1).hex()


class Clock:
    """Moves by itself a little with each look, and by hand."""

    def __init__(self) -> None:
        self.boot_id = "boot-1"
        self.ms = 1_000

    def boot_ms(self) -> int:
        self.ms += 1
        return self.ms

    def wall(self) -> datetime:
        return START + timedelta(milliseconds=self.ms)

    def restart(self) -> None:
        """Another boot: its clock begins anew, the wall clock goes on."""
        self.boot_id += "+"


class Disk:
    """Two folders; `is_full` makes nothing durable any more."""

    def __init__(self, root: Path) -> None:
        self.data, self.reference = root / "data", root / "reference"
        self.data.mkdir(parents=True, exist_ok=True)
        self.reference.mkdir(parents=True, exist_ok=True)
        self.is_full = False
        self.syncs = 0

    async def make_durable(self) -> None:
        if self.is_full:
            raise NotDurable("full")
        self.syncs += 1

    async def keep_reference(self) -> None:
        return


class KeyStore:
    """Holds the install id."""

    def __init__(self) -> None:
        self.value: str | None = None

    async def get(self) -> str | None:
        return self.value

    async def set(self, install_id: str) -> None:
        self.value = install_id


class ServerDouble:
    """An Http port whose other end is a small server."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.faults: deque[str] = deque()
        self.asked: list[str] = []
        self.pushes: list[Push] = []
        self.inbox: dict[str, dict[str, Any]] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.decide: Callable[[dict[str, Any]], Outcome] = posted
        self.feeds: dict[str, list[dict[str, Any]]] = {}
        self.chunks: dict[str, bytes] = {}
        self.manifests: dict[str, SnapshotManifest] = {}
        self.lost_cursors: set[str] = set()
        self.miscounted: dict[str, int] = {}
        self.lockouts: list[dict[str, Any]] = []
        self.is_revoked = False
        self.tokens = 0
        self.good_token = ""
        self.goes_on = asyncio.Event()

    # -- the port

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None,
        body: bytes | None = None, timeout_s: float = 30.0,
    ) -> Response:  # fmt: skip
        path = urlsplit(url).path.removeprefix("/sync/v1/")
        self.asked.append(f"{method} {path}")
        fault = self.faults.popleft() if self.faults and path not in {"token", "enrol"} else ""
        if fault == "hangs":
            await self.goes_on.wait()
        if fault == "no_network":
            raise Unreachable("no network")
        if fault == "portal":
            return Response(200, {"content-type": "text/html"}, b"<html>Sign in to the Wi-Fi</html>")
        if fault.isdigit():
            return problem(int(fault), fault)
        if fault.startswith("503:"):
            return Response(503, {"retry-after": fault[4:]}, b"")
        query = parse_qs(urlsplit(url).query, keep_blank_values=True)
        answer = self._answer(path, query, body, headers or {})
        if fault == "answer_lost":
            raise Unreachable("cut off after the server acted")
        if fault == "killed":
            raise Killed
        return answer

    def _answer(
        self, path: str, query: dict[str, list[str]], body: bytes | None, headers: Mapping[str, str]
    ) -> Response:
        if path == "enrol":
            return self._enrol(json.loads(body or b""))
        if path == "token":
            self.tokens += 1
            self.good_token = f"token-{self.tokens}"
            return reply({"token": self.good_token, "expires_in_s": 900, "location_code": "MAIN"})
        if headers.get("authorization") != f"Bearer {self.good_token}":
            return problem(401, "token_expired")
        if path == "lockouts":
            self.lockouts += json.loads(body or b"")["lockouts"]
            return reply({"recorded": 1})
        if path == "push":
            return self._push(gzip.decompress(body or b""))
        if self.is_revoked:
            return problem(403, "revoked")
        return self._pull(path, query)

    def _pull(self, path: str, query: dict[str, list[str]]) -> Response:
        if path == "feed":
            return self._feed(query["scope"][0], query["cursor"][0], int(query["limit"][0]))
        if path == "outcomes":
            found = [self.outcomes[each] for each in query["ids"][0].split(",") if each in self.outcomes]
            return reply({"server_epoch": "e1", "outcomes": [codec.write(each) for each in found]})
        if path == "snapshot":
            manifest = self.manifests.get(query["scope"][0])
            return problem(404, "no_snapshot") if manifest is None else reply(codec.write(manifest))
        chunk = self.chunks.get(path.removeprefix("snapshot/"))
        if chunk is None:
            return problem(404, "no_such_chunk")
        return Response(200, {"content-type": "application/gzip"}, chunk)

    def _enrol(self, asked: dict[str, str]) -> Response:
        if asked["code"] != "GOOD":
            return problem(403, "code_refused")
        return reply(
            {
                "device_id": "HH-1",
                "device_secret": "secret",
                "epoch": 1,
                "location_code": "MAIN",
                "server_epoch": "e1",
            }
        )

    # -- push

    def _push(self, body: bytes) -> Response:
        push = codec.read(Push, json.loads(body), strict=True)
        self.pushes.append(push)
        if any("poison" in json.dumps(record) for record in push.transactions):
            return problem(400, "unreadable")
        results = [self._take(record) for record in push.transactions]
        answer = PushAnswer(
            server_epoch="e1", server_time=self.clock.wall() + timedelta(seconds=5), results=tuple(results)
        )
        return reply(codec.write(answer))

    def _take(self, record: dict[str, Any]) -> Outcome:
        own_id = record["transaction_id"]
        assert record["hash"] == hash_record(record)
        known = self.inbox.get(own_id)
        if known is not None and known["hash"] != record["hash"]:
            return Outcome(transaction_id=own_id, status=Status.MISMATCH, rev=0)
        if any(
            (other["epoch"], other["seq"]) == (record["epoch"], record["seq"]) and other_id != own_id
            for other_id, other in self.inbox.items()
        ):
            return Outcome(transaction_id=own_id, status=Status.FORK, rev=0)
        if known is None:
            self.inbox[own_id] = record
            self.outcomes[own_id] = self.decide(record)
        return self.outcomes[own_id]

    @property
    def seqs(self) -> list[int]:
        """The seqs in the inbox, in order of arrival."""
        return [record["seq"] for record in self.inbox.values()]

    # -- feed

    def publish(self, scope: str, etype: str, ekey: str, record: object | None) -> None:
        """A change of an entity, or its end."""
        rows = self.feeds.setdefault(scope, [])
        seq = 1 + max((row["seq"] for row in rows), default=0)
        rows[:] = [row for row in rows if (row["etype"], row["ekey"]) != (etype, ekey)]
        row: dict[str, Any] = {"etype": etype, "ekey": ekey, "seq": seq, "op": "d" if record is None else "u"}
        if record is not None:
            row["document"] = codec.write(record)
        rows.append(row)

    def _feed(self, scope: str, cursor: str, limit: int) -> Response:
        if cursor in self.lost_cursors:
            return problem(410, "rebootstrap")
        after = int(cursor.partition("@")[0] or 0)
        rows = [row for row in self.feeds.get(scope, []) if row["seq"] > after]
        head = max((row["seq"] for row in self.feeds.get(scope, [])), default=0)
        page = rows[:limit]
        last = page[-1]["seq"] if page else max(after, head)
        now = self.clock.wall().isoformat()
        return reply(
            {
                "scope": scope, "rows": page, "cursor": f"{last}@{scope}", "head": head,
                "more": len(rows) > limit, "server_epoch": "e1", "server_time": now, "as_of": now,
                "counts": None if len(rows) > limit else self._counts(scope),
            }
        )  # fmt: skip

    def _counts(self, scope: str) -> dict[str, dict[str, Any]]:
        """How many entities of each type there are; `miscounted` is what this server believes besides."""
        counts = Counter(row["etype"] for row in self.feeds.get(scope, []) if row["op"] == "u")
        counts.update(self.miscounted)
        return {etype: {"count": count, "hash": "0" * 16} for etype, count in counts.items()}

    def take_snapshot(self, scope: str, rows_per_chunk: int) -> None:
        """Write the scope's rows to chunks, as the server's job does."""
        columns = ["etype", "ekey", "seq", "op", "document"]
        rows = [row for row in self.feeds[scope] if row["op"] == "u"]
        seq = max(row["seq"] for row in self.feeds[scope])
        chunks = []
        for start in range(0, len(rows), rows_per_chunk):
            part = rows[start : start + rows_per_chunk]
            lines = [json.dumps({"scope": scope, "seq": seq, "columns": columns})]
            lines += [json.dumps([row.get(name) for name in columns]) for row in part]
            content = gzip.compress("\n".join(lines).encode(), mtime=0)
            digest = hashlib.sha256(content).hexdigest()
            self.chunks[digest] = content
            chunks.append(
                SnapshotChunk(
                    sha256=digest, bytes=len(content), rows=len(part), url=f"/sync/v1/snapshot/{digest}"
                )
            )
        self.manifests[scope] = SnapshotManifest(
            scope=scope, seq=seq, cursor=f"{seq}@{scope}", chunks=tuple(chunks), server_epoch="e1",
            as_of=self.clock.wall(),
        )  # fmt: skip


def posted(record: dict[str, Any]) -> Outcome:
    """What the server says to everything unless a test wants otherwise."""
    return Outcome(transaction_id=record["transaction_id"], status=Status.POSTED, rev=1, entries=1)


def outcome_of(status: Status, **fields: Any) -> Callable[[dict[str, Any]], Outcome]:
    """A server that answers everything alike."""
    return lambda record: Outcome(transaction_id=record["transaction_id"], status=status, rev=1, **fields)


def reply(content: dict[str, Any]) -> Response:
    return Response(200, {"content-type": "application/json"}, json.dumps(content).encode())


def problem(status: int, code: str) -> Response:
    body = json.dumps({"status": status, "code": code}).encode()
    return Response(status, {"content-type": "application/problem+json"}, body)


class Bench:
    """A device on a bench: its ports stay when it is killed and opened again."""

    def __init__(self, root: Path, connect: Callable[[Path], sqlite3.Connection] | None = None) -> None:
        self.clock = Clock()
        self.disk = Disk(root)
        self.keys = KeyStore()
        self.server = ServerDouble(self.clock)
        self.chance = random.Random(7)
        self.connect = connect
        self.device = self.make_device()

    def make_device(self) -> Device:
        """A new process with the same ports."""
        more: dict[str, Any] = {} if self.connect is None else {"connect": self.connect}
        return Device(
            files=self.disk,
            http=self.server,
            clock=self.clock,
            install_id=self.keys,
            chance=self.chance.getrandbits,
            **more,
        )

    async def start(self) -> Device:
        """Open, enrol, fetch the reference data, sign Ada in."""
        await self.device.open()
        await self.device.enrol("GOOD", "Handheld 1")
        await self.device.sync_once()
        await self.device.sign_in("ADA", PIN)
        return self.device

    async def restart(self) -> Device:
        """What was in memory is gone."""
        self.device.close()
        self.clock.restart()
        self.device = self.make_device()
        await self.device.open()
        return self.device
