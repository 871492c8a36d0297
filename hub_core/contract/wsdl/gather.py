"""Everything that a contract is made of: its definitions and its schemas, by following every import and include.

Nothing is compiled here. Each file is read once; a schema without namespace stands once for each namespace that
includes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub_core.contract.wsdl.documents import SchemaDoc, references
from hub_core.contract.wsdl.files import MAX_FILES, Files, Missing, shown
from hub_core.contract.wsdl.findings import Findings
from hub_core.contract.wsdl.names import WSDL_20, XSD, Node, Unbound, W, X, qname, split, tag
from hub_core.validation.catalogue import STANDARDS

MAX_IMPORTS: Final = 50_000
_NAMED: Final = 5  # files in a text


@dataclass
class _Wanted:
    """A document whose place was named and is empty."""

    path: Path
    at: tuple[str, int]
    namespace: str
    location: str
    include: bool
    why: str


class Gathering:
    """Follows a contract from its main file.

    Attributes:
        definitions: every ``wsdl:definitions`` with the name of its file, the main one first.
        schemas: every schema, in the order in which they were met.
        main: the main file, for people.
    """

    def __init__(self, files: Files, findings: Findings) -> None:
        self.files = files
        self.findings = findings
        self.definitions: list[tuple[Node, str]] = []
        self.schemas: list[SchemaDoc] = []
        self._trees: dict[Path, Node | None] = {}
        self._docs: dict[tuple[Path, str], SchemaDoc] = {}
        self._defined: set[Path] = set()
        self._todo: list[SchemaDoc] = []
        self._wanted: list[_Wanted] = []
        self._sought: set[str] = set()
        self._followed = 0
        self.main = ""

    def run(self, path: Path) -> None:
        """Gather; faults become findings."""
        self.main = shown(path, self.files.root)
        self._take(path, (self.main, 0), None)
        while True:
            self._follow()
            if not (self._look_for_places() or self._look_for_namespaces()):
                return

    @property
    def namespaces(self) -> set[str]:
        """The namespaces that some schema is for."""
        return {doc.namespace for doc in self.schemas}

    def _tree(self, path: Path, at: tuple[str, int]) -> Node | None:
        if path not in self._trees:
            self._trees[path] = None
            try:
                self._trees[path] = self.files.open(path)
                if line := self.files.drafts.get(path):
                    text = "it uses a draft of XML Schema; read as XML Schema 1.0"
                    self.findings.warning("V537", (shown(path, self.files.root), line), text, "mend the schema")
            except Missing as fault:
                where = (shown(path, self.files.root), fault.line) if fault.line else at
                self.findings.error(fault.code, where, f"{shown(path, self.files.root)}: {fault}")
        return self._trees[path]

    def _take(self, path: Path, at: tuple[str, int], including: str | None) -> list[SchemaDoc]:
        """Take a file in, whatever it is; ``including``: namespace of the schema that includes it.

        Returns the schemas in it.
        """
        root = self._tree(path, at)
        if root is None:
            return []
        if tag(root) == f"{W}definitions":
            return self._take_definitions(root, path)
        if tag(root) == f"{X}schema":
            namespace = root.get("targetNamespace", "").strip() or including or ""
            return [self._take_schema(root, path, namespace)]
        kind = "WSDL 2.0 is not understood" if split(tag(root))[0] == WSDL_20 else "it is no WSDL and no XML Schema"
        where = (shown(path, self.files.root), root.sourceline or 1)
        self.findings.error("V503", where, kind, "name a WSDL 1.1 or an XML Schema")
        return []

    def _take_definitions(self, root: Node, path: Path) -> list[SchemaDoc]:
        file = shown(path, self.files.root)
        inside = [schema for types in root.findall(f"{W}types") for schema in types.findall(f"{X}schema")]
        if path in self._defined:
            return [self._docs[path, str(number)] for number, _ in enumerate(inside)]
        self._defined.add(path)
        self.definitions.append((root, file))
        docs = []
        for number, schema in enumerate(inside):
            doc = SchemaDoc(schema, path, file, schema.get("targetNamespace", "").strip())
            self._docs[path, str(number)] = doc
            docs.append(self._new(doc))
        for node in root:
            if tag(node) in {f"{W}import", f"{W}include"}:
                self._reach(path, file, node, node.get("namespace", ""), node.get("location", ""))
        return docs

    def _take_schema(self, root: Node, path: Path, namespace: str) -> SchemaDoc:
        key = (path, f"#{namespace}")
        if key not in self._docs:
            self._docs[key] = self._new(SchemaDoc(root, path, shown(path, self.files.root), namespace))
        return self._docs[key]

    def _new(self, doc: SchemaDoc) -> SchemaDoc:
        if len(self.schemas) >= MAX_FILES:
            self.findings.error("V508", (self.main, 0), f"the contract holds more than {MAX_FILES:,} schemas")
            self._todo.clear()
            return doc
        self.schemas.append(doc)
        self._todo.append(doc)
        return doc

    def _follow(self) -> None:
        while self._todo:
            doc = self._todo.pop(0)
            for node in doc.node:
                kind = split(tag(node))[1] if tag(node).startswith(X) else ""
                if kind == "import":
                    namespace = node.get("namespace", "").strip()
                    if namespace != XSD:
                        self._import(doc, node, namespace)
                elif kind in {"include", "redefine"}:
                    self._include(doc, node, kind)

    def _import(self, doc: SchemaDoc, node: Node, namespace: str) -> None:
        location = node.get("schemaLocation", "")
        if namespace in STANDARDS:
            self._standard(namespace)
        elif location:
            found = self._reach(doc.path, doc.file, node, namespace, location)
            if found and namespace not in {one.namespace for one in found}:
                other = found[0].namespace or "none"
                text = f"{location} is imported for the namespace {namespace or 'none'} and is for {other}"
                self.findings.warning("V533", doc.at(node), text, "mend the namespace of the import")

    def _include(self, doc: SchemaDoc, node: Node, kind: str) -> None:
        location = node.get("schemaLocation", "")
        if not location:
            return
        before = len(self.schemas)
        found = self._reach(doc.path, doc.file, node, doc.namespace, location, include=True)
        if kind == "redefine" and found:
            doc.redefined[node] = found[0]
            found[0].hidden = found[0] in self.schemas[before:]
        if found and found[0].namespace != doc.namespace:
            text = f"{location} is included into {doc.namespace or 'no namespace'} and is for {found[0].namespace}"
            self.findings.warning("V533", doc.at(node), text, "import it instead")

    def _standard(self, namespace: str) -> None:
        self._take(STANDARDS[namespace], (namespace, 0), None)

    def _reach(
        self, path: Path, file: str, node: Node, namespace: str, location: str, *, include: bool = False
    ) -> list[SchemaDoc]:
        """Take in what a file names; what is not there is looked for when everything else is known."""
        at = (file, node.sourceline or 0)
        self._followed += 1
        if self._followed > MAX_IMPORTS:
            self.findings.error("V508", (self.main, 0), f"the contract has more than {MAX_IMPORTS:,} imports")
            self._todo.clear()
            return []
        if path in STANDARDS.values():
            return []  # standards name each other by network addresses; what they import stands in the catalogue
        try:
            place = self.files.locate(path, location) if location else None
        except Missing as fault:
            self._wanted.append(_Wanted(path, at, namespace, location, include, str(fault)))
            return []
        if place is None:
            self._wanted.append(_Wanted(path, at, namespace, location, include, "the import says no place"))
            return []
        return self._take(place, at, namespace if include else None)

    def _look_for_places(self) -> bool:
        """Look in the folder for documents that are not where they should be; tell whether any was found."""
        wanted, self._wanted = self._wanted, []
        progress = False
        for one in wanted:
            if one.namespace in self.namespaces and not one.include:
                text = f"{one.location}: {one.why}; the contract declares {one.namespace} elsewhere, that is used"
                self.findings.warning("V521", one.at, text, "remove the location")
                continue
            found = [path for path in self.files.search(one.namespace, one.location) if path != one.path]
            name = one.location or one.namespace
            if len(found) == 1:
                place = shown(found[0], self.files.root)
                self.findings.warning("V521", one.at, f"{name}: {one.why}; {place} is used", f"write {place!r}")
                self._take(found[0], one.at, one.namespace if one.include else None)
                progress = True
            else:
                self.findings.error("V504", one.at, f"{name}: {one.why}; {_fitting(found, self.files.root)}", _PLACE)
        return progress

    def _look_for_namespaces(self) -> bool:
        """Look for namespaces that something refers to and no import places; tell whether any was found."""
        progress = False
        for namespace, at in self._referred():
            if namespace in self.namespaces or namespace in self._sought:
                continue
            self._sought.add(namespace)
            if namespace in STANDARDS:
                self._standard(namespace)
                progress = True
                continue
            found = self.files.search(namespace, "")
            if len(found) == 1:
                place = shown(found[0], self.files.root)
                self.findings.warning("V521", at, f"nothing says where {namespace} lies; {place} is used")
                self._take(found[0], at, None)
                progress = True
            elif namespace not in self._own:  # of the contract's own namespace it is the name that is missing
                text = f"nothing says where {namespace} lies; {_fitting(found, self.files.root)}"
                self.findings.error("V504", at, text, _PLACE)
        return progress

    @property
    def _own(self) -> set[str]:
        """The namespaces that some definitions are for."""
        return {root.get("targetNamespace", "").strip() for root, _ in self.definitions}

    def _referred(self) -> Iterator[tuple[str, tuple[str, int]]]:
        """Yield every namespace that schemas and parts refer to, with one place."""
        seen = {"", XSD}
        for doc in list(self.schemas):
            for node, _, text in references(doc.node):
                namespace = _namespace(node, text)
                if namespace not in seen and namespace != doc.namespace:
                    seen.add(namespace)
                    yield namespace, doc.at(node)
        for root, file in list(self.definitions):
            for node in root.iter(f"{W}part"):
                for name in ("element", "type"):
                    namespace = _namespace(node, node.get(name, ""))
                    if namespace not in seen:
                        seen.add(namespace)
                        yield namespace, (file, node.sourceline or 0)


_PLACE: Final = "put the file where it is named, or name the folder around all files with --root"


def _namespace(node: Node, text: str) -> str:
    try:
        return split(qname(node, text))[0]
    except Unbound:
        return ""  # told where names are resolved


def _fitting(found: list[Path], root: Path) -> str:
    if not found:
        return "no file of the folder fits"
    names = [shown(path, root) for path in found]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"several files of the folder fit: {', '.join(names[:_NAMED])}{more}"
