"""The contracts that the agencies serve and check requests against, from ``schemas/partners``."""

from pathlib import Path
from typing import Final

from lxml import etree

from hub_demo.agencies.soap import parse

FOLDER: Final = Path(__file__).parents[2] / "schemas" / "partners"
_ADDRESS: Final = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
_INCLUDE: Final = "{http://www.w3.org/2001/XMLSchema}include"


def schema(name: str) -> etree.XMLSchema:
    """Return a compiled schema; ``name`` is ``<agency>/<file>``."""
    return etree.XMLSchema(etree.parse(str(FOLDER / name)))


def served(agency: str, contract: str, url: str) -> dict[str, bytes]:
    """Return what stands behind each query string: the WSDL with the service's real address, and its schemas."""
    root = parse((FOLDER / agency / contract).read_bytes())
    for address in root.iter(_ADDRESS):
        address.set("location", url)
    found = {}
    for include in root.iter(_INCLUDE):
        name = include.get("schemaLocation", "")
        include.set("schemaLocation", f"{url}?xsd={name}")
        found[f"xsd={name}"] = (FOLDER / agency / name).read_bytes()
    found["wsdl"] = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return found
