"""EESSI: structured electronic documents (SEDs) as JSON, sent to the hub."""

from typing import Final

from adapters.eessi.sed import open_sed
from adapters.kit.contracts import Contracts
from adapters.kit.front import front
from adapters.kit.json_voice import JsonVoice
from hub_core.directory import Direction, Endpoint
from hub_core.document import Document
from hub_core.errors import ConfigError
from hub_core.message import Finding
from hub_core.ports import AsgiApp, Services, Setting, Source, Spec, Target
from hub_core.validation import JsonSchema, load_json_schema
from hub_core.wording import InBand

SPEC: Final = Spec(
    name="eessi",
    summary="SEDs as JSON in the forms NATIVE, NAV and NEESSI, told apart by their content.",
    kinds=("json",),
    media_types=frozenset({"application/json", "text/json"}),
    directions=(Direction.IN,),
    settings=(
        Setting(name="contract.json_schema", description="JSON Schema of the SEDs, below schemas/; none is public."),
        Setting(name="message_id", description="header takes Idempotency-Key; or a path into the document."),
        Setting(name="max_body_bytes", description="Larger bodies are refused before they are read."),
    ),
    promises=(
        "A SED is answered after it was kept and decided, 202 with its message id. The forms are told apart by "
        "content alone. Attachments are not unpacked. The hub does not speak to an access point by itself."
    ),
)


class EessiAdapter:
    """See ``SPEC``."""

    def __init__(self) -> None:
        self._schemas: Contracts[JsonSchema] = Contracts(load_json_schema, field="json_schema")

    @property
    def spec(self) -> Spec:
        """What the adapter is and can."""
        return SPEC

    def open(self, body: bytes, in_band: InBand | None = None) -> Document:  # noqa: ARG002 - the port's signature
        """Parse and recognise; see ``sed.open_sed``."""
        return open_sed(body)

    def check(self, name: str, endpoint: Endpoint) -> None:
        """Check an endpoint at registration; see ``hub_core.ports.Adapter``."""
        if endpoint.direction is not Direction.IN:
            raise _only_in(name)
        if endpoint.contract is not None and endpoint.contract.json_schema is not None:
            self._schemas.read_again(endpoint.contract.json_schema)

    def validate(self, endpoint: Endpoint, document: Document) -> list[Finding]:
        """Validate against the JSON Schema of the contract, where there is one."""
        contract = endpoint.contract
        if contract is None or contract.json_schema is None:
            return []
        return self._schemas.get(contract.json_schema).faults(document.root)

    def front(self, services: Services) -> AsgiApp:
        """Return the app for ``/eessi/<endpoint>``."""
        return front(SPEC, JsonVoice(), services)

    def target(self, name: str, endpoint: Endpoint) -> Target:  # noqa: ARG002 - the port's signature
        """Raise ConfigError: SEDs only come in."""
        raise _only_in(name)

    def source(self, name: str, endpoint: Endpoint) -> Source:  # noqa: ARG002 - the port's signature
        """Raise ConfigError: SEDs only come in."""
        raise _only_in(name)


def _only_in(name: str) -> ConfigError:
    return ConfigError(
        "R104", f"{name}: the adapter eessi only takes SEDs in", where="direction", mend="write direction: in"
    )
