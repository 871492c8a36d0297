"""A mapping file as written: its parts in their places, names not yet looked up."""

from typing import Literal

import msgspec

from hub_core.yaml import Mapping, Node, Scalar

Faulty = Literal["refuse", "flag"]
Way = Literal["in", "out", "both"]
OnUnknownCode = Literal["refuse", "keep", "flag"]


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """One line of ``when:``.

    Attributes:
        path: as written.
        values: the leaf has one of these texts; empty: see ``present``.
        present: something must be there, or nothing.
    """

    path: Scalar
    values: tuple[str, ...] = ()
    present: bool = True


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of ``any:``, or the only one, of ``at:``; ``codec`` where it has its own."""

    path: Scalar
    codec: Scalar | None = None


class Derive(msgspec.Struct, frozen=True, kw_only=True):
    """``derive: join("-", path, path)``, ``document()`` or ``request()``."""

    node: Scalar
    function: str
    separator: str = ""
    paths: tuple[str, ...] = ()


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule: where a value of the record comes from. Attributes are the keys of the language."""

    node: Node
    target: Scalar
    places: tuple[Place, ...] = ()
    each: Scalar | None = None
    use: Scalar | None = None
    const: Scalar | None = None
    derive: Derive | None = None
    codec: Scalar | None = None
    codes: Scalar | None = None
    unmapped: OnUnknownCode | None = None
    absent: tuple[str, ...] = ()
    open: bool = False
    unknown: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    required: bool = False
    when: tuple[Condition, ...] = ()
    where: tuple[Condition, ...] = ()
    fields: "tuple[Rule, ...] | None" = None
    key: tuple[Scalar, ...] = ()
    faulty: Faulty | None = None
    spill: Scalar | None = None
    never: bool = False  # out: never
    why: str | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """``answer:``, the status inside an answer document; texts by token."""

    at: Scalar
    code: Scalar | None
    failed: dict[str, str]
    none: dict[str, str]
    later: dict[str, str]


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """``dated: {at: path, as: codec}``: the day that the record speaks of."""

    at: Scalar
    codec: Scalar | None


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of ``tests:``; see the language's documentation for the meaning of each key."""

    node: Mapping
    name: str
    fixture: str
    on: str | None = None
    document: str | None = None
    line: str | None = None
    request: str | None = None
    set: tuple[tuple[str, str], ...] = ()
    remove: tuple[str, ...] = ()
    expect: Node | None = None
    error: tuple[str | None, str | None] | None = None
    findings: tuple[str, ...] | None = None
    unmapped: tuple[str, ...] | None = None
    verdict: str | None = None
    round_trip: str | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What a mapping reads.

    Attributes:
        root: XML: name of the root element as ``{namespace}local``.
        dialect: JSON: dialect of the document; ``ROWS``: a row of a flat file, which reads like JSON.
        document: JSON: name of the document; ``None``: any of the dialect.
        schema: file of the contract, relative to the folder of schemas, where the source names one.
    """

    kind: Literal["xml", "json"]
    root: str = ""
    dialect: str = ""
    document: str | None = None
    schema: str | None = None
    ns: dict[str, str]

    @property
    def key(self) -> tuple[str | None, ...]:
        """What tells one document from another: ``("xml", root)`` or ``("json", dialect, document)``."""
        return ("xml", self.root) if self.kind == "xml" else ("json", self.dialect, self.document)


class MappingFile(msgspec.Struct, frozen=True, kw_only=True):
    """One mapping file."""

    file: str
    node: Mapping
    id: str
    source: Source
    target: str
    way: Way
    faulty: Faulty
    blocks_from: tuple[Scalar, ...]
    codes: dict[str, Scalar]
    answer: Answer | None
    dated: Dated | None
    fields: tuple[Rule, ...]
    blocks: dict[str, tuple[Rule, ...]]
    ignore: tuple[tuple[Scalar, str], ...]
    fixed: tuple[tuple[Scalar, str], ...]
    tests: tuple[Test, ...]


class BlockFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of shared blocks."""

    file: str
    node: Mapping
    codes: dict[str, Scalar]
    blocks: dict[str, tuple[Rule, ...]]
