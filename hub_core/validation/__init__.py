"""The only door to parsing and to schemas: hardened XML, strict JSON, XSD and JSON Schema.

Every input is hostile: sizes, depths and counts are bounded, no parser reads a file or the network by itself, and no
text that leaves this package holds a value of the document.
"""

from hub_core.validation.json import parse_json
from hub_core.validation.json_schema import JsonSchema, load_json_schema
from hub_core.validation.limits import Limits
from hub_core.validation.opening import elements_in
from hub_core.validation.xml import parse_xml, parse_xml_text
from hub_core.validation.xsd import Xsd, load_xsd

__all__ = [
    "JsonSchema",
    "Limits",
    "Xsd",
    "elements_in",
    "load_json_schema",
    "load_xsd",
    "parse_json",
    "parse_xml",
    "parse_xml_text",
]
