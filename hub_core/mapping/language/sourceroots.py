"""The contract that a source names: it is there, and it declares the root element."""

from pathlib import Path, PurePosixPath
from typing import Final

import msgspec
from lxml import etree

from hub_core.errors import ConfigError
from hub_core.mapping.language.rules import MappingFile, Source
from hub_core.places import SCHEMAS
from hub_core.rows.description import SUFFIX, load_description
from hub_core.rows.single import DIALECT as ROWS
from hub_core.validation.library import XSD
from hub_core.yaml import Faults, Mapping, Node, closest

MAX_NAMED: Final = 12  # schemas in a mend; more of them help nobody
_CONTRACTS: Final = (".xsd", ".wsdl")


def rooted(mapping: MappingFile, schemas: Path, faults: Faults) -> MappingFile:
    """Return the mapping with the full name of its root element; see that its description of rows is there."""
    if mapping.source.dialect == ROWS:
        _described(mapping, schemas, faults)
    elif mapping.source.kind == "xml" and not mapping.source.root.startswith("{"):
        return msgspec.structs.replace(mapping, source=_declared(mapping, schemas, faults))
    return mapping


def _described(mapping: MappingFile, schemas: Path, faults: Faults) -> None:
    file = mapping.source.schema or ""
    node = _at(mapping.node, "source", "rows")
    if not file.endswith(SUFFIX):
        mend = f"write the name of a description below schemas/: partners/x/list{SUFFIX}"
        faults.add(node, "a description of rows is expected", mend=mend, code="M107")
    elif _there(node, file, schemas, (SUFFIX,), faults):
        try:
            load_description(schemas / file, file=file)
        except ConfigError as error:
            faults.findings.extend(error.findings)


def _there(node: Node, name: str, schemas: Path, kinds: tuple[str, ...], faults: Faults) -> bool:
    """Tell whether a contract is there; if not, say where it was looked for."""
    parts = PurePosixPath(name)
    folder = f"{schemas}/"
    if parts.is_absolute() or ".." in parts.parts:
        mend = "write its path below the folder of contracts, and name that folder with --schemas"
        faults.add(node, f"the path of the schema does not start in {folder}, or leaves it", mend=mend, code="M107")
        return False
    if (schemas / name).is_file():
        return True
    found = [path.relative_to(schemas) for kind in kinds for path in schemas.rglob(f"*{kind}")]
    # The contract of another partner is never what was meant.
    known = [path.as_posix() for path in found if path.parent == Path(parts.parent) or path.name == parts.name]
    mend = closest(name, known)
    if "instead" not in mend and not 0 < len(known) <= MAX_NAMED:
        mend = "put it there, or name another folder with --schemas"
        if schemas == SCHEMAS:  # that of the hub: no verb of its lets it read another
            mend = "put it there: a hub reads contracts from nowhere else; without a hub --schemas names another folder"
    faults.add(node, f"the schema {name!r} is not below {folder}", mend=mend, code="M107")
    return False


def _declared(mapping: MappingFile, schemas: Path, faults: Faults) -> Source:
    """Return the source with the full name of its root element, as its schema declares it."""
    source = mapping.source
    node = _at(mapping.node, "source", "xml")
    name, _, local = source.root.partition("#")
    if not local:
        mend = "write file.xsd#root or file.wsdl#root with a file below schemas/"
        faults.add(node, "the source names no root element", mend=mend, code="M107")
        return source
    if not _there(node, name, schemas, _CONTRACTS, faults):
        return source
    try:
        declared = _elements(schemas / name, schemas)
    except etree.XMLSyntaxError:
        faults.add(node, "the schema is no XML", mend="mend the schema", code="M107")
        return source
    except ConfigError as error:
        mend = f"{error.mend}; or name an XSD" if error.mend else "name an XSD"
        faults.add(node, f"the contract cannot be read: {error.text}", mend=mend, code="M107")
        return source
    if local not in declared:
        mend = closest(local, declared)
        faults.add(node, f"the schema declares no element {local!r}", mend=mend, code="M107")
    return msgspec.structs.replace(source, root=declared.get(local, local))


def _elements(path: Path, schemas: Path) -> dict[str, str]:
    """Return the full names of the elements that a contract declares, by their local names."""
    if path.suffix == ".wsdl":
        from hub_core.contract.xsd import global_elements  # which knows paths and sources

        return global_elements(path, schemas)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    schema = etree.parse(path, parser).getroot()
    namespace = schema.get("targetNamespace")
    roots = {element.get("name", ""): True for element in schema.findall(f"{XSD}element")}
    qualified = schema.get("elementFormDefault") == "qualified"
    inner = {element.get("name", ""): qualified for element in schema.iter(f"{XSD}element")}
    declared = {**inner, **roots}
    return {local: f"{{{namespace}}}{local}" if namespace and full else local for local, full in declared.items()}


def _at(node: Node, *keys: str) -> Node:
    for key in keys:
        if isinstance(node, Mapping) and key in node.items:
            node = node.items[key]
    return node
