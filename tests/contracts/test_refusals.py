"""Contracts that are refused: why, where, and what they may not do to whoever reads them."""

import resource
import time
from pathlib import Path

import pytest

from hub_core.contract.wsdl import admit, read_contract
from hub_core.contract.wsdl.findings import Finding, Findings
from hub_core.errors import ConfigError
from tests.contracts.making import (
    ANSWER,
    ELEMENTS,
    IMPORT,
    MESSAGES,
    OTHER,
    USING,
    bound,
    schema,
    service,
    written,
    wsdl,
)

PARTICLES = "".join(f'<xs:element name="e{number}" minOccurs="0"/>' for number in range(1_001))
DOUBLING = "".join(
    f'<xs:group name="g{number}"><xs:sequence><xs:group ref="tns:g{number + 1}"/><xs:group ref="tns:g{number + 1}"/>'
    "</xs:sequence></xs:group>"
    for number in range(40)
)
CHAIN = "".join(
    f'<xs:complexType name="t{number}"><xs:complexContent><xs:extension base="tns:t{number + 1}"/></xs:complexContent>'
    "</xs:complexType>"
    for number in range(150)
)

#: name, files (the first is the contract), code of the first reason, words in it
REFUSED: dict[str, tuple[dict[str, str], str, str]] = {
    "a document type": ({"a.wsdl": "<!DOCTYPE a>" + wsdl()}, "V502", "document type"),
    "an entity": (
        {"a.xsd": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'},
        "V502",
        "document type",
    ),
    "no XML": ({"a.wsdl": "hello"}, "V502", ""),
    "nothing": ({"a.wsdl": ""}, "V502", "empty"),
    "a web page": ({"a.wsdl": "<html><body>404</body></html>"}, "V503", "no WSDL"),
    "WSDL 2.0": ({"a.wsdl": '<description xmlns="http://www.w3.org/ns/wsdl"/>'}, "V503", "WSDL 2.0"),
    "a file that is not there": ({"a.wsdl": wsdl(types=schema(USING.format("u.xsd")))}, "V504", "no such file"),
    "a file of the machine": (
        {"a.wsdl": wsdl(types=schema('<xs:include schemaLocation="/etc/passwd"/>' + ELEMENTS))},
        "V504",
        "outside",
    ),
    "a file of the machine by URL": (
        {"a.wsdl": wsdl(before='<import namespace="urn:x" location="file:///etc/passwd"/>')},
        "V504",
        "outside",
    ),
    "a folder above": (
        {"in/a.wsdl": wsdl(types=schema('<xs:include schemaLocation="../../../b.xsd"/>' + ELEMENTS))},
        "V504",
        "outside",
    ),
    "the network": ({"a.wsdl": wsdl(types=schema(USING.format("http://127.0.0.1:9/u")))}, "V504", "network"),
    "several files that fit": (
        {
            "a.wsdl": wsdl(types=schema(USING.format("u.xsd"))),
            "one/v.xsd": schema(OTHER, "urn:u"),
            "two/w.xsd": schema(OTHER + ANSWER, "urn:u"),
        },
        "V504",
        "one/v.xsd, two/w.xsd",
    ),
    "a namespace that lies nowhere": (
        {"a.wsdl": wsdl(types=schema(USING.replace(' schemaLocation="{}"', "")))},
        "V504",
        "nothing says where urn:u lies",
    ),
    "a type that is nowhere": (
        {"a.wsdl": wsdl(types=schema('<xs:element name="ask" type="tns:nothing"/>' + ANSWER))},
        "V505",
        "type {urn:t}nothing is declared nowhere",
    ),
    "a prefix that nobody declares": (
        {"a.wsdl": wsdl(types=schema('<xs:element name="ask" type="q:text"/>' + ANSWER))},
        "V505",
        "prefix q",
    ),
    "an element that is nowhere": (
        {"a.wsdl": wsdl(messages=MESSAGES.replace("tns:ask", "tns:nothing"))},
        "V505",
        "element {urn:t}nothing",
    ),
    "a message that is nowhere": ({"a.wsdl": wsdl(messages="")}, "V505", "message {urn:t}Ask"),
    "a port type that is nowhere": (
        {"a.wsdl": wsdl(binding=bound().replace("tns:P", "tns:Q"))},
        "V505",
        "portType {urn:t}Q",
    ),
    "a binding that is nowhere": ({"a.wsdl": wsdl(end=service("Q"))}, "V505", "binding {urn:t}Q"),
    "an operation that is nowhere": ({"a.wsdl": wsdl(binding=bound(operation="other"))}, "V505", "no operation other"),
    "two elements of one name": (
        {"a.wsdl": wsdl(types=schema(ELEMENTS) + schema('<xs:element name="ask" type="xs:int"/>'))},
        "V506",
        "a.wsdl:1",
    ),
    "two messages of one name": (
        {"a.wsdl": wsdl(messages=MESSAGES + '<message name="Ask"><part name="in" element="tns:answer"/></message>')},
        "V506",
        "a.wsdl:1",
    ),
    "a type that is derived from itself": (
        {
            "a.xsd": schema(
                '<xs:complexType name="a"><xs:complexContent><xs:extension base="tns:a"/></xs:complexContent></xs:complexType>'
            )
        },
        "V507",
        "itself",
    ),
    "a group that holds itself": (
        {"a.xsd": schema('<xs:group name="g"><xs:sequence><xs:group ref="tns:g"/></xs:sequence></xs:group>')},
        "V507",
        "itself",
    ),
    "a group that holds itself by a mistaken prefix": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:group name="g"><xs:sequence><xs:group ref="u:g" xmlns:u="urn:u"/></xs:sequence></xs:group>'
                    + ELEMENTS
                )
                + schema("", "urn:u")
            )
        },
        "V507",
        "itself",
    ),
    "an element that stands for itself": (
        {
            "a.xsd": schema(
                '<xs:element name="a" substitutionGroup="tns:b"/><xs:element name="b" substitutionGroup="tns:a"/>'
            )
        },
        "V507",
        "itself",
    ),
    "a schema that no validator takes": (
        {"a.xsd": schema('<xs:simpleType name="a"/>')},
        "V507",
        "",
    ),
    "nothing but HTTP": (
        {
            "a.wsdl": wsdl(
                binding='<binding name="B" type="tns:P"><http:binding verb="GET"/><operation name="get"/></binding>'
            )
        },
        "V509",
        "SOAP",
    ),
    "a choice of too many": (
        {"a.xsd": schema(f'<xs:complexType name="a"><xs:choice>{PARTICLES}</xs:choice></xs:complexType>')},
        "V508",
        "1,000",
    ),
    "groups that double": (
        {
            "a.xsd": schema(
                DOUBLING + '<xs:group name="g40"><xs:sequence><xs:element name="e"/></xs:sequence></xs:group>'
            )
        },
        "V508",
        "1,000",
    ),
    "types that extend each other without end": (
        {"a.xsd": schema(CHAIN + '<xs:complexType name="t150"/>')},
        "V508",
        "100",
    ),
    "elements nested too deep": ({"a.xsd": schema("<xs:annotation>" * 200 + "</xs:annotation>" * 200)}, "V508", "deep"),
}


def first(folder: Path, files: dict[str, str]) -> Finding:
    admission = admit(written(folder, files), folder)
    assert not admission.admitted
    assert admission.contract is None
    return admission.findings[0]


@pytest.mark.parametrize("why", REFUSED)
def test_a_contract_is_refused_with_the_reason_first(tmp_path: Path, why: str) -> None:
    files, code, words = REFUSED[why]
    found = first(tmp_path, files)
    assert found.code == code
    assert words in found.text
    assert found.severity == "error"
    assert found.file in files


def test_a_fault_names_its_own_file_and_line(tmp_path: Path) -> None:
    inside = schema(
        "\n\n" + '<xs:simpleType name="text"><xs:restriction\n base="xs:nothing"/></xs:simpleType>', "urn:u"
    )
    found = first(tmp_path, {"a.wsdl": wsdl(types=schema(USING.format("u.xsd"))), "u.xsd": inside})
    assert (found.file, found.line) == ("u.xsd", 4)


def test_what_a_validator_says_is_told_at_the_line_of_the_file(tmp_path: Path) -> None:
    inside = (
        "\n\n<xs:complexType name='a'>\n<xs:sequence>\n<xs:element name='b' minOccurs='0'/>\n<xs:element name='b'/>"
    )
    admission = admit(written(tmp_path, {"a.xsd": schema(f"{inside}</xs:sequence></xs:complexType>")}), tmp_path)
    assert [(found.code, found.line) for found in admission.findings] == [("V525", 3), ("V526", 4)]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    broken = schema('<xs:element name="ask" type="tns:one"/><xs:element name="answer" type="tns:two"/>')
    admission = admit(written(tmp_path, {"a.wsdl": wsdl(types=broken, end=service("Q"))}), tmp_path)
    assert [found.code for found in admission.findings] == ["V505"] * 3


def test_reading_a_refused_contract_is_an_error_with_place_and_reason(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        read_contract(written(tmp_path, {"a.wsdl": wsdl(messages="")}), tmp_path)
    assert refused.value.code == "V401"
    assert refused.value.where == "a.wsdl:1"


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    path = written(folder, {"a.wsdl": wsdl(types=schema(USING.format("u.xsd")))})
    (tmp_path / "out.xsd").write_text(schema(OTHER, "urn:u"), encoding="utf-8")
    (folder / "u.xsd").symlink_to(tmp_path / "out.xsd")
    assert "outside" in admit(path, folder).findings[0].text


def test_ten_thousand_schemas_are_refused_soon(tmp_path: Path) -> None:
    many = {
        f"s{number}.xsd": schema(
            IMPORT.format(f"s{number + 1}.xsd").replace("urn:u", f"urn:{number + 1}"), f"urn:{number}"
        )
        for number in range(2_100)
    }
    begun = time.process_time()
    assert first(tmp_path, many).code == "V508"
    assert time.process_time() - begun < 10


def test_chameleons_that_include_each_other_are_read_once_for_each_namespace(tmp_path: Path) -> None:
    around = "".join(f'<xs:include schemaLocation="c{number}.xsd"/>' for number in range(30))
    files = {"a.xsd": schema(around)} | {
        f"c{number}.xsd": schema(f'{around}<xs:element name="e{number}"/>', "") for number in range(30)
    }
    contract = read_contract(written(tmp_path, files), tmp_path)
    assert len(contract.schemas.elements) == 30


def test_counts_that_multiply_take_no_memory(tmp_path: Path) -> None:
    inside = '<xs:element name="e" maxOccurs="900"/>'
    for number in range(5):
        inside = f'<xs:sequence maxOccurs="900">{inside}<xs:element name="c{number}"/></xs:sequence>'
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = written(
        tmp_path, {"a.xsd": schema(f'<xs:element name="a"><xs:complexType>{inside}</xs:complexType></xs:element>')}
    )
    assert admit(path, tmp_path).admitted
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-2"])
def test_a_contract_may_be_written_in_any_encoding_that_it_declares(tmp_path: Path, encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    text = declared + wsdl(
        types=schema("<xs:annotation><xs:documentation>șț</xs:documentation></xs:annotation>" + ELEMENTS)
    )
    (tmp_path / "a.wsdl").write_bytes(text.replace("șț", "ąř").encode(encoding))
    assert admit(tmp_path / "a.wsdl", tmp_path).admitted


def test_findings_come_by_file_and_line_what_refuses_first(tmp_path: Path) -> None:
    findings = Findings()
    for number, (file, line) in enumerate([("b.xsd", 2), ("a.xsd", 11), ("a.xsd", 2)]):
        findings.warning("V534", (file, line), f"{number}")
        findings.error("V505", (file, line), f"{number}")
    places = [("a.xsd", 2), ("a.xsd", 11), ("b.xsd", 2)]
    assert [(one.file, one.line) for one in findings] == places * 2
    assert [one.code for one in findings] == ["V505"] * 3 + ["V534"] * 3
