"""REST: JSON documents sent to the hub, canonical records delivered to webhooks."""

from typing import Any, Final

from adapters.kit.contracts import Contracts
from adapters.kit.front import front
from adapters.kit.json_voice import JsonVoice
from hub_core.directory import Direction, Endpoint
from hub_core.document import Document
from hub_core.errors import ConfigError
from hub_core.message import Finding
from hub_core.ports import AsgiApp, Poller, Services, Setting, Source, Spec, Target
from hub_core.validation import JsonSchema, load_json_schema, parse_json
from hub_core.wording import InBand

SPEC: Final = Spec(
    name="rest",
    summary='JSON in, webhooks out. A canonical record needs no mapping: {"beneficiary": {...}}.',
    kinds=("json",),
    media_types=frozenset({"application/json", "text/json", "application/vnd.punte.beneficiary+json"}),
    directions=(Direction.IN, Direction.OUT),
    settings=(
        Setting(name="contract.json_schema", description="JSON Schema of the documents, below schemas/."),
        Setting(name="url", description="Address of the webhook, to send; of the list, to fetch."),
        Setting(name="credentials", description="basic, bearer or header, to send and to fetch."),
        Setting(name="message_id", description="header takes Idempotency-Key; or a path into the document."),
        Setting(name="max_body_bytes", description="Larger bodies are refused before they are read."),
        Setting(name="poll", description="every or cron; items, next and parameter say how the list is read."),
        Setting(name="timeout", description="Of one call to the partner."),
        Setting(name="timeout_of", description="Of the steps of a call: connect, tls, first_byte."),
    ),
    promises=(
        "A message is answered after it was kept and decided, 202 with its id. A delivery is one POST with the header "
        "Idempotency-Key, the same in every attempt: a partner that stores it sees every message once, one that does "
        "not may see it again after a lost answer. Any 2xx is a receipt, whatever its body. A list is "
        "fetched by GET, page by page; its documents are kept as they stand there, in one transaction with the place "
        "up to which it was read: none is lost, and one that is seen again (the same message_id, or the same bytes) "
        "changes nothing."
    ),
    polls=True,
)
CANONICAL: Final = "beneficiary"  # the one member of a body that holds a canonical record


class RestAdapter:
    """See ``SPEC``."""

    def __init__(self) -> None:
        self._schemas: Contracts[JsonSchema] = Contracts(load_json_schema, field="json_schema")

    @property
    def spec(self) -> Spec:
        """What the adapter is and can."""
        return SPEC

    def open(self, body: bytes, in_band: InBand | None = None) -> Document:  # noqa: ARG002 - the port's signature
        """Return the JSON value; a body ``{"beneficiary": {...}}`` is a canonical record.

        Raises:
            Rejected: B103 to B109.
        """
        value = parse_json(body)
        if isinstance(value, dict) and value.keys() == {CANONICAL} and isinstance(value[CANONICAL], dict):
            return Document(kind="json", root=value[CANONICAL], name=CANONICAL, dialect="CANONICAL")
        return Document(kind="json", root=value, name=_name(value), dialect="JSON")

    def check(self, name: str, endpoint: Endpoint) -> None:
        """Check an endpoint at registration; see ``hub_core.ports.Adapter``."""
        if endpoint.direction is Direction.ASK:
            raise _cannot_ask(name)
        if endpoint.direction is Direction.OUT and endpoint.url is None:
            raise ConfigError("R103", "a webhook needs an address", where="url", mend="add url: https://...")
        if endpoint.contract is not None and endpoint.contract.json_schema is not None:
            self._schemas.read_again(endpoint.contract.json_schema)

    def validate(self, endpoint: Endpoint, document: Document) -> list[Finding]:
        """Validate against the JSON Schema of the contract, where there is one."""
        contract = endpoint.contract
        if contract is None or contract.json_schema is None:
            return []
        return self._schemas.get(contract.json_schema).faults(document.root)

    def front(self, services: Services) -> AsgiApp:
        """Return the app for ``/rest/<endpoint>``."""
        return front(SPEC, JsonVoice(), services)

    def target(self, name: str, endpoint: Endpoint) -> Target:
        """Return the webhook of an ``OUT`` endpoint."""
        from adapters.rest.webhook import Webhook  # the HTTP client takes 0.2 s to import

        return Webhook(name, endpoint)

    def poller(self, name: str, endpoint: Endpoint) -> Poller:
        """Return what fetches the list of an endpoint with ``poll``."""
        from adapters.rest.listing import Listing  # the HTTP client takes 0.2 s to import

        return Listing(name, endpoint)

    def source(self, name: str, endpoint: Endpoint) -> Source:  # noqa: ARG002 - the port's signature
        """Raise ConfigError: a webhook is not asked."""
        raise _cannot_ask(name)


def _name(value: Any) -> str:
    """Return what a document calls itself, for people; only if that looks like a name."""
    for key in ("type", "document"):
        name = value.get(key) if isinstance(value, dict) else None
        if isinstance(name, str) and name.isascii() and name.replace("-", "").replace("_", "").isalnum():
            return name[:64]
    return "document"


def _cannot_ask(name: str) -> ConfigError:
    return ConfigError(
        "R104", f"{name}: the adapter rest cannot ask", where="direction", mend="write direction: in, or out"
    )
