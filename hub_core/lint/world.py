"""What lint looks at: files as written, names looked up, contracts, and the documents of tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
from lxml import etree

from hub_core import yaml
from hub_core.contract import Contract, contract_of
from hub_core.errors import ConfigError, PunteError
from hub_core.lint.examples import Examples, Strange, examples, tried
from hub_core.mapping.binding.binder import Blocks
from hub_core.mapping.codelists import CodeList
from hub_core.mapping.files import gather, is_code_list
from hub_core.mapping.language.rules import BlockFile, MappingFile
from hub_core.mapping.mappingset import Loader
from hub_core.mapping.selection import with_shipped
from hub_core.mapping.trying.fixtures import document_in
from hub_core.message import Finding
from hub_core.places import MAPPINGS
from hub_core.rows import load_description, row_in
from hub_core.rows.single import DIALECT as ROWS
from hub_core.yaml import Mapping, Parse


@dataclass(slots=True, eq=False)
class Subject:
    """One mapping with what it names.

    Attributes:
        contract: ``None``: its source names none.
        blocks: rules and short names of code lists by name of the block.
        files: files of shared blocks.
        schemas: folder of the contracts.
        documents: root of each document of its tests, by name.
        examples: what stands in them, by place of the contract.
        strange: what stands in them and the contract does not know.
        tried: what its tests put there.
        unreadable: why a document cannot be read, by name.
    """

    file: MappingFile
    contract: Contract | None
    blocks: Blocks
    files: list[BlockFile]
    schemas: Path
    documents: dict[str, Any] = field(default_factory=dict)
    examples: Examples = field(default_factory=dict)
    strange: Strange = field(default_factory=set)
    tried: Examples = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class World:
    """Everything below one folder, as far as it is needed for the files that are linted.

    Attributes:
        faults: M1xx, found when loading.
        linted: names of the files that findings are wanted for.
        whole: all mappings of the folder are here, so that unused things can be told.
        parse: as ``yaml.parse``.
    """

    folder: Path
    faults: list[Finding]
    subjects: list[Subject]
    lists: dict[str, CodeList]
    block_files: dict[str, BlockFile]
    texts: dict[str, list[str]]
    linted: set[str]
    whole: bool
    parse: Parse
    nodes: dict[str, Mapping | None] = field(default_factory=dict)  # of code lists, as far as they were asked for


def look(paths: Sequence[Path], root: Path, schemas: Path, parse: Parse = yaml.parse) -> World:
    """Read what some files need.

    Raises:
        ConfigError: M101, a file cannot be read.
    """
    folder = root.resolve()
    own = gather([folder])
    linted: set[str] = set()
    for path in paths:
        linted |= _named(path.resolve(), folder, own)
    whole = any(name in linted for name in own if not is_code_list(name) and _is_blocks(own[name]))
    whole |= linted >= {name for name in own if not is_code_list(name)}
    files = own if folder == MAPPINGS else with_shipped(own)
    if not whole:  # blocks and code lists are needed, other mappings are not
        files = {name: body for name, body in files.items() if name in linted or is_code_list(name) or _is_blocks(body)}
    loader = Loader(files, schemas, parse=parse)
    loader.read()
    texts = {name: body.decode("utf-8", "replace").splitlines() for name, body in files.items()}
    subjects = [_subject(loader, mapping, schemas, folder) for mapping in loader.mappings]
    return World(
        folder=folder, faults=loader.faults.findings, subjects=subjects, lists=loader.codes,
        block_files=loader.blocks, texts=texts, linted=linted, whole=whole, parse=parse,
    )  # fmt: skip


def _named(path: Path, folder: Path, files: dict[str, bytes]) -> set[str]:
    """Return the names of a file, or of the files below a folder; files from elsewhere are added."""
    if path.is_dir() and path.is_relative_to(folder):
        return {name for name in files if (folder / name).is_relative_to(path)}
    if path.is_relative_to(folder) and path.relative_to(folder).as_posix() in files:
        return {path.relative_to(folder).as_posix()}
    found = gather([path]) if path.is_dir() else {path.name: path.read_bytes()}
    base = path if path.is_dir() else path.parent
    named = {(base / name).as_posix(): body for name, body in found.items()}
    files.update(named)
    return set(named)


def _is_blocks(body: bytes) -> bool:
    """Tell whether a file holds blocks, without reading all of it as YAML."""
    return body.startswith((b"blocks:", b"codes:")) or (b"\nblocks:" in body and b"\nmapping:" not in b"\n" + body)


def _subject(loader: Loader, mapping: MappingFile, schemas: Path, folder: Path) -> Subject:
    try:
        contract = contract_of(mapping.source, schemas)
    except ConfigError:  # the schema is not there or not right: a fault of loading says so
        contract = None
    blocks, files = loader.blocks_of(mapping)
    subject = Subject(mapping, contract, blocks, files, schemas)
    for test in mapping.tests:
        name = test.fixture
        if not name or name in subject.documents or name in subject.unreadable:
            continue
        try:
            subject.documents[name] = _document(mapping, folder, schemas, name)
        except OSError:
            pass  # it is not there
        except (etree.XMLSyntaxError, ValueError, PunteError) as error:
            subject.unreadable[name] = str(error)
    if contract is not None:
        subject.examples, subject.strange = examples(contract.root, subject.documents.values())
        subject.tried = tried(contract.root, mapping)
    return subject


def _document(mapping: MappingFile, folder: Path, schemas: Path, name: str) -> Any:
    """Return the root of a document of a test.

    Raises:
        OSError: it is not there.
        etree.XMLSyntaxError, ValueError, PunteError: it is none, or another one.
    """
    body = (folder / PurePosixPath(mapping.file).parent / name).read_bytes()
    if mapping.source.kind == "xml":
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
        return document_in(root, mapping.source.root)
    if mapping.source.dialect == ROWS:
        file = mapping.source.schema or ""
        return row_in(body, load_description(schemas / file, file=file)).root
    root = msgspec.json.decode(body)
    if mapping.source.dialect == "NATIVE" and isinstance(root, dict) and len(root) == 1:
        return next(iter(root.values()))
    return root
