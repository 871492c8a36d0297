"""What messages are made of, and what is mended: one small contract for each kind that agencies publish, what is said of it, what it offers."""

from adapters.soap.names import SOAP_11
from tests.contracts.making import (
    ANSWER,
    BODY,
    ELEMENTS,
    HTTP,
    MESSAGES,
    OPERATION,
    OTHER,
    RPC,
    TYPED,
    Kind,
    bound,
    definitions,
    schema,
    service,
    wsdl,
)

ENCODED = RPC.replace("literal", "encoded")
QUALIFIED = (
    '<xs:simpleType name="kind"><xs:restriction base="xs:QName"><xs:enumeration value="k:new"/>'
    '<xs:enumeration value="k:old"/></xs:restriction></xs:simpleType>'
)
POLICY = (
    '<wsp:Policy xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" '
    'xmlns:sp="http://schemas.xmlsoap.org/ws/2005/07/securitypolicy"><sp:UsernameToken/><sp:SignedParts/>'
    "<sp:TransportBinding/></wsp:Policy>"
)

#: name, files (the first is the contract), codes that are told, operations as (name, style/use, soap, input)

KINDS: dict[str, Kind] = {
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
    "two parts in one Body of the answer": (
        {"a.wsdl": wsdl(messages=MESSAGES.replace("</message>", '<part name="b" element="tns:ask"/></message>'))},
        {"V536"},
        [("get", "document/literal", "1.1", "{urn:t}Ask")],
    ),
    "nothing in the Body of the answer": (
        {"a.wsdl": wsdl(messages=MESSAGES.replace('<part name="out" element="tns:answer"/>', ""))},
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "names out of a list, of a namespace that has no schema": (
        {
            "a.wsdl": wsdl(
                types=schema(QUALIFIED + '<xs:element name="ask" type="tns:kind"/>' + ANSWER, more='xmlns:k="urn:k"')
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "names out of a list, encoded": (
        {
            "a.wsdl": wsdl(
                types=schema(QUALIFIED, more='xmlns:k="urn:k"'),
                messages=TYPED.format("tns:kind").replace('type="xs:date"', 'type="xs:QName"'),
                binding=bound(asked=ENCODED, answered=ENCODED, style="rpc"),
            )
        },
        set(),
        [("get", "rpc/encoded", "1.1", "{urn:r}get")],
    ),
    "values in any order, encoded": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:complexType name="pair"><xs:all><xs:element name="one" type="xs:int"/>'
                    '<xs:element name="two" type="xs:string"/><xs:element name="three" type="xs:date"/></xs:all></xs:complexType>'
                ),
                messages=TYPED.format("tns:pair").replace('type="xs:date"', 'type="tns:pair"'),
                binding=bound(asked=ENCODED, answered=ENCODED, style="rpc"),
            )
        },
        set(),
        [("get", "rpc/encoded", "1.1", "{urn:r}get")],
    ),
    "bytes of the encoding with more facets": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:import namespace="http://schemas.xmlsoap.org/soap/encoding/"/><xs:complexType name="scan">'
                    '<xs:simpleContent><xs:restriction base="soapenc:base64Binary"><xs:maxLength value="9"/>'
                    "</xs:restriction></xs:simpleContent></xs:complexType>",
                    more='xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"',
                ),
                messages=TYPED.format("tns:scan"),
                binding=bound(asked=ENCODED, answered=ENCODED, style="rpc"),
            )
        },
        set(),
        [("get", "rpc/encoded", "1.1", "{urn:r}get")],
    ),
    "a namespace that is a relative address": (
        {"a.wsdl": wsdl(messages=MESSAGES * 2).replace("urn:t", "agency/t")},
        set(),
        [("get", "document/literal", "1.1", "{agency/t}ask")],
    ),
    "anything of other namespaces": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:element name="ask"><xs:complexType><xs:sequence><xs:any namespace="##other" '
                    'processContents="lax"/></xs:sequence></xs:complexType></xs:element>' + ANSWER
                )
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "overloaded, told apart by parts": (
        {
            "a.wsdl": wsdl(
                messages=TYPED.format("xs:int") + '<message name="Ask2"><part name="number" type="xs:int"/></message>',
                operations='<operation name="get"><input name="one" message="tns:Ask"/></operation>'
                '<operation name="get"><input name="two" message="tns:Ask2"/></operation>',
                binding=f'<binding name="B" type="tns:P"><soap:binding style="rpc" transport="{HTTP}"/>'
                f'<operation name="get"><input name="one">{RPC}</input></operation>'
                f'<operation name="get"><input name="two">{RPC}</input></operation></binding>',
            )
        },
        set(),
        [("get", "rpc/literal", "1.1", "{urn:r}get"), ("get(two)", "rpc/literal", "1.1", "{urn:r}get-2")],
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
    "types without order that extend each other": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:complexType name="one"><xs:all><xs:element name="a" type="xs:int"/></xs:all></xs:complexType>'
                    '<xs:complexType name="two"><xs:complexContent><xs:extension base="tns:one"><xs:all>'
                    '<xs:element name="b" type="xs:int"/></xs:all></xs:extension></xs:complexContent></xs:complexType>'
                ),
                messages=TYPED.format("tns:two"),
                binding=bound(asked=ENCODED, answered=ENCODED, style="rpc"),
            )
        },
        {"V537"},
        [("get", "rpc/encoded", "1.1", "{urn:r}get")],
    ),
    "anything, then what extends it": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:complexType name="base"><xs:sequence><xs:element name="a" type="xs:int"/>'
                    '<xs:any processContents="lax" minOccurs="0"/></xs:sequence></xs:complexType>'
                    '<xs:element name="ask"><xs:complexType><xs:complexContent><xs:extension base="tns:base"><xs:sequence>'
                    '<xs:element name="b" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent>'
                    "</xs:complexType></xs:element>" + ANSWER
                )
            )
        },
        {"V537"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "anything that has no end": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:element name="ask"><xs:complexType><xs:sequence><xs:element name="a" type="xs:anyType"/>'
                    '<xs:any processContents="lax" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:complexType>'
                    "</xs:element>" + ANSWER
                )
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a name beside a reference": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:element name="ask"><xs:complexType><xs:sequence><xs:element name="who" ref="tns:answer"/>'
                    "</xs:sequence></xs:complexType></xs:element>" + ANSWER
                )
            )
        },
        {"V537"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a header block as the schema of envelopes has it": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    f'<xs:import namespace="{SOAP_11}"/><xs:element name="ask"><xs:complexType>'
                    '<xs:attribute ref="envelope:mustUnderstand"/></xs:complexType></xs:element>' + ANSWER,
                    more=f'xmlns:envelope="{SOAP_11}"',
                )
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a lone schema": ({"a.xsd": schema(ELEMENTS)}, set(), []),
}
