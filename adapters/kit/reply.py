"""What a front says: an answer, a trouble, and how one protocol words them."""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, Protocol

import msgspec

from adapters.kit.multipart import Part
from hub_core.codes import entry_of
from hub_core.directory import Endpoint
from hub_core.errors import PunteError, Refused, Rejected, TryLater
from hub_core.message import Caller, Finding, Outcome, Severity
from hub_core.ports import Send, Services

WAIT: Final = timedelta(seconds=5)  # told to a caller where the cause names no time
# Whoever is told this leaves: the hub stops, or was waited for long enough.
_LAST: Final = frozenset({"B408", "W503"})

_STATUS: Final = ((TryLater, 503), (Refused, 403), (Rejected, 422), (PunteError, 500))

# Answers are for the caller alone and are nothing but what they say they are.
SAFE: Final = (("cache-control", "no-store"), ("x-content-type-options", "nosniff"))
_SAFE: Final = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in SAFE)


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP answer."""

    status: int
    media_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Why a call is not served.

    Attributes:
        status: HTTP status, for protocols that use all of them.
        after: when to try again; ``None`` where trying again is no use.
    """

    code: str
    text: str
    reference: str
    status: int
    findings: tuple[Finding, ...] = ()
    after: timedelta | None = None

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The HTTP headers that the trouble calls for, in any protocol."""
        found: list[tuple[str, str]] = []
        if self.status == 401:  # noqa: PLR2004 - RFC 9110, section 15.5.2 asks for a challenge
            found.append(("www-authenticate", 'Basic realm="punte", charset="UTF-8"'))
        if self.status == 405:  # noqa: PLR2004 - RFC 9110, section 15.5.6
            found.append(("allow", "POST"))
        if self.after is not None:
            found.append(("retry-after", str(max(1, math.ceil(self.after.total_seconds())))))
        if self.code in _LAST:
            found.append(("connection", "close"))
        return tuple(found)


class Voice(Protocol):
    """How one protocol takes messages and words its answers."""

    def proves(self, name: str, endpoint: Endpoint) -> bool:
        """Say whether a message of this endpoint proves itself who sent it, so that no key is asked for."""
        return False

    def admit(self, endpoint: Endpoint, headers: Mapping[str, str]) -> None:
        """Check what the protocol says in its headers.

        Raises:
            Rejected: they contradict the endpoint.
        """
        ...

    def files(self, name: str, endpoint: Endpoint) -> bool:
        """Say whether large parts of the messages of this endpoint may lie in files of their own."""
        return False

    def take(
        self,
        name: str,
        endpoint: Endpoint,
        headers: Mapping[str, str],
        body: bytes,
        parts: Sequence[Part] | None,
    ) -> bytes:
        """Return what is kept of a body, once it has proved what it must; may take long, and not in the event loop.

        Args:
            name: of the endpoint.
            endpoint: that it came to.
            headers: of the call.
            body: as it came; where it came in parts, the root.
            parts: the others; ``None``: it did not come in parts.

        Raises:
            Refused: it does not. Rejected: it cannot be read.
        """
        return body

    def contract(self, endpoint: Endpoint, address: str) -> Reply | None:
        """Return what callers read of an endpoint before they call its ``address``; ``None``: nothing."""
        return None

    async def answer(
        self,
        endpoint: Endpoint,
        services: Services,
        *,
        caller: Caller,
        purpose: str | None,
        headers: Mapping[str, str],
        body: bytes,
    ) -> tuple[Reply, str] | None:
        """Return the answer to a question, and its reference; ``None`` where the message is none, and is to be kept.

        Raises:
            PunteError: as ``Services.ask``, and what speaks against the question.
        """
        return None

    def receipt(self, endpoint: Endpoint, outcome: Outcome, *, headers: Mapping[str, str], body: bytes) -> Reply:
        """Word that a message was accepted; ``headers`` and ``body`` are those of the call."""
        ...

    def refusal(self, trouble: Trouble, *, headers: Mapping[str, str], body: bytes) -> Reply:
        """Word why a call is not served; ``body`` is empty where it was not read."""
        ...


def trouble_of(error: PunteError, reference: str) -> Trouble:
    """Return what to tell about an error."""
    status = entry_of(error.code).status
    if status is None:
        status = next(status for kind, status in _STATUS if isinstance(error, kind))
    return Trouble(
        code=error.code,
        text=error.text,
        reference=reference,
        status=status,
        findings=error.findings,
        after=(error.after or WAIT) if isinstance(error, TryLater) else None,
    )


def trouble_in(outcome: Outcome) -> Trouble:
    """Return what to tell about a message that was kept and refused: its first error."""
    errors = [finding for finding in outcome.findings if finding.severity is Severity.ERROR]
    first = errors[0] if errors else outcome.findings[0]
    return Trouble(
        code=first.code,
        text=first.text,
        reference=outcome.message_id,
        status=entry_of(first.code).status or 422,
        findings=outcome.findings,
    )


def headers_in(reply: Reply, reference: str) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer as they go over the wire."""
    return [
        (b"content-type", reply.media_type.encode("latin-1")),
        (b"content-length", b"%d" % len(reply.body)),
        (b"punte-reference", reference.encode("latin-1")),
        *_SAFE,
        *[(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers],
    ]


async def send_reply(send: Send, reply: Reply, reference: str) -> None:
    """Send an answer with its reference."""
    await send({"type": "http.response.start", "status": reply.status, "headers": headers_in(reply, reference)})
    await send({"type": "http.response.body", "body": reply.body})
