"""The schemas that stand inside a WSDL.

A WSDL may hold several schemas that know each other by namespace only, and libxml2 takes one document per namespace.
So each is held in memory under a name beside the WSDL, and one more document brings those of a namespace together.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from hub_core.errors import ConfigError
from hub_core.validation.library import STANDARDS, XSD, Library
from hub_core.validation.xsd import Xsd, compile_xsd

WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
MAX_FILES: Final = 200
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
    held = _held(path, loaded)
    if not held:
        return None, frozenset()
    library = Library(root, held)
    schema = compile_xsd(_beside(path, "all"), library)
    return schema, frozenset(name for name in library.elements if etree.QName(name).namespace not in STANDARDS)


def opened(path: Path, root: Path) -> tuple[str, Library]:
    """Return where the schema of a contract begins, and the library that holds it: an XSD, or what a WSDL holds.

    Raises:
        ConfigError: V401, it cannot be read, or it is a WSDL without schemas.
    """
    path, library = path.resolve(), Library(root)
    if path.suffix != ".wsdl":
        return str(path), library
    held = _held(path, _with_imports(str(path), library))
    if not held:
        mend = "name the XSD that declares the element"
        raise ConfigError("V401", "the WSDL holds no schema", where=path.name, mend=mend)
    return _beside(path, "all"), Library(root, held)


def files_of(path: Path, root: Path) -> list[Path]:
    """Return the files of a contract: it, and what it includes and imports.

    Raises:
        ConfigError: V401.
    """
    around = Library(root)
    if path.suffix == ".wsdl":
        _with_imports(str(path), around)
    start, library = opened(path, root)
    compile_xsd(start, library)
    return sorted(around.files | library.files)


def answers(path: Path, root: Path) -> dict[str, str]:
    """Return the local name of the element that each operation answers; those that answer none are left out.

    Raises:
        ConfigError: V401, the WSDL cannot be read.
    """
    documents = [etree.fromstring(body) for body in _with_imports(str(path), Library(root)).values()]
    parts = {
        message.get("name"): part.get("element", "").rpartition(":")[2]
        for document in documents
        for message in document.iter(f"{{{WSDL}}}message")
        for part in message.findall(f"{{{WSDL}}}part[@element]")
    }
    found: dict[str, str] = {}
    for operation in (one for document in documents for one in document.iter(f"{{{WSDL}}}operation")):
        output = operation.find(f"{{{WSDL}}}output[@message]")
        message = output.get("message", "").rpartition(":")[2] if output is not None else ""
        if parts.get(message):
            found[operation.get("name", "")] = parts[message]
    return found


def _with_imports(url: str, library: Library) -> dict[str, bytes]:
    """Return a WSDL and those that it imports, by URL."""
    loaded: dict[str, bytes] = {}
    wanted = [url]
    while wanted and len(loaded) < MAX_FILES:
        one = wanted.pop()
        if one not in loaded:
            loaded[one] = library.read(one)
            imports = etree.fromstring(loaded[one]).findall(f"{{{WSDL}}}import")
            wanted += [urljoin(one, location) for part in imports if (location := part.get("location"))]
    return loaded


def _held(path: Path, loaded: Mapping[str, bytes]) -> dict[str, bytes]:
    schemas = [
        (url, schema)
        for url, body in loaded.items()
        for schema in etree.fromstring(body).findall(f"{{{WSDL}}}types/{XSD}schema")
    ]
    if not schemas:
        return {}
    held, by_namespace = _hold(path, schemas)
    held[_beside(path, "all")] = _joined(None, "import", [(name, _beside(path, name)) for name in by_namespace])
    for name, urls in by_namespace.items():
        held[_beside(path, name)] = _joined(name, "include", [(None, url) for url in urls])
    return held


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
