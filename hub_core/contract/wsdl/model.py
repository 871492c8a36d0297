"""What a WSDL says about SOAP, as values.

The body of every message has one internal form, the *literal document*: one element that the schema of the contract
declares globally. For document/literal it is the element of the part. For rpc, for several parts and for parts that
name a type it is made from the parts; ``Message.wire`` says what then stands in the Body.
"""

from pathlib import Path
from typing import Literal

import msgspec

from hub_core.contract.wsdl.findings import Finding
from hub_core.contract.wsdl.schemas import Schemas
from hub_core.errors import ConfigError
from hub_core.yaml import closest

Version = Literal["1.1", "1.2"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a message, by element or by type, as ``{namespace}local``."""

    name: str
    element: str | None = None
    type: str | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What travels one way.

    Attributes:
        element: name of the literal document, ``{namespace}local``; declared globally in the contract's schema.
        wire: what stands in the Body: the same name, another one where several operations use it differently, or
            empty where the children of the literal document stand in the Body themselves.
        parts: of the Body, in order.
        headers: parts that travel as header blocks.
        attachments: MIME parts that travel beside the envelope, by part name.
    """

    element: str
    wire: str
    parts: tuple[Part, ...] = ()
    headers: tuple[Part, ...] = ()
    attachments: tuple[str, ...] = ()


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A declared fault; ``element`` is what stands in its detail, empty if the contract does not say."""

    name: str
    element: str = ""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of a port.

    Attributes:
        action: ``SOAPAction``; may be empty.
        output: ``None`` for a one-way operation.
    """

    name: str
    style: Literal["document", "rpc"]
    use: Literal["literal", "encoded"]
    soap: Version
    action: str
    input: Message
    output: Message | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def one_way(self) -> bool:
        """Whether nothing is answered but that it arrived."""
        return self.output is None


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """One way to reach operations; without an address the caller gives it."""

    name: str
    address: str | None
    soap: Version
    transport: str
    operations: tuple[Operation, ...]


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """Ports of one service; a binding that no service names stands as a service of its own name."""

    name: str
    ports: tuple[Port, ...]


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """One contract, read whole.

    Attributes:
        path: of its main file.
        root: the folder around it.
        files: every file that it is made of, below the root.
        findings: what was noticed; none of them refuses it.
        schemas: of all its documents.
    """

    path: Path
    root: Path
    files: tuple[Path, ...]
    services: tuple[Service, ...]
    findings: tuple[Finding, ...]
    schemas: Schemas

    @property
    def operations(self) -> dict[str, Operation]:
        """The operations by name; where several ports have one, that of the first port with the lower SOAP version.

        Overloaded ones are told apart by the name of their input: ``name(input)`` for the second and later ones.
        """
        found: dict[str, Operation] = {}
        for port in sorted((port for service in self.services for port in service.ports), key=lambda port: port.soap):
            for operation in port.operations:
                found.setdefault(operation.name, operation)
        return found

    def operation(self, name: str | None) -> Operation:
        """Return an operation by name; the only one if none is named.

        Raises:
            ConfigError: V102, with the names that there are.
        """
        known = self.operations
        if name is None and len(known) == 1:
            return next(iter(known.values()))
        if name not in known:
            text = f"the contract has no operation {name}" if name else "the contract has several operations"
            mend = closest(name, known) if name else f"write one of: {', '.join(sorted(known))}"
            raise ConfigError("V102", text, where="contract.operation", mend=mend)
        return known[name]
