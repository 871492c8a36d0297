"""One small contract for every kind that agencies publish: admitted, and what is said of it."""

from pathlib import Path
from typing import Any

import pytest

from hub_core.contract.wsdl import Admission, admit
from tests.contracts.making import (
    BODY,
    ELEMENTS,
    MESSAGES,
    OPERATION,
    bound,
    definitions,
    schema,
    service,
    wsdl,
)

RPC = '<soap:body use="literal" namespace="urn:r"/>'
ENCODED = '<soap:body use="encoded" namespace="urn:r" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/>'
TYPED = (
    '<message name="Ask"><part name="who" type="xs:string"/><part name="day" type="xs:date"/></message>'
    '<message name="Answer"><part name="return" type="{}"/></message>'
)
ARRAY = (
    '<xs:complexType name="List"><xs:complexContent><xs:restriction base="soapenc:Array">'
    '<xs:attribute ref="soapenc:arrayType" wsdl:arrayType="{}"/></xs:restriction></xs:complexContent></xs:complexType>'
)
ITEM = '<xs:complexType name="Item"><xs:sequence><xs:element name="n" type="xs:int"/></xs:sequence></xs:complexType>'
IMPORT = '<xs:import namespace="urn:u" schemaLocation="{}"/><xs:element name="ask" type="u:text" xmlns:u="urn:u"/>'
OTHER = '<xs:simpleType name="text"><xs:restriction base="xs:string"/></xs:simpleType>'
ANSWER = '<xs:element name="answer" type="xs:int"/>'
USING = IMPORT + ANSWER
POLICY = (
    '<wsp:Policy xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" '
    'xmlns:sp="http://schemas.xmlsoap.org/ws/2005/07/securitypolicy"><sp:UsernameToken/><sp:SignedParts/>'
    "<sp:TransportBinding/></wsp:Policy>"
)

#: name, files (the first is the contract), codes that are told, operations as (name, style/use, soap, input)
KINDS: dict[str, tuple[dict[str, str], set[str], list[tuple[str, ...]]]] = {
    "document, literal": ({"a.wsdl": wsdl()}, set(), [("get", "document/literal", "1.1", "{urn:t}ask")]),
    "SOAP 1.2": (
        {"a.wsdl": wsdl(binding=bound(soap="soap12", asked=BODY.replace("soap:", "soap12:")))},
        set(),
        [("get", "document/literal", "1.2", "{urn:t}ask")],
    ),
    "SOAP 1.1 and 1.2 and HTTP side by side": (
        {
            "a.wsdl": wsdl(
                binding=bound()
                + bound(soap="soap12", name="B2")
                + '<binding name="B3" type="tns:P"><http:binding verb="GET"/><operation name="get"/></binding>',
                end=service("B", "B2", "B3"),
            )
        },
        {"V529"},
        [("get", "document/literal", "1.1", "{urn:t}ask"), ("get", "document/literal", "1.2", "{urn:t}ask")],
    ),
    "rpc, literal": (
        {"a.wsdl": wsdl(messages=TYPED.format("xs:int"), binding=bound(style="rpc", asked=RPC, answered=RPC))},
        set(),
        [("get", "rpc/literal", "1.1", "{urn:r}get")],
    ),
    "rpc without a namespace": (
        {"a.wsdl": wsdl(messages=TYPED.format("xs:int"), binding=bound(style="rpc"))},
        set(),
        [("get", "rpc/literal", "1.1", "{urn:t}get")],
    ),
    "rpc, encoded, with an array": (
        {
            "a.wsdl": wsdl(
                types=schema(ARRAY.format("tns:Item[]") + ITEM),
                messages=TYPED.format("tns:List"),
                binding=bound(style="rpc", asked=ENCODED, answered=ENCODED),
            )
        },
        set(),
        [("get", "rpc/encoded", "1.1", "{urn:r}get")],
    ),
    "an array of arrays": (
        {
            "a.wsdl": wsdl(
                types=schema(ARRAY.format("xs:string[][]")),
                messages=TYPED.format("tns:List"),
                binding=bound(style="rpc", asked=ENCODED, answered=ENCODED),
            )
        },
        set(),
        [("get", "rpc/encoded", "1.1", "{urn:r}get")],
    ),
    "types of the Apache tools": (
        {
            "a.wsdl": wsdl(
                types="",
                messages=TYPED.format("apache:Map"),
                binding=bound(style="rpc", asked=ENCODED, answered=ENCODED),
            )
        },
        set(),
        [("get", "rpc/encoded", "1.1", "{urn:r}get")],
    ),
    "style at the operation": (
        {
            "a.wsdl": wsdl(
                messages=TYPED.format("xs:int"),
                binding=bound(asked=RPC, answered=RPC).replace("soapAction", 'style="rpc" soapAction'),
            )
        },
        set(),
        [("get", "rpc/literal", "1.1", "{urn:r}get")],
    ),
    "one way": (
        {"a.wsdl": wsdl(operations='<operation name="get"><input message="tns:Ask"/></operation>')},
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "the partner begins": (
        {
            "a.wsdl": wsdl(
                operations=OPERATION
                + '<operation name="tell"><output message="tns:Ask"/></operation>'
                + '<operation name="beg"><output message="tns:Ask"/><input message="tns:Answer"/></operation>',
                binding=bound().replace("</binding>", '<operation name="tell"/><operation name="beg"/></binding>'),
            )
        },
        {"V530"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "overloaded": (
        {
            "a.wsdl": wsdl(
                messages=MESSAGES + '<message name="Ask2"><part name="in" element="tns:answer"/></message>',
                operations='<operation name="get"><input name="one" message="tns:Ask"/></operation>'
                '<operation name="get"><input name="two" message="tns:Ask2"/></operation>',
                binding='<binding name="B" type="tns:P"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>'
                f'<operation name="get"><input name="one">{BODY}</input></operation>'
                f'<operation name="get"><input name="two">{BODY}</input></operation></binding>',
            )
        },
        set(),
        [
            ("get", "document/literal", "1.1", "{urn:t}ask"),
            ("get(two)", "document/literal", "1.1", "{urn:t}answer"),
        ],
    ),
    "no binding": (
        {"a.wsdl": wsdl(binding="", end="")},
        {"V532"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "no binding, parts by type": (
        {"a.wsdl": wsdl(messages=TYPED.format("xs:int"), binding="", end="")},
        {"V532"},
        [("get", "rpc/literal", "1.1", "{urn:t}get")],
    ),
    "no service": ({"a.wsdl": wsdl(end="")}, set(), [("get", "document/literal", "1.1", "{urn:t}ask")]),
    "a port without address": (
        {"a.wsdl": wsdl(end='<service name="S"><port name="x" binding="tns:B"/></service>')},
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "over a queue": (
        {"a.wsdl": wsdl(binding=bound(transport="http://www.w3.org/2010/soapjms/"))},
        {"V535"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "split in three": (
        {
            "a.wsdl": definitions('<import namespace="urn:t" location="b/b.wsdl"/>' + bound() + service("B")),
            "b/b.wsdl": definitions(
                '<import namespace="urn:t" location="../c.wsdl"/>' + f'<portType name="P">{OPERATION}</portType>'
            ),
            "c.wsdl": definitions(f"<types>{schema(ELEMENTS)}</types>{MESSAGES}"),
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "files that import each other": (
        {
            "a.wsdl": wsdl(types="", before='<import namespace="urn:t" location="b.wsdl"/>'),
            "b.wsdl": definitions(f'<import namespace="urn:t" location="a.wsdl"/><types>{schema(ELEMENTS)}</types>'),
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a schema by wsdl:import": (
        {"a.wsdl": wsdl(types="", before='<import namespace="urn:t" location="t.xsd"/>'), "t.xsd": schema(ELEMENTS)},
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a part of a contract": ({"a.wsdl": definitions(MESSAGES + f"<types>{schema(ELEMENTS)}</types>")}, {"V531"}, []),
    "schemas that know each other by namespace": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:import namespace="urn:u"/><xs:element name="ask" type="u:text" xmlns:u="urn:u"/>' + ANSWER
                )
                + schema(OTHER, "urn:u")
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "two schemas of one namespace": (
        {"a.wsdl": wsdl(types=schema('<xs:element name="ask" type="tns:text"/>') + schema(ANSWER + OTHER))},
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "the same schema twice": (
        {"a.wsdl": wsdl(types=schema(ELEMENTS) + schema(ELEMENTS))},
        {"V523"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "an import that is not written": (
        {"a.wsdl": wsdl(types=schema(USING.replace(IMPORT[: IMPORT.index("/>") + 2], "")) + schema(OTHER, "urn:u"))},
        {"V522"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "an import without location": (
        {
            "a.wsdl": wsdl(types=schema(USING.replace(' schemaLocation="{}"', ""))),
            "deep/there.xsd": schema(OTHER, "urn:u"),
        },
        {"V521"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "an import from the network that lies in the folder": (
        {
            "a.wsdl": wsdl(types=schema(USING.format("http://agency.example/service?xsd=u.xsd"))),
            "xsd/u.xsd": schema(OTHER, "urn:u"),
            "xsd/v.xsd": schema("", "urn:u"),
        },
        {"V521"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a chameleon for two namespaces": (
        {
            "a.wsdl": wsdl(types=schema('<xs:include schemaLocation="c.xsd"/>' + USING.format("u.xsd"))),
            "u.xsd": schema('<xs:include schemaLocation="c.xsd"/>', "urn:u"),
            "c.xsd": schema(OTHER + '<xs:element name="x" type="text"/>', ""),
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "schemas that import each other": (
        {
            "a.wsdl": wsdl(types=schema(USING.format("u.xsd"))),
            "u.xsd": schema('<xs:import namespace="urn:t2" schemaLocation="v.xsd"/>' + OTHER, "urn:u"),
            "v.xsd": schema('<xs:import namespace="urn:u" schemaLocation="u.xsd"/>', "urn:t2"),
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a schema without namespace": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:import schemaLocation="n.xsd"/><xs:element name="ask" type="text" xmlns=""/>' + ANSWER
                )
            ),
            "n.xsd": schema(OTHER, ""),
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "redefined": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:redefine schemaLocation="r.xsd"><xs:simpleType name="text"><xs:restriction base="tns:text">'
                    '<xs:maxLength value="3"/></xs:restriction></xs:simpleType></xs:redefine>'
                    '<xs:element name="ask" type="tns:text"/>' + ANSWER
                )
            ),
            "r.xsd": schema(OTHER),
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a DataSet of .NET": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:element name="ask"><xs:complexType><xs:sequence><xs:element ref="xs:schema"/><xs:any/>'
                    "</xs:sequence></xs:complexType></xs:element>" + ANSWER
                )
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "standards by name only": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:import namespace="http://www.w3.org/2000/09/xmldsig#"/>'
                    '<xs:import namespace="http://www.w3.org/2005/08/addressing"/>'
                    '<xs:import namespace="http://schemas.microsoft.com/2003/10/Serialization/"/>'
                    '<xs:element name="ask"><xs:complexType><xs:sequence>'
                    '<xs:element ref="d:Signature" xmlns:d="http://www.w3.org/2000/09/xmldsig#"/>'
                    '<xs:element ref="w:To" xmlns:w="http://www.w3.org/2005/08/addressing"/>'
                    '<xs:element name="id" type="m:guid" xmlns:m="http://schemas.microsoft.com/2003/10/Serialization/"/>'
                    '</xs:sequence><xs:attribute ref="xml:lang"/></xs:complexType></xs:element>' + ANSWER
                )
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a part by type": (
        {"a.wsdl": wsdl(messages=MESSAGES.replace('element="tns:ask"', 'type="xs:string"'))},
        {"V536"},
        [("get", "document/literal", "1.1", "in")],
    ),
    "two parts in one Body": (
        {"a.wsdl": wsdl(messages=MESSAGES.replace("</message>", '<part name="b" element="tns:answer"/></message>', 1))},
        {"V536"},
        [("get", "document/literal", "1.1", "{urn:t}Ask")],
    ),
    "an empty Body": (
        {"a.wsdl": wsdl(messages=MESSAGES.replace('<part name="in" element="tns:ask"/>', ""))},
        set(),
        [("get", "document/literal", "1.1", "{urn:t}Ask")],
    ),
    "a header beside the Body": (
        {
            "a.wsdl": wsdl(
                messages=MESSAGES.replace("</message>", '<part name="h" element="tns:answer"/></message>', 1),
                binding=bound(
                    asked='<soap:body use="literal" parts="in"/><soap:header message="tns:Ask" part="h" use="literal"/>'
                ),
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a header of another message": (
        {
            "a.wsdl": wsdl(
                messages=MESSAGES + '<message name="H"><part name="h" element="tns:answer"/></message>',
                binding=bound(
                    asked=f'{BODY}<soap:header message="tns:H" part="h" use="literal">'
                    '<soap:headerfault message="tns:H" part="h" use="literal"/></soap:header>'
                ),
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "attachments": (
        {
            "a.wsdl": wsdl(
                messages=MESSAGES.replace("</message>", '<part name="file" type="xs:base64Binary"/></message>', 1),
                binding=bound(
                    asked=f"<mime:multipartRelated><mime:part>{BODY.replace('/>', ' parts=' + chr(34) + 'in' + chr(34) + '/>')}"
                    '</mime:part><mime:part><mime:content part="file" type="application/pdf"/></mime:part></mime:multipartRelated>'
                ),
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a fault without element": (
        {
            "a.wsdl": wsdl(
                messages=MESSAGES + '<message name="F"/>',
                operations=OPERATION.replace("</operation>", '<fault name="f" message="tns:F"/></operation>'),
            )
        },
        {"V536"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "what a policy asks": (
        {"a.wsdl": wsdl(before=POLICY)},
        {"V528"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a content model that only xmlschema takes": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:element name="ask"><xs:complexType><xs:sequence><xs:element name="a" type="xs:int" minOccurs="0"/>'
                    '<xs:element name="a" type="xs:int"/></xs:sequence></xs:complexType></xs:element>' + ANSWER
                )
            )
        },
        {"V525", "V526"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a count that nobody can hold": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:element name="ask"><xs:complexType><xs:sequence><xs:element name="a" maxOccurs="999999999999"/>'
                    "</xs:sequence></xs:complexType></xs:element>" + ANSWER
                )
            )
        },
        {"V527"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a name in the wrong namespace": (
        {"a.wsdl": wsdl(types=schema('<xs:element name="ask" type="text"/>' + ANSWER + OTHER))},
        {"V534"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "two operations of one rpc name and different parts": (
        {
            "a.wsdl": definitions(
                f"<types/>{TYPED.format('xs:int')}"
                '<message name="Ask2"><part name="other" type="xs:string"/></message>'
                f'<portType name="P">{OPERATION}</portType><portType name="Q">{OPERATION.replace("tns:Ask", "tns:Ask2")}</portType>'
                + bound(style="rpc", asked=RPC, answered=RPC)
                + bound(style="rpc", asked=RPC, answered=RPC, name="C").replace("tns:P", "tns:Q")
                + service("B", "C")
            )
        },
        set(),
        [("get", "rpc/literal", "1.1", "{urn:r}get"), ("get", "rpc/literal", "1.1", "{urn:r}get-2")],
    ),
    "faults that most stacks overlook": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:element name="ask" minOccurs="0"><xs:complexType><xs:attribute name="x" default="1" use="required"/>'
                    '<xs:all><xs:element name="e" type="xs:int" maxOccurs="unbounded" use="optional"/></xs:all>'
                    "</xs:complexType></xs:element>" + ANSWER + '<xs:simpleType name="s">'
                    '<xs:restriction base="xs:string"><xs:pattern value="(?i)["/></xs:restriction></xs:simpleType>'
                )
            )
        },
        {"V537"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a lone schema": ({"a.xsd": schema(ELEMENTS)}, set(), []),
}


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / next(iter(files))


def offered(admission: Admission) -> list[tuple[str, ...]]:
    assert admission.contract is not None, admission.findings
    return [
        (found.name, f"{found.style}/{found.use}", found.soap, found.input.element)
        for service in admission.contract.services
        for port in service.ports
        for found in port.operations
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_contract_of_this_kind_is_admitted(tmp_path: Path, kind: str) -> None:
    files, codes, operations = KINDS[kind]
    admission = admit(written(tmp_path, files), tmp_path)
    assert offered(admission) == operations
    assert {finding.code for finding in admission.findings} == codes


@pytest.mark.parametrize("kind", KINDS)
def test_every_message_has_a_literal_document_in_the_schema(tmp_path: Path, kind: str) -> None:
    contract: Any = admit(written(tmp_path, KINDS[kind][0]), tmp_path, compiled=False).contract
    for operation in contract.operations.values():
        for message in filter(None, (operation.input, operation.output)):
            assert message.element in contract.schemas.elements
