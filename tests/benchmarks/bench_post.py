"""Posting over HTTP in batches of 100 on both databases, against raw bulk inserts of the very same rows.

BENCH_TRANSACTIONS says how many are posted (20,000; a million shows whether the pace stays flat). Bodies are
made before the clock starts, part by part; two import devices push at once, one batch each in flight.
"""

import gzip
import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa

from server import create_app
from server.bulk import insert_rows
from server.config import Config, read_config
from server.database import db, dispose, write
from server.demo.fleet import renew_secret
from server.inbox.tables import InboxTransaction
from server.ledger.tables import (
    ItemApplicationEntry,
    ItemLedgerEntry,
    ItemRegister,
    ValueEntry,
    WarehouseEntry,
)
from server.masterdata.tables import Bin, InventorySetup, Item, ItemUnitOfMeasure, Location, UnitOfMeasure
from server.migrations.run import upgrade
from shared import ids
from shared.wire import codec
from shared.wire.lines import BinLine, MoveLine
from shared.wire.receiving import Receive
from shared.wire.shipping import Pick
from shared.wire.transactions import Body, Transaction, seal
from shared.wire.warehousing import PutAway
from tests.support.missing import ServiceMissing
from tests.support.postgresql import find_server, with_driver

Report = Callable[..., None]
BATCH, PART = 100, 20_000
ITEMS, DEVICES = 2_000, ("BENCH-1", "BENCH-2")
_BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_TABLES: tuple[type, ...] = (
    InboxTransaction,
    ItemRegister,
    ItemLedgerEntry,
    ItemApplicationEntry,
    ValueEntry,
    WarehouseEntry,
)


def run(report: Report) -> None:
    """Measure SQLite, then PostgreSQL where one answers."""
    wanted = int(os.environ.get("BENCH_TRANSACTIONS", "20000"))
    with tempfile.TemporaryDirectory() as folder:
        _measure("sqlite", f"sqlite:///{folder}/bench.db", Path(folder), wanted, report)
    try:
        server = with_driver(find_server())
    except ServiceMissing as refusal:
        print(f"PostgreSQL was not measured: {refusal}", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder, _throw_away(server) as url:
        _measure("postgresql", url, Path(folder), wanted, report)


def _measure(name: str, url: str, home: Path, wanted: int, report: Report) -> None:  # noqa: PLR0917
    environment = {**os.environ, "SCANLEDGER_HOME": str(home), "SCANLEDGER_DATABASE_URL": url}
    config = read_config(environment)
    secrets = _prepare(config)
    sources = [_bodies(index, device) for index, device in enumerate(DEVICES)]
    paces: list[float] = []
    with _serving(environment) as (port, process):
        for _ in range(max(1, wanted // PART)):
            batches = [list(itertools.islice(source, PART // BATCH // len(DEVICES))) for source in sources]
            paces.append(PART / _push_all(port, secrets, batches))
        memory = _memory_mb(process)
    floor = _raw_pace(config, min(wanted, 20_000))
    report(f"post {name}", sum(paces) / len(paces), "transactions/s", floor=floor)
    if len(paces) >= 10:
        tenth = len(paces) // 10
        first, last = sum(paces[:tenth]) / tenth, sum(paces[-tenth:]) / tenth
        report(f"post {name}, last tenth to first tenth", last, "transactions/s", floor=first)
    report(f"post {name}, server memory", memory, "MB")


# ------------------------------------------------------------------ the company and its transactions


def _prepare(config: Config) -> dict[str, str]:
    app = create_app(config)
    upgrade(app)
    with app.app_context():
        write(_fill)
        secrets = {device: renew_secret(device) for device in DEVICES}
    dispose(app)
    return secrets


def _fill(connection: sa.Connection) -> None:
    connection.execute(sa.insert(InventorySetup).values(id=1, server_epoch="bench"))
    connection.execute(sa.insert(UnitOfMeasure).values(code="PCS"))
    connection.execute(sa.insert(Location).values(code="DC", time_zone="Europe/London"))
    connection.execute(sa.insert(Bin).values(location_code="DC", code="DOCK"))
    bins = [{"location_code": "DC", "code": f"A-{at:04d}"} for at in range(ITEMS)]
    items = [
        {"no": f"I{at:04d}", "base_unit_of_measure_code": "PCS", "unit_cost": Decimal("1.23")}
        for at in range(ITEMS)
    ]
    connection.execute(sa.insert(Bin), bins)
    connection.execute(sa.insert(Item), items)
    connection.execute(
        sa.insert(ItemUnitOfMeasure), [{"item_no": item["no"], "code": "PCS"} for item in items]
    )


def _bodies(index: int, device: str) -> Iterator[bytes]:
    """Batches of one device without end: each item is received, put away and picked in four issues."""
    records = _records(index, device)
    while True:
        batch = list(itertools.islice(records, BATCH))
        envelope = {
            "protocol": 1,
            "device": device,
            "epoch": 1,
            "max_seq": batch[-1]["seq"],
            "transactions": batch,
        }
        yield gzip.compress(json.dumps(envelope).encode(), compresslevel=1)


def _records(index: int, device: str) -> Iterator[dict[str, Any]]:
    seq = itertools.count(1)
    for turn in itertools.count():
        at = (turn * len(DEVICES) + index) % ITEMS
        item, place = f"I{at:04d}", f"A-{at:04d}"
        line: dict[str, Any] = {"item_no": item, "unit_of_measure_code": "PCS"}
        many, few = Decimal(40), Decimal(10)
        received = BinLine(
            **line, quantity=many, quantity_base=many, bin_code="DOCK", unit_cost=Decimal("0.333")
        )
        yield _record(device, next(seq), "receive", Receive(lines=(received,), document_no=f"PO-{turn}"))
        moved = MoveLine(**line, quantity=many, quantity_base=many, from_bin_code="DOCK", to_bin_code=place)
        yield _record(device, next(seq), "put_away", PutAway(lines=(moved,)))
        for _ in range(4):
            picked = BinLine(**line, quantity=few, quantity_base=few, bin_code=place)
            yield _record(device, next(seq), "pick", Pick(lines=(picked,), document_no=f"SO-{turn}"))


def _record(device: str, seq: int, kind: str, body: Body) -> dict[str, Any]:
    moment = _BEGIN + timedelta(milliseconds=seq * 20)
    transaction = Transaction(
        transaction_id=ids.uuid7(int(moment.timestamp() * 1000), hash((device, seq)) & (1 << 60) - 1),
        device_id=device,
        epoch=1,
        seq=seq,
        kind=kind,
        location_code="DC",
        body=codec.write(body),
        occurred_at=moment,
        posting_date=moment.date(),
    )
    return seal(transaction)


# ------------------------------------------------------------------ the server and its clients


@contextmanager
def _serving(environment: dict[str, str]) -> Iterator[tuple[int, psutil.Process]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "server", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _await(port)
        yield port, psutil.Process(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _await(port: int) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer /healthz within 30 s")


def _push_all(port: int, secrets: dict[str, str], batches: Sequence[Sequence[bytes]]) -> float:
    """Seconds until both devices have pushed everything."""
    failures: list[str] = []

    def push(device: str, mine: Sequence[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        token = _token(connection, device, secrets[device])
        headers = {"Authorization": f"Bearer {token}", "Content-Encoding": "gzip"}
        for body in mine:
            connection.request("POST", "/sync/v1/push", body, headers)
            answer = json.loads(connection.getresponse().read())
            results = answer.get("results", [])
            if len(results) != BATCH or any(result["status"] != "posted" for result in results):
                failures.append(json.dumps(answer)[:500])
                return

    threads = [
        threading.Thread(target=push, args=(device, mine))
        for device, mine in zip(DEVICES, batches, strict=True)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"expected every transaction to post: {failures[0]}")
    return time.perf_counter() - began


def _token(connection: http.client.HTTPConnection, device: str, secret: str) -> str:
    body = json.dumps({"device_id": device, "device_secret": secret})
    connection.request("POST", "/sync/v1/token", body, {"Content-Type": "application/json"})
    return str(json.loads(connection.getresponse().read())["token"])


def _memory_mb(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    return float(sum(each.memory_info().rss for each in family)) / 2**20


# ------------------------------------------------------------------ the floor


def _raw_pace(config: Config, transactions: int) -> float:
    """The same rows into fresh tables with the same keys and triggers, 100 transactions a commit."""
    app = create_app(config)
    with app.app_context():
        batches = _rows_by_batch(transactions)
    dispose(app)
    with _second_database(config) as url:
        copy = create_app(Config(home=config.home, database_url=url, secret_key="bench"))
        upgrade(copy)
        with copy.app_context():
            began = time.perf_counter()
            for batch in batches:
                write(lambda connection, batch=batch: _insert(connection, batch))  # type: ignore[misc]
            took = time.perf_counter() - began
        dispose(copy)
    return transactions / took


Batch = dict[type, list[tuple[Any, ...]]]


def _rows_by_batch(transactions: int) -> list[Batch]:
    batches: list[Batch] = [{table: [] for table in _TABLES} for _ in range(transactions // BATCH)]
    connection = db.session.connection()
    order = {
        transaction_id: at // BATCH
        for at, transaction_id in enumerate(
            connection.execute(
                sa.select(ItemRegister.transaction_id).order_by(ItemRegister.no).limit(transactions)
            ).scalars()
        )
    }
    entry_batch: dict[int, int] = {}
    for table in _TABLES:
        columns = table.__table__.columns  # type: ignore[attr-defined]
        for row in connection.execute(sa.select(*columns)):
            if table in (ItemApplicationEntry, ValueEntry):
                at = entry_batch.get(row.item_ledger_entry_no)
            else:
                at = order.get(row.transaction_id)
            if at is None:
                continue
            if table is ItemLedgerEntry:
                entry_batch[row.entry_no] = at
            batches[at][table].append(tuple(row))
    return batches


def _insert(connection: sa.Connection, batch: Batch) -> None:
    for table, rows in batch.items():
        columns = table.__table__.columns  # type: ignore[attr-defined]
        insert_rows(connection, table.__table__, tuple(columns.keys()), rows)  # type: ignore[attr-defined]


@contextmanager
def _second_database(config: Config) -> Iterator[str]:
    if config.database_url.startswith("sqlite"):
        yield f"sqlite:///{config.home}/raw.db"
        return
    with _throw_away(sa.make_url(config.database_url)) as url:
        yield url


@contextmanager
def _throw_away(server: sa.URL) -> Iterator[str]:
    name = f"scanledger_bench_{os.getpid()}_{time.monotonic_ns() % 10**6}"
    engine = sa.create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()
