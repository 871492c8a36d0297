"""The schema that stands inside a WSDL, compiled for validating traffic.

A WSDL may hold several schemas that know each other by namespace only, and libxml2 takes one document per namespace.
So each is held in memory under a name beside the WSDL, and one more document brings those of a namespace together.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lxml import etree

from adapters.soap.names import WSDL
from hub_core.validation import Xsd
from hub_core.validation.library import STANDARDS, XSD, Library
from hub_core.validation.xsd import compile_xsd

_XSD: Final = XSD[1:-1]


def types_schema(path: Path, loaded: Mapping[str, bytes], root: Path) -> tuple[Xsd | None, frozenset[str]]:
    """Return the compiled schema of a WSDL and the names of its global elements; ``None`` if it holds no schema.

    Args:
        path: of the WSDL.
        loaded: it and all that it imports, by URL.
        root: the only folder that schemas may come from.

    Raises:
        ConfigError: V401.
    """
    schemas = [
        (url, schema)
        for url, body in loaded.items()
        for schema in etree.fromstring(body).findall(f"{{{WSDL}}}types/{XSD}schema")
    ]
    if not schemas:
        return None, frozenset()
    held, by_namespace = _hold(path, schemas)
    held[_beside(path, "all")] = _joined(None, "import", [(name, _beside(path, name)) for name in by_namespace])
    for name, urls in by_namespace.items():
        held[_beside(path, name)] = _joined(name, "include", [(None, url) for url in urls])
    library = Library(root, held)
    schema = compile_xsd(_beside(path, "all"), library)
    return schema, frozenset(name for name in library.elements if etree.QName(name).namespace not in STANDARDS)


def _hold(path: Path, schemas: list[tuple[str, etree._Element]]) -> tuple[dict[str, bytes], dict[str, list[str]]]:
    held: dict[str, bytes] = {}
    by_namespace: dict[str, list[str]] = defaultdict(list)
    own = {schema.get("targetNamespace", "") for _, schema in schemas}
    for number, (beside, schema) in enumerate(schemas):
        for needed in schema.iter(f"{XSD}import"):
            if needed.get("namespace", "") in own:
                needed.set("schemaLocation", _beside(path, needed.get("namespace", "")))
        url = f"{beside}.{number}.xsd"
        held[url] = etree.tostring(schema)
        by_namespace[schema.get("targetNamespace", "")].append(url)
    return held, dict(by_namespace)


def _beside(path: Path, name: str) -> str:
    """Return a name for a document in memory, in the folder of the WSDL so that relative includes still fit."""
    return f"{path}.{name.encode().hex()}.xsd"


def _joined(namespace: str | None, verb: str, parts: list[tuple[str | None, str]]) -> bytes:
    schema = etree.Element(f"{XSD}schema", nsmap={"xs": _XSD})
    if namespace:
        schema.set("targetNamespace", namespace)
    for name, url in parts:
        # A schema without target namespace is included, not imported, into the one that has none either.
        part = etree.SubElement(schema, f"{XSD}{'include' if name == '' else verb}", schemaLocation=url)
        if name:
            part.set("namespace", name)
    return etree.tostring(schema)
