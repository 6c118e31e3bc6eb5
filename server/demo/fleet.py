"""A fleet of simulated devices that load the data set over HTTP, each one push at a time.

Always holds: all rows of one item are sent by one device, in order, so what posts does not depend on which
device is faster; a push is repeated until it is answered, through restarts of the server and lost answers.
"""

import gzip
import http.client
import json
import queue
import random
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from server.config import Config
from server.database import write
from server.demo.data_set import PostingRow
from server.demo.load import IMPORT_DEVICE, Progress, register_import_device
from server.demo.transactions import Sender
from server.security.audit import COMMAND_LINE
from server.security.devices import give_secret
from shared.wire import PROTOCOL
from shared.wire.envelopes import BATCH_TRANSACTIONS

TIMEOUT_S = 60
GIVE_UP_AFTER_S = 300
# How many batches wait for a device; more would only fill memory.
BATCHES_AHEAD = 4
Transaction = dict[str, Any]


class FleetStopped(Exception):
    """A device cannot go on: the server says no for good, or has not answered for GIVE_UP_AFTER_S."""


class Fleet:
    """N devices of kind import, known to the server under names that say how many there are."""

    def __init__(self, url: str, devices: int) -> None:
        # The number is in the name: with another number of devices each has another history.
        names = (
            [IMPORT_DEVICE] if devices == 1 else [f"FLEET{devices}-{no:02d}" for no in range(1, devices + 1)]
        )
        self.url = url
        self.senders = [Sender(name) for name in names]

    def sender_of(self, row: PostingRow) -> Sender:
        """The device of an item."""
        return self.senders[zlib.crc32(row.item.encode()) % len(self.senders)]

    def send(self, transactions: Iterable[Transaction], progress: Progress) -> Counter[str]:
        """Send everything; raises FleetStopped where a device cannot go on."""
        workers = {
            sender.device_id: _Worker(self.url, sender.device_id, renew_secret(sender.device_id), progress)
            for sender in self.senders
        }
        threads = [threading.Thread(target=worker.run, daemon=True) for worker in workers.values()]
        for thread in threads:
            thread.start()
        try:
            for transaction in transactions:
                workers[transaction["device_id"]].add(transaction)
        finally:
            for worker in workers.values():
                worker.finish()
        for thread in threads:
            thread.join()
        for worker in workers.values():
            if worker.failure:
                raise FleetStopped(worker.failure)
        return sum((worker.answers for worker in workers.values()), Counter())


def renew_secret(device_id: str) -> str:
    """Make the device known and give it a secret, in the database that this process is set up for."""
    register_import_device(device_id)
    config: Config = current_app.config["SCANLEDGER"]

    def give(connection: sa.Connection) -> str:
        return give_secret(connection, device_id, now=config.now(), actor=COMMAND_LINE)

    return write(give)


@dataclass
class _Worker:
    """One simulated device: collects batches from the maker of transactions and pushes them in order."""

    url: str
    device_id: str
    secret: str
    progress: Progress
    answers: Counter[str] = field(default_factory=Counter)
    failure: str = ""
    _batch: list[Transaction] = field(default_factory=list)
    _ready: "queue.Queue[list[Transaction] | None]" = field(
        default_factory=lambda: queue.Queue(BATCHES_AHEAD)
    )

    def add(self, transaction: Transaction) -> None:
        """Take one transaction; waits while the device is behind."""
        self._batch.append(transaction)
        if len(self._batch) == BATCH_TRANSACTIONS:
            self._hand_over()

    def finish(self) -> None:
        """No more will come."""
        if self._batch:
            self._hand_over()
        self._put(None)

    def run(self) -> None:
        """Push until there is no more; a failure ends this device, and with it the load."""
        # Whatever ends this thread early must also end the waiting for it in _put.
        failure = "ended early"
        try:
            with closing(_Caller(self.url, self.device_id, self.secret)) as caller:
                while (batch := self._ready.get()) is not None:
                    self.answers.update(caller.push(batch))
                    self.progress(len(batch))
            failure = ""
        except FleetStopped as error:
            failure = str(error)
        finally:
            self.failure = failure and f"{self.device_id}: {failure}"

    def _hand_over(self) -> None:
        self._put(self._batch)
        self._batch = []

    def _put(self, batch: list[Transaction] | None) -> None:
        while not self.failure:
            try:
                self._ready.put(batch, timeout=0.5)
            except queue.Full:
                continue
            return


class _Caller:
    """A device's connection: token, pushes, patience."""

    def __init__(self, url: str, device_id: str, secret: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise FleetStopped(f"expected an address like http://127.0.0.1:8000, found {url}")
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = make(parts.hostname, parts.port, timeout=TIMEOUT_S)
        self._root = parts.path.rstrip("/")
        self._device_id, self._secret = device_id, secret
        self._token, self._epoch = "", 1

    def push(self, batch: list[Transaction]) -> list[str]:
        """The status of each transaction, once the server has answered."""
        envelope = {
            "protocol": PROTOCOL,
            "device": self._device_id,
            "epoch": self._epoch,
            "max_seq": batch[-1]["seq"],
            "transactions": batch,
        }
        body = gzip.compress(json.dumps(envelope).encode(), compresslevel=1)
        answer = self._insist("/sync/v1/push", body, is_gzip=True)
        return [result["status"] for result in answer["results"]]

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _insist(self, path: str, body: bytes, *, is_gzip: bool) -> dict[str, Any]:
        """Ask until there is an answer; what the server refuses for good stops the device."""
        patience = time.monotonic() + GIVE_UP_AFTER_S
        pause_s = 0.1
        while True:
            try:
                if not self._token:
                    self._sign_in()
                status, answer, retry_after_s = self._ask(path, body, is_gzip=is_gzip)
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                status, answer, retry_after_s = 503, {"detail": f"no answer ({error})"}, 0.0
            if status == 200:
                return answer
            if status == 401:
                self._token = ""
            elif status not in (429, 500, 502, 503, 504):
                raise FleetStopped(f"{path}: {status} {answer.get('detail', '')}")
            if time.monotonic() > patience:
                raise FleetStopped(f"{path}: {status} {answer.get('detail', '')}")
            time.sleep(retry_after_s or random.uniform(pause_s / 2, pause_s))
            pause_s = min(pause_s * 2, 5.0)

    def _sign_in(self) -> None:
        body = json.dumps({"device_id": self._device_id, "device_secret": self._secret}).encode()
        status, answer, _ = self._ask("/sync/v1/token", body, is_gzip=False)
        if status == 401:
            raise FleetStopped(
                f"{self._device_id} is not known to the server: does SCANLEDGER_HOME or "
                "SCANLEDGER_DATABASE_URL name the database that it serves?"
            )
        if status == 200:
            self._token, self._epoch = answer["token"], answer["epoch"]

    def _ask(self, path: str, body: bytes, *, is_gzip: bool) -> tuple[int, dict[str, Any], float]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        if is_gzip:
            headers["Content-Encoding"] = "gzip"
        self._connection.request("POST", self._root + path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        retry_after = answer.headers.get("Retry-After", "")
        try:
            value = json.loads(content)
        except ValueError:
            value = {"detail": content[:200].decode("utf-8", "replace")}
        return answer.status, value, float(retry_after) if retry_after.isdecimal() else 0.0
