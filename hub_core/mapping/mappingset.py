"""All mappings below some folders, and which of them reads a document."""

import hashlib
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Map
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from hub_core import yaml
from hub_core.document import Document
from hub_core.errors import ConfigError
from hub_core.mapping.binding.binder import Binder, Blocks
from hub_core.mapping.binding.headbinder import bound_answer, bound_date
from hub_core.mapping.binding.plan import AnswerPlan, RecordDate, Scope
from hub_core.mapping.cache import Cache, key_of, versions
from hub_core.mapping.codecs import functions
from hub_core.mapping.codelists import CodeList, choice, load_codelists, named, names
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.files import gather, is_code_list
from hub_core.mapping.language.document import read_block_file, read_mapping_file
from hub_core.mapping.language.rules import BlockFile, MappingFile, Rule
from hub_core.mapping.language.sourcepaths import Fixed
from hub_core.mapping.language.sourceroots import rooted
from hub_core.places import MAPPINGS, SCHEMAS
from hub_core.yaml import Faults, Mapping, Scalar, closest

GENERATION: Final = "1"  # of the generator: another one may read the same file in another way


class MappingSet:
    """Mappings by id and by the documents that they read."""

    def __init__(self, mappings: Iterable[CompiledMapping]) -> None:
        self.all: tuple[CompiledMapping, ...] = tuple(sorted(mappings, key=lambda mapping: mapping.id))
        self._by_id = {mapping.id: mapping for mapping in self.all}
        self._by_key: dict[tuple[str | None, ...], list[CompiledMapping]] = {}
        for mapping in sorted(self.all, key=lambda one: -_major(one.id)):
            self._by_key.setdefault(mapping.key, []).append(mapping)

    def prepare(self) -> int:
        """Compile all of them now, not at their first documents; return how many no cache held."""
        return sum(not mapping.prepare() for mapping in self.all)

    def get(self, name: str) -> CompiledMapping | None:
        """Return the mapping of an id, with or without ``@hash``."""
        bare, _, digest = name.partition("@")
        found = self._by_id.get(bare)
        return None if found is None or (digest and found.hash != digest) else found

    def named(self, name: str) -> CompiledMapping:
        """Return the mapping of an id.

        Raises:
            ConfigError: M114, there is none.
        """
        found = self.get(name)
        if found is None:
            raise ConfigError("M114", f"there is no mapping {name!r}", mend=closest(name, self._by_id))
        return found

    def find(self, document: Document, allowed: Sequence[str] = ()) -> CompiledMapping | None:
        """Return the mapping for a document: the most specific one, of several majors the highest.

        Args:
            document: as an adapter opened it.
            allowed: ids to choose from; empty: all.
        """
        if document.kind == "xml":
            return self._first(("xml", str(document.root.tag)), allowed)
        dialect = document.dialect
        return self._first(("json", dialect, document.name), allowed) or self._first(("json", dialect, None), allowed)

    def _first(self, key: tuple[str | None, ...], allowed: Sequence[str]) -> CompiledMapping | None:
        for mapping in self._by_key.get(key, ()):
            if not allowed or mapping.id in allowed:
                return mapping
        return None


def load(roots: Sequence[Path] = (MAPPINGS,), *, schemas: Path = SCHEMAS, cache: Cache | None = None) -> MappingSet:
    """Read all mappings, blocks and code lists below some folders.

    Args:
        roots: folders; files below ``codes/`` are code lists, those below ``fixtures/`` belong to tests.
        schemas: folder of the contracts that ``source: {xml: ...}`` names.
        cache: of compiled mappings.

    Raises:
        ConfigError: M1xx with all faults of all files as findings.
    """
    return load_files(gather(roots), schemas=schemas, cache=cache)


def load_files(
    files: Map[str, bytes],
    *,
    schemas: Path = SCHEMAS,
    cache: Cache | None = None,
    parse: yaml.Parse = yaml.parse,
) -> MappingSet:
    """Read mappings, blocks and code lists from memory: ``gather`` gives them by their names.

    Raises:
        ConfigError: see ``load``.
    """
    return Loader(files, schemas, cache, parse=parse).load()


def load_kept(files: Map[str, bytes], *, schemas: Path = SCHEMAS, cache: Cache | None) -> MappingSet:
    """Like ``load_files``; a set that was made of the same files before is not made again.

    Raises:
        ConfigError: see ``load_files``.
    """
    if cache is None:
        return load_files(files, schemas=schemas)
    content = ("set", files, _functions(files), str(schemas), versions(schemas))
    found, _ = cache.get(content, lambda: load_files(files, schemas=schemas), MappingSet)
    for mapping in found.all:
        mapping.cache = cache
    return found


def _functions(files: Map[str, bytes]) -> dict[str, str]:
    """Return the installed functions that files may use, with their versions."""
    mark = functions.PREFIX.encode()
    return functions.versions() if any(mark in body for body in files.values()) else {}


class Loader:
    """Reads files, then looks up what they name.

    Attributes:
        faults: of all files.
        mappings: as written, with the full names of their root elements once ``read`` is done.
        blocks: files of shared blocks by name.
        codes: code lists by name.

    Args:
        parse: as ``yaml.parse``; somebody who loads the same files again and again may remember what it gave.
    """

    def __init__(
        self,
        files: Map[str, bytes],
        schemas: Path,
        cache: Cache | None = None,
        *,
        parse: yaml.Parse = yaml.parse,
    ) -> None:
        self.files = files
        self.schemas = schemas
        self.cache = cache
        self.parse = parse
        self.faults = Faults("M101")
        self.blocks: dict[str, BlockFile] = {}
        self.mappings: list[MappingFile] = []
        self.codes: dict[str, CodeList] = {}
        self.broken: set[str] = set()

    def load(self) -> MappingSet:
        """Return the mappings.

        Raises:
            ConfigError: see ``load_files``.
        """
        found = self.read()
        self.faults.raise_any()
        return MappingSet([self._compiled(one) for one in found])

    def read(self) -> "list[_Bound]":
        """Return the mappings without faults, every name looked up; the faults of all others are collected."""
        for name, body in self.files.items():
            if not is_code_list(name):
                self._file(body, name)
        self.codes = load_codelists(self.files, self.faults, parse=self.parse)
        self.mappings = [self._rooted(mapping) for mapping in self.mappings]
        bound = [found for mapping in self.mappings if (found := self._bound(mapping, self.codes))]
        self._unambiguous([one.mapping for one in bound])
        return bound

    def _file(self, body: bytes, shown: str) -> None:
        try:
            node = self.parse(body, file=shown)
        except ConfigError as error:
            self.faults.findings.extend(error.findings)
            return
        if isinstance(node, Mapping) and "mapping" not in node.items and "blocks" in node.items:
            if block_file := read_block_file(node, self.faults):
                self.blocks[shown] = block_file
            return
        before = len(self.faults.findings)
        if mapping := read_mapping_file(node, self.faults):
            self.mappings.append(mapping)
            if len(self.faults.findings) > before:
                self.broken.add(shown)

    def _bound(self, mapping: MappingFile, codes: Map[str, CodeList]) -> "_Bound | None":
        before = len(self.faults.findings)
        blocks, files = self.blocks_of(mapping)
        binder = Binder(mapping, blocks, codes, self.faults)
        plan = binder.plan()
        answer = bound_answer(mapping.answer, binder.paths)
        dated = bound_date(mapping.dated, binder.paths, self.faults, faulty=mapping.faulty)
        fixed = binder.paths.fixed(mapping.fixed)
        for short, name in mapping.codes.items():
            if named(codes, name.text) is None:
                mend = choice(name.text, names(codes))
                self.faults.add(name, f"{short}: no code list {name.text!r}", mend=mend, code="M106")
        if plan is None or len(self.faults.findings) > before or mapping.file in self.broken:
            return None
        if answer is not None:
            plan.named += [answer.steps, *([answer.code] if answer.code else [])]
        return _Bound(mapping, plan, answer, dated, fixed, [file.node for file in files], binder.used)

    def _compiled(self, bound: "_Bound") -> CompiledMapping:
        used = [*((one.name, one.plain) for one in bound.used.values()), *bound.plan.functions()]
        used.sort(key=lambda one: one[0])
        return CompiledMapping(
            bound.mapping,
            bound.plan,
            bound.answer,
            _digest(bound.mapping.node, bound.blocks, used),
            dated=bound.dated,
            fixed=bound.fixed,
            schemas=self.schemas,
            content=key_of((bound.mapping.node, bound.blocks, used)),
            cache=self.cache,
        )

    def _rooted(self, mapping: MappingFile) -> MappingFile:
        before = len(self.faults.findings)
        mapping = rooted(mapping, self.schemas, self.faults)
        if len(self.faults.findings) > before:
            self.broken.add(mapping.file)
        return mapping

    def blocks_of(self, mapping: MappingFile) -> tuple[Blocks, list[BlockFile]]:
        """Return the blocks that a mapping can use, and the files that it takes them from."""
        blocks: dict[str, tuple[tuple[Rule, ...], Map[str, Scalar]]] = {}
        files: list[BlockFile] = []
        for name in mapping.blocks_from:
            file = self.blocks.get(name.text)
            if file is None:
                mend = closest(name.text, self.blocks)
                self.faults.add(name, f"no file of blocks {name.text!r} below mappings/", mend=mend, code="M109")
                continue
            files.append(file)
            for block, rules in file.blocks.items():
                if block in blocks:
                    self.faults.add(name, f"the block {block!r} is in two files", mend="rename one", code="M109")
                blocks[block] = (rules, file.codes)
        for block, rules in mapping.blocks.items():
            blocks[block] = (rules, mapping.codes)
        return blocks, files

    def _unambiguous(self, mappings: Iterable[MappingFile]) -> None:
        seen: dict[tuple[object, ...], MappingFile] = {}
        for mapping in mappings:
            for key in ((mapping.id,), (*mapping.source.key, _major(mapping.id))):
                other = seen.setdefault(key, mapping)
                if other is not mapping:
                    word = "mapping" if len(key) == 1 else "source"
                    what = f"the id {mapping.id!r}" if len(key) == 1 else "this document"
                    mend = "give one of them another id, or another document"
                    text = f"{what} is also in {other.file}"
                    line = mapping.node.items[word].line
                    self.faults.add_at(f"{mapping.file}:{line}:1", text, mend=mend, code="M111")


class _Bound(NamedTuple):
    """One mapping with every name looked up, and what it took from other files."""

    mapping: MappingFile
    plan: Scope
    answer: AnswerPlan | None
    dated: RecordDate | None
    fixed: Fixed
    blocks: list[Mapping]
    used: dict[str, CodeList]


def _major(name: str) -> int:
    return int(name.rpartition("/")[2])


def _digest(mapping: Mapping, blocks: Sequence[Mapping], used: Sequence[tuple[str, object]]) -> str:
    """Return 12 hex digits over everything that decides what a document is read as; tests do not."""
    own = yaml.plain(mapping)
    if isinstance(own, dict):
        own.pop("tests", None)
    whole = [GENERATION, own, [yaml.plain(block) for block in blocks], used]
    return hashlib.sha256(msgspec.json.encode(whole)).hexdigest()[:12]
