"""The literal document of each message, and the schema elements that are made where the contract declares none."""

from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from hub_core.contract.wsdl.documents import SchemaDoc
from hub_core.contract.wsdl.index import Index
from hub_core.contract.wsdl.model import Part
from hub_core.contract.wsdl.names import XSD, Node, X, full, split


@dataclass(frozen=True)
class _Made:
    """An element to declare: its name, the parts inside or the type it has, and whether they may be nil."""

    parts: tuple[Part, ...]
    nillable: bool
    type: str = ""


@dataclass
class Bodies:
    """Declares elements for bodies that are made of parts.

    Attributes:
        index: of the contract's own schemas.
    """

    index: Index
    _made: dict[str, _Made] = field(default_factory=dict)

    def wrapper(self, namespace: str, local: str, parts: tuple[Part, ...], *, nillable: bool = False) -> str:
        """Return the name of an element that holds parts in order: the given one, unless it means something else."""
        return self._declare(namespace, local, _Made(parts, nillable))

    def typed(self, namespace: str, local: str, kind: str) -> str:
        """Return the name of an element of a type."""
        return self._declare(namespace, local, _Made((), nillable=False, type=kind))

    def _declare(self, namespace: str, local: str, made: _Made) -> str:
        number, name = 1, full(namespace, local)
        while self.index.has("element", name) or self._made.get(name, made) != made:
            number += 1
            name = full(namespace, f"{local}-{number}")
        self._made[name] = made
        return name

    def schemas(self, path: Path, file: str) -> list[SchemaDoc]:
        """Return the elements as schemas, one per namespace; ``path``, ``file``: of the contract."""
        found: dict[str, list[tuple[str, _Made]]] = {}
        for name, made in self._made.items():
            found.setdefault(split(name)[0], []).append((split(name)[1], made))
        return [SchemaDoc(_schema(namespace, all_), path, file, namespace) for namespace, all_ in found.items()]


def _schema(namespace: str, elements: list[tuple[str, _Made]]) -> Node:
    used = {split(name)[0] for _, made in elements for part in made.parts for name in (part.element, part.type) if name}
    used |= {split(made.type)[0] for _, made in elements if made.type}
    prefixes = {name: f"n{number}" for number, name in enumerate(sorted(used - {"", XSD}))} | {XSD: "xs"}
    schema = etree.Element(f"{X}schema", nsmap={prefix: name for name, prefix in prefixes.items()})
    if namespace:
        schema.set("targetNamespace", namespace)
    for local, made in elements:
        element = etree.SubElement(schema, f"{X}element", name=local)
        if made.type:
            element.set("type", _prefixed(made.type, prefixes))
            continue
        content = etree.SubElement(etree.SubElement(element, f"{X}complexType"), f"{X}sequence")
        for part in made.parts:
            if part.element:
                etree.SubElement(content, f"{X}element", ref=_prefixed(part.element, prefixes))
            else:
                inner = etree.SubElement(content, f"{X}element", name=part.name, form="unqualified")
                inner.set("type", _prefixed(part.type or f"{X}anyType", prefixes))
                if made.nillable:
                    inner.set("nillable", "true")
    return schema


def _prefixed(name: str, prefixes: dict[str, str]) -> str:
    namespace, local = split(name)
    return f"{prefixes[namespace]}:{local}" if namespace else local
