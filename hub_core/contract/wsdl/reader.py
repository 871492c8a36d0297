"""Services, ports and operations, from the definitions of a contract."""

from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from hub_core.contract.wsdl.bodies import Bodies
from hub_core.contract.wsdl.definitions import Definition, Definitions
from hub_core.contract.wsdl.messages import Body, Messages
from hub_core.contract.wsdl.model import Operation, Port, Service, Version
from hub_core.contract.wsdl.names import BINDINGS, Node, W, split, tag

HTTP: Final = "http://schemas.xmlsoap.org/soap/http"
_HTTPS: Final = frozenset(
    {HTTP, "http://www.w3.org/2003/05/soap/bindings/HTTP/", "http://schemas.xmlsoap.org/soap/http/"}
)


class Reader:
    """Reads what a contract offers over SOAP; faults become findings."""

    def __init__(self, definitions: Definitions, bodies: Bodies) -> None:
        self.definitions = definitions
        self.findings = definitions.findings
        self.messages = Messages(definitions, bodies)
        self._read: dict[Definition, tuple[Operation, ...]] = {}

    def services(self) -> tuple[Service, ...]:
        """Return all services; bindings that no service names, and port types without any binding, stand for one."""
        found = [self._service(service) for service in self.definitions.all("service")]
        used = set(self._read)
        bindings = [one for one in self.definitions.all("binding") if one not in used]
        found += [Service(name=one.local, ports=self._port(one, one.local, None)) for one in bindings]
        if not any(True for _ in self.definitions.all("binding")):
            found += [self._unbound(one) for one in self.definitions.all("portType")]
        kept = tuple(service for service in found if service.ports)
        if not any(port.operations for service in kept for port in service.ports):
            self._nothing()
        return kept

    def _nothing(self) -> None:
        root, file = self.definitions.roots[0]
        others = list(self.definitions.all("binding"))
        if others:
            text = "no binding of the contract is for SOAP, or none has operations"
            self.findings.error("V509", others[0].at(), text, "name another contract")
        else:
            text = "the file offers no operation by itself: it is a part of a contract"
            self.findings.info("V531", (file, root.sourceline or 0), text)

    def _service(self, service: Definition) -> Service:
        ports: list[Port] = []
        for node in service.node.findall(f"{W}port"):
            binding = self.definitions.find("binding", service, node, "binding")
            if binding is not None:
                ports += self._port(binding, node.get("name", ""), _address(node))
        return Service(name=service.local, ports=tuple(ports))

    def _port(self, binding: Definition, name: str, address: str | None) -> tuple[Port, ...]:
        soap = _soap(binding.node, "binding")
        if soap is None:
            self._read.setdefault(binding, ())
            text = f"the binding {binding.local} is not for SOAP; left out"
            self.findings.info("V529", binding.at(), text)
            return ()
        version: Version = "1.2" if BINDINGS[split(tag(soap))[0]] == "1.2" else "1.1"
        if binding not in self._read:
            self._read[binding] = tuple(self._operations(binding, soap, version))
        transport = soap.get("transport", HTTP)
        if transport not in _HTTPS:
            text = f"the binding {binding.local} travels over {transport}, not over HTTP"
            self.findings.warning("V535", binding.at(soap), text, "ask for an address over HTTP")
        return (Port(name=name, address=address, soap=version, transport=transport, operations=self._read[binding]),)

    def _operations(self, binding: Definition, soap: Node, version: Any) -> Iterator[Operation]:
        port_type = self.definitions.find("portType", binding, binding.node, "type")
        if port_type is None:
            return
        names: set[str] = set()
        for bound in binding.node.findall(f"{W}operation"):
            abstract = self._abstract(binding, port_type, bound)
            if abstract is None:
                continue
            details = _soap(bound, "operation")
            style = (details.get("style") if details is not None else None) or soap.get("style", "document")
            body = Body(
                style="rpc" if style == "rpc" else "document",
                namespace=port_type.namespace,
                binding=binding,
                port_type=port_type,
            )
            found = self._operation(body, abstract, bound, version, details)
            if found is not None:
                yield _named(found, abstract, names)

    def _abstract(self, binding: Definition, port_type: Definition, bound: Node) -> Node | None:
        """Return the operation of a port type that a binding means; overloaded ones have inputs of several names."""
        name = bound.get("name", "")
        fitting = [one for one in port_type.node.findall(f"{W}operation") if one.get("name") == name]
        if len(fitting) > 1:
            wanted = _name_of(bound, "input")
            fitting = [one for one in fitting if _name_of(one, "input") == wanted] or fitting
        if not fitting:
            text = f"the port type {port_type.local} has no operation {name}"
            self.findings.error("V505", binding.at(bound), text, "define it there, or remove it here")
            return None
        return fitting[0]

    def _operation(
        self, body: Body, abstract: Node, bound: Node | None, version: Any, details: Any
    ) -> Operation | None:
        kinds = [tag(child).removeprefix(W) for child in abstract if tag(child) in {f"{W}input", f"{W}output"}]
        if not kinds or kinds[0] == "output":
            text = f"the operation {abstract.get('name')} is sent by the partner, not asked of it; left out"
            self.findings.info("V530", body.port_type.at(abstract), text)
            return None
        asked = self.messages.read(body, abstract, bound, "input")
        answered = self.messages.read(body, abstract, bound, "output") if "output" in kinds else None
        if asked is None or ("output" in kinds and answered is None):
            return None
        return Operation(
            name=abstract.get("name", ""),
            style=body.style,
            use=self.messages.use(bound),
            soap=version,
            action=(details.get("soapAction") or "").strip() if details is not None else "",
            input=asked,
            output=answered,
            faults=tuple(self.messages.faults(body, abstract)),
        )

    def _unbound(self, port_type: Definition) -> Service:
        operations: list[Operation] = []
        names: set[str] = set()
        for abstract in port_type.node.findall(f"{W}operation"):
            style: Literal["document", "rpc"] = "rpc" if self.messages.typed(port_type, abstract) else "document"
            body = Body(style=style, namespace=port_type.namespace, binding=port_type, port_type=port_type)
            found = self._operation(body, abstract, None, "1.1", None)
            if found is not None:
                operations.append(_named(found, abstract, names))
        if operations:
            text = f"no binding says how {port_type.local} travels; {operations[0].style}/literal over SOAP 1.1 assumed"
            self.findings.warning("V532", port_type.at(), text, "give the address at the endpoint")
        port = Port(name=port_type.local, address=None, soap="1.1", transport=HTTP, operations=tuple(operations))
        return Service(name=port_type.local, ports=(port,) if operations else ())


def _named(operation: Operation, abstract: Node, names: set[str]) -> Operation:
    """Tell overloaded operations apart by the name of their input, else by number."""
    name, number = operation.name, 1
    while name in names:
        # The second is told by its input; should that be no help, it is counted.
        said = _name_of(abstract, "input") if number == 1 else ""
        number += 1
        name = f"{operation.name}({said or number})"
    names.add(name)
    return msgspec.structs.replace(operation, name=name)


def _soap(node: Node, local: str) -> Node | None:
    """Return the SOAP extension of a name right below a node."""
    return next((child for child in node if tag(child) in {f"{{{name}}}{local}" for name in BINDINGS}), None)


def _address(port: Node) -> str | None:
    found = _soap(port, "address")
    return (found.get("location") or "").strip() or None if found is not None else None


def _name_of(operation: Node, direction: str) -> str:
    found = operation.find(f"{W}{direction}")
    return (found.get("name") or "") if found is not None else ""
