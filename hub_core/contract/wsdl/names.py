"""Names of the standards that a WSDL is written in, and qualified names."""

from typing import Any, Final
from xml.etree.ElementTree import canonicalize

from lxml import etree

Node = Any  # an element of lxml; its published types are wrong about lines and attributes

WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
WSDL_20: Final = "http://www.w3.org/ns/wsdl"
XSD: Final = "http://www.w3.org/2001/XMLSchema"
XML: Final = "http://www.w3.org/XML/1998/namespace"
SOAP_ENCODING: Final = "http://schemas.xmlsoap.org/soap/encoding/"
MIME: Final = "http://schemas.xmlsoap.org/wsdl/mime/"
BINDINGS: Final = {
    "http://schemas.xmlsoap.org/wsdl/soap/": "1.1",
    "http://schemas.xmlsoap.org/wsdl/soap12/": "1.2",
}
# Elements and attributes of WSDL and XML Schema, as lxml names them.
W: Final = f"{{{WSDL}}}"
X: Final = f"{{{XSD}}}"


class Unbound(Exception):
    """A prefix that nothing declares; its text is the prefix."""


def full(namespace: str | None, local: str) -> str:
    """Return ``{namespace}local``, or ``local`` without a namespace."""
    return f"{{{namespace}}}{local}" if namespace else local


def split(name: str) -> tuple[str, str]:
    """Return namespace and local name of ``{namespace}local``."""
    namespace, _, local = name.rpartition("}")
    return namespace[1:], local


def qname(node: Node, text: str) -> str:
    """Return ``{namespace}local`` of a qualified name as it is written at a node.

    Raises:
        Unbound: its prefix is not declared.
    """
    prefix, _, local = text.strip().rpartition(":")
    if prefix == "xml":
        return full(XML, local)
    if prefix and prefix not in node.nsmap:
        raise Unbound(prefix)
    return full(node.nsmap.get(prefix or None), local)


def canonical(node: Node) -> str:
    """Return the canonical form of an element; that of libxml2 refuses namespaces that are relative addresses."""
    return canonicalize(etree.tostring(node, with_tail=False))


def tag(node: Node) -> str:
    """Return the tag of an element; empty for anything else that stands in a tree."""
    return node.tag if isinstance(node.tag, str) else ""
