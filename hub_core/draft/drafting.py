"""From a contract to a mapping file, a fixture, and the schemas that both need."""

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
from lxml import etree

from hub_core.contract import Contract, contract_of
from hub_core.contract.xsd import global_elements
from hub_core.document import Document
from hub_core.draft.guessing import Guess, guesses, hints
from hub_core.draft.leaves import Leaf, leaves
from hub_core.draft.sample import document, value_of
from hub_core.draft.written import Head, Lines, test_lines, written
from hub_core.errors import ConfigError
from hub_core.lint import lint
from hub_core.mapping import MappingSet
from hub_core.mapping.codelists import load_codelists
from hub_core.mapping.rules import Source
from hub_core.mapping.selection import load_folder, with_shipped
from hub_core.mapping.tests import DEFAULT_DAY
from hub_core.message import Severity
from hub_core.validation.wsdl import answers, files_of
from hub_core.yaml import Faults, closest

OPEN: Final = {"L141"}  # what lint says of a place that is to be decided
NAMED: Final = 12  # elements in a mend
_ID: Final = re.compile(r"([a-z0-9-]+)\.([a-z0-9.-]+)/[0-9]+")
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What to make a draft of.

    Attributes:
        contract: an XSD or a WSDL.
        schemas: folder around it that it may include and import from; ``None``: its own.
        element: root of the documents; empty: the only one, or that of the operation.
        operation: of a WSDL, whose answer is read; empty: the only one.
        id: of the mapping; empty: made of the names of file and element.
    """

    contract: Path
    schemas: Path | None = None
    element: str = ""
    operation: str = ""
    id: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A draft.

    Attributes:
        id: of the mapping.
        files: content by path below the folder that holds ``mappings`` and ``schemas``; the mapping first.
        guessed: number of rules.
        undecided: number of leaves that no rule reads.
        valid: the contract takes the fixture.
    """

    id: str
    files: dict[str, bytes]
    guessed: int
    undecided: int
    valid: bool


def draft(wanted: Wanted) -> Draft:
    """Return a draft that loads, whose test passes, and of which lint says only what is still to be decided.

    Raises:
        ConfigError: V401, the contract cannot be read; V102, it has several answers or not this one; M103, the id.
    """
    file = wanted.contract.resolve()
    if file.suffix not in {".xsd", ".wsdl"}:
        mend = "name FILE.xsd or FILE.wsdl; a mapping of JSON or of rows is begun by hand"
        raise ConfigError("V401", "a draft is made from an XSD or a WSDL", where=file.name, mend=mend)
    around = wanted.schemas.resolve() if wanted.schemas else file.parent
    if not file.is_relative_to(around):
        mend = "name a folder around it with --schemas"
        raise ConfigError("V401", "the contract does not lie in the folder of contracts", where=str(file), mend=mend)
    element = wanted.element or _element(file, around, wanted.operation)
    name = wanted.id or f"{_slug(file.stem)}.{_slug(element)}/1"
    if not _ID.fullmatch(name):
        mend = "write lower-case letters, digits and hyphens: partner.document/1"
        raise ConfigError("M103", "the id of the mapping has another form", where=name, mend=mend)
    with TemporaryDirectory() as folder:
        return _Workshop(Path(folder), file, around, element, name).draft()


class _Workshop:
    """Tries a draft in a folder of its own until nothing but what is to be decided is left to say."""

    def __init__(self, folder: Path, file: Path, around: Path, element: str, name: str) -> None:
        partner, _, kind = name.rpartition("/")[0].partition(".")
        self.folder = folder
        self.schemas = folder / "schemas"
        base = Path("schemas") / "partners" / partner
        self.files = {
            (base / path.relative_to(around)).as_posix(): path.read_bytes() for path in files_of(file, around)
        }
        self._write(self.files)
        self.mapping = f"mappings/{partner}/{kind}.yaml"
        self.fixture = f"fixtures/{kind}.xml"
        self.source = f"partners/{partner}/{file.relative_to(around).as_posix()}"
        source = Source(kind="xml", root=element, schema=self.source, ns={})
        contract = contract_of(source, self.schemas)
        assert contract is not None  # noqa: S101 - the source names one
        self.contract: Contract = contract
        self.leaves = leaves(contract.root)
        self.head = Head(id=name, source=f"{self.source}#{element}", prefixes=_prefixes(self.leaves))
        self.title = element

    def draft(self) -> Draft:
        lists = load_codelists(with_shipped({}), Faults("M106"))
        kept = guesses(self.leaves, title=self.title, lists=lists)
        self.hints = hints(self.leaves, title=self.title, lists=lists)
        while wrong := self._wrong(kept):
            kept = [guess for guess in kept if guess not in wrong]
        body, valid = self._sample(kept)
        record = self._record(body) or {}
        test = test_lines("a document as the contract describes it", self.fixture, record)
        lines = written(self.head, self.leaves, kept, self.hints, test)
        where = str(Path(self.mapping).parent / self.fixture)
        own = {self.mapping: _bytes(lines), where: body}
        undecided = len(self.leaves) - len(kept)
        return Draft(id=self.head.id, files=own | self.files, guessed=len(kept), undecided=undecided, valid=valid)

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
        reading = self._loaded().all[0].read(_opened(body), on=DEFAULT_DAY)
        faults = [one.rule or "" for one in reading.findings if one.severity is not Severity.INFO]
        return [int(rule.split(":")[1]) for rule in faults if rule.count(":") > 1 or rule.partition(":")[2].isdigit()]

    def _record(self, body: bytes) -> dict[str, Any] | None:
        reading = self._loaded().all[0].read(_opened(body), on=DEFAULT_DAY)
        if reading.record is None:
            return None
        plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(reading.record))
        plain.pop("unmapped", None)
        if isinstance(plain.get("name"), dict):
            plain["name"].pop("normal", None)
        return plain

    def _loaded(self) -> MappingSet:
        return load_folder(self.folder / "mappings", schemas=self.schemas)

    def _sample(self, kept: list[Guess]) -> tuple[bytes, bool]:
        """Return a document, the whole one if the contract takes it, and whether it does."""
        values = {id(leaf.way[-1]): value_of(leaf.type) for leaf in self.leaves}
        values |= {id(guess.leaf.way[-1]): guess.text for guess in kept}
        root, prefixes = self.contract.root, self.head.prefixes
        found = document(root, values, prefixes)
        if self.contract.faults(found):
            small = document(root, values, prefixes, whole=False)
            found = found if self.contract.faults(small) else small
        return etree.tostring(found, encoding="utf-8") + b"\n", not self.contract.faults(found)

    def _write(self, files: dict[str, bytes]) -> None:
        for name, body in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)


def _element(file: Path, around: Path, operation: str) -> str:
    """Return the root of what an operation answers, or the only element of a contract."""
    if file.suffix == ".wsdl":
        known = answers(file, around)
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


def _prefixes(found: list[Leaf]) -> dict[str, str]:
    names = (place.name.lstrip("@") for leaf in found for place in leaf.way)
    spaces = dict.fromkeys(name[1:].partition("}")[0] for name in names if name.startswith("{"))
    return {space: f"n{number}" if number > 1 else "n" for number, space in enumerate(spaces, start=1)}


def _slug(name: str) -> str:
    return "-".join(word.lower() for word in _WORDS.findall(name)) or "document"


def _opened(body: bytes) -> Document:
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    return Document(kind="xml", root=root, name=etree.QName(root).localname)


def _bytes(lines: Lines) -> bytes:
    return ("\n".join(lines.text) + "\n").encode()
