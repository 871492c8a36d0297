"""How operations travel: one small contract for each kind that agencies publish, what is said of it, what it offers."""

from tests.contracts.making import BODY, MESSAGES, OPERATION, RPC, TYPED, Kind, bound, schema, service, wsdl

ENCODED = '<soap:body use="encoded" namespace="urn:r" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/>'
ARRAY = (
    '<xs:complexType name="List"><xs:complexContent><xs:restriction base="soapenc:Array">'
    '<xs:attribute ref="soapenc:arrayType" wsdl:arrayType="{}"/></xs:restriction></xs:complexContent></xs:complexType>'
)
ITEM = '<xs:complexType name="Item"><xs:sequence><xs:element name="n" type="xs:int"/></xs:sequence></xs:complexType>'

KINDS: dict[str, Kind] = {
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
}
