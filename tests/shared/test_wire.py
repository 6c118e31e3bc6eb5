"""Every value on the wire round-trips; every hostile one is refused, with the pointer to the fault."""

import dataclasses
import json
import typing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.wire import codec
from shared.wire.adjusting import Adjust
from shared.wire.codec import WireError
from shared.wire.envelopes import (
    FeedPage,
    FeedRow,
    Hello,
    Push,
    PushAnswer,
    SnapshotChunk,
    SnapshotManifest,
)
from shared.wire.lines import BinLine, MoveLine
from shared.wire.outcomes import REASONS, Outcome, sentence
from shared.wire.receiving import Receive, Return
from shared.wire.reference import RECORDS
from shared.wire.shipping import Pick
from shared.wire.transactions import (
    BODIES,
    Basis,
    Transaction,
    UnknownKind,
    canonical,
    chain,
    hash_record,
    read_body,
    seal,
)
from shared.wire.warehousing import Move, PutAway
from tests.shared.wire_values import hostile_values, records_of, smallest

TYPES: tuple[type, ...] = tuple(
    dict.fromkeys(
        (
            *BODIES.values(),
            *RECORDS.values(),
            BinLine,
            MoveLine,
            Basis,
            Transaction,
            Outcome,
            Push,
            PushAnswer,
            FeedRow,
            FeedPage,
            SnapshotChunk,
            SnapshotManifest,
            Hello,
            Receive,
            Return,
            Pick,
            Adjust,
            Move,
            PutAway,
        )
    )
)
each_type = pytest.mark.parametrize("record_type", TYPES, ids=lambda each: each.__name__)


def written(record: object) -> dict[str, Any]:
    """A record as it is after its way through JSON text."""
    value: dict[str, Any] = json.loads(json.dumps(codec.write(record), ensure_ascii=False, allow_nan=False))
    return value


@each_type
def test_every_value_round_trips(record_type: type) -> None:
    @settings(max_examples=40, deadline=None)
    @given(records_of(record_type))
    def check(record: Any) -> None:
        again: Any = codec.read(record_type, written(record), strict=True)

        assert again == record
        assert written(again) == written(record)

    check()


@each_type
def test_only_the_device_passes_over_fields_that_it_does_not_know(
    record_type: type,
) -> None:
    record = smallest(record_type)
    value = written(record) | {"from_the_future": {"deep": [1]}}

    assert codec.read(record_type, value, strict=False) == record
    with pytest.raises(WireError) as refused:
        codec.read(record_type, value, strict=True)
    assert refused.value.pointer == "/from_the_future"


def hostile_fields() -> list[tuple[type, str, object]]:
    found = []
    for record_type in TYPES:
        hints = typing.get_type_hints(record_type, include_extras=True)
        for field in dataclasses.fields(record_type):
            found += [(record_type, field.name, value) for value in hostile_values(hints[field.name])]
    return found


@pytest.mark.parametrize("strict", [True, False])
def test_hostile_values_are_refused_with_the_pointer_to_their_field(*, strict: bool) -> None:
    passed = []
    for record_type, name, value in hostile_fields():
        refused = refusal_of(record_type, written(smallest(record_type)) | {name: value}, strict=strict)
        if refused is None or refused.pointer.split("/")[1] != name or len(str(refused)) > 400:
            passed.append((record_type.__name__, name, value, refused))

    assert passed == []


def refusal_of(record_type: type, value: object, *, strict: bool) -> WireError | None:
    """Why a value is refused; None when it is not."""
    try:
        codec.read(record_type, value, strict=strict)
    except WireError as refused:
        return refused
    return None


@each_type
def test_a_missing_field_is_named(record_type: type) -> None:
    value = written(smallest(record_type))
    for field in dataclasses.fields(record_type):
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required:
            with pytest.raises(WireError) as refused:
                codec.read(
                    record_type, {key: kept for key, kept in value.items() if key != field.name}, strict=True
                )
            assert refused.value.pointer == f"/{field.name}"


@pytest.mark.parametrize("value", [None, 0, "text", [], [1], True])
def test_what_is_no_object_is_refused_as_a_whole(value: object) -> None:
    with pytest.raises(WireError) as refused:
        codec.read(Transaction, value, strict=True)
    assert refused.value.pointer == ""


def test_a_fault_deep_inside_is_pointed_at() -> None:
    value = written(_a_receive()) | {}
    value["lines"][1]["quantity"] = "NaN"

    with pytest.raises(WireError) as refused:
        codec.read(Receive, value, strict=True)
    assert refused.value.pointer == "/lines/1/quantity"

    transaction = dataclasses.replace(smallest(Transaction), kind="receive", kind_version=1, body=value)
    with pytest.raises(WireError) as in_body:
        read_body(transaction, strict=True)
    assert in_body.value.pointer == "/body/lines/1/quantity"


def test_a_pointer_escapes_what_json_pointers_escape() -> None:
    with pytest.raises(WireError) as refused:
        codec.read(BinLine, written(smallest(BinLine)) | {"a/b~c": 1}, strict=True)
    assert refused.value.pointer == "/a~1b~0c"


def test_a_kind_of_the_future_is_known_as_such() -> None:
    for kind, version in (("teleport", 1), ("receive", 99)):
        with pytest.raises(UnknownKind):
            read_body(
                dataclasses.replace(smallest(Transaction), kind=kind, kind_version=version), strict=True
            )


@settings(max_examples=60, deadline=None)
@given(records_of(Transaction), st.integers(0, 9), st.integers(1, 99))
def test_a_restamped_transaction_keeps_its_hash(transaction: Transaction, epoch: int, seq: int) -> None:
    sealed = seal(transaction)
    again = seal(dataclasses.replace(transaction, epoch=epoch, seq=seq, prev="0" * 64))

    assert sealed["hash"] == again["hash"] == hash_record(sealed)
    assert hash_record(json.loads(canonical(sealed))) == sealed["hash"]


@settings(max_examples=30, deadline=None)
@given(records_of(Transaction))
def test_any_other_change_changes_the_hash(transaction: Transaction) -> None:
    other = dataclasses.replace(transaction, worker_id=transaction.worker_id[:40] + "'")

    assert seal(transaction)["hash"] != seal(other)["hash"]


def test_a_removed_record_breaks_the_chain() -> None:
    links = [""]
    for seq in (1, 2, 3):
        links.append(chain(links[-1], 1, seq, str(seq)))

    assert chain(links[1], 1, 3, "3") != links[3]
    assert len(set(links)) == 4


@pytest.mark.parametrize("code", sorted(REASONS))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_reason_has_a_sentence_that_ends_with_what_is_known(code: str, language: str) -> None:
    assert "6 in A-01" in sentence(code, "6 in A-01", language)
    assert "{" not in sentence(code, "", language)


def test_a_reason_of_the_future_is_shown_as_it_is() -> None:
    assert sentence("new_code", "hint", "en") == "new_code hint"


def _a_receive() -> Receive:
    line = smallest(BinLine)
    return Receive(lines=(line, line))
