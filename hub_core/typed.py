"""From YAML nodes to typed structs: every fault of every field, each with its place.

The structs are those of ``hub_core.directory``, and the settings of adapters.
The kinds of the fields are read from the structs themselves, so that a new field is read, checked and described in
``schemas/hub/registry.schema.json`` without a line here. Three kinds have a friendly spelling: spans of time
(``30 min``), sizes (``10 MB``, for numbers whose name ends in ``_bytes``), and a list of one, written as that one.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, Final, TypeVar

import msgspec
import msgspec.inspect as kinds

from hub_core.directory.credentials import SecretReference
from hub_core.yaml import Faults, Mapping, Node, Plain, Scalar, as_node, closest, plain
from hub_core.yaml import Sequence as YamlList

T = TypeVar("T", bound=msgspec.Struct)
Said = dict[str, Any]

NOTHING_SAID: Final[Said] = {}

UNKNOWN_FIELD: Final = "R102"
MISSING_FIELD: Final = "R103"
WRONG_VALUE: Final = "R104"
SECRET_AS_VALUE: Final = "R107"  # noqa: S105 - a code, no secret

READABLE: Final = (
    kinds.BoolType,
    kinds.EnumType,
    kinds.IntType,
    kinds.LiteralType,
    kinds.StrType,
    kinds.TimeDeltaType,
)
SECONDS: Final = {
    "ms": 0.001,
    "s": 1,
    "sec": 1,
    "m": 60,
    "min": 60,
    "h": 3600,
    "d": 86_400,
    "day": 86_400,
    "days": 86_400,
}
BYTES: Final = {"": 1, "B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20}
DURATION: Final = r"[0-9]{1,6}([.][0-9]{1,3})?\s?(ms|s|sec|m|min|h|d|day|days)"
SIZE: Final = r"[0-9]{1,12}\s?(B|kB|KB|MB|GB|KiB|MiB)?"
# Fields that people invent for a secret; the answer to all of them is the same.
SECRET_NAMES: Final = frozenset({"password", "pass", "passwd", "token", "api_key", "apikey", "key", "value"})


def read_struct(node: Node, kind: type[T], faults: Faults) -> T | None:
    """Return the struct that a node describes; ``None`` if it has faults, which are added to ``faults``."""
    value = _struct(node, _type_info(kind), faults)
    return value if isinstance(value, kind) else None


def struct_of(said: Plain, kind: type[T], *, where: str) -> T:
    """Return the struct that plain texts, lists and tables describe, as an endpoint's ``settings`` holds them.

    Args:
        said: as ``yaml.plain`` returns it.
        kind: of the struct.
        where: what they are, for error texts.

    Raises:
        ConfigError: R102 to R107, with every fault in ``findings``.
    """
    faults = Faults(WRONG_VALUE)
    value = read_struct(as_node(said, file=where), kind, faults)
    faults.raise_any()
    assert value is not None  # noqa: S101 - it has no fault; narrows the type
    return value


def unreadable(kind: type[msgspec.Struct]) -> list[str]:
    """Return the fields of a struct whose kind cannot be read here, each by its path; empty: all can."""
    return [".".join(path) for path in _unreadable(kinds.type_info(kind), ())]


def _unreadable(kind: kinds.Type, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    match kind:
        case kinds.Metadata():
            yield from _unreadable(kind.type, path)
        case kinds.UnionType():
            members = [member for member in kind.types if not isinstance(member, kinds.NoneType)]
            yield from _unreadable(members[0], path) if len(members) == 1 else (path,)
        case kinds.StructType():
            for field in kind.fields:
                yield from _unreadable(field.type, (*path, field.name))
        case kinds.VarTupleType():
            yield from _unreadable(kind.item_type, path)
        case kinds.DictType() if not isinstance(kind.value_type, kinds.AnyType):
            yield from _unreadable(kind.value_type, path)
        case kinds.DictType():
            pass
        case _ if not isinstance(kind, READABLE):
            yield path


@cache
def _type_info(kind: type[msgspec.Struct]) -> kinds.Type:
    """Return the fields of a struct: finding them takes longer than reading an object, and a set has hundreds."""
    return kinds.type_info(kind)


def duration(text: str) -> timedelta | None:
    """Return a span of time; ``None`` if the text is none, or if it is empty time.

    >>> duration("30 min"), duration("1.5s"), duration("5"), duration("0 s")
    (datetime.timedelta(seconds=1800), datetime.timedelta(seconds=1, microseconds=500000), None, None)
    """
    if not re.fullmatch(DURATION, text):
        return None
    number = re.match(r"[0-9.]+", text)
    assert number is not None  # noqa: S101 - the whole text matched above
    span = timedelta(seconds=float(number[0]) * SECONDS[text[number.end() :].strip()])
    return span or None


def size(text: str) -> int | None:
    """Return a number of bytes; ``None`` if the text is none.

    >>> size("10 MB"), size("64KiB"), size("512"), size("much")
    (10000000, 65536, 512, None)
    """
    match = re.fullmatch(r"([0-9]{1,12})\s?([A-Za-z]*)", text)
    if match is None or match[2] not in BYTES:
        return None
    return int(match[1]) * BYTES[match[2]]


def node_at(node: Node, steps: Sequence[str | int]) -> Node:
    """Return the node at a path below ``node``, or the deepest one on the way to it that exists."""
    for step in steps:
        if isinstance(node, Mapping) and step in node.items:
            node = node.items[str(step)]
        elif isinstance(node, YamlList) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            break
    return node


def _read(node: Node, kind: kinds.Type, name: str, faults: Faults, said: Said = NOTHING_SAID) -> object:
    """Return the value of one field; ``UNSET`` if it has a fault. ``said``: what its type says of itself."""
    match kind:
        case kinds.Metadata():
            return _read(node, kind.type, name, faults, kind.extra_json_schema or {})
        case kinds.UnionType():
            (inner,) = (member for member in kind.types if not isinstance(member, kinds.NoneType))
            return _read(node, inner, name, faults)
        case kinds.StructType():
            return _struct(node, kind, faults)
        case kinds.VarTupleType():
            return _tuple(node, kind, name, faults)
        case kinds.DictType():
            return _dict(node, kind, faults)
        case _:
            return _scalar(node, kind, name, faults, said)


def _struct(node: Node, kind: kinds.Type, faults: Faults) -> object:
    assert isinstance(kind, kinds.StructType)  # noqa: S101 - narrows the type for the checker
    if kind.cls is SecretReference and isinstance(node, Scalar):
        return _fault(faults, node, "a secret as a value", "write {env: NAME} or {file: PATH}", SECRET_AS_VALUE)
    if not isinstance(node, Mapping):
        names = ", ".join(field.name for field in kind.fields if field.required) or kind.fields[0].name
        return _fault(faults, node, "fields are expected here", f"write fields such as {names}, one per line")
    fields = {field.name: field for field in kind.fields}
    values = {}
    for key, value in node.items.items():
        if key in fields:
            values[key] = _read(value, fields[key].type, key, faults)
        else:
            _unknown(node.keys[key], fields, faults)
    missing = [field.name for field in kind.fields if field.required and field.name not in values]
    for name in missing:
        _fault(faults, node, f"the field {name!r} is missing", f"add {name}: ...", MISSING_FIELD)
    if missing or any(value is msgspec.UNSET for value in values.values()):
        return msgspec.UNSET
    return kind.cls(**values)


def _unknown(key: Scalar, fields: dict[str, kinds.Field], faults: Faults) -> None:
    if key.text in SECRET_NAMES and ("secret" in fields or "env" in fields):
        mend = "write secret: {env: NAME} or secret: {file: PATH}"
        _fault(faults, key, f"{key.text!r} would hold a secret", mend, SECRET_AS_VALUE)
    else:
        _fault(faults, key, f"there is no field {key.text!r} here", closest(key.text, fields), UNKNOWN_FIELD)


def _tuple(node: Node, kind: kinds.VarTupleType, name: str, faults: Faults) -> object:
    items = node.items if isinstance(node, YamlList) else (node,)
    values = [_read(item, kind.item_type, name, faults) for item in items]
    return msgspec.UNSET if msgspec.UNSET in values else tuple(values)


def _dict(node: Node, kind: kinds.DictType, faults: Faults) -> object:
    if not isinstance(node, Mapping):
        return _fault(faults, node, "names and values are expected here", "write name: value, one per line")
    if isinstance(kind.value_type, kinds.AnyType):
        return plain(node)  # whoever knows these fields reads them
    values = {key: _read(value, kind.value_type, key, faults) for key, value in node.items.items()}
    return msgspec.UNSET if msgspec.UNSET in values.values() else values


def _scalar(node: Node, kind: kinds.Type, name: str, faults: Faults, said: Said) -> object:
    if not isinstance(node, Scalar):
        return _fault(faults, node, f"{name!r} takes one value", "write it on one line")
    text = node.text.strip()
    if not text:
        return _fault(faults, node, f"{name!r} has no value", "write one, or remove the line")
    match kind:
        case kinds.StrType():
            return _text(node, text, kind, name, faults, said)
        case kinds.IntType():
            return _number(node, text, kind, name, faults)
        case kinds.BoolType():
            known: dict[str, object] = {"true": True, "false": False}
        case kinds.EnumType():
            known = {str(member.value): member for member in kind.cls}
        case kinds.LiteralType():
            known = {str(value): value for value in kind.values}
        case kinds.TimeDeltaType():
            span = duration(text)
            mend = "write a number and a unit, such as 5s, 30 min or 2h"
            return span if span is not None else _fault(faults, node, f"{name!r} is no span of time", mend)
        case _:
            raise AssertionError(kind)  # see READABLE
    return (
        known[text] if text in known else _fault(faults, node, f"{name!r} has an unknown value", closest(text, known))
    )


def _text(node: Scalar, text: str, kind: kinds.StrType, name: str, faults: Faults, said: Said) -> object:
    if kind.pattern is None or re.search(kind.pattern, text):
        return text
    forms = [f"text such as {example}" for example in said.get("examples", ())]
    mend = f"write {' or '.join(forms) or f'text that matches {kind.pattern}'}"
    return _fault(faults, node, f"{name!r} has the wrong form", mend)


def _number(node: Scalar, text: str, kind: kinds.IntType, name: str, faults: Faults) -> object:
    in_bytes = name.endswith("_bytes")
    value = size(text) if in_bytes else int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None
    if value is not None and (kind.ge is None or value >= kind.ge) and (kind.le is None or value <= kind.le):
        return value
    mend = "write a size such as 10 MB or 512 kB" if in_bytes else "write a whole number"
    return _fault(faults, node, f"{name!r} is no {'size' if in_bytes else 'number'} in its range", mend)


def _fault(faults: Faults, node: Node, text: str, mend: str, code: str = WRONG_VALUE) -> msgspec.UnsetType:
    faults.add(node, text, mend=mend, code=code)
    return msgspec.UNSET
