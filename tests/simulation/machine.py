"""What a simulated device stands on: clocks that lie, a disk that fills up, and a fuse that kills it."""

import shutil
import sqlite3
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from terminal.platform.ports import NotDurable

T = TypeVar("T")
BEGIN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone; nothing may catch this."""


class Fuse:
    """Blows before the n-th statement that passes it; unarmed it lets everything pass."""

    def __init__(self) -> None:
        self.left: int | None = None

    def burn(self) -> None:
        """One more statement."""
        if self.left is None:
            return
        if self.left == 0:
            raise Killed
        self.left -= 1


class World:
    """The true time, which nobody in the warehouse knows."""

    def __init__(self) -> None:
        self.ms = 0

    def now(self) -> datetime:
        """The true time; the server's clock is right."""
        return BEGIN + timedelta(milliseconds=self.ms)


class DeviceClock:
    """A boot clock that begins anew with each boot, and a wall clock that is wrong and may jump."""

    def __init__(self, world: World, skew: timedelta) -> None:
        self._world, self.skew = world, skew
        self._boots, self._booted_ms = 0, world.ms

    @property
    def boot_id(self) -> str:
        return f"boot-{self._boots}"

    def boot_ms(self) -> int:
        return self._world.ms - self._booted_ms

    def wall(self) -> datetime:
        return self._world.now() + self.skew

    def reboot(self) -> None:
        """Another boot."""
        self._boots, self._booted_ms = self._boots + 1, self._world.ms


class Disk:
    """Two folders. `is_lazy` is the browser's: what was not made durable is gone after a kill."""

    def __init__(self, root: Path, *, is_lazy: bool) -> None:
        self.data, self.reference, self._kept = root / "data", root / "reference", root / "kept"
        for folder in (self.data, self.reference, self._kept):
            folder.mkdir(parents=True)
        self.is_lazy, self.is_full = is_lazy, False
        self.fuse = Fuse()

    async def make_durable(self) -> None:
        """Keep what stands in `data`."""
        self.fuse.burn()
        if self.is_full:
            raise NotDurable("the disk is full")
        if self.is_lazy:
            _copy(self.data, self._kept)

    async def keep_reference(self) -> None:
        """Reference data may be lost at any time."""

    def lose_what_was_not_kept(self) -> None:
        """What a killed process leaves behind."""
        if self.is_lazy:
            _copy(self._kept, self.data)

    def connect(self, path: Path) -> sqlite3.Connection:
        """Open a database whose every statement passes the fuse and may find the disk full."""
        return sqlite3.connect(path, isolation_level=None, factory=_connection_on(self))


def _connection_on(disk: Disk) -> type[sqlite3.Connection]:
    writing = ("INSERT", "UPDATE", "DELETE", "CREATE")

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            disk.fuse.burn()
            if disk.is_full and sql.lstrip().upper().startswith(writing):
                raise _full()
            return super().execute(sql, parameters)

        def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
            disk.fuse.burn()
            if disk.is_full:
                raise _full()
            return super().executemany(sql, parameters)

    return Connection


def _full() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_FULL, "SQLITE_FULL"
    return error


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target)
    shutil.copytree(source, target)


class InstallId:
    """Stands outside the queue, as localStorage does."""

    def __init__(self) -> None:
        self._value: str | None = None

    async def get(self) -> str | None:
        return self._value

    async def set(self, install_id: str) -> None:
        self._value = install_id


def bits_of(chance: Random) -> Callable[[int], int]:
    """Random bits for the device, from the simulator's chance."""
    return chance.getrandbits


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that awaits nothing but the simulator's ports: it never really waits."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]
    raise AssertionError("a simulated coroutine waited for something real")
