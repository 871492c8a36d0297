"""From a contract to a mapping file, a fixture, and the schemas that both need."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
from lxml import etree

from hub_core.contract import Contract, contract_of
from hub_core.document import Document
from hub_core.draft.basis import JSON, Basis, Wanted, basis_of
from hub_core.draft.guessing import Guess, guesses, hints
from hub_core.draft.leaves import Leaf, leaves
from hub_core.draft.sample import Sample, value_of
from hub_core.draft.written import Head, Lines, test_lines, written
from hub_core.errors import ConfigError
from hub_core.lint import lint
from hub_core.mapping import MappingSet
from hub_core.mapping.codelists import load_codelists
from hub_core.mapping.selection import load_folder, with_shipped
from hub_core.mapping.trying.tests import DEFAULT_DAY
from hub_core.message import Severity
from hub_core.reading import Reading
from hub_core.rows import load_description, row_in, whole_file
from hub_core.yaml import Faults

OPEN: Final = {"L141"}  # what lint says of a place that is to be decided
_ID: Final = re.compile(r"([a-z0-9-]+)\.([a-z0-9.-]+)/[0-9]+")
_USUAL: Final = {"xml": "document", "json": "document", "rows": "row"}
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A draft.

    Attributes:
        id: of the mapping.
        files: content by path below the folder that holds ``mappings`` and ``schemas``; the mapping first.
        guessed: number of rules.
        undecided: number of leaves that no rule reads.
        valid: the contract takes the fixture.
        unbound: the contract is a WSDL that says what is exchanged and not how: nobody can be connected by it.
    """

    id: str
    files: dict[str, bytes]
    guessed: int
    undecided: int
    valid: bool
    unbound: bool = False


def draft(wanted: Wanted) -> Draft:
    """Return a draft that loads, whose test passes, and of which lint says only what is still to be decided.

    Raises:
        ConfigError: V401, the contract cannot be read; V102, it has several answers or not this one; M103, the id.
        Rejected: the document that shows the contract cannot be read.
    """
    basis = basis_of(wanted)
    stem = wanted.contract.name.partition(".")[0]
    name = wanted.id or f"{_slug(stem)}.{_slug(basis.element or basis.document or _USUAL[basis.kind])}/1"
    if not _ID.fullmatch(name):
        mend = "write lower-case letters, digits and hyphens: partner.document/1"
        raise ConfigError("M103", "the id of the mapping has another form", where=name, mend=mend)
    with TemporaryDirectory() as folder:
        return _Workshop(Path(folder), basis, name).draft(wanted.persons)


class _Workshop:
    """Tries a draft in a folder of its own until nothing but what is to be decided is left to say."""

    def __init__(self, folder: Path, basis: Basis, name: str) -> None:
        partner, _, kind = name.rpartition("/")[0].partition(".")
        self.folder = folder
        self.basis = basis
        self.schemas = folder / "schemas"
        place = f"partners/{partner}"
        self.files = {f"schemas/{place}/{file}": body for file, body in basis.files.items()}
        self._write(self.files)
        self.mapping = f"mappings/{partner}/{kind}.yaml"
        self.fixture = f"fixtures/{kind}.{'txt' if basis.kind == 'rows' else basis.kind}"
        self.source = basis.source(place)
        contract = contract_of(self.source, self.schemas)
        assert contract is not None  # noqa: S101 - the source names one
        self.contract: Contract = contract
        self.leaves = leaves(contract.root, basis.texts)
        self.head = self._head(name, partner)

    def draft(self, persons: Collection[str]) -> Draft:
        lists = load_codelists(with_shipped({}), Faults("M106"))
        kept = guesses(self.leaves, title=self.basis.title, lists=lists, persons=persons)
        self.hints = hints(self.leaves, title=self.basis.title, lists=lists)
        while wrong := self._wrong(kept):
            kept = [guess for guess in kept if guess not in wrong]
        body, valid = self._sample(kept)
        record = self._record(body) or {}
        test = test_lines("a document as the contract describes it", self.fixture, record)
        lines = written(self.head, self.leaves, kept, self.hints, test)
        where = str(Path(self.mapping).parent / self.fixture)
        own = {self.mapping: _bytes(lines), where: body}
        undecided = len(self.leaves) - len(kept)
        return Draft(
            id=self.head.id, files=own | self.files, guessed=len(kept), undecided=undecided, valid=valid,
            unbound=self.basis.unbound,
        )  # fmt: skip

    def _head(self, name: str, partner: str) -> Head:
        basis, file = self.basis, self.source.schema or ""
        sed = basis.kind == "json" and basis.dialect != JSON
        source = {
            "xml": {"xml": f"{file}#{basis.element}"},
            "rows": {"rows": file},
            "json": {"json": basis.dialect, "document": basis.document, "schema": file},
        }[basis.kind]
        return Head(
            id=name,
            kind=basis.kind,
            source={key: value for key, value in source.items() if value},
            made_of=source["xml"] if basis.kind == "xml" else file,
            system="EESSI" if sed else partner.upper(),
            prefixes=_prefixes(self.leaves) if basis.kind == "xml" else {},
        )

    def _wrong(self, kept: list[Guess]) -> list[Guess]:
        """Return guesses that cannot be loaded, that lint objects to, or that cannot read the sample."""
        lines = written(self.head, self.leaves, kept, self.hints, ())
        body, _ = self._sample(kept)
        file = self.folder / self.mapping
        self._write({self.mapping: _bytes(lines), str(Path(self.mapping).parent / self.fixture): body})
        found = [
            one.line
            for one in lint([file], root=self.folder / "mappings", schemas=self.schemas)
            if one.code not in OPEN
        ]
        if not found:
            found = self._unread(body)
        return [guess for line in found for guess in lines.guesses.get(line, ())]

    def _unread(self, body: bytes) -> list[int]:
        """Return the lines of the rules that find a fault in the sample."""
        faults = [one.rule or "" for one in self._read(body).findings if one.severity is not Severity.INFO]
        return [int(rule.split(":")[1]) for rule in faults if rule.count(":") > 1 or rule.partition(":")[2].isdigit()]

    def _record(self, body: bytes) -> dict[str, Any] | None:
        reading = self._read(body)
        if reading.record is None:
            return None
        plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(reading.record))
        plain.pop("unmapped", None)
        if isinstance(plain.get("name"), dict):
            plain["name"].pop("normal", None)
        return plain

    def _read(self, body: bytes) -> Reading:
        loaded: MappingSet = load_folder(self.folder / "mappings", schemas=self.schemas)
        return loaded.all[0].read(self._opened(body), on=DEFAULT_DAY)

    def _sample(self, kept: list[Guess]) -> tuple[bytes, bool]:
        """Return a document, the whole one if the contract takes it, and whether it does."""
        values = {id(leaf.way[-1]): value_of(leaf.type) for leaf in self.leaves}
        values |= {id(guess.leaf.way[-1]): guess.text for guess in kept}
        whole, small = Sample(values), Sample(values, whole=False)
        root = self.contract.root
        if self.basis.kind == "xml":
            elements = [one.element(root, self.head.prefixes) for one in (whole, small)]
            taken = next((one for one in elements if not self.contract.faults(one)), None)
            return etree.tostring(elements[0] if taken is None else taken, encoding="utf-8") + b"\n", taken is not None
        trees = [one.tree(root) for one in (whole, small)]
        tree = next((one for one in trees if not self.contract.faults(one)), None)
        body = self._written(trees[0] if tree is None else tree)
        return body, tree is not None

    def _written(self, tree: dict[str, Any]) -> bytes:
        if self.basis.kind == "rows":
            return whole_file([tree], load_description(self.schemas / (self.source.schema or "")))
        return msgspec.json.format(msgspec.json.encode(tree), indent=1) + b"\n"

    def _opened(self, body: bytes) -> Document:
        if self.basis.kind == "xml":
            root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
            return Document(kind="xml", root=root, name=etree.QName(root).localname)
        if self.basis.kind == "rows":
            return row_in(body, load_description(self.schemas / (self.source.schema or "")))
        name = self.basis.document
        return Document(kind="json", root=msgspec.json.decode(body), name=name, dialect=self.basis.dialect)

    def _write(self, files: dict[str, bytes]) -> None:
        for name, body in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)


def _prefixes(found: list[Leaf]) -> dict[str, str]:
    names = (place.name.lstrip("@") for leaf in found for place in leaf.way)
    spaces = dict.fromkeys(name[1:].partition("}")[0] for name in names if name.startswith("{"))
    return {space: f"n{number}" if number > 1 else "n" for number, space in enumerate(spaces, start=1)}


def _slug(name: str) -> str:
    return "-".join(word.lower() for word in _WORDS.findall(name)) or "document"


def _bytes(lines: Lines) -> bytes:
    return ("\n".join(lines.text) + "\n").encode()
