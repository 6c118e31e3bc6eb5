"""What a device reads from the server: hello, feed, snapshots and outcomes.

A device reads the reference data, its own location's scope and its own device's scope, nothing else. An
answer has exactly one state: 200 with what is new, 304 if the reader already has it, 410 `rebootstrap` if its
copy belongs to another history, 426 `app_too_old` if it speaks a version that is no longer served. The guard
answers a revoked device with 403 before any of this runs. Outcomes and pushes are for every version: an app
that may not read on still hands over what it holds, and hears what became of it.
"""

import gzip
import json
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, request, send_file

from server.database import db
from server.feed.cursor import Rebootstrap
from server.feed.entities import load_outcomes
from server.feed.marks import REFERENCE_SCOPE, device_scope, site_scope
from server.feed.reading import Read, config, has_news, read_on
from server.feed.snapshots import chunk_path, load_manifest
from server.feed.waiting import wait_until
from server.masterdata.load import load_setup
from server.security.permissions import Permission, requires
from server.security.problems import problem_answer
from server.security.sessions import current_device
from shared.moments import moment_text
from shared.wire import PROTOCOL, codec
from shared.wire.envelopes import BATCH_TRANSACTIONS, PAGE_ROWS, Hello
from shared.wire.transactions import BODIES

LONGEST_WAIT_S = 25
# Below this a compressed answer is hardly smaller.
WORTH_COMPRESSING_BYTES = 1000
CHUNK_LIFE_S = 365 * 24 * 3600
# The oldest version that feed and snapshots are still written for; who names none speaks the first.
OLDEST_PULL = 1

blueprint = Blueprint("feed", __name__, url_prefix="/sync/v1")


@blueprint.get("/hello")
@requires(Permission.PUBLIC)
def hello() -> Response:
    """What this server speaks; a device asks before it has a token."""
    kinds: dict[str, list[int]] = {}
    for kind, version in sorted(BODIES):
        kinds.setdefault(kind, []).append(version)
    return json_answer(
        codec.write(
            Hello(
                protocols=tuple(range(OLDEST_PULL, PROTOCOL + 1)),
                kinds=kinds,
                server_epoch=load_setup(db.session.connection()).server_epoch,
                server_time=config().now(),
                min_app_pull=str(OLDEST_PULL),
                min_app_push="0",
            )
        )
    )


@blueprint.get("/feed")
@requires(Permission.DEVICE)
def feed() -> Response:
    """A page of a scope after a cursor; with `wait` the answer may take so many seconds to have news."""
    scope = request.args.get("scope", "")
    if refusal := unreadable(scope):
        return refusal
    limit, wait_s = whole_argument("limit", PAGE_ROWS), whole_argument("wait", 0)
    if limit is None or wait_s is None or limit < 1:
        return problem_answer(400, "bad_argument", "limit and wait are whole numbers; limit is at least 1.")
    limit, wait_s = min(limit, PAGE_ROWS), min(wait_s, LONGEST_WAIT_S)
    # The guard's look at the device must not keep a connection while we sleep.
    db.session.rollback()
    cursor = request.args.get("cursor", "")
    try:
        read = read_on(scope, cursor, limit)
        if wait_s and is_empty(read) and wait_until(lambda: has_news(read.position), wait_s):
            read = read_on(scope, cursor, limit)
    except Rebootstrap as refused:
        return problem_answer(
            410,
            "rebootstrap",
            "Drop the copy of this scope and start without a cursor.",
            reason=refused.reason,
        )
    return page_answer(read, f"{cursor} {limit}")


@blueprint.get("/outcomes")
@requires(Permission.DEVICE_PUSH)
def outcomes() -> Response:
    """What became of some of the device's own transactions; unknown ids are left out."""
    asked = [each for each in request.args.get("ids", "").split(",") if each]
    if len(asked) > BATCH_TRANSACTIONS:
        return problem_answer(400, "bad_argument", f"Ask for {BATCH_TRANSACTIONS} ids at most.")
    connection = db.session.connection()
    found = load_outcomes(connection, current_device().device_id, list(dict.fromkeys(asked)))
    return json_answer(
        {
            "server_epoch": load_setup(connection).server_epoch,
            "server_time": moment_text(config().now()),
            "outcomes": [codec.write(outcome) for outcome in found],
        }
    )


@blueprint.get("/snapshot")
@requires(Permission.DEVICE)
def snapshot() -> Response:
    """The manifest of a scope's newest snapshot; 404 where the feed from the start is as quick."""
    scope = request.args.get("scope", "")
    if refusal := unreadable(scope):
        return refusal
    manifest = load_manifest(scope)
    if manifest is None:
        return problem_answer(404, "no_snapshot", "Read the feed of this scope without a cursor.")
    return json_answer(codec.write(manifest))


@blueprint.get("/snapshot/<digest>")
@requires(Permission.DEVICE)
def chunk(digest: str) -> Response:
    """One chunk's bytes, whole or a range of them; they never change."""
    path = chunk_path(digest, readable_scopes())
    if path is None:
        return problem_answer(404, "no_such_chunk", "Ask for the manifest again.")
    answer = send_file(path, mimetype="application/gzip", conditional=True, etag=digest, max_age=CHUNK_LIFE_S)
    answer.cache_control.private = True
    answer.cache_control.immutable = True
    return answer


def readable_scopes() -> list[str]:
    """What the device behind this request may read."""
    device = current_device()
    scopes = [REFERENCE_SCOPE, device_scope(device.device_id)]
    if device.location_code:
        scopes.append(site_scope(device.location_code))
    return scopes


def unreadable(scope: str) -> Response | None:
    """Why this device may not read this scope as it speaks; None if it may."""
    protocol = whole_argument("protocol", 1)
    if protocol is None:
        return problem_answer(400, "bad_argument", "protocol is a whole number.")
    # A newer one than ours is served: what is new in a feed is additive.
    if protocol < OLDEST_PULL:
        return problem_answer(
            426,
            "app_too_old",
            f"Found version {protocol}, expected {OLDEST_PULL} or newer: load the app anew. It may push.",
        )
    return None if scope in readable_scopes() else not_yours(scope)


def not_yours(scope: str) -> Response:
    """403: what a device may read follows from its enrolment."""
    allowed = ", ".join(readable_scopes())
    return problem_answer(403, "not_your_scope", f"Asked was {scope[:60]!r}; this device reads {allowed}.")


def whole_argument(name: str, default: int) -> int | None:
    """A whole number of the address, None if it is something else."""
    text = request.args.get(name)
    if text is None:
        return default
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def is_empty(read: Read) -> bool:
    """Whether a reader has nothing to do with this page but ask again."""
    return not read.page.rows and not read.page.more


def page_answer(read: Read, question: str) -> Response:
    """A page, or 304 where the reader says that it has this very answer to this very question."""
    position = read.position
    known = f"{question} {position.server_epoch} {position.head} {position.tag} {read.page.more}"
    # Weak: the clock inside the page differs each time.
    etag = sha256(known.encode()).hexdigest()[:20]
    if request.if_none_match.contains_weak(etag):
        answer = Response(status=304)
    else:
        answer = json_answer(codec.write(read.page))
    answer.set_etag(etag, weak=True)
    answer.cache_control.private = True
    answer.cache_control.no_cache = True
    return answer


def json_answer(content: dict[str, Any]) -> Response:
    """JSON, compressed where the device can read that."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    answer = Response(mimetype="application/json")
    answer.vary.add("Accept-Encoding")
    if len(body) >= WORTH_COMPRESSING_BYTES and request.accept_encodings["gzip"] > 0:
        body = gzip.compress(body, compresslevel=6, mtime=0)
        answer.content_encoding = "gzip"
    answer.set_data(body)
    return answer
