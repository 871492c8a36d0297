"""A contract of every kind can be simulated: a made request is answered, and the answer is valid and as it was sent."""

from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pytest
from lxml import etree

from adapters.soap.names import MEDIA_TYPES, XSI
from hub_core.contract.wsdl import admit, read_contract
from hub_simulator import Simulator
from hub_simulator.onboarding import templates
from hub_simulator.served import wsdl_of
from tests.contracts.making import written
from tests.contracts.test_kinds import KINDS

REQUESTS = 2  # of each operation


def said(document: bytes) -> str:
    """Return what a document says, whatever its prefixes are called."""
    return canonicalize(document, rewrite_prefixes=True, qname_aware_attrs=[f"{{{XSI}}}type"])


def ask(simulator: Simulator, name: str, operation, number: int) -> None:
    request = simulator.answers.request(operation, number)
    headers = {"content-type": MEDIA_TYPES[operation.soap], "soapaction": f'"{operation.action}"'}
    reply = simulator.serve(name, headers, simulator.wire.write(operation, operation.input, request))
    sent = simulator.sent[-1]
    assert sent.why == ""
    assert said(sent.request) == said(etree.tostring(request))
    if operation.output is not None:
        body = etree.fromstring(reply.body).find("{*}Body")
        answer = simulator.wire.read(operation, operation.output, body)
        assert simulator.contract.schemas.xsd().faults(answer) == []
        assert said(etree.tostring(answer)) == said(sent.answer)


@pytest.mark.parametrize("kind", KINDS)
def test_a_contract_of_this_kind_is_simulated(tmp_path: Path, kind: str) -> None:
    simulator = Simulator(read_contract(written(tmp_path, KINDS[kind][0]), tmp_path))
    for name, port in simulator.ports.items():
        for operation in port.operations:
            for number in range(REQUESTS):
                ask(simulator, name, operation, number)
            assert templates(simulator.contract, operation)[0]


# What is redefined can only stand in a file of its own.
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "redefined"])
def test_a_contract_of_this_kind_is_published_with_the_same_operations(tmp_path: Path, kind: str) -> None:
    simulator = Simulator(read_contract(written(tmp_path, KINDS[kind][0]), tmp_path))
    for name, port in simulator.ports.items():
        (tmp_path / "published.wsdl").write_bytes(wsdl_of(simulator, name, "http://agency.example"))
        again = admit(tmp_path / "published.wsdl").contract
        assert again is not None
        assert [(one.name.partition("(")[0], one.style, one.use, one.action) for one in again.operations.values()] == [
            (one.name.partition("(")[0], one.style, one.use, one.action) for one in port.operations
        ]
