"""What is registered, as one immutable value: institutions, endpoints, routes, access rights, queries.

The package ``registry`` reads it from YAML, checks and stores it; the engine only looks things up here.
One ``Directory`` is one registry set: a message is handled by exactly one, whose number it keeps.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from msgspec import Meta

from hub_core.directory.credentials import CallerCertificate, ClientCertificate, Credentials, Security, Struct
from hub_core.directory.policy import Breaker, Collect, OpeningHours, Retry, Steps
from hub_core.directory.polled import Poll
from hub_core.directory.wording import Answer, InBand

DEFAULT_MAX_BODY_BYTES = 10_000_000
DEFAULT_MAX_ATTACHMENT_BYTES = 100_000_000
LIVE = r"^([?]|/(?!/))[!-~]*$"  # never another host
RATE = r"^[1-9][0-9]{0,5}/(s|min|h)$"


class Institution(Struct, frozen=True, kw_only=True):
    """Someone who is connected.

    Attributes:
        name: full name, for people.
        country: ISO 3166-1 alpha-2.
        certificates: that it shows when it calls, instead of a key; several while one takes over from another.
    """

    name: str
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] = "RO"
    identifiers: Annotated[dict[str, str], Meta(description="Other ids, such as eessi: RO:10000.")] = {}  # noqa: RUF012 - frozen, its base stands elsewhere
    certificates: tuple[CallerCertificate, ...] = ()


class Direction(StrEnum):
    """``IN`` partners send to the hub; ``OUT`` the hub delivers; ``ASK`` the hub asks and gets an answer."""

    IN = "in"
    OUT = "out"
    ASK = "ask"


class Contract(Struct, frozen=True, kw_only=True):
    """The partner's contract: files below ``schemas/``, or ``./file`` beside the registry file.

    Attributes:
        wsdl: WSDL of the service.
        json_schema: JSON Schema of the documents.
        rows: description of a flat file, below ``schemas/``.
        live: where the partner publishes the WSDL: ``?wsdl`` behind ``url``, or a path on its host; once a day it is
            held against the one in force.
    """

    wsdl: str | None = None
    operation: Annotated[str | None, Meta(description="Operation of the WSDL.")] = None
    xsd: Annotated[str | None, Meta(description="XSD of the document inside a string, where there is one.")] = None
    json_schema: str | None = None
    rows: str | None = None
    live: Annotated[str, Meta(pattern=LIVE, examples=["?wsdl"])] | None = None


class Endpoint(Struct, frozen=True, kw_only=True):
    """One place where messages come in or go out.

    Attributes:
        institution: whose it is.
        direction: ``in``: they send to us; ``out``: we deliver; ``ask``: we ask and they answer.
        adapter: how the bytes travel.
        service: what the messages are about; access rights, routes and queries name it.
        url: address of the partner, or ``env:NAME`` for one that differs from machine to machine.
        contract: what messages are checked against.
        mappings: ids (``cnas.insured-person/1``) that may read what comes in; empty: every one of the
            adapter's kind. Which one reads a document is decided by its content.
        message_id: where the sender's own id stands: ``header`` (``Idempotency-Key``), ``wsa``
            (``wsa:MessageID``) or a path into the document. ``None``: each arrival is a new message.
        answers: by operation of the contract, how callers are answered in its own words; left out: with a receipt of
            the hub.
        writes: id of the mapping that writes what the partner of an ``OUT`` endpoint gets; left out: the canonical
            record.
        ask: parameters of the request of an ``ASK`` endpoint: name of a part or element, and a template in which
            ``{cnp}``, ``{date}``, ``{year}``, ``{month}``, ``{request}``, ``{purpose}`` are filled in; at an ``OUT``
            endpoint ``{record}``, ``{key}``, ``{message}`` and the like, and with ``writes`` the ``{document}``.
        header: templates as in ``ask``, for the header blocks that a contract binds to the request: name of the element
            of a block, or path inside it (``Session/Token``); ``{user}`` and ``{secret}`` are those of credentials of
            kind ``block``.
        in_band: what the partner says inside of its documents: the document in a text, and whether a request went well.
        max_body_bytes: larger bodies are refused before they are read.
        max_attachment_bytes: what the attachments of one message may hold that go to files of their own, beside
            ``max_body_bytes``; 0: none does.
        credentials: how the hub shows itself to the partner; ``in``: the user name token that a message must hold.
        security: WS-Security, beside ``credentials``.
        wsa: requests carry the headers of WS-Addressing: MessageID, To, Action, ReplyTo.
        mtom: binary contents of requests travel as parts of their own (MTOM); what comes in may do so in any case.
        tls: the certificate that the hub shows to the partner's server, and how it knows that server.
        timeout: of one call to the partner, from the first byte out to the last byte in.
        timeout_of: of the steps of a call; none is longer than ``timeout``.
        retry: of deliveries.
        breaker: when an endpoint that fails is left alone for a while.
        concurrency: most deliveries under way at once; left out: ``PUNTE_PER_ENDPOINT``.
        rate: most deliveries that begin, such as ``10/s``, ``90/min``, ``500/h``; left out: any number.
        opening: when deliveries may begin; left out: always.
        in_doubt: what follows when the answer was lost. ``resend``: the same key is sent again; ``hold``: a person
            says whether the partner has it, for partners that would do the same thing twice.
        settings: of the adapter's own, as its page among the adapters describes them.
        collect: when a file is written, at an ``OUT`` endpoint whose partner takes files of many messages.
        poll: how a list is fetched from ``url``, where the partner does not send by itself.
        parked: what a delivery that was given up means for the later ones of its order key. ``pass``: they go on;
            ``hold``: they wait for it.
    """

    institution: str
    direction: Direction
    adapter: str
    service: str
    url: str | None = None
    contract: Contract | None = None
    mappings: tuple[str, ...] = ()
    message_id: str | None = None
    answers: dict[str, Answer] = {}  # noqa: RUF012 - frozen, its base stands elsewhere
    writes: str | None = None
    ask: dict[str, str] = {}  # noqa: RUF012 - same
    header: dict[str, str] = {}  # noqa: RUF012 - same
    credentials: Credentials | None = None
    security: Security | None = None
    wsa: bool = False
    mtom: bool = False
    in_band: InBand | None = None
    tls: ClientCertificate | None = None
    max_body_bytes: Annotated[int, Meta(ge=1)] = DEFAULT_MAX_BODY_BYTES
    max_attachment_bytes: Annotated[int, Meta(ge=0)] = DEFAULT_MAX_ATTACHMENT_BYTES
    timeout: timedelta = timedelta(seconds=30)
    timeout_of: "Steps | None" = None
    retry: "Retry | None" = None
    breaker: "Breaker | None" = None
    concurrency: Annotated[int, Meta(ge=1)] | None = None
    rate: Annotated[str, Meta(pattern=RATE, examples=["10/s"])] | None = None
    opening: "OpeningHours | None" = None
    in_doubt: Literal["resend", "hold"] = "resend"
    parked: Literal["pass", "hold"] = "pass"
    settings: dict[str, Any] = {}  # noqa: RUF012 - same
    poll: Poll | None = None
    collect: Collect | None = None


class Condition(Struct, frozen=True, kw_only=True):
    """A test on one canonical path; exactly one of the tests is set. A path into a list asks for any element.

    Attributes:
        at: canonical path.
        equals: the value is this text.
        one_of: the value is one of these texts.
        present: there is a value, or there is none.
    """

    at: str
    equals: str | None = None
    one_of: tuple[str, ...] = ()
    present: bool | None = None


class Route(Struct, frozen=True, kw_only=True):
    """Which messages go where.

    Attributes:
        services: services whose messages the route looks at; empty: all.
        when: all must hold.
        to: outbound endpoints; the message fans out to each.
        order_by: canonical path whose value keeps messages in order per target; ``None``: any order.
    """

    services: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    to: tuple[str, ...]
    order_by: str | None = None


class Access(Struct, frozen=True, kw_only=True):
    """One right: this institution may call this service for these purposes.

    Attributes:
        institution: who may call.
        service: what.
        purposes: one of them must be named in the header ``Punte-Purpose``.
        fixed_purpose: is taken for callers that cannot send the header.
    """

    institution: str
    service: str
    purposes: tuple[str, ...]
    fixed_purpose: str | None = None


class Query(Struct, frozen=True, kw_only=True):
    """A question about one person that several sources answer.

    Attributes:
        service: what a caller needs an access right to.
        sources: ``ASK`` endpoints, asked in parallel.
        deadline: for all of them together.
        precedence: canonical field (``name``, ``birth.date``, ...; ``*`` for every other) to the sources whose
            word counts, best first.
    """

    service: str
    sources: tuple[str, ...]
    deadline: timedelta = timedelta(seconds=5)
    precedence: dict[str, tuple[str, ...]] = {}  # noqa: RUF012 - same


class Directory(Struct, frozen=True, kw_only=True, dict=True):
    """One registry set; what every message asks of it is found without looking through it."""

    number: int = 0
    institutions: Mapping[str, Institution] = {}
    endpoints: Mapping[str, Endpoint] = {}
    routes: Mapping[str, Route] = {}
    access: Mapping[str, Access] = {}
    queries: Mapping[str, Query] = {}

    def rights(self, institution: str, service: str) -> Sequence[Access]:
        """Return the rights of an institution to call a service, in the order of the registry."""
        return self._rights.get((institution, service), ())

    def listening(self, service: str) -> Mapping[str, Route]:
        """Return the routes that look at messages of a service, in the order of the registry."""
        found = self._listening.get(service)
        return self._listening[""] if found is None else found

    @cached_property
    def _rights(self) -> dict[tuple[str, str], list[Access]]:
        found: dict[tuple[str, str], list[Access]] = {}
        for right in self.access.values():
            found.setdefault((right.institution, right.service), []).append(right)
        return found

    @cached_property
    def _listening(self) -> dict[str, dict[str, Route]]:
        """Routes by service; those of a service that none names are those that look at all."""
        found: dict[str, dict[str, Route]] = {"": {}}
        for service in {service for route in self.routes.values() for service in route.services}:
            found[service] = {}
        for name, route in self.routes.items():
            for service in route.services or found:
                found[service][name] = route
        return found
