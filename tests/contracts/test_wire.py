"""Messages of contracts on the wire: what was written by the contract is read as it was, and valid."""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from lxml import etree

from adapters.soap.wire import Wire
from hub_core.contract.wsdl import Contract, Message, Operation, read_contract
from hub_core.errors import Rejected
from hub_core.samples import Sampler

SEEDS = range(int(os.environ.get("PUNTE_TEST_SEEDS", "1")))
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
OF_THE_ENCODING = {"id", "href"}  # attributes that the encoding itself uses

WSDL = """
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:t="urn:case"
    xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:case">
  <types><x:schema targetNamespace="urn:case" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/">
    <x:import namespace="http://schemas.xmlsoap.org/soap/encoding/"/>
    <x:element name="one"><x:complexType><x:sequence><x:element name="n" type="x:int"/></x:sequence></x:complexType></x:element>
    <x:element name="two" type="x:string"/>
    <x:complexType name="Rows"><x:complexContent><x:restriction base="e:Array">
      <x:attribute ref="e:arrayType" xmlns:w="http://schemas.xmlsoap.org/wsdl/" w:arrayType="x:int[][]"/>
    </x:restriction></x:complexContent></x:complexType>
  </x:schema></types>
  <message name="One"><part name="p" element="t:one"/></message>
  <message name="Both"><part name="p" element="t:one"/><part name="q" element="t:two"/></message>
  <message name="Parts"><part name="rows" type="t:Rows"/><part name="note" type="x:string"/></message>
  <portType name="P">
    <operation name="wrapped"><input message="t:One"/></operation>
    <operation name="several"><input message="t:Both"/></operation>
    <operation name="literal"><input message="t:Parts"/></operation>
    <operation name="encoded"><input message="t:Parts"/></operation>
  </portType>
  <binding name="B" type="t:P">
    <s:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="wrapped"><s:operation soapAction="urn:w"/><input><s:body use="literal"/></input></operation>
    <operation name="several"><s:operation soapAction="urn:s"/><input><s:body use="literal"/></input></operation>
    <operation name="literal"><s:operation style="rpc" soapAction="urn:l"/>
      <input><s:body use="literal" namespace="urn:case"/></input></operation>
    <operation name="encoded"><s:operation style="rpc" soapAction="urn:e"/>
      <input><s:body use="encoded" namespace="urn:case" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/></input></operation>
  </binding>
  <service name="S"><port name="P" binding="t:B"><s:address location="http://localhost/"/></port></service>
</definitions>"""


def canonical(element: etree._Element) -> str:
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    return etree.canonicalize(text, rewrite_prefixes=True, qname_aware_attrs=[f"{XSI}type"])


def messages(contract: Contract) -> Iterator[tuple[Operation, Message]]:
    for operation in (one for service in contract.services for port in service.ports for one in port.operations):
        yield operation, operation.input
        if operation.output is not None:
            yield operation, operation.output


def hold(contract: Contract) -> int:
    """Write and read a document of every message; return of how many operations."""
    wire, xsd = Wire(contract), contract.schemas.xsd()
    sampler = Sampler(contract.schemas.model(), without=OF_THE_ENCODING)
    held = set()
    for operation, message in messages(contract):
        for seed in SEEDS:
            document = sampler.sample(message.element, Random(seed))
            sent = etree.fromstring(wire.write(operation, message, document))
            found = wire.read(operation, message, sent[-1])
            assert canonical(found) == canonical(document), f"{operation.name}, seed {seed}"
            assert xsd.faults(found) == []
            held.add(operation.name)
    return len(held)


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    path = tmp_path_factory.mktemp("contract") / "case.wsdl"
    path.write_text(WSDL, encoding="utf-8")
    return read_contract(path)


def test_every_style_is_written_and_read_by_one_document(contract: Contract) -> None:
    assert hold(contract) == 4


@pytest.mark.parametrize(
    ("name", "children"),
    [
        ("wrapped", ["{urn:case}one"]),
        ("several", ["{urn:case}one", "{urn:case}two"]),
        ("literal", ["{urn:case}literal"]),
        ("encoded", ["{urn:case}encoded"]),
    ],
)
def test_what_stands_in_a_body_is_what_the_style_says(contract: Contract, name: str, children: list[str]) -> None:
    operation = contract.operation(name)
    document = Sampler(contract.schemas.model()).sample(operation.input.element, Random(1))
    (body,) = etree.fromstring(Wire(contract).write(operation, operation.input, document))
    assert [child.tag for child in body] == children
    assert bool(body.xpath("//@*[local-name() = 'encodingStyle']")) == (name == "encoded")


def test_a_document_of_another_operation_is_not_sent_and_not_read(contract: Contract) -> None:
    wire, operation = Wire(contract), contract.operation("wrapped")
    with pytest.raises(Rejected, match="V102"):
        wire.write(operation, operation.input, etree.fromstring("<other/>"))
    with pytest.raises(Rejected, match="V102"):
        wire.read(operation, operation.input, etree.fromstring("<Body><other/></Body>"))
    with pytest.raises(Rejected, match="V101"):
        wire.read(operation, operation.input, etree.fromstring("<Body/>"))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("agency", "file"), [("cnas", "Siui*.wsdl"), ("nav", "*ersonsok*.wsdl"), ("nav", "GOSYSP*.wsdl")]
)
def test_every_operation_of_real_contracts_is_written_valid_and_read_as_it_was(
    shared: Path, agency: str, file: str
) -> None:
    folder = shared / "wsdl" / agency
    pattern = file if len(SEEDS) == 1 else "*.wsdl"
    assert all(hold(read_contract(path, folder)) for path in sorted(folder.rglob(pattern)))
