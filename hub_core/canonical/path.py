"""Paths into the canonical record: how routes, precedence and ``why`` name a value.

A path goes down only: ``birth.date``, ``insured.state``, ``cases.number``. A step into a list means every element;
``[scheme=ro.cnp]`` keeps those whose field has that text, ``[2]`` one of them, counted from 0. A path that ends at a
coded value means its code: ``sex`` and ``sex.code`` are the same question.

>>> str(canonical_path("identifiers[scheme=ro.cnp].value"))
'identifiers[scheme=ro.cnp].value'
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

import msgspec
import msgspec.inspect as kinds

from hub_core.canonical import Beneficiary
from hub_core.canonical.values import Code
from hub_core.errors import ConfigError
from hub_core.yaml import closest

MAX_LENGTH: Final = 200  # characters of a path; the longest of the model has fewer than 60
NO_SUCH_PATH: Final = "R108"
_STEP: Final = re.compile(
    r"(?P<name>[a-z_][a-z0-9_]*)(?:\[(?:(?P<index>[0-9]{1,4})|(?P<field>[a-z_][a-z0-9_.]*)=(?P<literal>[^\[\]]+))?\])?"
)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step down; at most one of ``index`` and ``where`` is set."""

    name: str
    index: int | None = None
    where: tuple[tuple[str, ...], str] | None = None

    def __str__(self) -> str:
        if self.index is not None:
            return f"{self.name}[{self.index}]"
        if self.where is not None:
            return f"{self.name}[{'.'.join(self.where[0])}={self.where[1]}]"
        return self.name


class CanonicalPath(msgspec.Struct, frozen=True):
    """A path that exists in the model; only ``canonical_path`` makes one.

    Attributes:
        plain: the path ends at a text, number, date, yes/no or code, so that its value can be compared.
    """

    steps: tuple[Step, ...]
    plain: bool

    def __str__(self) -> str:
        return ".".join(map(str, self.steps))

    def find(self, record: msgspec.Struct) -> list[object]:
        """Return everything that stands at the path, in the order of the record; absent values are left out."""
        found: list[object] = []
        _descend(record, self.steps, 0, found)
        return found

    def values(self, record: msgspec.Struct) -> list[str]:
        """Return the texts that stand at the path; of a coded value the code, where it has one."""
        found: list[object] = []
        _descend(record, self.steps, 0, found)
        return [text for value in found if (text := text_of(value))] if found else []


def values(record: msgspec.Struct, path: str) -> list[str]:
    """Return the texts that stand at a path; see ``CanonicalPath.values``.

    Raises:
        ConfigError: R108.
    """
    return canonical_path(path).values(record)


@lru_cache(maxsize=4096)
def canonical_path(text: str) -> CanonicalPath:
    """Compile a path and check it against the model. Paths come from configuration only, so the cache is bounded.

    Raises:
        ConfigError: R108, with the nearest path that exists as mend.
    """
    if len(text) > MAX_LENGTH:
        raise ConfigError(NO_SUCH_PATH, "the path is too long", mend=f"write at most {MAX_LENGTH} characters")
    steps: list[Step] = []
    kind: kinds.Type = kinds.type_info(Beneficiary)
    for part in _split(text):
        match = _STEP.fullmatch(part)
        if match is None:
            mend = "write steps as name, name[field=text] or name[number], joined by dots"
            raise ConfigError(NO_SUCH_PATH, f"{part!r} is no step of a canonical path", mend=mend)
        step = _step(match)
        kind = _below(kind, step, steps, text)
        steps.append(step)
    plain = not isinstance(kind, kinds.StructType) or kind.cls is Code
    return CanonicalPath(tuple(steps), plain)


def text_of(value: object) -> str | None:
    """Return a plain value as text, of a coded value its code; ``None`` where that says nothing.

    >>> text_of(Code(list="sex@1", code="female", text="F")), text_of(date(2025, 1, 31)), text_of(Decimal("1E+3"))
    ('female', '2025-01-31', '1000')
    """
    match value:
        case Code():
            return value.code
        case bool():
            return "true" if value else "false"
        case str() | int():
            return str(value)
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case _:
            return None


def _split(text: str) -> list[str]:
    """Split at the dots that stand outside of brackets."""
    return re.split(r"\.(?![^\[\]]*\])", text)


def _step(match: re.Match[str]) -> Step:
    name, index, field, literal = match.group("name", "index", "field", "literal")
    where = (tuple(field.split(".")), literal) if field else None
    return Step(name=name, index=int(index) if index else None, where=where)


def _below(kind: kinds.Type, step: Step, before: Iterable[Step], text: str) -> kinds.Type:
    """Return the kind of value behind one step, that of the elements for a list."""
    below = _field(kind, step.name, ".".join(map(str, before)), text)
    bracket = step.index is not None or step.where is not None
    if bracket and not isinstance(below, kinds.VarTupleType):
        mend = f"write {step.name!r} without brackets: it is no list"
        raise ConfigError(NO_SUCH_PATH, f"{text!r} chooses from something that is no list", mend=mend)
    inner = _bare(below.item_type) if isinstance(below, kinds.VarTupleType) else below
    if step.where is not None:
        chosen = inner
        for name in step.where[0]:
            chosen = _field(chosen, name, step.name, text)
    return inner


def _field(kind: kinds.Type, name: str, above: str, text: str) -> kinds.Type:
    fields = {field.name: field.type for field in kind.fields} if isinstance(kind, kinds.StructType) else {}
    if name not in fields:
        place = f"{above!r} has no field {name!r}" if above else f"a record has no field {name!r}"
        mend = closest(name, fields) if fields else f"end the path at {above!r}"
        raise ConfigError(NO_SUCH_PATH, f"{text!r} is not in the canonical model: {place}", mend=mend)
    return _bare(fields[name])


def _bare(kind: kinds.Type) -> kinds.Type:
    """Take off descriptions and "or nothing"; the model knows no other unions."""
    while isinstance(kind, kinds.Metadata | kinds.UnionType):
        if isinstance(kind, kinds.Metadata):
            kind = kind.type
        else:
            (kind,) = (member for member in kind.types if not isinstance(member, kinds.NoneType))
    return kind


def _descend(value: object, steps: tuple[Step, ...], depth: int, found: list[object]) -> None:
    """Follow the steps down to values; written out, for every message is read this way once per condition."""
    for number in range(depth, len(steps)):
        step = steps[number]
        value = getattr(value, step.name)
        if value is None:
            return
        if type(value) is tuple:
            for item in _chosen(value, step):
                _descend(item, steps, number + 1, found)
            return
    if value != "":
        found.append(value)


def _chosen(items: tuple[object, ...], step: Step) -> Iterable[object]:
    if step.index is not None:
        return items[step.index : step.index + 1]
    if step.where is None:
        return items
    names, literal = step.where
    return [item for item in items if text_of(_at(item, names)) == literal]


def _at(item: object, names: tuple[str, ...]) -> object:
    for name in names:
        item = getattr(item, name, None)
    return item
