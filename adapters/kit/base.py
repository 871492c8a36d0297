"""An adapter of which only what differs has to be written."""

import codecs
from typing import Any, ClassVar, Final, TypeVar

import msgspec
from lxml import etree

from adapters.kit.contracts import Contracts
from adapters.kit.front import front
from adapters.kit.json_voice import JsonVoice
from adapters.kit.reply import Voice
from hub_core.directory import Contract, Endpoint
from hub_core.directory.wording import InBand
from hub_core.document import Document
from hub_core.message import Finding
from hub_core.ports import AsgiApp, Services, Source, Spec, Target
from hub_core.typed import struct_of
from hub_core.validation import JsonSchema, Xsd, load_json_schema, load_xsd, parse_json, parse_xml

T = TypeVar("T", bound=msgspec.Struct)
_JSON: Final = (b"{", b"[")
_MOST: Final = 64  # characters of a name


def json_document(value: Any) -> Document:
    """Return a JSON value as a document, called as its member ``type`` or ``document`` says if that looks like a name.

    >>> json_document({"type": "reges-result"}).name, json_document({"type": "two words"}).name
    ('reges-result', 'document')
    """
    said = (value.get(key) for key in ("type", "document")) if isinstance(value, dict) else ()
    name = next((it for it in said if isinstance(it, str) and _is_name(it)), "document")
    return Document(kind="json", root=value, name=name[:_MOST], dialect="JSON")


def _is_name(text: str) -> bool:
    return text.isascii() and text.replace("-", "").replace("_", "").isalnum()


def opened(body: bytes) -> Document:
    """Return the document that bytes hold: JSON where they begin like it, else XML.

    Raises:
        Rejected: B101 to B109.
    """
    if body.removeprefix(codecs.BOM_UTF8).lstrip()[:1] in _JSON:
        return json_document(parse_json(body))
    root = parse_xml(body)
    return Document(kind="xml", root=root, name=etree.QName(root).localname)


class BaseAdapter:
    """Opens JSON, and XML where its spec says so; validates by the endpoint's JSON Schema or XSD; answers in JSON.

    An adapter with an operation that the hub begins adds ``target`` (out), ``source`` (ask) or ``poller`` (fetch).
    See ``hub_core.ports.Adapter`` for what each part promises.
    """

    spec: ClassVar[Spec]

    def __init__(self) -> None:
        self._schemas: Contracts[JsonSchema] = Contracts(load_json_schema, field="json_schema")
        self._xsds: Contracts[Xsd] = Contracts(load_xsd, field="xsd")

    def open(self, body: bytes, in_band: InBand | None = None) -> Document:  # noqa: ARG002 - the port's signature
        """Return the document; see ``json_document`` for what JSON is called.

        Raises:
            Rejected: B101 to B109.
        """
        if "xml" in self.spec.kinds:
            return opened(body)
        return json_document(parse_json(body))

    def check(self, name: str, endpoint: Endpoint) -> None:  # noqa: ARG002 - the caller names the endpoint
        """Refuse what it cannot be; read the endpoint's schemas, where it has some.

        Raises:
            ConfigError: R104, and as ``Contracts.read_again``.
        """
        if endpoint.direction not in self.spec.directions:
            raise self.spec.cannot(endpoint.direction)
        contract = endpoint.contract or Contract()
        if contract.json_schema is not None:
            self._schemas.read_again(contract.json_schema)
        if contract.xsd is not None:
            self._xsds.read_again(contract.xsd)

    def validate(self, endpoint: Endpoint, document: Document) -> list[Finding]:
        """Hold a document against the endpoint's schema of its kind, where it has one."""
        contract = endpoint.contract or Contract()
        if document.kind == "json" and contract.json_schema is not None:
            return self._schemas.get(contract.json_schema).faults(document.root)
        if document.kind == "xml" and contract.xsd is not None:
            return self._xsds.get(contract.xsd).faults(document.root)
        return []

    @property
    def voice(self) -> Voice:
        """Words the answers to callers."""
        return JsonVoice()

    def front(self, services: Services) -> AsgiApp:
        """Return the app for ``/<adapter>/<endpoint>``."""
        return front(self.spec, self.voice, services)

    def target(self, name: str, endpoint: Endpoint) -> Target:  # noqa: ARG002 - same
        """Raise ConfigError, R104: nothing is sent this way."""
        raise self.spec.cannot(endpoint.direction)

    def source(self, name: str, endpoint: Endpoint) -> Source:  # noqa: ARG002 - same
        """Raise ConfigError, R104: nobody is asked this way."""
        raise self.spec.cannot(endpoint.direction)

    def settings(self, endpoint: Endpoint, kind: type[T]) -> T:
        """Return what the endpoint says below ``settings``, as ``spec.settings`` describes it.

        Raises:
            ConfigError: R102 to R107; the registry found it good, so the adapter is another one since.
        """
        return struct_of(endpoint.settings, kind, where="settings")
