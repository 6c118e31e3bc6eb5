"""What must hold after every run, however bad the day was (sync protocol 4, invariants 1 to 9)."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from server.database import db
from server.feed.entities import load_documents
from server.feed.marks import SCOPE_ETYPES, scope_kind
from server.feed.rebuild import existing_keys
from server.inbox.tables import DeviceGap, InboxTransaction
from server.ledger.check.invariants import LEDGER_INVARIANTS, check
from server.ledger.tables import BinBalance, ItemLedgerEntry, ItemRegister, WarehouseEntry
from tests.simulation.handset import Handset, Truth
from tests.simulation.server import LOCATION, Server


class Violation(AssertionError):
    """A promise was broken."""


def check_everything(server: Server, handsets: Iterable[Handset], truth: Truth) -> None:
    """Raise Violation with every promise that was broken."""
    handsets = list(handsets)
    with server.app.app_context():
        broken = [
            *scans_without_an_outcome(handsets),
            *posted_not_once(),
            *ledger_differences(),
            *stock_that_is_elsewhere(truth),
            *outcomes_seen_otherwise(handsets),
            *copies_that_differ(handsets),
            *queues_not_drained(handsets),
        ]
    if broken:
        raise Violation("\n".join(broken[:12]))


def scans_without_an_outcome(handsets: list[Handset]) -> list[str]:
    """1: every confirmed scan is in exactly one outcome, or named in a gap report."""
    inbox = InboxTransaction.__table__
    rows = db.session.execute(sa.select(inbox.c.transaction_id, inbox.c.status, inbox.c.code, inbox.c.hint))
    known = {row.transaction_id: f"{row.status} {row.code} {row.hint}".rstrip() for row in rows}
    gaps = db.session.execute(sa.select(DeviceGap.__table__)).all()
    return [
        f"1: {handset.name} beeped for {each}, which has {known.get(each, 'never arrived')}"
        for handset in handsets
        for each in handset.confirmed
        if known.get(each) != "posted" and not gaps
    ]


def posted_not_once() -> list[str]:
    """2: a posted transaction has one register and its entries, any other has none."""
    inbox = InboxTransaction.__table__
    registers = Counter(db.session.execute(sa.select(ItemRegister.transaction_id)).scalars())
    written = set(db.session.execute(sa.select(ItemLedgerEntry.transaction_id)).scalars())
    written |= set(db.session.execute(sa.select(WarehouseEntry.transaction_id)).scalars())
    broken = []
    for transaction_id, status in db.session.execute(sa.select(inbox.c.transaction_id, inbox.c.status)):
        expected = 1 if status == "posted" else 0
        if registers[transaction_id] != expected or (transaction_id in written) != bool(expected):
            broken.append(f"2: {transaction_id} is {status} and has {registers[transaction_id]} postings")
    return broken


def ledger_differences() -> list[str]:
    """3, 4, 5: sums are balances, nothing is negative, no cent is lost, every posting is whole."""
    return [
        f"{result.invariant.name}: {row}"
        for result in check(db.session.connection(), LEDGER_INVARIANTS)
        for row in result.rows[:3]
    ]


def stock_that_is_elsewhere(truth: Truth) -> list[str]:
    """The books say what is really there, bin by bin."""
    rows = db.session.execute(
        sa.select(BinBalance.bin_code, BinBalance.item_no, BinBalance.quantity_base).where(
            BinBalance.quantity_base != 0
        )
    )
    books = {(bin_code, item_no): int(quantity) for bin_code, item_no, quantity in rows}
    really = {key: quantity for key, quantity in truth.items() if quantity}
    return [
        f"stock: {key} holds {really.get(key, 0)}, the books say {books.get(key, 0)}"
        for key in sorted(books.keys() | really.keys())
        if books.get(key, 0) != really.get(key, 0)
    ]


def outcomes_seen_otherwise(handsets: list[Handset]) -> list[str]:
    """6: what a device knows of an outcome is what the server knows."""
    inbox = InboxTransaction.__table__
    server = {row[0]: row[1] for row in db.session.execute(sa.select(inbox.c.transaction_id, inbox.c.status))}
    return [
        f"6: {handset.name} believes {status} of {each}, the server {server.get(each)}"
        for handset in handsets
        for each, status in handset.outcomes().items()
        if server.get(each) != status
    ]


def copies_that_differ(handsets: list[Handset]) -> list[str]:
    """7: what a device has read of the feed is what stands in the server's tables."""
    broken = []
    for scope in ("ref", f"site:{LOCATION}"):
        truth: dict[tuple[str, str], Any] = {}
        for etype in SCOPE_ETYPES[scope_kind(scope)]:
            keys = existing_keys(db.session.connection(), scope, etype)
            documents = load_documents(db.session.connection(), scope, etype, keys)
            truth |= {(etype, key): json.loads(text) for key, text in documents.items()}
        for handset in handsets:
            copy = handset.copy_of(scope)
            broken += [
                f"7: {handset.name} has {copy.get(key)} for {key}, the server {truth.get(key)}"
                for key in sorted(copy.keys() | truth.keys())
                if copy.get(key) != truth.get(key)
            ]
    return broken


def queues_not_drained(handsets: list[Handset]) -> list[str]:
    """9: after healing nothing waits on a device."""
    return [
        f"9: {handset.name} still holds {seq} as {state}"
        for handset in handsets
        for _, seq, state in handset.outbox()
        if state not in ("posted", "refused", "archived")
    ]
