"""What a draft is made of: the contract of a partner, or what one of its documents shows of one."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from lxml import etree

from hub_core.contract.wsdl import read_contract
from hub_core.contract.wsdl.names import WSDL
from hub_core.contract.xsd import global_elements
from hub_core.document import Document
from hub_core.draft.seen import Texts, json_schema
from hub_core.draft.seenxml import xml_schema
from hub_core.errors import ConfigError
from hub_core.mapping.language.rules import Source
from hub_core.rows.description import SUFFIX as ROWS
from hub_core.rows.description import name_of
from hub_core.rows.single import DIALECT
from hub_core.validation.json import parse_json
from hub_core.yaml import closest

NAMED: Final = 12  # elements in a mend
MAX_BYTES: Final = 5_000_000
JSON: Final = "JSON"  # dialect of JSON that is no SED
READ: Final = "FILE.xsd, FILE.wsdl, FILE.schema.json, FILE.rows.yaml, or a document: FILE.json, FILE.xml"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What to make a draft of.

    Attributes:
        contract: an XSD, a WSDL, a JSON Schema, a description of a flat file; or a document, JSON or XML.
        schemas: folder around it that it may include and import from; ``None``: its own.
        element: XML: root of the documents; empty: the only one, or that of the operation.
        operation: of a WSDL, whose answer is read; empty: the only one.
        dialect: JSON: which documents are read, as ``source: {json: ...}`` says it; empty: as the document is opened.
        document: JSON: name of the documents; empty: as the document is opened.
        persons: names of elements under which the partner is asked about a person's number.
        id: of the mapping; empty: made of the names of file and element.
        opened: makes a document of bytes, as the hub does; raises ``Rejected``.
    """

    contract: Path
    schemas: Path | None = None
    element: str = ""
    operation: str = ""
    dialect: str = ""
    document: str = ""
    persons: Collection[str] = ()
    id: str = ""
    opened: Callable[[bytes], Document] = field(default_factory=lambda: _plainly)


@dataclass(frozen=True, kw_only=True)
class Basis:
    """A contract, in files.

    Attributes:
        kind: how its documents are written.
        files: of the contract, by name below the folder of the partner.
        main: the file that a mapping names.
        title: of the document, in the words of the contract; may be empty.
        element: XML: local name of the root.
        dialect: JSON.
        document: JSON; empty: any.
        texts: of a document that was seen, by the names on the way; they are held against code lists, never written.
    """

    kind: Literal["xml", "json", "rows"]
    files: Mapping[str, bytes]
    main: str
    title: str = ""
    element: str = ""
    dialect: str = ""
    document: str = ""
    texts: Texts = field(default_factory=dict, repr=False)

    @property
    def unbound(self) -> bool:
        """Whether the contract is a WSDL without a binding."""
        files = (body for name, body in self.files.items() if name.endswith(".wsdl"))
        return self.main.endswith(".wsdl") and all(_parsed(one).find(f"{{{WSDL}}}binding") is None for one in files)

    def source(self, folder: str) -> Source:
        """Return what the mapping reads; ``folder``: of the partner, below that of the schemas."""
        file = f"{folder}/{self.main}"
        if self.kind == "xml":
            return Source(kind="xml", root=self.element, schema=file, ns={})
        if self.kind == "rows":
            return Source(kind="json", dialect=DIALECT, document=name_of(file), schema=file, ns={})
        return Source(kind="json", dialect=self.dialect, document=self.document or None, schema=file, ns={})


def basis_of(wanted: Wanted) -> Basis:
    """Return what a draft is made of.

    Raises:
        ConfigError: V401, it cannot be read or is of no kind that is known; V102, it has several answers or not this
            one.
        Rejected: the document cannot be read.
    """
    file = wanted.contract.resolve()
    if file.suffix in {".xsd", ".wsdl"}:
        return _xml(wanted, file)
    if file.name.endswith(ROWS):
        return Basis(kind="rows", files={file.name: _bytes(file)}, main=file.name, title=file.name.removesuffix(ROWS))
    if file.suffix == ".xml":
        return _from_document(wanted, file)
    if file.suffix != ".json":
        raise ConfigError("V401", "a draft cannot be made from this", where=file.name, mend=f"name {READ}")
    schema = parse_json(_bytes(file))
    if not isinstance(schema, dict):
        raise ConfigError("V401", "a document is an object", where=file.name, mend="name a file that holds one object")
    if _is_schema(schema):
        dialect, title = wanted.dialect or JSON, str(schema.get("title", ""))
        return Basis(
            kind="json",
            files={file.name: _bytes(file)},
            main=file.name,
            title=title,
            dialect=dialect,
            document=wanted.document,
        )
    return _from_document(wanted, file)


def _is_schema(value: dict[str, Any]) -> bool:
    if isinstance(value.get("$schema"), str):
        return True
    inner = value.get("properties")
    return (
        value.get("type") == "object" and isinstance(inner, dict) and all(isinstance(it, dict) for it in inner.values())
    )


def _xml(wanted: Wanted, file: Path) -> Basis:
    around = wanted.schemas.resolve() if wanted.schemas else file.parent
    if not file.is_relative_to(around):
        mend = "name a folder around it with --schemas"
        raise ConfigError("V401", "the contract does not lie in the folder of contracts", where=str(file), mend=mend)
    element = wanted.element or _element(file, around, wanted.operation)
    files = {path.relative_to(around).as_posix(): path.read_bytes() for path in read_contract(file, around).files}
    return Basis(kind="xml", files=files, main=file.relative_to(around).as_posix(), title=element, element=element)


def _from_document(wanted: Wanted, file: Path) -> Basis:
    """Return what one document shows: its names and the kinds of its values."""
    document = wanted.opened(_bytes(file))
    if document.kind == "xml":
        element = etree.QName(document.root).localname
        files, texts = xml_schema(document.root, file.stem)
        return Basis(kind="xml", files=files, main=f"{file.stem}.xsd", title=element, element=element, texts=texts)
    if not isinstance(document.root, dict):
        raise ConfigError("V401", "a document is an object", where=file.name, mend="name a file that holds one object")
    schema, texts = json_schema(document.root)
    named = [key for key, value in document.root.items() if value == document.name]
    for key in named:  # a document of this kind says so, and is recognised by it
        schema["properties"][key] = {"const": document.name}
    body = msgspec.json.format(msgspec.json.encode(schema), indent=1) + b"\n"
    name = document.name if named or document.dialect not in {None, JSON} else ""
    main = f"{file.stem}.schema.json"
    return Basis(
        kind="json",
        files={main: body},
        main=main,
        title=name,
        dialect=wanted.dialect or document.dialect or JSON,
        document=wanted.document or name,
        texts=texts,
    )


def _element(file: Path, around: Path, operation: str) -> str:
    """Return the root of what an operation answers, or the only element of a contract."""
    if file.suffix == ".wsdl":
        offered = read_contract(file, around).operations
        known = {name: one.output.element.rpartition("}")[2] for name, one in offered.items() if one.output}
        wanted = operation or (next(iter(known)) if len(known) == 1 else "")
        if wanted not in known:
            text = (
                f"the contract has no operation {operation!r}" if operation else "the contract has several operations"
            )
            mend = closest(operation, known) if operation else f"add --operation: {', '.join(sorted(known))}"
            raise ConfigError("V102", text, where=file.name, mend=mend)
        return known[wanted]
    elements = list(global_elements(file, around))
    if len(elements) == 1:
        return elements[0]
    shown = ", ".join(elements[:NAMED])
    raise ConfigError(
        "V102", "the contract has several elements", where=file.name, mend=f"write {file.name}#ELEMENT: {shown}"
    )


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError("V401", f"the file cannot be read: {error.strerror}", where=file.name) from error
    if len(body) > MAX_BYTES:
        raise ConfigError("V401", f"the file has more than {MAX_BYTES:,} bytes", where=file.name)
    return body


def _parsed(body: bytes) -> etree._Element:
    return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _plainly(body: bytes) -> Document:
    if body.lstrip().startswith(b"<"):
        root = _parsed(body)
        return Document(kind="xml", root=root, name=etree.QName(root).localname)
    return Document(kind="json", root=parse_json(body), name="document", dialect=JSON)
