"""Which mutants are faults at all: those that can be seen from outside.

A mutant of a mapping, of a file of blocks or of a code list counts if, for one mapping that depends on the file, the
files no longer load, or the reading (verdict, record, findings, unmapped leaves) of one document of that mapping's
tests is another one, or one of its tests ends otherwise. That mapping is the witness; of a file that many share, three are asked. All else is dropped:
nobody could say what is wrong with it.

A contract is not read when a document is read, so a change of it never shows in a reading. A mutant of a contract
counts if a mapping no longer loads, or if a document of its tests has a fault by the contract that it did not have, at
a place that the mapping does not leave unmapped, and the mapping meets what was changed (``Mutant.reads``): it names the place; it reads it as a list; it reads it with a codec
or a code list; it names the value; or, where it writes too, it has no rule for what is now required. Two changes make a
contract wider, so that every old document stays valid; they count where the mapping meets what is new: an enumeration
that gained a value, where the place is looked up in a code list that refuses other texts; a single place that may now
repeat, where a rule reads it as one value. A contract that is no contract any more is dropped.

Findings are compared without the line of the rule, which moves when a line is added.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
from lxml import etree

from hub_core import yaml
from hub_core.document import Document
from hub_core.errors import ConfigError
from hub_core.mapping import CompiledMapping, gather, load_files
from hub_core.mapping.trying.tests import DEFAULT_DAY, fixture, run_test
from hub_core.places import MAPPINGS, SCHEMAS
from hub_core.yaml import Scalar
from hub_core.yaml import Sequence as Listed
from tests.lint.meeting import meets
from tests.lint.mutant import File, Mutant

PROJECT: Final = MAPPINGS.parent
WIDER: Final = {"codes", "single"}  # changes of XML Schema by which every old document stays valid
ASKED: Final = 3  # mappings that are asked about a file which many share
PARSE: Final = lru_cache(maxsize=512)(yaml.parse)  # of all files a fault changes one


def shipped() -> list[File]:
    """Return all files that operators change: mappings, blocks, code lists, contracts."""
    partners = SCHEMAS / "partners"
    contracts = (*partners.rglob("*.xsd"), *partners.rglob("*.rows.yaml"), *(SCHEMAS / "eessi").glob("*.json"))
    found = [*MAPPINGS.rglob("*.yaml"), *contracts]
    return [File(path.relative_to(PROJECT).as_posix(), path.read_text("utf-8")) for path in sorted(found)]


class Stage:
    """One mapping with all that it needs, in a folder of its own, where files can be changed.

    Attributes:
        root: folder with ``mappings/`` and ``schemas/``.
        files: what the mapping depends on, relative to ``root``; the mapping first.
    """

    def __init__(self, mapping: File, everything: dict[str, File], folder: Path) -> None:
        self.mapping = mapping
        self.root = folder / mapping.name.removesuffix(".yaml").replace("/", "-")
        self.files = list(dict.fromkeys(_needed(mapping, everything)))
        self.texts = {name: everything[name].text for name in self.files}
        for name, text in self.texts.items():
            self._write(name, text)
        shutil.copytree((PROJECT / mapping.name).parent / "fixtures", (self.root / mapping.name).parent / "fixtures")

    def _write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    @contextmanager
    def changed(self, mutant: Mutant) -> Iterator[None]:
        """Write the changed file, and afterwards as it was."""
        self._write(mutant.file, mutant.text)
        try:
            yield
        finally:
            self._write(mutant.file, self.texts[mutant.file])

    @property
    def mappings(self) -> Path:
        """Folder of the mappings."""
        return self.root / "mappings"

    @property
    def schemas(self) -> Path:
        """Folder of the contracts."""
        return self.root / "schemas"

    def compiled(self) -> CompiledMapping | None:
        """Return the mapping as the files now say it; ``None`` if they do not load."""
        try:
            found = load_files(gather([self.mappings]), schemas=self.schemas, parse=PARSE).all
        except ConfigError:
            return None
        name = self.mapping.name.removeprefix("mappings/")
        return next((mapping for mapping in found if mapping.file == name), None)

    @cached_property
    def clean(self) -> CompiledMapping:
        """The mapping as shipped."""
        compiled = self.compiled()
        assert compiled is not None
        return compiled

    @cached_property
    def documents(self) -> list[Document]:
        """The documents of its tests."""
        return [fixture(self.clean, test, self.mappings) for test in self.clean.tests]

    @cached_property
    def readings(self) -> list[tuple[Any, ...]]:
        """What the mapping as shipped makes of them."""
        return [_outcome(self.clean, document) for document in self.documents]

    @cached_property
    def verdicts(self) -> list[object]:
        """How its tests end as shipped."""
        return self._tested(self.clean)

    def _tested(self, mapping: CompiledMapping) -> list[object]:
        return [run_test(mapping, test, self.mappings).differences for test in mapping.tests]

    def sees(self, mutant: Mutant) -> bool:
        """Tell whether the mutant changes anything for this mapping; inside ``changed``."""
        changed = self.compiled()
        if changed is None:
            return True
        if mutant.file.startswith("schemas/"):
            return self._contract(mutant)
        differs = any(
            _outcome(changed, document) != before
            for document, before in zip(self.documents, self.readings, strict=True)
        )
        return differs or self._tested(changed) != self.verdicts

    def _contract(self, mutant: Mutant) -> bool:
        before, after = (_validator(mutant.file, text) for text in (self.texts[mutant.file], mutant.text))
        if before is None or after is None or (mutant.reads and not meets(self.mapping, self.texts, *mutant.reads)):
            return False
        if mutant.file.endswith(".xsd") and mutant.reads and mutant.reads[0] in WIDER:
            return True
        for document, (*_, unmapped) in zip(self.documents, self.readings, strict=True):
            left = tuple(leaf.path for leaf in unmapped)
            if any(not _left(place, left) for place in after(document.root) - before(document.root)):
                return True
        return False


def stages(folder: Path) -> dict[str, Stage]:
    """Return a stage for each shipped mapping."""
    everything = {file.name: file for file in shipped()}
    return {file.name: Stage(file, everything, folder) for file in everything.values() if file.kind == "mapping"}


def witness(mutant: Mutant, known: Sequence[Stage]) -> Stage | None:
    """Return the first mapping for which the mutant is a fault; ``None`` if it is equivalent."""
    concerned = [stage for stage in known if mutant.file in stage.texts]
    start = mutant.line % max(len(concerned), 1)  # a block of all NAV documents is not always seen in the first one
    for stage in (concerned[start:] + concerned[:start])[:ASKED]:
        before = stage.clean, stage.readings, stage.verdicts  # before anything is changed
        assert all(part is not None for part in before)
        with stage.changed(mutant):
            if stage.sees(mutant):
                return stage
    return None


def _needed(file: File, everything: dict[str, File]) -> Iterator[str]:
    yield file.name
    source = file.entry("source", "xml")
    if isinstance(source, Scalar):
        yield f"schemas/{source.text.partition('#')[0]}"
    if isinstance(layout := file.entry("source", "rows"), Scalar):
        yield f"schemas/{layout.text}"
    if isinstance(dialect := file.entry("source", "json"), Scalar):
        document = file.entry("source", "document")
        named = document.text if isinstance(document, Scalar) else "envelope"
        yield f"schemas/eessi/{dialect.text}-{named}.schema.json".lower()
    blocks = file.entry("blocks_from")
    for name in blocks.items if isinstance(blocks, Listed) else ():
        yield from _needed(everything[f"mappings/{name.text}"], everything)
    for name in (*re.findall(r"[a-z][a-z\-]*@[0-9]+", file.text), "period-end@1"):  # which open ends are named by
        if codelist := everything.get(f"mappings/codes/{name}.yaml"):
            yield codelist.name
            of = codelist.entry("of")
            if isinstance(of, Scalar):
                yield f"mappings/codes/{of.text}.yaml"


def _outcome(mapping: CompiledMapping, document: Document) -> tuple[Any, ...]:
    reading = mapping.read(document, on=DEFAULT_DAY)
    findings = [(one.code, one.severity, one.at, one.source, one.text) for one in reading.findings]
    return reading.verdict, reading.record, findings, reading.unmapped


def _validator(name: str, text: str) -> Callable[[Any], set[str]] | None:
    """Return what tells the faults of a document by a contract; ``None`` if the text is no contract."""
    try:
        if name.endswith(".json"):
            json_schema = jsonschema_rs.validator_for(json.loads(text))
            return lambda root: {place for one in json_schema.iter_errors(root) for place in _blamed(one)}
        xml_schema = etree.XMLSchema(etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False)))
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError, ValueError):
        return None
    return lambda root: set() if xml_schema.validate(root) else {str(one.message) for one in xml_schema.error_log}


def _left(place: str, unmapped: tuple[str, ...]) -> bool:
    """Tell whether the mapping leaves a place, or something in it."""
    return any(path == place or path.startswith((f"{place}.", f"{place}[")) for path in unmapped)


def _blamed(error: Any) -> Iterator[str]:
    """Yield the places that a fault of a JSON document speaks of, as ``unmapped`` writes them."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path]
    place = "".join(steps).removeprefix(".")
    names = re.findall(r"'([^']+)'", error.message) if "dditional properties" in error.message else [""]
    yield from (f"{place}.{name}".strip(".") for name in names)
