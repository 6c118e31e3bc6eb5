"""POST /sync/v1/push: the one way in for devices. Limits are checked before anything is unpacked whole."""

import json
import zlib
from typing import Any

from flask import Blueprint, Response, current_app, request

from server.config import Config
from server.inbox.arrivals import depth_of
from server.inbox.receiving import accept
from server.security.permissions import Permission, requires
from server.security.problems import problem_answer
from server.security.sessions import current_device
from shared.wire import codec
from shared.wire.envelopes import DEEPEST_NESTING, LARGEST_BODY, LARGEST_COMPRESSED_BODY, Push

blueprint = Blueprint("inbox", __name__, url_prefix="/sync/v1")
# Between what a well-made record needs and what the parsers can bear; deeper ones come as kind=raw.
_TOO_DEEP = 8 * DEEPEST_NESTING


class CutOff(ValueError):
    """The body did not arrive whole. Nothing is wrong with it: the device sends it again."""


class UnreadableEnvelope(ValueError):
    """The push as a whole cannot be read; the device halves it until one item is left."""


@blueprint.post("/push")
@requires(Permission.DEVICE_PUSH)
def push() -> Response:
    """Take in a batch of transactions; 200 with one result each, whatever became of them."""
    config: Config = current_app.config["SCANLEDGER"]
    device = current_device()
    try:
        envelope = read_envelope(unpack(request.get_data(), request.headers.get("Content-Encoding", "")))
    except CutOff as error:
        return problem_answer(408, "cut_off", str(error))
    except UnreadableEnvelope as error:
        return problem_answer(400, "unreadable", str(error))
    if envelope.device != device.device_id:
        return problem_answer(
            400, "unreadable", f"/device: expected {device.device_id}, found {envelope.device}"
        )
    answer = codec.write(accept(envelope, device, config.now()))
    return current_app.response_class(json.dumps(answer), mimetype="application/json")


def unpack(body: bytes, encoding: str) -> bytes:
    """The plain body; never unpacks more than LARGEST_BODY, whatever ratio was promised."""
    if (encoding and len(body) > LARGEST_COMPRESSED_BODY) or len(body) > LARGEST_BODY:
        raise UnreadableEnvelope(f"expected at most {LARGEST_COMPRESSED_BODY} bytes, found {len(body)}")
    if not encoding:
        return body
    if encoding != "gzip":
        raise UnreadableEnvelope(f"Content-Encoding: expected gzip, found {encoding[:40]}")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, LARGEST_BODY + 1)
    except zlib.error as error:
        raise CutOff(f"gzip: {error}; send it again") from error
    if len(plain) > LARGEST_BODY:
        raise UnreadableEnvelope(f"expected at most {LARGEST_BODY} bytes after unpacking, found more")
    if not unpacker.eof:
        raise CutOff("gzip: the body ends too early; send it again")
    return plain


def read_envelope(body: bytes) -> Push:
    """The push, its transactions still raw; UnreadableEnvelope says where the fault is."""
    try:
        value: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableEnvelope(f"expected JSON: {error}"[:300]) from error
    for index, record in enumerate(value.get("transactions", ()) if isinstance(value, dict) else ()):
        if depth_of(record) > _TOO_DEEP:
            raise UnreadableEnvelope(f"/transactions/{index}: expected at most {_TOO_DEEP} levels")
    try:
        return codec.read(Push, value, strict=True)
    except codec.WireError as error:
        raise UnreadableEnvelope(str(error)) from error
