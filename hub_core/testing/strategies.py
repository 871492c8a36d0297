"""Hypothesis strategies over the canonical model, read from its types: a new field is drawn from the day it exists.

A record is one row of bytes: each field looks up a few by its path, which say whether it is there, and with which
value. So what shrinking takes out or makes simpler leaves nearly all of the rest as it is. The row is short, and the
bytes of two fields may overlap: drawing each byte costs more than all that is made of it. Needs the package
``hypothesis``, which the hub itself does not install.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from hub_core.canonical.beneficiary import Beneficiary
from hub_core.canonical.values import Code
from hub_core.testing.mapping.texts import from_pattern, vocabulary

_BYTES: Final = 4  # of a field
_SIZE: Final = 512
_NEAR: Final = 12  # of so many fields of the record, or of what stands right in it, about one is there
_FAR: Final = 3
_DEEP: Final = 5  # objects in objects; the model holds itself
_FIRST: Final = date(1961, 5, 20)
_SPAN: Final = (date(1850, 1, 1).toordinal(), date(2100, 12, 31).toordinal())
_ODD_TEXTS: Final = ("", " ", "\n", "\x00", "\u200f", "\ufeff", "a\tb", "<&>\"'", "👩‍👧", "e\u0301", "x" * 300)
Codes = Mapping[str, Sequence[Code]]


def records(codes: Codes | None = None) -> st.SearchStrategy[Beneficiary]:
    """Draw any record that the model admits: most fields absent, every one present now and then.

    Args:
        codes: by path, lists as ``name[]``: coded values of which every other one is, where it is drawn.
    """
    return st.binary(min_size=_SIZE, max_size=_SIZE).map(lambda drawn: _Drawing(drawn, codes or {}).record())


class _Drawing:
    def __init__(self, drawn: bytes, codes: Codes) -> None:
        self._drawn = drawn
        self._codes = codes

    def record(self) -> Beneficiary:
        """Return the record."""
        made: Beneficiary = self.struct(Beneficiary, "", 0)
        return made

    def number(self, path: str) -> int:
        """Return the number of a path."""
        start = crc32(path.encode()) % (_SIZE - _BYTES)
        return int.from_bytes(self._drawn[start : start + _BYTES])

    def struct(self, kind: type[msgspec.Struct], path: str, depth: int) -> Any:
        """Return an object."""
        if kind is Code and (known := self._codes.get(re.sub("[0-9]", "", path))):
            number = self.number(f"{path}?")
            if number % 2:
                return known[number // 2 % len(known)]
        made = {}
        for field in _fields(kind):
            at = f"{path}.{field.name}" if path else field.name
            if field.required or (depth < _DEEP and self.number(f"{at}!") % (_FAR if depth else _NEAR) == 1):
                made[field.encode_name] = self.value(field.type, at, depth)
        return kind(**made)

    def value(self, info: inspect.Type, path: str, depth: int) -> Any:
        """Return a value of a type of the model."""
        return _BY_TYPE[type(info)](self, info, path, depth)


@lru_cache(maxsize=256)
def _fields(kind: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return info.fields


def _union(drawing: _Drawing, info: inspect.UnionType, path: str, depth: int) -> Any:
    """Return a value: that a field may be absent is said already."""
    types = [one for one in info.types if not isinstance(one, inspect.NoneType)]
    return drawing.value(types[drawing.number(f"{path}|") % len(types)], path, depth)


def _items(drawing: _Drawing, info: inspect.VarTupleType, path: str, depth: int) -> tuple[Any, ...]:
    count = 1 + drawing.number(f"{path}#") % 2
    return tuple(drawing.value(info.item_type, f"{path}[{index}]", depth) for index in range(count))


def _text(drawing: _Drawing, info: inspect.StrType, path: str, depth: int) -> str:
    del depth
    number = drawing.number(path)
    if info.pattern is not None:
        return _patterned(info.pattern)(number)
    words = vocabulary(1, 9) + _ODD_TEXTS
    return words[number % len(words)]


@lru_cache(maxsize=64)
def _patterned(pattern: str) -> Callable[[int], str]:
    return from_pattern(pattern)


# Any: each function takes the one class that its key names.
_BY_TYPE: Final[dict[type[inspect.Type], Callable[[_Drawing, Any, str, int], Any]]] = {
    inspect.Metadata: lambda drawing, info, path, depth: drawing.value(info.type, path, depth),
    inspect.UnionType: _union,
    inspect.VarTupleType: _items,
    inspect.StructType: lambda drawing, info, path, depth: drawing.struct(info.cls, path, depth + 1),
    inspect.StrType: _text,
    inspect.IntType: lambda drawing, info, path, _: (info.ge or 0) + drawing.number(path) % 99,
    inspect.BoolType: lambda drawing, _, path, __: drawing.number(path) % 2 == 1,
    inspect.DateType: lambda drawing, _, path, __: _day(drawing.number(path)),
    inspect.DecimalType: lambda drawing, _, path, __: Decimal(drawing.number(path) - (1 << 31)) / 100,
}


def _day(number: int) -> date:
    first, last = _SPAN
    if number % 4:
        return _FIRST + timedelta(days=number % 999)
    return date.fromordinal(first + number % (last - first + 1))
