"""A sample call in SOAP: the request of an operation, or the document that the endpoint's mapping reads."""

import json
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from lxml import etree

from adapters.soap.answers import receipt
from adapters.soap.names import MEDIA_TYPES, SOAP_11, SOAP_12, WSA
from adapters.soap.wire import Wire
from hub_core.contract.wsdl import Contract, Operation
from hub_core.directory import Endpoint
from hub_core.errors import ConfigError
from hub_core.message import Outcome, State
from hub_core.samples import NoSample, Sampler
from hub_web.partner.model import MESSAGE_ID, PASSWORD, RECEIPT, Call

MAX_SHOWN: Final = 60  # elements of a sample
_DENSITIES: Final = (0.7, 0.4, 0.0)  # of what may be left out
CNP: Final = "2850415123450"  # nobody's
_WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_PASSWORDS: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
Fixture = Callable[[Collection[str]], str]
Readable = Callable[[Any], bool]


def soap_call(endpoint: Endpoint, contract: Contract | None, fixture: Fixture, readable: Readable) -> Call:
    """Return a call of a SOAP endpoint, without its address.

    Args:
        endpoint: what is registered.
        contract: its WSDL, where it has one.
        fixture: gives a document that some mappings read; empty where there is none.
        readable: puts values into a request that the mapping in force can read; tells whether it does.
    """
    operation = _operation(contract, endpoint) if contract is not None else None
    asked = operation is not None and (bool(endpoint.answers) or operation.one_way)
    document = "" if asked else fixture(endpoint.mappings)
    answer = _receipt()
    if contract is not None and operation is not None and not document:
        version = operation.soap
        body = _envelope(contract, operation, readable, person=_person(endpoint, operation))
        answer = _answered(contract, operation, endpoint, fixture) if endpoint.answers else answer
    else:
        version = operation.soap if operation is not None else "1.1"
        body = _around(document or "<document/>", contract, operation, version)
    action = operation.action if operation is not None and asked else ""
    return Call(
        url="",
        headers=_headers(version, action),
        body=_with_header(body, endpoint),
        language="xml",
        key=endpoint.credentials is None and (endpoint.security is None or endpoint.security.signed is None),
        answer=answer,
        operation=operation.name if operation is not None and asked else "",
    )


def _headers(version: str, action: str) -> tuple[tuple[str, str], ...]:
    media_type = f"{MEDIA_TYPES[version]}; charset=utf-8"
    if version == "1.1":
        return (("Content-Type", media_type), ("SOAPAction", f'"{action}"'))
    return (("Content-Type", f'{media_type}; action="{action}"' if action else media_type),)


def _operation(contract: Contract, endpoint: Endpoint) -> Operation | None:
    named = (endpoint.contract.operation if endpoint.contract else None) or next(iter(endpoint.answers), None)
    try:
        return contract.operation(named or next(iter(contract.operations), None))
    except ConfigError:
        return None


def _person(endpoint: Endpoint, operation: Operation) -> str:
    answer = endpoint.answers.get(operation.name)
    return answer.person or "" if answer is not None else ""


def _envelope(contract: Contract, operation: Operation, readable: Readable, *, person: str) -> str:
    """Return a request that the contract allows and the hub reads, with as much in it as that lets be.

    ``person``: path of whose data it asks for.
    """
    schema = contract.schemas.xsd()
    for density in _DENSITIES:
        document: Any = _sampled(contract, operation.input.element, density)
        steps = [step.rpartition(":")[2] for step in person.split("/") if step]
        found = document.find("/".join(f"{{*}}{step}" for step in steps)) if steps else None
        if found is not None:
            found.text = CNP
        fits = sum(1 for _ in document.iter()) <= MAX_SHOWN or density == 0
        if fits and readable(document) and not schema.faults(document):
            break
    return _indented(Wire(contract).write(operation, operation.input, document))


def _sampled(contract: Contract, element: str, density: float) -> Any:
    return Sampler(contract.schemas.model(), density=density).sample(element, Random(1))  # noqa: S311 - made up, no secret


def _answered(contract: Contract, operation: Operation, endpoint: Endpoint, fixture: Fixture) -> str:
    """Return an answer: with a document that the mapping of the answers knows, else as the contract has it."""
    if operation.output is None:
        return "(202, without a body)"
    said = endpoint.answers.get(operation.name)
    document = fixture((said.writes,)) if said is not None and said.writes else ""
    inside = _text_in(contract, operation, document, etree.fromstring(document.encode())) if document else None
    if inside is not None:
        return inside
    try:
        made = _sampled(contract, operation.output.element, _DENSITIES[0])
    except NoSample:
        return "(see the contract)"
    return _indented(Wire(contract).write(operation, operation.output, made))


def _receipt() -> str:
    outcome = Outcome(
        message_id=json.loads(RECEIPT)["id"],
        state=State.ACCEPTED,
        findings=(),
        decided_at=datetime.fromtimestamp(0, UTC),
    )
    return _indented(receipt(outcome, "1.1").body)


def _around(document: str, contract: Contract | None, operation: Operation | None, version: str) -> str:
    """Return the envelope of a document: as text in the answer of an operation, where it travels so, or by itself."""
    root = etree.fromstring(document.encode())
    if etree.QName(root).localname == "Envelope":
        return document
    inside = None
    if contract is not None and operation is not None and operation.output is not None:
        inside = _text_in(contract, operation, document, root)
    if inside is not None:
        return inside
    namespace = SOAP_11 if version == "1.1" else SOAP_12
    envelope = etree.Element(f"{{{namespace}}}Envelope", nsmap={"soap": namespace})
    etree.SubElement(envelope, f"{{{namespace}}}Body").append(root)
    return _indented(etree.tostring(envelope))


def _text_in(contract: Contract, operation: Operation, document: str, root: Any) -> str | None:
    assert operation.output is not None  # noqa: S101 - looked at by the caller
    if root.tag == operation.output.element:
        return _indented(Wire(contract).write(operation, operation.output, root))
    made = _sampled(contract, operation.output.element, 0)
    leaf = next((one for one in made.iter(etree.Element) if len(one) == 0), None)
    if leaf is None:
        return None
    leaf.text = document
    return _indented(Wire(contract).write(operation, operation.output, made))


def _with_header(envelope: str, endpoint: Endpoint) -> str:
    """Return an envelope with what the endpoint wants in its header: an id, the token of the caller."""
    token = endpoint.credentials is not None
    if endpoint.message_id != "wsa" and not token:
        return envelope
    root = etree.fromstring(envelope.encode())
    namespace = etree.QName(root).namespace
    for old in root.findall(f"{{{namespace}}}Header"):
        root.remove(old)
    header = etree.Element(f"{{{namespace}}}Header")
    root.insert(0, header)
    if endpoint.message_id == "wsa":
        etree.SubElement(header, f"{{{WSA}}}MessageID", nsmap={"wsa": WSA}).text = f"urn:example:{MESSAGE_ID}"
    if token and endpoint.credentials is not None:
        security = etree.SubElement(header, f"{{{_WSSE}}}Security", nsmap={"wsse": _WSSE})
        said = etree.SubElement(security, f"{{{_WSSE}}}UsernameToken")
        etree.SubElement(said, f"{{{_WSSE}}}Username").text = endpoint.credentials.user
        etree.SubElement(said, f"{{{_WSSE}}}Password", Type=f"{_PASSWORDS}#PasswordText").text = PASSWORD
    return _indented(etree.tostring(root))


def _indented(envelope: bytes) -> str:
    """Return an envelope as people write it, without prefixes that nothing uses."""
    root = etree.fromstring(envelope)
    named = {str(value).split(":")[0] for one in root.iter(etree.Element) for value in one.values()}
    declared = {prefix for one in root.iter(etree.Element) for prefix in one.nsmap if prefix}
    etree.cleanup_namespaces(root, keep_ns_prefixes=sorted(named & declared))
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")
