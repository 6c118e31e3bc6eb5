"""What can come back from the server other than what was asked for.

`Unreachable` (no answer, or one that is not from our server) comes from the platform; whether the server
acted is then unknown. All others are the server's own words.
"""

from terminal.platform.ports import Unreachable


class Portal(Unreachable):
    """Somebody else answered: a captive portal, a proxy's page. Nothing of it may be believed."""


class ServerSays(Exception):
    """An answer of our server that is not the one asked for."""

    trouble = "server"


class Busy(ServerSays):
    """429 or 503: later. `retry_after_s` is 0 where the server named no time."""

    trouble = "busy"

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"busy, retry after {retry_after_s} s")
        self.retry_after_s = retry_after_s


class Unauthorised(ServerSays):
    """401: the token has run out or the credential is not known."""

    trouble = "unauthorised"


class Forbidden(ServerSays):
    """403 of any other kind: not ours to ask."""

    trouble = "forbidden"


class Revoked(Forbidden):
    """403 `revoked`: this device was withdrawn; its queue is still taken."""

    trouble = "revoked"


class TooOld(ServerSays):
    """426: this app is too old to pull."""

    trouble = "too_old"


class UnreadableEnvelope(ServerSays):
    """400, 413 or 422: the server cannot read what was sent."""

    trouble = "unreadable"


class Rebootstrap(ServerSays):
    """410: the cursor is from a history that the server does not have."""

    trouble = "rebootstrap"


class NotThere(ServerSays):
    """404: no such thing."""

    trouble = "not_there"


class Faulty(ServerSays):
    """5xx: the server failed; the same may work later."""

    trouble = "server"


class EnrolmentRefused(Exception):
    """The enrolment code is wrong, used or too old."""
