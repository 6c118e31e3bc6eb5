"""One server per embedded database, any number on PostgreSQL; restarts lose and double nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from server.database import db
from server.demo.fleet import Fleet, FleetStopped
from server.demo.load import load
from server.ledger.check.invariants import check, one_snapshot
from server.proving.checks import INVARIANTS
from server.serve import Listening, ServeRefused, file_system_of, gunicorn_settings, sole_server
from tests.support.data_sets import first_receipts
from tests.support.fixtures import config_for, server_on
from tests.support.server_process import ServerProcess

ROWS = 900


@pytest.fixture
def process(database_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that is not started yet."""
    made = ServerProcess(config_for(database_url, tmp_path / "home"))
    yield made
    made.stop(signal.SIGKILL)


def test_a_fleet_loads_through_kills_of_the_server_and_nothing_is_lost_or_doubled(
    process: ServerProcess, tmp_path: Path
) -> None:
    folder = first_receipts(tmp_path / "receipts", ROWS)
    process.start()

    with server_on(process.config) as app:
        reports = []

        def run_load() -> None:
            with app.app_context():
                reports.append(load(folder, Fleet(process.url, 3)))

        loading = threading.Thread(target=run_load)
        loading.start()
        for _ in range(2):
            time.sleep(0.7)
            process.stop(signal.SIGKILL)
            process.start()
        loading.join(timeout=120)

        assert [(report.sent, report.stored, report.posted) for report in reports] == [(ROWS, ROWS, ROWS)]
        with app.app_context():
            again = load(folder, Fleet(process.url, 3))
            assert (again.stored, again.posted) == (0, 0)
            with one_snapshot(db.engine) as connection:
                assert [each.rows for each in check(connection, INVARIANTS) if each.differences] == []


def test_a_server_ends_in_order_and_lets_the_next_one_start(process: ServerProcess) -> None:
    process.start()
    assert process.process is not None
    # As a terminal's Ctrl+C or a supervisor does: to the first process only.
    process.process.terminate()

    assert process.process.wait(timeout=30) == 0
    process.process = None
    process.start()
    assert process.status_of("/terminal/") == 503


def test_a_second_server_on_one_sqlite_file_is_refused_with_a_sentence(
    sqlite_url: str, tmp_path: Path
) -> None:
    first = ServerProcess(config_for(sqlite_url, tmp_path / "home"))
    second = ServerProcess(first.config)
    first.start()

    try:
        refused = subprocess.run(
            [sys.executable, "-m", "server", "serve", "--port", str(second.port)],
            env={
                **os.environ,
                "SCANLEDGER_HOME": str(first.config.home),
                "SCANLEDGER_DATABASE_URL": sqlite_url,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert first.process is not None
        assert refused.returncode == 1
        assert f"is served already, by process {first.process.pid}" in refused.stderr
        assert first.status_of("/terminal/") == 503
    finally:
        first.stop(signal.SIGKILL)


def test_a_fleet_that_is_unknown_to_the_server_says_so(process: ServerProcess, tmp_path: Path) -> None:
    process.start()
    other = config_for(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other")
    folder = first_receipts(tmp_path / "receipts", ROWS)

    with server_on(other) as app:
        from server.migrations.run import upgrade

        upgrade(app)
        with app.app_context(), pytest.raises(FleetStopped, match="is not known to the server"):
            load(folder, Fleet(process.url, 1))


def test_an_address_that_is_none_stops_the_fleet(app: Flask, tmp_path: Path) -> None:
    with app.app_context(), pytest.raises(FleetStopped, match="expected an address like"):
        load(first_receipts(tmp_path / "receipts", ROWS), Fleet("somewhere", 1))


def test_only_one_holds_the_right_to_serve_a_file(sqlite_url: str, tmp_path: Path) -> None:
    config = config_for(sqlite_url, tmp_path)

    with sole_server(config), pytest.raises(ServeRefused, match="is served already"), sole_server(config):
        pass
    with sole_server(config):
        pass


def test_postgresql_has_as_many_servers_as_are_started(postgresql_url: str, tmp_path: Path) -> None:
    config = config_for(postgresql_url, tmp_path)

    with sole_server(config), sole_server(config):
        assert Listening().on(config).workers == min(os.cpu_count() or 1, 8)
        assert Listening(workers=3).on(config).workers == 3


def test_sqlite_has_one_worker_with_the_jobs_in_it(sqlite_url: str, tmp_path: Path) -> None:
    config = config_for(sqlite_url, tmp_path)

    assert gunicorn_settings(Listening().on(config))["workers"] == 1
    with pytest.raises(ServeRefused, match="one writer"):
        Listening(workers=2).on(config)
    with pytest.raises(ServeRefused, match="jobs run in the server's own process"):
        Listening(jobs=False).on(config)
    with (
        pytest.raises(ServeRefused, match="name a file"),
        sole_server(replace(config, database_url="sqlite://")),
    ):
        pass


def test_the_file_system_of_a_path_is_that_of_the_deepest_mount() -> None:
    mounted = [("/", "ext4"), ("/data", "nfs4"), ("/data/fast", "xfs"), ("/data", "cifs")]

    found = [file_system_of(Path(path), mounted) for path in ("/x.db", "/data/x.db", "/data/fast/x.db")]
    assert found == ["ext4", "cifs", "xfs"]
    assert file_system_of(Path("/x.db"), []) == ""
