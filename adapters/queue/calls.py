"""The steps of an exchange, called."""

import contextlib
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import msgspec

from adapters.kit.answered import Answered
from adapters.kit.base import opened
from adapters.kit.client import Client
from adapters.kit.members import at
from adapters.kit.sending import content
from adapters.queue.exchange import Call, Exchange
from hub_core.directory import Endpoint
from hub_core.errors import PunteError, Rejected
from hub_core.message import Receipt
from hub_core.ports import Batch, Item, Sent
from hub_core.ports.schedule import MAX_POSITION

MAX_ANSWER_BYTES: Final = 64_000  # of what says no more than a receipt or an id
MAX_RECEIPT: Final = 200
_NO_QUEUE: Final = "D203"
_TAKEN: Final = "D201"


class _Calls:
    """One partner, and the address that its steps lie below."""

    def __init__(self, name: str, endpoint: Endpoint, exchange: Exchange) -> None:
        self._name = name
        self._exchange = exchange
        self._below = f"{(endpoint.url or '').rstrip('/')}/"
        self._client = Client(name, endpoint, max_answer_bytes=max(endpoint.max_body_bytes, MAX_ANSWER_BYTES))

    async def close(self) -> None:
        """Give connections back."""
        await self._client.close()

    async def _step(self, step: str, call: Call, found: str = "") -> Answered | None:
        """Make the call of a step; ``None``: the partner says that there is nothing."""
        path = call.path.replace("{id}", quote(found, safe=""))
        body = {name: said.replace("{id}", found) for name, said in call.body.items()}
        headers = {"accept": "application/json, application/xml"} | (
            {"content-type": "application/json"} if body else {}
        )
        raw = msgspec.json.encode(body) if body else None
        with _at(step):
            answered = await self._client.call(call.method, self._below + path, raw, headers)
            if answered.status in call.none:
                return None
            self._client.judge(answered)
        return answered

    def _text_at(self, answered: Answered, members: str, limit: int) -> str:
        """Return the text at a place of an answer; empty where the place says nothing.

        Raises:
            Rejected: D203, the answer is too long or no document, has no such place, or the text is no id.
        """
        if not answered.complete:
            raise self._wrong("an answer is larger than max_body_bytes, or compressed")
        try:
            found = at(opened(answered.body), members)
        except Rejected as fault:
            raise self._wrong(f"an answer is no document: {fault.code}") from fault
        if found is None:
            raise self._wrong(f"an answer has no {members}")
        if len(found) > limit or not found.isprintable():
            raise self._wrong(f"{members} holds nothing that could be an id")
        return found

    def _wrong(self, why: str) -> Rejected:
        return Rejected(_NO_QUEUE, why, where=self._name)


class Submitting(_Calls):
    """Hands messages in; a ``hub_core.ports.Target``."""

    async def send(self, sent: Sent) -> Receipt:
        """Hand one message in and return with the partner's receipt; see ``hub_core.ports.Target``."""
        submit = self._exchange.submit
        assert submit is not None  # noqa: S101 - the registration saw to it
        body, headers = content(sent)
        with _at("submit"):
            answered = await self._client.call("POST", self._below + submit.path, body, headers)
            self._client.judge(answered)
        receipt = self._text_at(answered, submit.receipt, MAX_RECEIPT)
        if not receipt:
            raise self._wrong("the partner gave no receipt")
        if receipt in submit.refused:
            text = f"partner answered HTTP {answered.status}, and took nothing: its receipt stands for none"
            raise Rejected(_TAKEN, text, where=self._name)
        return Receipt(reference=receipt, detail=f"HTTP {answered.status}")


class Fetching(_Calls):
    """Fetches answers; a ``hub_core.ports.Poller``. The position is the id of what was read last, to be committed."""

    async def poll(self, position: str | None) -> Batch:
        """Commit what is kept by now, then read what stands at the head; see ``hub_core.ports.Poller``."""
        exchange = self._exchange
        assert exchange.poll is not None  # noqa: S101 - the registration saw to it
        assert exchange.commit is not None  # noqa: S101 - same
        if position:
            await self._step("commit", exchange.commit, position)
        head = await self._step("poll", exchange.poll)
        found = "" if head is None else self._text_at(head, exchange.id or "", MAX_POSITION)
        if head is None or not found:
            return Batch(items=(), after="")
        if found == position:
            raise self._wrong("what was committed stands at the head again")
        read = head if exchange.read is None else await self._step("read", exchange.read, found)
        if read is None:
            raise self._wrong("what stands at the head cannot be read")
        if not read.complete:
            raise self._wrong("what stands at the head is larger than max_body_bytes, or compressed")
        answers = _receipt_in(read, exchange.answers) if exchange.answers else None
        item = Item(body=read.body, media_type=read.media_type, sender_id=found, answers=answers)
        return Batch(items=(item,), after=found, more=True)


@contextlib.contextmanager
def _at(step: str) -> Iterator[None]:
    """Let a fault say at which step of the exchange it came."""
    try:
        yield
    except PunteError as fault:
        fault.text = f"{step}: {fault.text}"
        raise


def _receipt_in(read: Answered, members: str) -> str | None:
    """Return the receipt that a document answers; ``None``: it names none. The hub says what else is wrong with it."""
    with contextlib.suppress(Rejected):
        found = at(opened(read.body), members)
        return found if found and len(found) <= MAX_RECEIPT and found.isprintable() else None
    return None
