"""Contracts by the ``source`` of a mapping, read once per version of their file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, Final, Literal

from lxml import etree

from hub_core.contract.jsonschema import json_root
from hub_core.contract.place import Place
from hub_core.contract.rows import row_faults, rows_root
from hub_core.contract.wsdl import read_contract
from hub_core.contract.xsd import xsd_root
from hub_core.errors import ConfigError
from hub_core.mapping.language.paths import ANY_NAMESPACE, Steps
from hub_core.mapping.language.rules import Source
from hub_core.message import Finding
from hub_core.places import SCHEMAS
from hub_core.rows.description import SUFFIX, load_description
from hub_core.validation.json_schema import JsonSchema

MAX_KEPT: Final = 256
DERIVED: Final = "derived from samples"  # in ``$comment``: the file says what was seen, not what was agreed


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One contract.

    Attributes:
        kind: of the documents.
        file: relative to the folder of schemas.
        root: the place where the paths of a mapping start.
        derived: from documents that were seen; another document may hold more.
    """

    kind: Literal["xml", "json", "rows"]
    file: str
    root: Place
    derived: bool = False
    validator: Callable[[], Callable[[Any], list[Finding]]] = field(repr=False, compare=False)

    def at(self, steps: Steps) -> Place | None:
        """Return the place that a path leads to; filters and indexes are not looked at.

        ``None``: the contract has no such place, or it lies below one where anything may stand.
        """
        place: Place | None = self.root
        for step in steps:
            place = below(place, step.name) if place else None
        return place

    def faults(self, document: Any) -> list[Finding]:
        """Return what the contract refuses in a document: XML as bytes or element, JSON as its object."""
        return self._faults(document)

    @cached_property
    def _faults(self) -> Callable[[Any], list[Finding]]:
        return self.validator()


def below(place: Place, name: str) -> Place | None:
    """Return the place of a name right below another; ``{*}name`` fits every namespace."""
    if not name.startswith(ANY_NAMESPACE):
        return place.children.get(name)
    local = name.removeprefix(ANY_NAMESPACE)
    return next((child for key, child in place.children.items() if key.rpartition("}")[2] == local), None)


def contract_of(source: Source, schemas: Path = SCHEMAS) -> Contract | None:
    """Return the contract that a source names; ``None`` where it names none.

    Args:
        source: of a mapping.
        schemas: folder of the contracts.

    Raises:
        ConfigError: V401, the contract cannot be read.
    """
    if source.kind == "xml":
        return (
            _kept(source.schema, schemas, source.root.rpartition("}")[2].rpartition("#")[2]) if source.schema else None
        )
    if source.schema:
        return _kept(source.schema, schemas, "")
    for name in (source.document or "envelope",):
        file = f"eessi/{source.dialect}-{name}.schema.json".lower()
        if (schemas / file).is_file():
            return _kept(file, schemas, "")
    return None


def _kept(file: str, schemas: Path, root: str) -> Contract:
    path = schemas / file
    try:
        state = path.stat()
    except OSError as error:
        raise ConfigError("V401", f"the schema cannot be read: {error.strerror}", where=file) from error
    return _read(file, schemas, root, (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=MAX_KEPT)
def _read(file: str, schemas: Path, root: str, _version: tuple[int, int]) -> Contract:
    path = (schemas / file).resolve()
    if not path.is_relative_to(schemas.resolve()):
        raise ConfigError("V401", "the schema lies outside of the folder of schemas", where=file)
    if path.suffix == ".json":
        place, schema = json_root(path, schemas)
        derived = DERIVED in str(schema.get("$comment", ""))
        return Contract(
            kind="json", file=file, root=place, derived=derived, validator=lambda: JsonSchema(schema).faults
        )
    if path.name.endswith(SUFFIX):
        description = load_description(path, file=file)
        return Contract(
            kind="rows", file=file, root=rows_root(description), validator=lambda: partial(row_faults, description)
        )
    return Contract(kind="xml", file=file, root=xsd_root(path, schemas, root), validator=lambda: _xml(path, schemas))


def _xml(path: Path, schemas: Path) -> Callable[[Any], list[Finding]]:
    schema = read_contract(path, schemas).schemas.xsd()

    def faults(document: Any) -> list[Finding]:
        if not isinstance(document, bytes) and document.sourceline is not None:
            return schema.faults(document)
        # Reparsed: libxml2 takes lines and paths from the bytes, and a tree that was built has none.
        body = document if isinstance(document, bytes) else etree.tostring(document)
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
        return schema.faults(etree.fromstring(body, parser))

    return faults
