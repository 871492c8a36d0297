"""Small contracts of every kind, written in a line or two."""

from pathlib import Path

#: files by name (the first is the contract), codes that are told, operations as (name, style/use, soap, input)
Kind = tuple[dict[str, str], set[str], list[tuple[str, ...]]]

XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
NAMESPACES = (
    f'{XS} xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="urn:t" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" '
    'xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:http="http://schemas.xmlsoap.org/wsdl/http/" '
    'xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/" xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" '
    'xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:apache="http://xml.apache.org/xml-soap"'
)
HTTP = "http://schemas.xmlsoap.org/soap/http"
BODY = '<soap:body use="literal"/>'
ELEMENTS = '<xs:element name="ask" type="xs:string"/><xs:element name="answer" type="xs:int"/>'
MESSAGES = (
    '<message name="Ask"><part name="in" element="tns:ask"/></message>'
    '<message name="Answer"><part name="out" element="tns:answer"/></message>'
)
OPERATION = '<operation name="get"><input message="tns:Ask"/><output message="tns:Answer"/></operation>'


def schema(body: str, namespace: str = "urn:t", more: str = "") -> str:
    """Return one XML Schema."""
    target = f'targetNamespace="{namespace}" xmlns:tns="{namespace}"' if namespace else ""
    return f'<xs:schema {XS} {target} elementFormDefault="qualified" {more}>{body}</xs:schema>'


def definitions(body: str, namespace: str = "urn:t") -> str:
    """Return one WSDL."""
    return f'<definitions {NAMESPACES} targetNamespace="{namespace}">{body}</definitions>'


def bound(
    *,
    asked: str = BODY,
    answered: str = BODY,
    style: str = "document",
    soap: str = "soap",
    transport: str = HTTP,
    name: str = "B",
    operation: str = "get",
) -> str:
    """Return a binding of one operation."""
    return (
        f'<binding name="{name}" type="tns:P"><{soap}:binding style="{style}" transport="{transport}"/>'
        f'<operation name="{operation}"><{soap}:operation soapAction="urn:{operation}"/>'
        f"<input>{asked}</input><output>{answered}</output></operation></binding>"
    )


def service(*bindings: str, soap: str = "soap") -> str:
    """Return a service with a port for each binding."""
    ports = "".join(
        f'<port name="port{binding}" binding="tns:{binding}"><{soap}:address location="http://agency.example/"/></port>'
        for binding in bindings
    )
    return f'<service name="S">{ports}</service>'


def wsdl(
    *,
    types: str | None = None,
    messages: str = MESSAGES,
    operations: str = OPERATION,
    binding: str | None = None,
    end: str | None = None,
    before: str = "",
) -> str:
    """Return a WSDL of one port type; what is not given is the plainest there is."""
    inside = schema(ELEMENTS) if types is None else types
    return definitions(
        f'{before}<types>{inside}</types>{messages}<portType name="P">{operations}</portType>'
        f"{bound() if binding is None else binding}{service('B') if end is None else end}"
    )


RPC = '<soap:body use="literal" namespace="urn:r"/>'
TYPED = (
    '<message name="Ask"><part name="who" type="xs:string"/><part name="day" type="xs:date"/></message>'
    '<message name="Answer"><part name="return" type="{}"/></message>'
)
IMPORT = '<xs:import namespace="urn:u" schemaLocation="{}"/><xs:element name="ask" type="u:text" xmlns:u="urn:u"/>'
OTHER = '<xs:simpleType name="text"><xs:restriction base="xs:string"/></xs:simpleType>'
ANSWER = '<xs:element name="answer" type="xs:int"/>'
USING = IMPORT + ANSWER


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / next(iter(files))
