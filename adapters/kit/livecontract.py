"""A partner's contract as it publishes it now: fetched from the partner itself, with everything that it names there.

Nothing comes from another host than the endpoint's own. What a document names elsewhere is left out: either it is a
standard, or reading the contract tells that it is missing.
"""

from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from lxml import etree

from adapters.kit.client import Client
from hub_core.directory import Endpoint
from hub_core.errors import PunteError, Rejected
from hub_core.validation import parse_xml
from hub_core.validation.limits import Limits

MAX_FILES: Final = 100
MAX_BYTES: Final = 20_000_000  # of all of them
LIMITS: Final = Limits(depth=100, parts=1_000_000, attributes=3_000_000, namespaces=200_000)
MAIN: Final = "contract.wsdl"
_NAMING: Final = {
    "{http://schemas.xmlsoap.org/wsdl/}import": "location",
    "{http://www.w3.org/2001/XMLSchema}import": "schemaLocation",
    "{http://www.w3.org/2001/XMLSchema}include": "schemaLocation",
    "{http://www.w3.org/2001/XMLSchema}redefine": "schemaLocation",
}


async def fetch_contract(name: str, endpoint: Endpoint, live: str, folder: Path) -> Path:
    """Fetch a contract into a folder and return its main file.

    Args:
        name: of the endpoint.
        endpoint: with ``url``; what it shows to the partner is shown here too.
        live: where the contract lies: a query behind ``url``, or a path on its host.
        folder: empty; gets every document under a name of its own.

    Raises:
        TryLater: D101 to D103, the partner does not answer. ConfigError: D105, or the endpoint cannot be called.
        Rejected: D201, D203, it does not give its contract, or what it gives is none.
    """
    client = Client(name, endpoint, max_answer_bytes=MAX_BYTES)
    try:
        return await _Fetching(client, endpoint.url or "", folder).run(live)
    finally:
        await client.close()


class _Fetching:
    """Follows what documents name."""

    def __init__(self, client: Client, url: str, folder: Path) -> None:
        self.client = client
        self.base = url
        self.folder = folder
        self.names: dict[str, str] = {}
        self.waiting: list[str] = []
        self.size = 0

    async def run(self, live: str) -> Path:
        self._named(urljoin(self.base, live), MAIN)
        while self.waiting:
            url = self.waiting.pop(0)
            root = await self._document(url)
            for node in root.iter(*_NAMING):
                self._place(node, url)
            (self.folder / self.names[url]).write_bytes(etree.tostring(root, encoding="utf-8"))
        return self.folder / MAIN

    def _named(self, url: str, name: str) -> str:
        if url not in self.names:
            if len(self.names) >= MAX_FILES:
                raise Rejected("D203", f"the partner's contract names more than {MAX_FILES} documents")
            self.names[url] = name
            self.waiting.append(url)
        return self.names[url]

    def _place(self, node: Any, url: str) -> None:
        attribute = _NAMING[node.tag]
        said = node.get(attribute)
        if not said:
            return
        there = urljoin(url, said.strip())
        if _host(there) != _host(self.base):
            del node.attrib[attribute]  # a standard of the catalogue needs no place
            return
        node.set(attribute, self._named(there, f"part{len(self.names)}.xsd"))

    async def _document(self, url: str) -> Any:
        answered = await self.client.get(url, {"accept": "text/xml, application/xml, application/wsdl+xml"})
        self.client.judge(answered)
        self.size += len(answered.body)
        if not answered.complete or self.size > MAX_BYTES:
            raise Rejected("D203", f"the partner's contract has more than {MAX_BYTES:,} bytes, or is compressed")
        try:
            return parse_xml(answered.body, limits=LIMITS)
        except PunteError as fault:
            raise Rejected("D203", f"what the partner gives as its contract cannot be read: {fault.code}") from fault


def _host(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()
