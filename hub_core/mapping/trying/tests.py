"""Runs the ``tests:`` of mapping files, for pytest and for the command line."""

import copy
import traceback
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
from lxml import etree

from hub_core import yaml
from hub_core.document import Document
from hub_core.errors import ConfigError, Rejected
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.language.paths import BadPath, Steps, parse_path
from hub_core.mapping.language.rules import Test
from hub_core.mapping.mappingset import MappingSet, load
from hub_core.mapping.reading import jsonplaces, xmlrun
from hub_core.mapping.rowfiles import description_of
from hub_core.mapping.trying.coverage import Exercised
from hub_core.mapping.trying.expected import unfulfilled
from hub_core.mapping.trying.fixtures import document_in
from hub_core.mapping.trying.roundtrip import round_trip
from hub_core.places import MAPPINGS
from hub_core.reading import Reading
from hub_core.rows import row_in
from hub_core.rows.single import DIALECT as ROWS
from hub_core.yaml import Mapping, Scalar

DEFAULT_DAY: Final = date(2025, 1, 1)


class TestResult(msgspec.Struct, frozen=True, kw_only=True):
    """How one test ended; ``differences`` hold canonical paths and, as tests are synthetic, values."""

    __test__ = False  # for pytest

    mapping: str
    name: str
    where: str
    passed: bool
    differences: tuple[str, ...] = ()


def run_tests(file: Path, *, mappings: MappingSet | None = None, root: Path = MAPPINGS) -> list[TestResult]:
    """Run the tests of one mapping file.

    Args:
        file: below ``root``.
        mappings: already loaded; else everything below ``root`` is.
        root: folder of the mappings.

    Raises:
        ConfigError: a mapping file is wrong, or the file holds no mapping.
    """
    known = mappings or load([root])
    shown = file.resolve().relative_to(root.resolve()).as_posix()
    return [run_test(mapping, test, root) for mapping in known.all if mapping.file == shown for test in mapping.tests]


def run_test(mapping: CompiledMapping, test: Test, root: Path, *, exercised: Exercised | None = None) -> TestResult:
    """Run one test of a mapping; its own faults are differences too. ``exercised`` takes in what it reads."""
    where = f"{mapping.file}:{test.node.line}"
    try:
        document = fixture(mapping, test, root)
        reading = _reading(mapping, document, day_of(test), exercised)
        differences = unfulfilled(_with_record(test, (root / mapping.file).parent), reading)
        if test.round_trip:
            exact = test.round_trip == "exact"
            if exercised is not None and reading.record is not None:
                exercised.add_written(reading.record)
            differences += round_trip(mapping, document, reading, on=day_of(test), exact=exact)
    except (BadTest, BadPath, ValueError, ConfigError) as error:
        differences = [f"the test cannot run: {error}"]
    except Exception as error:  # noqa: BLE001 - the results of the other tests must not be lost with this one
        differences = [_defect(error)]
    return TestResult(
        mapping=mapping.id, name=test.name, where=where, passed=not differences, differences=tuple(differences)
    )


def _defect(error: Exception) -> str:
    """Return kind and place of what nobody expected; a test is synthetic, but its message may say nothing useful."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    return f"the test cannot run: a defect of Punte, report it with this line: {type(error).__name__} ({place})"


def day_of(test: Test) -> date:
    """Return the day on which a test reads; raises ``ValueError`` if it is none."""
    return date.fromisoformat(test.on) if test.on else DEFAULT_DAY


def _reading(mapping: CompiledMapping, document: Document, on: date, exercised: Exercised | None) -> Reading:
    if exercised is None:
        return mapping.read(document, on=on)
    reading, provenance = mapping.explain(document, on=on)
    exercised.add(reading, provenance)
    return reading


class BadTest(ValueError):
    """The test itself is wrong."""


def fixture(mapping: CompiledMapping, test: Test, root: Path) -> Document:
    """Return the document of a test, changed as ``set`` and ``remove`` say.

    Raises:
        BadTest: no such file, or a path of ``set`` or ``remove`` leads nowhere.
    """
    path = (root / mapping.file).parent / test.fixture
    if not path.is_file():
        raise BadTest(f"no file {test.fixture} beside the mapping")
    body = path.read_bytes()
    kind = ROWS if mapping.source.dialect == ROWS else mapping.source.kind
    document = {ROWS: _row, "xml": _xml, "json": _json}[kind](mapping, test, body)
    return msgspec.structs.replace(document, request=test.request)


def _with_record(test: Test, folder: Path) -> Test:
    """Return a test with the record that it expects, where that stands in a file of its own.

    Raises:
        BadTest: no such file, or it holds no object.
    """
    if not isinstance(test.expect, Scalar) or not test.expect.text:
        return test
    name = test.expect.text
    path = folder / name
    if not path.is_file():
        raise BadTest(f"no file {name} beside the mapping")
    record = yaml.load(path, file=name)
    if not isinstance(record, Mapping):
        raise BadTest(f"{name} holds no record")
    return msgspec.structs.replace(test, expect=record)


def _xml(mapping: CompiledMapping, test: Test, body: bytes) -> Document:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise BadTest(f"{test.fixture} is no XML: {error.msg}") from error
    try:
        root = document_in(root, mapping.source.root)
    except ValueError as error:
        raise BadTest(f"{test.fixture}: {error}") from error
    for path in test.remove:
        for element, attribute in _places(mapping, root, path):
            if attribute is not None:
                del element.attrib[attribute]
            elif (parent := element.getparent()) is not None:
                parent.remove(element)
    for path, value in test.set:
        for element, attribute in _places(mapping, root, path, make=True):
            if attribute is not None:
                element.set(attribute, value)
            else:
                element.text = value
    return Document(kind="xml", root=root, name=etree.QName(root).localname)


def _places(mapping: CompiledMapping, root: Any, path: str, *, make: bool = False) -> list[xmlrun.Place]:
    steps = parse_path(path, "xml", mapping.source.ns)
    found = xmlrun.places(root, steps)
    if not found and make and steps:
        parents = xmlrun.places(root, steps[:-1])
        last = steps[-1].name
        if parents and last.startswith("@"):
            return [(parents[0][0], last[1:])]
        if parents:
            return [(etree.SubElement(parents[0][0], last), None)]
    if not found:
        raise BadTest(f"{path} leads nowhere in the fixture")
    return found


def _row(mapping: CompiledMapping, test: Test, body: bytes) -> Document:
    """Return the row of a line; without one the first."""
    try:
        document = row_in(body, description_of(mapping), test.line)
    except Rejected as error:
        raise BadTest(f"{test.fixture}: {error}") from error
    _change_all(document.root, test)
    return document


def _change_all(root: Any, test: Test) -> None:
    for path in test.remove:
        _change(root, parse_path(path, "json"), path, None)
    for path, value in test.set:
        _change(root, parse_path(path, "json"), path, value)


def _json(mapping: CompiledMapping, test: Test, body: bytes) -> Document:
    try:
        root = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        raise BadTest(f"{test.fixture} is no JSON: {error}") from error
    source = mapping.source
    name = test.document or source.document
    if source.dialect == "NATIVE" and isinstance(root, dict) and len(root) == 1:
        key = next(iter(root))
        if name in {None, key}:
            name, root = key, root[key]
    if name is None and isinstance(root, dict):
        name = str(root.get("sed") or root.get("sedType") or "")
    root = copy.deepcopy(root)
    _change_all(root, test)
    return Document(kind="json", root=root, name=name or "", dialect=source.dialect)


def _change(root: Any, steps: Steps, path: str, value: str | None) -> None:
    """Set or remove a value; what is missing on the way to a value that is set is made."""
    holders = [holder for _, holder in jsonplaces.places(root, steps[:-1]) if isinstance(holder, dict)]
    last = steps[-1]
    if value is not None:
        holders = holders or [_made(root, steps[:-1], path)]
    else:
        holders = [holder for holder in holders if last.name in holder]
    if not holders:
        raise BadTest(f"{path} leads nowhere in the fixture")
    for holder in holders if value is None else holders[:1]:
        key = last.name if last.index is None else last.index
        target: Any = holder if last.index is None else holder.get(last.name)
        if last.index is not None and not (isinstance(target, list) and last.index < len(target)):
            raise BadTest(f"{path} leads nowhere in the fixture")
        if value is None:
            del target[key]
        else:
            target[key] = value


def _made(root: Any, steps: Steps, path: str) -> dict[str, Any]:
    for step in steps:
        if isinstance(root, list) and len(root) == 1:
            (root,) = root
        if not isinstance(root, dict):
            raise BadTest(f"{path} leads through something that is no object")
        root = root[step.name] if root.get(step.name) is not None else _new(root, step.name)
    if not isinstance(root, dict):
        raise BadTest(f"{path} leads through something that is no object")
    return root


def _new(holder: dict[str, Any], key: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    holder[key] = made
    return made
