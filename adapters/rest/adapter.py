"""REST: JSON documents sent to the hub, canonical records delivered to webhooks."""

from typing import Final

from adapters.kit.base import BaseAdapter, json_document
from hub_core.directory import Direction, Endpoint
from hub_core.directory.wording import InBand
from hub_core.document import Document
from hub_core.ports import Capability, Field, Poller, Spec, Target
from hub_core.validation import parse_json

SPEC: Final = Spec(
    name="rest",
    sdk="1.0",
    summary='JSON in, webhooks out. A canonical record needs no mapping: {"beneficiary": {...}}.',
    kinds=("json",),
    media_types=frozenset({"application/json", "text/json", "application/vnd.punte.beneficiary+json"}),
    capabilities=(
        Capability(name="receive", direction=Direction.IN, description="Takes a document that is sent by POST."),
        Capability(name="fetch", direction=Direction.IN, description="Fetches a list page by page.", fetches=True),
        Capability(name="send", direction=Direction.OUT, description="Posts a record, or what a mapping wrote of it."),
    ),
    fields=(
        Field(name="contract.json_schema", description="JSON Schema of the documents, below schemas/."),
        Field(name="url", description="Address of the webhook, to send; of the list, to fetch."),
        Field(name="credentials", description="basic, bearer, header or client-credentials, to send and to fetch."),
        Field(name="message_id", description="header takes Idempotency-Key; or a path into the document."),
        Field(name="max_body_bytes", description="Larger bodies are refused before they are read."),
        Field(name="poll", description="every or cron; items, next and parameter say how the list is read."),
        Field(name="timeout", description="Of one call to the partner."),
        Field(name="timeout_of", description="Of the steps of a call: connect, tls, first_byte."),
    ),
    promises=(
        "A message is answered after it was kept and decided, 202 with its id. A delivery is one POST with the header "
        "Idempotency-Key, the same in every attempt: a partner that stores it sees every message once, one that does "
        "not may see it again after a lost answer. Any 2xx is a receipt, whatever its body. A list is "
        "fetched by GET, page by page; its documents are kept as they stand there, in one transaction with the place "
        "up to which it was read: none is lost, and one that is seen again (the same message_id, or the same bytes) "
        "changes nothing."
    ),
    idempotent=True,
    ordered=True,
)
CANONICAL: Final = "beneficiary"  # the one member of a body that holds a canonical record


class RestAdapter(BaseAdapter):
    """See ``SPEC``."""

    spec = SPEC

    def open(self, body: bytes, in_band: InBand | None = None) -> Document:  # noqa: ARG002 - the port's signature
        """Return the JSON value; a body ``{"beneficiary": {...}}`` is a canonical record.

        Raises:
            Rejected: B103 to B109.
        """
        value = parse_json(body)
        if isinstance(value, dict) and value.keys() == {CANONICAL} and isinstance(value[CANONICAL], dict):
            return Document(kind="json", root=value[CANONICAL], name=CANONICAL, dialect="CANONICAL")
        return json_document(value)

    def target(self, name: str, endpoint: Endpoint) -> Target:
        """Return the webhook of an ``OUT`` endpoint."""
        from adapters.rest.webhook import Webhook  # the HTTP client takes 0.2 s to import

        return Webhook(name, endpoint)

    def poller(self, name: str, endpoint: Endpoint) -> Poller:
        """Return what fetches the list of an endpoint with ``poll``."""
        from adapters.rest.listing import Listing  # the HTTP client takes 0.2 s to import

        return Listing(name, endpoint)
