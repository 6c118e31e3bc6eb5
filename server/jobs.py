"""The jobs: what the server does when nobody waits for it. Huey wakes them up; it never carries the work.

The work lies in the database, in rows that were written in the same commit as the cause: the inbox for
`post`, dirty marks for `sequence`, work items for the rest. A lost or doubled wake-up does no harm: once a
minute everything is looked through. On SQLite the consumer is a thread of the server process; on PostgreSQL
it runs in processes of its own (`huey_consumer server.jobs.huey`), fed by the same database.
"""

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from huey import Huey, MemoryHuey, PostgresHuey, crontab
from huey.consumer import Consumer
from huey.storage import PostgresStorage

from server.config import Config
from server.database import write
from server.feed.pruning import prune
from server.feed.sequencer import drain as drain_marks
from server.feed.snapshots import due_scopes, make_snapshot
from server.inbox.posting import post_due
from server.inbox.work_items import (
    WAKE,
    Lease,
    finish_work,
    known_keys,
    lease_work,
    leave_work,
    put_off_work,
)
from server.ledger.adjustment_run import ADJUST_COSTS, run_adjustment
from server.ledger.run_lock import AdjustmentUnderWay
from server.proving.checks import CHECK_LEDGER, check_ledger

# How soon an idle consumer in the server process looks for a wake-up.
LOOK_EVERY_S = 0.1
_MOST_PER_RUN = 1000


def run_job(kind: str) -> None:
    """Do everything of a kind that is due. An error stops this run, not the next."""
    JOBS[kind]()


def run_jobs() -> None:
    """Do everything that is due; what the minute's tick does, for commands and tests without a consumer."""
    for kind in JOBS:
        run_job(kind)


def do_work(kind: str, work: Callable[[str], object]) -> int:
    """Do the due work items of a kind one by one; how many were done.

    `work` gets the key. It may run again for a key whose effect is there already.
    """
    for done in range(_MOST_PER_RUN):
        lease = write(lambda connection: lease_work(connection, kind, _config().now()))
        if lease is None:
            return done
        _do_leased(lease, work)
    return _MOST_PER_RUN


def start_consumer(app: Flask) -> Consumer:
    """Run the jobs in threads of this process until `stop(graceful=True)`; wake-ups reach them at once."""
    consumer = _ThreadConsumer(
        huey_of(app),
        workers=1,
        periodic=True,
        initial_delay=LOOK_EVERY_S,
        backoff=1.0,
        max_delay=LOOK_EVERY_S,
    )
    consumer.start()
    return consumer


def huey_of(app: Flask) -> Huey:
    """The app's Huey, made on first use with its tasks; from then on `work_items.wake` reaches it."""
    if "scanledger_huey" not in app.extensions:
        huey = make_huey(app.config["SCANLEDGER"])
        app.extensions["scanledger_huey"] = huey
        app.extensions[WAKE] = _add_tasks(huey, app)
    made: Huey = app.extensions["scanledger_huey"]
    return made


def __getattr__(name: str) -> Any:
    """`server.jobs.huey`, for huey_consumer: on the database that the environment names."""
    if name != "huey":
        raise AttributeError(name)
    from server import create_app

    return huey_of(create_app())


class _ThreadConsumer(Consumer):  # type: ignore[misc]  # huey has no types
    """A consumer inside another program, whose signals are not the consumer's business."""

    def stop(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002  # huey's own signature
        """Stop, and after a graceful stop close what the threads had open."""
        super().stop(graceful)
        if graceful:
            self.huey.storage.close()

    def _set_signal_handlers(self) -> None:
        pass


class _PostgresStorage(PostgresStorage):  # type: ignore[misc]  # huey has no types
    """Huey's storage, but it knows the connections of all its threads and so can close them."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._opened: list[Any] = []
        super().__init__(*arguments, **named)

    def _connect(self) -> Any:
        self._opened.append(super()._connect())
        return self._opened[-1]

    # Huey's own name for the same, taken before ours was there.
    _create_connection = _connect

    def initialize_schema(self) -> None:
        """Make Huey's tables, one process after another: "if not exists" does not keep two from clashing."""
        with self.db(commit=True, close=True) as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtext('huey schema'))")
            for statement in self.ddl:
                cursor.execute(statement)

    def close(self) -> bool:
        """Close the connections of all threads; the threads must have ended or be this one."""
        is_open = bool(super().close())
        while self._opened:
            self._opened.pop().close()
        return is_open


def make_huey(config: Config) -> Huey:
    """A Huey without tasks, where the config's database keeps its queue."""
    if config.database_url.startswith("sqlite"):
        # Consumer and web share the process, so wake-ups need not outlive it.
        return MemoryHuey("scanledger", results=False)
    dsn = config.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    return PostgresHuey("scanledger", results=False, storage_class=_PostgresStorage, dsn=dsn)


def _add_tasks(huey: Huey, app: Flask) -> Callable[[str], None]:
    """Register what Huey may call; gives back how to ask for it."""
    asked: set[str] = set()
    guard = threading.Lock()
    is_here = isinstance(huey, MemoryHuey)

    @huey.task(name="job")  # type: ignore[untyped-decorator]
    def job(kind: str) -> None:
        with guard:
            # Before the work: a commit from now on must be able to ask again.
            asked.discard(kind)
        with app.app_context():
            run_job(kind)

    @huey.periodic_task(crontab(minute="*"), name="minute")  # type: ignore[untyped-decorator]
    def minute() -> None:
        for kind in JOBS:
            wake(kind)

    @huey.periodic_task(crontab(minute="17", hour="3"), name="night")  # type: ignore[untyped-decorator]
    def night() -> None:
        with app.app_context():
            prune(_config().now())

    @huey.periodic_task(crontab(minute="41", hour="2"), name="nightly_costs")  # type: ignore[untyped-decorator]
    def nightly_costs() -> None:
        with app.app_context():
            write(lambda connection: leave_work(connection, ADJUST_COSTS, [""], _config().now()))
        wake(ADJUST_COSTS)

    # After the costs: what they wrote is to be proved too.
    @huey.periodic_task(crontab(minute="10", hour="4"), name="nightly_check")  # type: ignore[untyped-decorator]
    def nightly_check() -> None:
        with app.app_context():
            write(lambda connection: leave_work(connection, CHECK_LEDGER, [""], _config().now()))
        wake(CHECK_LEDGER)

    def wake(kind: str) -> None:
        with guard:
            if is_here and kind in asked:
                return
            asked.add(kind)
        job(kind)

    return wake


def _do_leased(lease: Lease, work: Callable[[str], object]) -> None:
    try:
        work(lease.key)
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        write(lambda connection: put_off_work(connection, lease, message, _config().now()))
        raise
    write(lambda connection: finish_work(connection, lease))


def _make_due_snapshots() -> None:
    due = due_scopes(_config().now())

    def leave(connection: Any) -> None:
        # What is known already may be in the making; leaving it again would have it made twice.
        leave_work(connection, "snapshot", set(due) - known_keys(connection, "snapshot"), _config().now())

    if due:
        write(leave)
    do_work("snapshot", _make_if_due)


def _make_if_due(scope: str) -> None:
    if scope in due_scopes(_config().now()):
        make_snapshot(scope)


def _adjust_costs(user_id: str) -> None:
    """A run over everything, as the person who asked for it; "" is the server's own, every night."""
    now = _config().now()
    try:
        run_adjustment(user_id=user_id, now=now, clock=_config().now)
    except AdjustmentUnderWay:
        # That run goes on until nothing is left, so this wish is its business too.
        return


def _config() -> Config:
    config: Config = current_app.config["SCANLEDGER"]
    return config


# In the order of a scan's way: what is posted leaves marks, what is numbered may be worth a snapshot.
JOBS: dict[str, Callable[[], object]] = {
    "post": post_due,
    "sequence": drain_marks,
    "snapshot": _make_due_snapshots,
    ADJUST_COSTS: lambda: do_work(ADJUST_COSTS, _adjust_costs),
    CHECK_LEDGER: lambda: do_work(CHECK_LEDGER, lambda _: check_ledger(_config().now)),
}
