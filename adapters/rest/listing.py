"""A list in JSON that is fetched page by page: one GET per page, each element a document."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec

from adapters.kit.client import Client
from hub_core.directory import Endpoint
from hub_core.directory.polled import Poll
from hub_core.errors import Rejected
from hub_core.ports import Batch, Item
from hub_core.ports.schedule import MAX_POSITION
from hub_core.validation import parse_json

MAX_ITEMS: Final = 1_000
_CODE: Final = "D203"


class Listing:
    """Fetches from one address. The position is the cursor that the last page named, or the address of the next."""

    def __init__(self, name: str, endpoint: Endpoint) -> None:
        self._name = name
        self._url = endpoint.url or ""
        self._poll = endpoint.poll or Poll()
        self._client = Client(name, endpoint, max_answer_bytes=endpoint.max_body_bytes)

    async def poll(self, position: str | None) -> Batch:
        """Fetch the page behind a position; see ``hub_core.ports.Poller``."""
        answered = await self._client.get(self._address(position), {"accept": "application/json"})
        self._client.judge(answered)
        if not answered.complete:
            raise self._no_list("larger than max_body_bytes, or compressed")
        page = parse_json(answered.body)
        # Each document is kept as its bytes stand in the page, not as somebody would write them anew.
        items = tuple(Item(body=bytes(raw), media_type="application/json") for raw in self._items(answered.body))
        following = self._following(_at(page, self._poll.next))
        after = position or "" if following is None else following
        return Batch(items=items, after=after, more=bool(items) and after != position)

    async def close(self) -> None:
        """Give connections back."""
        await self._client.close()

    def _address(self, position: str | None) -> str:
        if not position:
            return self._url
        if self._poll.parameter is None:
            return self._own(position)
        joint = "&" if urlsplit(self._url).query else "?"
        return f"{self._url}{joint}{urlencode({self._poll.parameter: position})}"

    def _items(self, body: bytes) -> list[msgspec.Raw]:
        found = msgspec.Raw(body)
        try:
            for step in (self._poll.items or "").split(".") if self._poll.items else ():
                found = msgspec.json.decode(found, type=dict[str, msgspec.Raw])[step]
            items = msgspec.json.decode(found, type=list[msgspec.Raw])
        except (msgspec.DecodeError, KeyError) as error:
            raise self._no_list("there is no list where poll.items says") from error
        if len(items) > MAX_ITEMS:
            raise self._no_list(f"a page has at most {MAX_ITEMS:,} elements")
        return items

    def _following(self, value: Any) -> str | None:
        """Return the position of the next page; ``None``: this is the last one, so far."""
        if value is None or value == "":
            return None
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if not text or not text.isprintable():
            raise self._no_list("poll.next names nothing that could be a position")
        following = text if self._poll.parameter is not None else self._own(text)
        if len(following) > MAX_POSITION:
            raise self._no_list(f"a position has at most {MAX_POSITION} characters")
        return following

    def _own(self, link: str) -> str:
        """Return the address that a link means; one that leads to somebody else is not followed."""
        try:
            address = urljoin(self._url, link)
            there, here = urlsplit(address), urlsplit(self._url)
            same = (there.scheme, there.netloc, there.port) == (here.scheme, here.netloc, here.port)
        except ValueError:
            same = False
        if not same:
            raise self._no_list("the link to the next page leads elsewhere")
        return address

    def _no_list(self, why: str) -> Rejected:
        return Rejected(_CODE, why, where=self._name)


def _at(page: Any, path: str | None) -> Any:
    """Return the value at a path of members; ``None`` where there is none."""
    for step in path.split(".") if path else ():
        page = page.get(step) if isinstance(page, Mapping) else None
    return page if path else None
