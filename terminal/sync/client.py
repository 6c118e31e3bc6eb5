"""The sync protocol as functions over HTTP: records in, records out, every other answer an exception.

An answer counts only if it is JSON and carries what our server always sends; anything else is treated like
no network (a captive portal answers 200 with a page). Raises what `answers` lists.
"""

import gzip
import json
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from shared.wire import PROTOCOL, codec
from shared.wire.envelopes import FeedPage, Hello, Push, PushAnswer, SnapshotManifest
from shared.wire.outcomes import Outcome
from terminal.platform.ports import Http, Response
from terminal.sync.answers import (
    Busy,
    EnrolmentRefused,
    Faulty,
    Forbidden,
    NotThere,
    Portal,
    Rebootstrap,
    Revoked,
    ServerSays,
    TooOld,
    Unauthorised,
    UnreadableEnvelope,
)

T = TypeVar("T")
PUSH_TIMEOUT_S = 30.0
PULL_TIMEOUT_S = 30.0
CHUNK_TIMEOUT_S = 120.0
_JSON: Mapping[str, str] = {"content-type": "application/json"}
_SAYS: Mapping[int, type[ServerSays]] = {
    400: UnreadableEnvelope,
    401: Unauthorised,
    403: Forbidden,
    404: NotThere,
    410: Rebootstrap,
    413: UnreadableEnvelope,
    422: UnreadableEnvelope,
    426: TooOld,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """What an enrolment gives a device."""

    device_id: str
    device_secret: str
    epoch: int
    location_code: str
    server_epoch: str


@dataclass(frozen=True, slots=True)
class Token:
    """A short-lived bearer token, and where the server says that the device works."""

    text: str
    expires_in_s: int
    location_code: str


class Client:
    """The server as this device may talk to it."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def hello(self) -> Hello:
        return _read(Hello, await self._get("/sync/v1/hello"))

    async def enrol(self, code: str, install_id: str, device_name: str) -> Enrolled:
        """Trade a one-time code for a credential. Raises EnrolmentRefused where the code is no good."""
        asked = {"code": code, "install_id": install_id, "device_name": device_name}
        try:
            answer = await self._post("/sync/v1/enrol", asked)
        except (UnreadableEnvelope, Unauthorised, Forbidden, NotThere, Rebootstrap) as refusal:
            raise EnrolmentRefused(str(refusal)) from refusal
        try:
            return Enrolled(
                device_id=str(answer["device_id"]),
                device_secret=str(answer["device_secret"]),
                epoch=int(answer["epoch"]),
                location_code=str(answer["location_code"]),
                server_epoch=str(answer["server_epoch"]),
            )
        except (KeyError, ValueError, TypeError) as fault:
            raise Portal("an enrolment answer without its fields") from fault

    async def token(self, device_id: str, device_secret: str) -> Token:
        """A new bearer token for the device's credential."""
        asked = {"device_id": device_id, "device_secret": device_secret}
        try:
            answer = await self._post("/sync/v1/token", asked)
        except (UnreadableEnvelope, NotThere, Rebootstrap, TooOld) as refusal:
            # Of a token these are faults on the way; what the token is for would take them as its own.
            raise Faulty(f"token: {refusal}") from refusal
        try:
            return Token(
                str(answer["token"]), int(answer["expires_in_s"]), str(answer.get("location_code", ""))
            )
        except (KeyError, ValueError, TypeError) as fault:
            raise Portal("a token answer without a token") from fault

    async def push(self, push: Push, token: str) -> PushAnswer:
        """Send transactions; the answer has one result for each."""
        # mtime 0: the same record is the same bytes, so that a run can be replayed.
        body = gzip.compress(_spell(codec.write(push)), mtime=0)
        headers = dict(_JSON) | {"content-encoding": "gzip", "authorization": f"Bearer {token}"}
        return _read(PushAnswer, await self._send("/sync/v1/push", headers, body))

    async def feed(self, scope: str, cursor: str, token: str, *, limit: int, wait_s: int = 0) -> FeedPage:
        """The rows of a scope behind a cursor."""
        query = urlencode(
            {"scope": scope, "cursor": cursor, "limit": limit, "wait": wait_s, "protocol": PROTOCOL}
        )
        return _read(FeedPage, await self._get(f"/sync/v1/feed?{query}", token, PULL_TIMEOUT_S + wait_s))

    async def manifest(self, scope: str, token: str) -> SnapshotManifest:
        """Which chunks make up the newest snapshot of a scope. Raises NotThere where there is none."""
        query = urlencode({"scope": scope, "protocol": PROTOCOL})
        return _read(SnapshotManifest, await self._get(f"/sync/v1/snapshot?{query}", token))

    async def chunk(self, url: str, token: str) -> bytes:
        """The bytes of a chunk, still compressed."""
        headers = {"authorization": f"Bearer {token}"}
        answer = await self._http.request("GET", url, headers=headers, timeout_s=CHUNK_TIMEOUT_S)
        if answer.status != 200:
            raise _says(answer)
        return answer.body

    async def outcomes(self, ids: list[str], token: str) -> tuple[Outcome, ...]:
        """What became of transactions, by id."""
        query = urlencode({"ids": ",".join(ids)})
        answer = await self._get(f"/sync/v1/outcomes?{query}", token)
        results = answer.get("outcomes")
        if not isinstance(results, list):
            raise Portal("an outcomes answer without outcomes")
        return tuple(_read(Outcome, result) for result in results)

    async def report_lockouts(self, reports: list[dict[str, Any]], token: str) -> None:
        """Tell the audit trail that PINs were locked here; telling it twice changes nothing."""
        headers = dict(_JSON) | {"authorization": f"Bearer {token}"}
        await self._send("/sync/v1/lockouts", headers, _spell({"lockouts": reports}))

    async def _get(self, url: str, token: str = "", timeout_s: float = PULL_TIMEOUT_S) -> dict[str, Any]:
        # Browsers ask for it by themselves; a page of the feed is a tenth of its size then.
        headers = {"accept-encoding": "gzip"} | ({"authorization": f"Bearer {token}"} if token else {})
        return _json_of(await self._http.request("GET", url, headers=headers, timeout_s=timeout_s))

    async def _post(self, url: str, record: Mapping[str, Any]) -> dict[str, Any]:
        return await self._send(url, _JSON, _spell(record))

    async def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        return _json_of(
            await self._http.request("POST", url, headers=headers, body=body, timeout_s=PUSH_TIMEOUT_S)
        )


def _spell(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def enrolment_code(text: str) -> str:
    """The code out of what a QR code says (an address that ends in #enrol=CODE) or a person typed."""
    return text.rpartition("#enrol=")[2].strip()


def _json_of(answer: Response) -> dict[str, Any]:
    if answer.status != 200:
        raise _says(answer)
    if "json" not in answer.headers.get("content-type", ""):
        raise Portal(f"a 200 of type {answer.headers.get('content-type', 'none')}")
    try:
        value = json.loads(inflate(answer.body))
    except (ValueError, OSError, EOFError, zlib.error) as fault:
        raise Portal("a 200 that is no JSON") from fault
    if not isinstance(value, dict):
        raise Portal("a 200 that is no JSON object")
    return value


def _says(answer: Response) -> Exception:
    """The exception for an answer that is not 200."""
    if answer.status in (429, 503):
        return Busy(_retry_after(answer))
    is_ours = "json" in answer.headers.get("content-type", "")
    if answer.status >= 500:
        return Faulty(f"{answer.status}")
    says = _SAYS.get(answer.status)
    if says is None or not is_ours:
        return Portal(f"{answer.status} of type {answer.headers.get('content-type', 'none')}")
    if says is Forbidden and _code_of(answer) == "revoked":
        return Revoked("revoked")
    return says(inflate(answer.body)[:500].decode(errors="replace"))


def _code_of(answer: Response) -> str:
    """The stable code of a problem+json answer."""
    with suppress(ValueError, AttributeError):
        return str(json.loads(inflate(answer.body)).get("code", ""))
    return ""


def _retry_after(answer: Response) -> float:
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() else 0.0


def inflate(body: bytes) -> bytes:
    """A body as it was written; browsers have unpacked it already, other clients have not."""
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def _read(record_type: type[T], value: object) -> T:
    """An answer's record. One that lacks our fields did not come from our server."""
    try:
        return codec.read(record_type, value, strict=False)
    except codec.WireError as fault:
        raise Portal(f"{record_type.__name__}: {fault}") from fault
