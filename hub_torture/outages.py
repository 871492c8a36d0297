"""How long nobody is accepted after a death, counted from the moment at which it could be."""

from typing import Any, Final

import msgspec

SERVER: Final = "server"


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """A message was accepted again.

    Attributes:
        killed: who had died: ``hub 0`` or ``server``.
        seconds: to the first message that was sent and accepted afterwards, counted from the last death of a hub before
            it, or from when the server answered again if that was later.
        at: when it was accepted, as ``time.monotonic``.
        start: steps of the start of a hub that lay between, as its log tells them; ``None``: there was none.
    """

    killed: str
    seconds: float
    at: float
    start: dict[str, Any] | None = None


class Outages:
    """Deaths after which no message was accepted yet, and those after which one was. Times are ``time.monotonic``.

    Attributes:
        recoveries: in their order.
        server: seconds from each death of the database server until it answered again.
    """

    def __init__(self) -> None:
        self.recoveries: list[Recovery] = []
        self.server: list[float] = []
        self._open: dict[str, float] = {}
        self._last = 0.0  # since when a message could be accepted
        self._server_died: float | None = None

    def died(self, who: str, at: float) -> None:
        """Note a death."""
        self._open[who] = self._last = at
        if who == SERVER:
            self._server_died = at

    def server_answers(self, at: float) -> None:
        """Note that the server takes connections again."""
        if self._server_died is not None:
            self.server.append(at - self._server_died)
            self._last, self._server_died = at, None

    def accepted(self, sent_at: float, at: float) -> None:
        """Note that a message was accepted."""
        for who, died_at in [*self._open.items()]:
            if sent_at >= died_at:
                seconds = 0.0 if self._server_died is not None else max(at - self._last, 0.0)
                self.recoveries.append(Recovery(killed=who, seconds=round(seconds, 2), at=at))
                del self._open[who]

    @property
    def waiting(self) -> bool:
        """After some death nothing was accepted yet."""
        return bool(self._open)
