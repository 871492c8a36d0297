"""Reads the form of a mapping file: known keys, right kinds of values. Names are looked up later."""

import re
from collections.abc import Collection
from typing import Final, cast

from hub_core import yaml
from hub_core.mapping.language.rulereader import RuleReader, entries, one_of, scalar, strings, text
from hub_core.mapping.language.rules import Answer, BlockFile, Dated, MappingFile, Rule, Source, Way
from hub_core.mapping.language.testreader import read_tests
from hub_core.rows.description import name_of
from hub_core.rows.single import DIALECT as ROWS
from hub_core.yaml import Faults, Mapping, Node, Scalar, Sequence

_KEYS: Final = {
    "mapping", "source", "target", "direction", "faulty", "blocks_from", "codes", "answer", "fields", "blocks",
    "ignore", "dated", "fixed", "tests",
}  # fmt: skip
_BLOCK_KEYS: Final = {"blocks", "codes"}
_SOURCE_KEYS: Final = {"xml", "json", "rows", "document", "schema", "ns"}
_ANSWER_KEYS: Final = {"at", "code", "failed", "none", "later"}
_ID: Final = re.compile(r"[a-z0-9][a-z0-9.\-]*/[0-9]+")
_DIALECT: Final = re.compile(r"[A-Z][A-Z0-9_]*")


def known_keys(node: Mapping, keys: Collection[str], faults: Faults) -> None:
    """Report the keys of a node that are not in ``keys``."""
    for key in node.items.keys() - set(keys):
        faults.add(node.keys[key], f"unknown key {key!r}", mend=yaml.closest(key, keys), code="M102")


def read_block_file(node: Node, faults: Faults) -> BlockFile | None:
    """Read a file of shared blocks; faults are collected."""
    if not isinstance(node, Mapping):
        faults.add(node, "a file of blocks is expected", mend="write blocks: and, below it, named groups of fields")
        return None
    known_keys(node, _BLOCK_KEYS, faults)
    return BlockFile(file=node.file, node=node, codes=_codes(node, faults), blocks=_blocks(node, faults))


def read_mapping_file(node: Node, faults: Faults) -> MappingFile | None:
    """Read a mapping file; faults are collected, and without a source nothing is returned."""
    if not isinstance(node, Mapping):
        faults.add(node, "a mapping file is expected", mend="write mapping:, source:, target:, fields:")
        return None
    known_keys(node, _KEYS, faults)
    name = text(node, "mapping", faults, required="mapping: partner.document/1")
    if name and not _ID.fullmatch(name):
        mend = (
            "write lower-case letters, digits, dots and hyphens, a slash and the major version: cnas.insured-person/1"
        )
        faults.add(node.items["mapping"], "the id has another form", mend=mend, code="M103")
    way = one_of(node, "direction", ("in", "out", "both"), faults) or "in"
    source = _source(node, faults)
    fields = node.items.get("fields")
    if not isinstance(fields, Mapping):
        faults.add(fields or node, "fields: is missing", mend="write fields: and, below it, the rules", code="M103")
    if source is None:
        return None
    return MappingFile(
        file=node.file,
        node=node,
        id=name,
        source=source,
        target=text(node, "target", faults, required="target: Beneficiary@1"),
        way=cast("Way", way),
        faulty="flag" if one_of(node, "faulty", ("refuse", "flag"), faults) == "flag" else "refuse",
        blocks_from=strings(node.items.get("blocks_from"), faults),
        codes=_codes(node, faults),
        answer=_answer(node.items.get("answer"), faults),
        dated=_dated(node.items.get("dated"), faults),
        fields=RuleReader(faults).rules(fields) if isinstance(fields, Mapping) else (),
        blocks=_blocks(node, faults),
        ignore=_ignore(node, faults),
        fixed=_fixed(node, faults),
        tests=read_tests(node.items.get("tests"), faults),
    )


def _source(node: Mapping, faults: Faults) -> Source | None:
    source = node.items.get("source")
    mend = "write source: {xml: partners/x/File.xsd#root} or source: {json: NAV, document: P2000}"
    if not isinstance(source, Mapping) or len(source.items.keys() & {"xml", "json", "rows"}) != 1:
        faults.add(source or node, "source: names no document", mend=mend, code="M103")
        return None
    known_keys(source, _SOURCE_KEYS, faults)
    ns = {key: value.text for key, value in entries(source.items.get("ns"), faults)}
    if "xml" in source.items:
        root = text(source, "xml", faults, required="xml: partners/x/File.xsd#root")
        if "document" in source.items:
            mend = "remove it: an XML document is known by its root element"
            faults.add(source.keys["document"], "document: belongs to JSON", mend=mend, code="M103")
        return Source(kind="xml", root=root, schema=_schema_of(source, root, faults), ns=ns)
    if "rows" in source.items:
        return _rows_source(source, faults)
    dialect = text(source, "json", faults, required="json: NAV")
    if not _DIALECT.fullmatch(dialect):
        mend = "write the dialect in capital letters: NAV, NEESSI, NATIVE"
        faults.add(source.items["json"], "not the name of a dialect", mend=mend, code="M103")
    if ns:
        faults.add(source.keys["ns"], "ns: belongs to XML", mend="remove it", code="M103")
    document = source.items.get("document")
    name = document.text if isinstance(document, Scalar) else None
    return Source(kind="json", dialect=dialect, document=name, schema=text(source, "schema", faults) or None, ns={})


def _rows_source(source: Mapping, faults: Faults) -> Source:
    """Return the source of a row: JSON whose name is that of the description."""
    file = text(source, "rows", faults, required="rows: partners/x/list.rows.yaml")
    for key in source.items.keys() - {"rows"}:
        mend = "remove it: the description says what a row is"
        faults.add(source.keys[key], f"{key}: does not belong to rows", mend=mend, code="M103")
    return Source(kind="json", dialect=ROWS, document=name_of(file), schema=file, ns={})


def _schema_of(source: Mapping, root: str, faults: Faults) -> str | None:
    """Return the file of an XML contract: before the # of ``xml:``."""
    if "schema" in source.items:
        mend = "remove it, and write xml: file.xsd#root"
        faults.add(source.keys["schema"], "schema: belongs to JSON", mend=mend, code="M103")
    file, mark, _ = root.partition("#")
    return file if mark and not root.startswith("{") else None


def _codes(node: Mapping, faults: Faults) -> dict[str, Scalar]:
    return dict(entries(node.items.get("codes"), faults))


def _blocks(node: Mapping, faults: Faults) -> dict[str, tuple[Rule, ...]]:
    blocks = node.items.get("blocks")
    if blocks is None:
        return {}
    if not isinstance(blocks, Mapping):
        faults.add(blocks, "blocks: has another form", mend="write blocks: {name: {target: rule}}", code="M103")
        return {}
    found: dict[str, tuple[Rule, ...]] = {}
    for name, fields in blocks.items.items():
        if isinstance(fields, Mapping):
            found[name] = RuleReader(faults).rules(fields)
        else:
            mend = "write its fields below it, as under fields:"
            faults.add(fields, f"the block {name!r} holds no fields", mend=mend, code="M103")
    return found


def _answer(node: Node | None, faults: Faults) -> Answer | None:
    if node is None:
        return None
    mend = 'write answer: {at: path, failed: {"-1": reason}, none: {"0": reason}}'
    if not isinstance(node, Mapping):
        faults.add(node, "answer: has another form", mend=mend, code="M103")
        return None
    known_keys(node, _ANSWER_KEYS, faults)
    at, code = node.items.get("at"), node.items.get("code")
    if not isinstance(at, Scalar):
        faults.add(at or node, "answer.at: is missing", mend=mend, code="M103")
        return None
    tables = {
        key: {token.strip(): reason.text for token, reason in entries(node.items.get(key), faults)}
        for key in ("failed", "none", "later")
    }
    seen: dict[str, str] = {}
    for key, table in tables.items():
        for token in table:
            if token in seen:
                mend = f"leave it under one of {seen[token]} and {key}"
                faults.add(node.items[key], f"{token!r} has two meanings", mend=mend, code="M103")
            seen[token] = key
    return Answer(at=at, code=code if isinstance(code, Scalar) else None, **tables)


def _dated(node: Node | None, faults: Faults) -> Dated | None:
    if node is None:
        return None
    at = scalar(node, "at", faults) if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or at is None:
        mend = "write dated: {at: path, as: date}"
        faults.add(node, "dated: names no place", mend=mend, code="M103")
        return None
    known_keys(node, ("at", "as"), faults)
    return Dated(at=at, codec=scalar(node, "as", faults))


def _ignore(node: Mapping, faults: Faults) -> tuple[tuple[Scalar, str], ...]:
    ignore = node.items.get("ignore")
    if ignore is None:
        return ()
    if isinstance(ignore, Sequence) or not isinstance(ignore, Mapping):
        faults.add(ignore, "ignore: has another form", mend="write ignore: {path: reason}", code="M103")
        return ()
    for path, reason in ignore.items.items():
        if not isinstance(reason, Scalar) or not reason.text.strip():
            mend = "write why its value is not needed"
            faults.add(ignore.keys[path], f"{path!r} is ignored without a reason", mend=mend, code="M103")
    return tuple((ignore.keys[path], yaml_text(reason)) for path, reason in ignore.items.items())


def _fixed(node: Mapping, faults: Faults) -> tuple[tuple[Scalar, str], ...]:
    """Return the texts that every written document holds, by path."""
    fixed = node.items.get("fixed")
    if not isinstance(fixed, Mapping | None):
        faults.add(fixed, "fixed: has another form", mend="write fixed: {path: text}", code="M103")
        return ()
    return tuple((fixed.keys[path], value.text) for path, value in entries(fixed, faults)) if fixed else ()


def yaml_text(node: Node) -> str:
    """Return the text of a scalar, or nothing."""
    return node.text if isinstance(node, Scalar) else ""
