"""Sends the outbox: oldest first, one push at a time, each row under the id that it was stored with.

Always holds: nothing is sent before it is durable here, so that a killed device cannot forget what the
server has; a row that the server cannot read is narrowed down to itself, sent as raw bytes and, if even that
is not read, set aside; nothing behind it waits.
"""

import base64
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.moments import milliseconds_between
from shared.wire import PROTOCOL
from shared.wire.envelopes import BATCH_TRANSACTIONS, Push, PushAnswer
from shared.wire.transactions import canonical, hash_record
from terminal.platform.ports import BootClock, NotDurable, Unreachable
from terminal.store.outbox import (
    Waiting,
    mark_sent,
    mark_unsendable,
    next_to_send,
    put_outcomes,
    standing,
)
from terminal.store.queue import Queue
from terminal.sync.answers import UnreadableEnvelope
from terminal.sync.link import Link


@dataclass(slots=True)
class Pushed:
    """What one round sent and learned."""

    sent: int = 0
    answered: int = 0
    poll_after_s: int = 30


class Pusher:
    """The one sender of a device; the caller sees to it that only one round runs."""

    def __init__(self, queue: Queue, link: Link, clock: BootClock, app_version: str) -> None:
        self._queue, self._link, self._clock, self._app_version = queue, link, clock, app_version
        self._batch = BATCH_TRANSACTIONS

    async def push_all(self) -> Pushed:
        """Send until nothing is left. Raises Unreachable and what `answers` lists."""
        pushed = Pushed()
        after = (-1, 0)
        while True:
            # On a full device what is durable already still goes up; the rest waits for room.
            with suppress(NotDurable):
                await self._queue.make_durable()
            rows = next_to_send(self._queue, self._batch, after)
            if not rows:
                break
            # A row without a result is offered again next round, not for ever in this one.
            after = (rows[-1].epoch, rows[-1].seq)
            await self._send(rows, pushed)
        if pushed.sent:
            # An empty push: nothing is left here, so what the server misses now is a gap to be named.
            await self._post([], [], pushed)
        return pushed

    async def _send(self, rows: Sequence[Waiting], pushed: Pushed) -> None:
        """Send rows; halve them where the server cannot read the envelope."""
        mark_sent(self._queue, rows)
        try:
            await self._post(rows, [row.record for row in rows], pushed)
        except UnreadableEnvelope:
            if len(rows) == 1:
                await self._send_raw(rows[0], pushed)
                return
            middle = len(rows) // 2
            await self._send(rows[:middle], pushed)
            await self._send(rows[middle:], pushed)

    async def _send_raw(self, row: Waiting, pushed: Pushed) -> None:
        try:
            await self._post([row], [raw_record(row)], pushed)
        except UnreadableEnvelope:
            mark_unsendable(self._queue, row, self._clock.wall())

    async def _post(self, rows: Sequence[Waiting], records: Sequence[dict[str, Any]], pushed: Pushed) -> None:
        push = self._envelope(rows, records)
        asked_ms = self._clock.boot_ms()
        try:
            answer = await self._link.push(push)
        except Unreachable:
            self._batch = max(1, self._batch // 2)
            raise
        self._take(answer, self._clock.wall(), self._clock.boot_ms() - asked_ms)
        self._batch = max(
            1, min(self._batch * 2, BATCH_TRANSACTIONS, answer.next_batch or BATCH_TRANSACTIONS)
        )
        pushed.sent += len(rows)
        pushed.answered += len(answer.results)
        pushed.poll_after_s = answer.poll_after_s

    def _envelope(self, rows: Sequence[Waiting], records: Sequence[dict[str, Any]]) -> Push:
        place = standing(self._queue)
        return Push(
            protocol=PROTOCOL,
            device=self._queue.get("device_id"),
            epoch=rows[0].epoch if rows else int(self._queue.get("epoch", "0")),
            transactions=tuple(records),
            acked_through=place.acked_through,
            acked_digest=place.acked_digest,
            queue_depth=place.queue_depth,
            max_seq=place.max_seq,
            boot_id=self._clock.boot_id,
            boot_ms=self._clock.boot_ms(),
            wall=self._clock.wall(),
            app_version=self._app_version,
        )

    def _take(self, answer: PushAnswer, now: datetime, round_trip_ms: int) -> None:
        """Results, the clock's offset and the server's wishes, in one commit."""
        with self._queue.write():
            put_outcomes(self._queue, answer.results, now)
            self._queue.put(
                clock_offset_ms=str(clock_offset_ms(answer.server_time, now, round_trip_ms)),
                retain_days=str(answer.retain_days),
                server_epoch=answer.server_epoch,
            )


def clock_offset_ms(server_time: datetime, now: datetime, round_trip_ms: int) -> int:
    """How far the server's clock is ahead of the wall clock, ± half the round trip."""
    return milliseconds_between(now, server_time) + round_trip_ms // 2


def raw_record(row: Waiting) -> dict[str, Any]:
    """A record that no server could read, as bytes in an envelope that every server can."""
    kept = ("transaction_id", "device_id", "epoch", "seq")
    record: dict[str, Any] = {name: row.record[name] for name in kept if name in row.record}
    record |= {
        "kind": "raw",
        "location_code": "",
        "body": {"base64": base64.b64encode(canonical(row.record)).decode()},
    }
    record["hash"] = hash_record(record)
    return record
