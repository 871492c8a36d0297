"""Adapters, and what the hub gives to them."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol, runtime_checkable

import msgspec

from hub_core.attachments.folder import Folder
from hub_core.directory import Directory, Endpoint
from hub_core.directory.wording import InBand
from hub_core.document import Document
from hub_core.message import Arrival, Caller, Finding, Outcome
from hub_core.ports.exchange import Asked, Found, Source, Target
from hub_core.ports.spec import Spec

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class Place(Protocol):
    """What one call holds of the room that there is, from its headers to its answer."""

    def holds(self, size: int) -> None:
        """Say how many bytes of the body have come.

        Raises:
            TryLater: W429, W510: there is no room for more than was said before.
        """
        ...


class Line(NamedTuple):
    """What a connection says of who calls, whatever its requests say.

    Attributes:
        address: of the other side; empty where there is none.
        certificate: in DER form, that the other side showed when the connection was made; ``None``: none.
    """

    address: str = ""
    certificate: bytes | None = None


class Services(Protocol):
    """What the hub gives to an adapter's front."""

    def directory(self) -> Directory:
        """Return the registry set in force."""
        ...

    def authenticate(self, headers: Mapping[str, str], line: Line) -> Caller:
        """Return who calls: by a certificate, or by the headers ``punte-key`` or ``authorization: Basic``.

        Args:
            headers: by lower-case name.
            line: what the connection says.

        Raises:
            Refused: A401, A417 to A421.
        """
        ...

    def certified(self, headers: Mapping[str, str], line: Line) -> Caller | None:
        """Return who calls by the certificate that was shown; ``None``: none was, or it is nobody's.

        Raises:
            Refused: A418 to A420.
        """
        ...

    def admit(self, caller: Caller, size: int) -> AbstractContextManager[Place]:
        """Hold room for a call with a body of ``size`` bytes, 0 where that is not known, until it is answered.

        Raises:
            TryLater: W429, W503, W510; see ``hub_core.accepting.admission``.
        """
        ...

    async def accept(self, arrival: Arrival) -> Outcome:
        """Run the whole flow for one arrival; see ``hub_core.accepting.hub``. Returns after COMMIT.

        An outcome with ``State.REFUSED`` was kept with its findings: answer with its first error.

        Raises:
            Refused: no access right; a refusal without body was kept.
            Rejected: J409.
            TryLater: nothing was accepted.
        """
        ...

    async def ask(self, asked: Asked) -> Found:
        """Ask the sources of a query, and return what they say as a document; see ``hub_core.asking.answering``."""
        ...

    def attachments(self) -> Folder:
        """Return where large contents lie."""
        ...

    def public_address(self) -> str:
        """Return the address under which callers reach the hub, without a slash at its end."""
        ...

    async def turn_away(self, *, endpoint: str, code: str, party: str | None = None) -> str:
        """Keep a bounded note of a refused call and return the reference to answer with."""
        ...


class Part(msgspec.Struct, frozen=True):
    """One row of a file: its line, from 1, and the bytes that it is kept as.

    Attributes:
        key: what tells it from every other row of such files, where their description says so.
    """

    line: int
    body: bytes
    key: str | None = None


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is whole.

    Attributes:
        document: what it is, for people.
        count: of its parts.
        parts: in the order of the file.
        media_type: of the bytes of a part.
        findings: about the file; none of them refuses it.
    """

    document: str
    count: int
    parts: Iterator[Part]
    media_type: str
    findings: tuple[Finding, ...] = ()


@runtime_checkable
class Splits(Protocol):
    """What an adapter has, besides, whose bodies are files of many documents."""

    def split(self, endpoint: Endpoint, body: bytes) -> Split:
        """Cut a file into parts that ``Adapter.open`` opens; pure, and called outside of the event loop.

        Raises:
            Rejected: the file as a whole is refused.
        """
        ...


class Adapter(Protocol):
    """How bytes of one protocol travel. Found by the entry point group ``punte.adapters``."""

    @property
    def spec(self) -> Spec:
        """What the adapter is and can."""
        ...

    def open(self, body: bytes, in_band: InBand | None = None) -> Document:
        """Parse and unwrap; pure, so that replay, ``why`` and ``read`` see what the live flow saw.

        Args:
            body: as it was kept.
            in_band: what its endpoint says about its documents.

        Raises:
            Rejected: a code of family B or V, with line and column where they are known.
        """
        ...

    def check(self, name: str, endpoint: Endpoint) -> None:
        """Check an endpoint at registration, reading its contract.

        Raises:
            ConfigError: what is wrong, and the mend.
        """
        ...

    def validate(self, endpoint: Endpoint, document: Document) -> list[Finding]:
        """Validate a document against the endpoint's contract; returns findings, empty if it is valid."""
        ...

    def front(self, services: Services) -> AsgiApp:
        """Return the ASGI app that serves this adapter's inbound endpoints below ``/<adapter>/<endpoint>``."""
        ...

    def target(self, name: str, endpoint: Endpoint) -> Target:
        """Return the target of an ``OUT`` endpoint.

        Raises:
            ConfigError: the adapter has no outbound side.
        """
        ...

    def source(self, name: str, endpoint: Endpoint) -> Source:
        """Return the source of an ``ASK`` endpoint.

        Raises:
            ConfigError: the adapter cannot ask.
        """
        ...
