"""A network between device and server that drops, doubles, delays, reorders and truncates, and portals."""

from collections.abc import Mapping
from random import Random

from terminal.platform.ports import Response, Unreachable
from tests.simulation.machine import Killed
from tests.simulation.server import Server

_PORTAL = Response(200, {"content-type": "text/html"}, b"<html>Sign in to the Wi-Fi</html>")


class Network:
    """An Http port. `is_healed` lets everything pass; `trace` gets a word per request."""

    def __init__(self, server: Server, chance: Random, trace: list[str]) -> None:
        self._server, self._chance, self._trace = server, chance, trace
        self.is_healed = False
        # Requests that were sent twice and whose second copy is still under way, for days perhaps.
        self.delayed: list[tuple[str, str, dict[str, str], bytes | None]] = []

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float = 30.0,
    ) -> Response:
        """Send one request through whatever the network is just now."""
        sent = (method, url, dict(headers or {}), body)
        fault = "" if self.is_healed else self._fault()
        path = url.partition("?")[0].removeprefix("/sync/v1/")[:10]
        answer = self._pass(sent, fault)
        self._trace.append(f"{path} {fault or 'ok'} {answer.status if answer else 'lost'}")
        if answer is None:
            raise Unreachable(fault)
        return answer

    def _fault(self) -> str:
        faults = (
            "",
            "lost",
            "answer_lost",
            "doubled",
            "delayed",
            "cut",
            "answer_cut",
            "503",
            "429",
            "portal",
        )
        weights = (70, 6, 6, 4, 4, 2, 2, 2, 1, 2)
        return self._chance.choices(faults, weights)[0]

    def _pass(self, sent: tuple[str, str, dict[str, str], bytes | None], fault: str) -> Response | None:
        match fault:
            case "lost":
                return None
            case "portal":
                return _PORTAL
            case "503" | "429":
                return Response(int(fault), {"retry-after": "3"}, b"")
            case "cut":
                method, url, headers, body = sent
                sent = (method, url, headers, body[: len(body) // 2] if body else body)
            case "delayed":
                self.delayed.append(sent)
            case "doubled":
                self._deliver(sent)
        answer = self._deliver(sent)
        if fault == "answer_lost" or answer is None:
            return None
        if fault == "answer_cut":
            return Response(answer.status, answer.headers, answer.body[: len(answer.body) // 2])
        return answer

    def _deliver(self, sent: tuple[str, str, dict[str, str], bytes | None]) -> Response | None:
        method, url, headers, body = sent
        try:
            return self._server.request(method, url, headers, body)
        except Killed:
            return None

    def deliver_delayed(self) -> None:
        """The second copy of some old request arrives; nobody hears its answer."""
        self._deliver(self.delayed.pop(self._chance.randrange(len(self.delayed))))
