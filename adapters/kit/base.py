"""An adapter of which only what differs has to be written."""

from typing import ClassVar, TypeVar

import msgspec

from adapters.kit.contracts import Contracts
from adapters.kit.front import front
from adapters.kit.json_voice import JsonVoice
from adapters.kit.reply import Voice
from hub_core.directory import Endpoint
from hub_core.document import Document
from hub_core.errors import ConfigError
from hub_core.message import Finding
from hub_core.ports import AsgiApp, Services, Source, Spec, Target
from hub_core.typed import struct_of
from hub_core.validation import JsonSchema, load_json_schema, parse_json
from hub_core.wording import InBand

T = TypeVar("T", bound=msgspec.Struct)


class BaseAdapter:
    """Opens JSON, validates it by the endpoint's JSON Schema, serves a front that words receipts and problems in JSON.

    An adapter with an operation that the hub begins adds ``target`` (out), ``source`` (ask) or ``poller`` (fetch).
    See ``hub_core.ports.Adapter`` for what each part promises.
    """

    spec: ClassVar[Spec]

    def __init__(self) -> None:
        self._schemas: Contracts[JsonSchema] = Contracts(load_json_schema, field="json_schema")

    def open(self, body: bytes, in_band: InBand | None = None) -> Document:  # noqa: ARG002 - the port's signature
        """Return the JSON value.

        Raises:
            Rejected: B103 to B109.
        """
        return Document(kind="json", root=parse_json(body), name="document", dialect="JSON")

    def check(self, name: str, endpoint: Endpoint) -> None:
        """Refuse what it cannot be; read the endpoint's JSON Schema, where it has one.

        Raises:
            ConfigError: R104, and as ``Contracts.read_again``.
        """
        if endpoint.direction not in self.spec.directions:
            raise self._cannot(name, endpoint)
        if endpoint.contract is not None and endpoint.contract.json_schema is not None:
            self._schemas.read_again(endpoint.contract.json_schema)

    def validate(self, endpoint: Endpoint, document: Document) -> list[Finding]:
        """Hold a document against the endpoint's JSON Schema, where it has one."""
        contract = endpoint.contract
        if contract is None or contract.json_schema is None:
            return []
        return self._schemas.get(contract.json_schema).faults(document.root)

    @property
    def voice(self) -> Voice:
        """Words the answers to callers."""
        return JsonVoice()

    def front(self, services: Services) -> AsgiApp:
        """Return the app for ``/<adapter>/<endpoint>``."""
        return front(self.spec, self.voice, services)

    def target(self, name: str, endpoint: Endpoint) -> Target:
        """Raise ConfigError, R104: nothing is sent this way."""
        raise self._cannot(name, endpoint)

    def source(self, name: str, endpoint: Endpoint) -> Source:
        """Raise ConfigError, R104: nobody is asked this way."""
        raise self._cannot(name, endpoint)

    def settings(self, endpoint: Endpoint, kind: type[T]) -> T:
        """Return what the endpoint says below ``settings``, as ``spec.settings`` describes it.

        Raises:
            ConfigError: R102 to R107; the registry found it good, so the adapter is another one since.
        """
        return struct_of(endpoint.settings, kind, where="settings")

    def _cannot(self, name: str, endpoint: Endpoint) -> ConfigError:
        directions = ", or ".join(self.spec.directions)
        return ConfigError(
            "R104",
            f"{name}: the adapter {self.spec.name} has no direction {endpoint.direction}",
            where="direction",
            mend=f"write direction: {directions}",
        )
