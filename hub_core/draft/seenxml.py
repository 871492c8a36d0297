"""An XML Schema of what one document shows: a file for each namespace; elements in the order they stand in."""

from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from hub_core.draft.seen import COMMENT, DATE, Seen, Texts
from hub_core.validation.library import XSD

_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"


def xml_schema(root: Any, stem: str) -> tuple[dict[str, bytes], Texts]:
    """Return XML Schemas (1.0) of an element by file name, that of its own namespace first; and its texts.

    Args:
        root: of the document.
        stem: of the names of the files.
    """
    made = _Schemas(root)
    spaces = list(dict.fromkeys(_space(name) for name in made.globals))
    files = {space: f"{stem}{'' if number == 1 else f'-{number}'}.xsd" for number, space in enumerate(spaces, 1)}
    bodies = {files[space]: made.written(space, files) for space in spaces}
    return bodies, dict(made.globals[root.tag].all_texts())


class _Schemas:
    """What stands in a document; elements of another namespace than their parent's are declared once for all."""

    def __init__(self, root: Any) -> None:
        self.globals: dict[str, Seen] = {root.tag: Seen()}
        self._look(root, self.globals[root.tag])

    def _look(self, element: Any, seen: Seen) -> None:
        if own := (element.text or "").strip():
            seen.add(own)
        for name, text in element.attrib.items():
            if not name.startswith(_XSI):
                seen.at(f"@{name}").add(text)
        numbers: dict[str, int] = {}
        for child in element.iterchildren(etree.Element):
            numbers[child.tag] = numbers.get(child.tag, 0) + 1
            if child.tag not in seen.below and _space(child.tag) not in {"", _space(element.tag)}:
                seen.below[child.tag] = self.globals.setdefault(child.tag, Seen())
            self._look(child, seen.at(child.tag))
        for name, number in numbers.items():
            seen.at(name).most = max(seen.at(name).most, number)

    def written(self, space: str, files: Mapping[str, str]) -> bytes:
        """Return the schema of a namespace."""
        prefixes = {f"n{number}": uri for number, uri in enumerate(files, 1) if uri}
        schema = etree.Element(f"{XSD}schema", nsmap={"xs": XSD[1:-1], **prefixes})
        schema.append(etree.Comment(f" {COMMENT} "))
        if space:
            schema.set("targetNamespace", space)
            schema.set("elementFormDefault", "qualified")
        for other, file in files.items():
            if other != space:
                told = {"namespace": other} if other else {}
                etree.SubElement(schema, f"{XSD}import", told | {"schemaLocation": file})
        for name, seen in self.globals.items():
            if _space(name) == space:
                self._declare(schema, name, seen, {})
        etree.indent(schema)
        body: bytes = etree.tostring(schema, xml_declaration=True, encoding="UTF-8")
        return body + b"\n"

    def _element(self, parent: Any, name: str, seen: Seen, space: str) -> None:
        often = {"minOccurs": "0"} | ({"maxOccurs": "unbounded"} if seen.most > 1 else {})
        own = _space(name)
        if own and own != space:
            prefix = next(key for key, uri in parent.nsmap.items() if uri == own)
            etree.SubElement(parent, f"{XSD}element", {"ref": f"{prefix}:{etree.QName(name).localname}", **often})
            return
        self._declare(parent, name, seen, often | ({"form": "unqualified"} if space and not own else {}))

    def _declare(self, parent: Any, name: str, seen: Seen, facts: Mapping[str, str]) -> None:
        node = etree.SubElement(parent, f"{XSD}element", {"name": etree.QName(name).localname, **facts})
        attributes = {key: inner for key, inner in seen.below.items() if key.startswith("@")}
        children = {key: inner for key, inner in seen.below.items() if not key.startswith("@")}
        if not seen.below:
            _typed(node, seen)
            return
        inside = etree.SubElement(node, f"{XSD}complexType")
        if children:
            if seen.texts:
                inside.set("mixed", "true")
            many = any(inner.most > 1 for inner in children.values())
            group = etree.SubElement(inside, f"{XSD}{'sequence' if many else 'all'}")
            for key, inner in children.items():
                self._element(group, key, inner, _space(name))
        elif seen.texts:
            inside = etree.SubElement(etree.SubElement(inside, f"{XSD}simpleContent"), f"{XSD}extension")
            inside.set("base", "xs:date" if seen.form() == DATE else "xs:string")
        for key, inner in attributes.items():
            _typed(etree.SubElement(inside, f"{XSD}attribute", name=etree.QName(key[1:]).localname), inner)


def _typed(node: Any, seen: Seen) -> None:
    form = seen.form()
    if form is None or form == DATE:
        node.set("type", "xs:date" if form else "xs:string")
        return
    base = etree.SubElement(etree.SubElement(node, f"{XSD}simpleType"), f"{XSD}restriction", base="xs:string")
    etree.SubElement(base, f"{XSD}pattern", value=form)


def _space(name: str) -> str:
    return name[1:].partition("}")[0] if name.startswith("{") else ""
