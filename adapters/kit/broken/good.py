"""The adapter that breaks nothing, and how the others are made of it."""

from typing import Any, ClassVar, Final

import msgspec

from adapters.kit.answered import Answered
from adapters.kit.base import BaseAdapter
from adapters.kit.client import Client
from adapters.kit.sending import content
from hub_core.directory import Direction, Endpoint
from hub_core.directory.credentials import SecretReference
from hub_core.errors import Rejected
from hub_core.message import Receipt
from hub_core.ports import Batch, Capability, Field, Item, Poller, Sent, Spec, Target
from hub_core.security.secrets import resolve

BROKEN: Final[dict[str, tuple[type["Good"], str]]] = {}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What stands below ``settings:`` of an endpoint.

    Attributes:
        token: shown to the partner with every call.
    """

    token: SecretReference | None = None


SPEC: Final = Spec(
    name="broken",
    sdk="1.0",
    summary="JSON in, JSON out, lists.",
    kinds=("json",),
    media_types=frozenset({"application/json"}),
    capabilities=(
        Capability(name="receive", direction=Direction.IN, description="Takes a document."),
        Capability(name="fetch", direction=Direction.IN, description="Fetches a list.", fetches=True),
        Capability(name="send", direction=Direction.OUT, description="Posts a record."),
    ),
    fields=(Field(name="url", description="Address of the partner."),),
    settings=Settings,
    promises="A delivery is one POST with the header Idempotency-Key, the same in every attempt; id 0 is no receipt.",
)


class Good(BaseAdapter):
    """Breaks nothing."""

    spec = SPEC
    sending: ClassVar[type["Sending"]]
    fetching: ClassVar[type["Fetching"]]

    def target(self, name: str, endpoint: Endpoint) -> Target:
        """Return what sends."""
        if endpoint.direction is not Direction.OUT:
            raise self.spec.cannot(endpoint.direction)
        return self.sending(name, endpoint, self.settings(endpoint, Settings))

    def poller(self, name: str, endpoint: Endpoint) -> Poller:
        """Return what fetches."""
        return self.fetching(name, endpoint, self.settings(endpoint, Settings))


class Side:
    """What both sides of a partner have."""

    def __init__(self, name: str, endpoint: Endpoint, settings: Settings) -> None:
        self.name, self.url, self.endpoint, self.own = name, endpoint.url or "", endpoint, settings
        self.client = Client(name, endpoint, max_answer_bytes=endpoint.max_body_bytes)

    def headers(self) -> dict[str, str]:
        """Return what shows the partner who calls."""
        return {} if self.own.token is None else {"x-token": resolve(self.own.token).reveal()}

    def text_at(self, answered: Answered, member: str) -> str:
        """Return what a member of an answer says; empty if it is not there."""
        try:
            found = msgspec.json.decode(answered.body, type=dict[str, Any]).get(member)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Rejected("D203", "no document", where=self.name) from error
        if not answered.complete:
            raise Rejected("D203", "half a document", where=self.name)
        return str(found or "")

    async def close(self) -> None:
        """Give connections back."""
        await self.client.close()


class Sending(Side):
    """Sends as it should."""

    async def send(self, sent: Sent) -> Receipt:
        """Send one message."""
        answered = await self.call(*content(sent))
        self.client.judge(answered)
        return Receipt(reference=self.receipt(answered))

    def receipt(self, answered: Answered) -> str:
        """Return the partner's number for the message; 0 stands for nothing that was taken."""
        found = self.text_at(answered, "id")
        if found in ("", "0"):
            raise Rejected("D201", "nothing was taken", where=self.name)
        return found

    async def call(self, body: bytes, headers: dict[str, str]) -> Answered:
        """Make the request."""
        return await self.client.post(body, headers | self.headers())


class Fetching(Side):
    """Fetches as it should: each page holds its items and the place of the next one."""

    async def poll(self, position: str | None) -> Batch:
        """Fetch the page behind a position."""
        answered = await self.get(f"{self.url}?after={position or ''}")
        try:
            page = msgspec.json.decode(answered.body, type=dict[str, Any])
            items, after = [msgspec.json.encode(item) for item in page["items"]], str(page["next"])
        except (msgspec.DecodeError, KeyError, TypeError) as error:
            raise Rejected("D203", "no list", where=self.name) from error
        return Batch(items=self.items(items), after=after, more=bool(items))

    async def get(self, url: str) -> Answered:
        """Make one request."""
        answered = await self.client.get(url, self.headers())
        self.client.judge(answered)
        return answered

    def items(self, bodies: list[bytes]) -> tuple[Item, ...]:
        """Return the documents of a page."""
        return tuple(Item(body=body) for body in bodies)


class Queueing(Fetching):
    """Takes one document after the other from a queue: what stands at its head is committed once it is kept."""

    async def poll(self, position: str | None) -> Batch:
        """Commit what is kept, read what stands at the head."""
        if position:
            await self.commit(position)
        found = self.text_at(await self.get(self.url), "id")
        if not found:
            return Batch(items=(), after="")
        if found == position:
            raise Rejected("D203", "what was committed stands at the head again", where=self.name)
        return Batch(items=self.item(found, await self.read(found)), after=found, more=True)

    async def read(self, found: str) -> Answered:
        """Read a document."""
        return await self.get(f"{self.url}/{found}")

    def item(self, found: str, read: Answered) -> tuple[Item, ...]:
        """Return a document that was read."""
        return (Item(body=read.body, sender_id=found, answers=self.text_at(read, "answers") or None),)

    async def commit(self, position: str) -> None:
        """Take what was read from the queue; what is gone was taken before."""
        done = await self.client.call("POST", f"{self.url}/{position}", None, self.headers())
        if done.status not in (404, 410):
            self.client.judge(done)


class GoodQueue(Good):
    """Breaks nothing either."""

    fetching = Queueing


Good.sending, Good.fetching = Sending, Fetching


def breaks(promise: str, good: type[Good] = Good, /, **parts: Any) -> None:
    """Note an adapter that breaks a promise, by the name of the test that finds it; else it is as a good one."""
    name = "".join(word.capitalize() for word in promise.split("_"))
    known = sum(found == promise for _, found in BROKEN.values())
    BROKEN[f"{promise}_{known + 1}"] = type(name, (good,), parts), promise
