"""A sender as it should be: it writes down what it is about to send, and sends it until somebody answers.

{"intent": 7}                      about to send for the first time
{"acked": 7, "receipt": "..."}     the hub says that it has it
{"refused": 7, "status": 400}      the hub says that it will never take it
{"again": 7, "receipt": "..."}     answer to a repetition
{"conflict": 7, "status": 409}     answer to other content under the same number
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

from hub_core.playing.wire import Answered
from hub_torture.ledger import Ledger
from hub_torture.plan import Letter, body
from hub_torture.wire import PATIENCE, Line

ENDPOINT: Final = "/rest/letters"
PURPOSE: Final = "torture"
ACCEPTED: Final = 202
_LATER: Final = frozenset({429, 503})
_PATIENCE: Final = 0.2  # seconds, whatever the hub asks for
_PAUSE: Final = 0.03  # seconds, after a connection broke off
_ELSEWHERE: Final = 1.0  # seconds that it waits for one hub where there is another: that one may stand still


class Sender:
    """Sends to any of several hubs.

    Args:
        ports: of the hubs.
        key: for the hubs' door.
        ledger: where it writes.
        accepted: told of each accepted message, with the time at which it was sent, as ``time.monotonic``.
    """

    def __init__(self, ports: Sequence[int], key: str, ledger: Ledger, accepted: Callable[[float], None]) -> None:
        seconds = _ELSEWHERE if len(ports) > 1 else PATIENCE
        self._lines = [Line(port, seconds=seconds) for port in ports]
        self._key = key
        self._ledger = ledger
        self._accepted = accepted
        self._turn = 0

    async def send(self, letter: Letter) -> None:
        """Send one message, its repetitions, and what contradicts it."""
        await self._ledger.write(intent=letter.number)
        text = body(letter)
        reply = await self._until_answered(letter, text)
        if reply.status != ACCEPTED:
            await self._ledger.write(refused=letter.number, status=reply.status)
            return
        await self._ledger.write(acked=letter.number, receipt=reply.reference)
        for again in await asyncio.gather(*(self._until_answered(letter, text) for _ in range(letter.copies))):
            await self._ledger.write(again=letter.number, receipt=again.reference, status=again.status)
        if letter.conflict:
            other = await self._until_answered(letter, body(letter, other=True))
            await self._ledger.write(conflict=letter.number, status=other.status)

    async def close(self) -> None:
        """Close its connections."""
        await asyncio.gather(*(line.close() for line in self._lines))

    async def _until_answered(self, letter: Letter, text: bytes) -> Answered:
        """Send the same bytes under the same number until the hub has decided about them."""
        headers = {
            "content-type": "application/json",
            "punte-key": self._key,
            "punte-purpose": PURPOSE,
            "idempotency-key": str(letter.number),
        }
        while True:
            self._turn += 1
            node = self._turn % len(self._lines)
            begun = time.monotonic()
            try:
                reply = await self._lines[node].ask(ENDPOINT, text, headers)
            except (OSError, TimeoutError):
                await self._lines[node].close()
                await asyncio.sleep(_PAUSE)
                continue
            if reply.status in _LATER:
                await asyncio.sleep(min(float(reply.headers.get("retry-after", "0")), _PATIENCE))
                continue
            if reply.status == ACCEPTED:
                self._accepted(begun)
            return reply
