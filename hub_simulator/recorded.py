"""Examples that a simulator answers with: ``DIR/OPERATION/KEY.xml``.

The example whose key is a value of the request is answered; ``default.xml`` where none is. An example is a document
of the operation's answer, or a whole envelope: also one with a fault, which is sent as it is.
"""

from pathlib import Path
from typing import Any, Final

from lxml import etree

from adapters.soap.names import VERSIONS
from adapters.soap.wire import Wire
from hub_core.contract.wsdl import Contract, Operation
from hub_core.errors import ConfigError, Rejected
from hub_core.validation import parse_xml
from hub_core.yaml import closest

DEFAULT: Final = "default"
MAX_FILES: Final = 10_000
Example = etree._Element | bytes  # noqa: SLF001 - the name of its type
Examples = dict[str, dict[str, Example]]


def read_examples(folder: Path, contract: Contract, wire: Wire) -> Examples:
    """Return examples by operation and key; each is valid by the contract.

    Raises:
        ConfigError: V102, a folder is called like no operation; V201, a document is not valid; B1xx, no XML.
    """
    operations = {one.name: one for service in contract.services for port in service.ports for one in port.operations}
    found: Examples = {}
    for path in sorted(folder.glob("*/*.xml"))[:MAX_FILES]:
        name = path.parent.name
        if name not in operations:
            mend = closest(name, operations)
            raise ConfigError("V102", f"the contract has no operation {name}", where=str(path.parent), mend=mend)
        try:
            found.setdefault(name, {})[path.stem] = _example(path.read_bytes(), contract, operations[name], wire)
        except Rejected as fault:
            raise ConfigError(fault.code, fault.text, where=str(path), findings=fault.findings) from fault
    return found


def chosen(examples: dict[str, Example], request: Any) -> Example | None:
    """Return the example for a request; ``None`` where there is none."""
    values = {text.strip() for text in request.itertext()} | {value for one in request.iter() for value in one.values()}
    return next((examples[key] for key in sorted(examples) if key in values), examples.get(DEFAULT))


def _example(body: bytes, contract: Contract, operation: Operation, wire: Wire) -> Example:
    root: Any = parse_xml(body)
    if operation.output is None:
        raise Rejected("V102", "the operation answers nothing")
    if etree.QName(root).localname == "Envelope" and etree.QName(root).namespace in VERSIONS:
        inside: Any = root.find("{*}Body")
        if inside is not None and inside.find("{*}Fault") is not None:
            return body
        root = wire.read(operation, operation.output, root if inside is None else inside)
    if root.tag != operation.output.element:
        raise Rejected("V102", f"this is no answer of the operation {operation.name}")
    findings = contract.schemas.xsd().faults(root)
    if findings:
        raise Rejected("V201", findings[0].text, where=f"line {findings[0].line}", findings=findings)
    document: etree._Element = root
    return document
