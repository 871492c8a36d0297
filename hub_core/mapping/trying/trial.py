"""One mapping tried on one document, again and again while both are being written."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from hub_core import yaml
from hub_core.document import Document
from hub_core.errors import ConfigError, PunteError
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.language.rules import Test
from hub_core.mapping.selection import load_selected
from hub_core.mapping.trying.tests import DEFAULT_DAY, BadTest, fixture
from hub_core.message import Finding, Severity
from hub_core.reading import Reading
from hub_core.yaml import Mapping

Stamps = dict[str, tuple[int, int]]  # time of change and size, by path
PARSED: Final = 400  # files that are kept as they were read
_NO_TEST: Final = Test(node=Mapping(items={}, keys={}, file="", line=0, column=0), name="", fixture="")


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of one try.

    Attributes:
        mapping: ``id@hash``; ``None`` while the files have faults.
        document: path of what was read.
        reading: ``None`` if nothing could be read.
        faults: of the mapping files, each with its place and what to write instead; of lint too, where it was asked.
        wrong: why the document could not be read.
    """

    mapping: str | None = None
    document: str | None = None
    reading: Reading | None = None
    faults: Sequence[Finding] = ()
    wrong: str | None = None


class Trial:
    """Tries a mapping file on a document; what did not change since the last try is not made again.

    Args:
        file: a mapping, below ``root`` or anywhere else.
        on: document; ``None``: the fixture of the mapping's first test.
        root: folder with the blocks and code lists that the mapping names.
        opened: makes a document of the bytes of an XML file, such as one in a SOAP envelope.
    """

    def __init__(
        self, file: Path, *, on: Path | None, root: Path, schemas: Path | None, opened: Callable[[bytes], Document]
    ) -> None:
        self.file = file
        self.on = on
        self.root = root
        self.schemas = schemas
        self.opened = opened
        self._mapping: CompiledMapping | None = None
        self._made_of: Stamps = {}
        self._read = on
        self._parse = lru_cache(maxsize=PARSED)(yaml.parse)

    def stamps(self) -> Stamps:
        """Return what tells whether a file changed: of the mapping, blocks, code lists, and the document."""
        return _stamps([*self._rules(), *([self._read] if self._read else [])])

    def run(self) -> Tried:
        """Read the document with the mapping, both as they are now."""
        now = _stamps(self._rules())
        try:
            if self._mapping is None or now != self._made_of:
                self._mapping = None
                chosen = load_selected([self.file], root=self.root, schemas=self.schemas, parse=self._parse)
                self._mapping, self._made_of = _at(self.file, chosen.all, self.root), now
            return self._tried(self._mapping)
        except PunteError as error:
            return Tried(document=str(self.on) if self.on else None, faults=_faults(error))

    def _tried(self, mapping: CompiledMapping) -> Tried:
        shown = None
        try:
            self._read, on = self._choice(mapping)
            shown = str(self._read)
            document = self._document(mapping, self._read)
        except (BadTest, OSError) as error:
            return Tried(mapping=mapping.version, document=shown, wrong=str(error))
        return Tried(mapping=mapping.version, document=shown, reading=mapping.read(document, on=on))

    def _choice(self, mapping: CompiledMapping) -> tuple[Path, date]:
        """Return the document, and the day on which it is read."""
        if self.on is not None:
            return self.on, datetime.now(UTC).date()
        if not mapping.tests:
            raise BadTest("the mapping has no test whose fixture could be read; name a document")
        return (self.root / mapping.file).parent / mapping.tests[0].fixture, DEFAULT_DAY

    def _document(self, mapping: CompiledMapping, path: Path) -> Document:
        if self.on is not None and mapping.source.kind == "xml":
            document = self.opened(path.read_bytes())
            if document.kind != "xml" or document.root.tag != mapping.source.root:
                raise BadTest(f"another document is expected: one with the root {mapping.source.root}")
            return document
        first = mapping.tests[0] if mapping.tests and self.on is None else _NO_TEST
        whole = msgspec.structs.replace(first, fixture=str(path.absolute()), set=(), remove=())
        return fixture(mapping, whole, self.root)

    def _rules(self) -> list[Path]:
        return [self.file, *self.root.rglob("*.yaml")]


def _at(file: Path, mappings: Sequence[CompiledMapping], root: Path) -> CompiledMapping:
    """Return the mapping of a file; a file beside it that looked like blocks may be another."""
    for one in mappings:
        if (root / one.file).resolve() == file.resolve():
            return one
    raise ConfigError(
        "M103", "the file holds no mapping", where=str(file), mend="name a file that begins with mapping:"
    )


def _faults(error: PunteError) -> Sequence[Finding]:
    return error.findings or [Finding(code=error.code, severity=Severity.ERROR, text=error.text, rule=error.where)]


def _stamps(paths: Sequence[Path]) -> Stamps:
    found: Stamps = {}
    for path in paths:
        try:
            facts = path.stat()
        except OSError:  # an editor replaces it at this moment
            continue
        found[str(path)] = (facts.st_mtime_ns, facts.st_size)
    return found
