"""Hypothesis strategies over the canonical model, read from its types: a new field is drawn from the day it exists.

Needs the package ``hypothesis``, which the hub itself does not install.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from hub_core.canonical.beneficiary import Beneficiary

_MAX_FIELDS: Final = 6  # optional ones of each object
_MAX_ITEMS: Final = 2  # of each list: the model is wide, and two items show what order and index can do


def records() -> st.SearchStrategy[Beneficiary]:
    """Draw any record that the model admits: most fields absent, every one present now and then."""
    return _struct(Beneficiary)


def _struct(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    required = {field.name: _of(field.type) for field in info.fields if field.required}
    optional = {field.name: _of(field.type) for field in info.fields if not field.required}

    @st.composite
    def draw_one(draw: st.DrawFn) -> Any:
        some = draw(st.lists(st.sampled_from(sorted(optional)), max_size=_MAX_FIELDS, unique=True)) if optional else []
        drawn = required | {name: optional[name] for name in some}
        return kind(**{name: draw(values) for name, values in drawn.items()})

    return draw_one()


def _text(info: inspect.StrType) -> st.SearchStrategy[str]:
    if info.pattern is None:
        return st.text(max_size=20)
    return st.from_regex(info.pattern, fullmatch=True).filter(lambda text: not text.endswith("\n"))


def _of(info: inspect.Type) -> st.SearchStrategy[Any]:
    """Return the values of one type of the model."""
    return _BY_TYPE[type(info)](info)


# Any: each function takes the one class that its key names.
_BY_TYPE: Final[dict[type[inspect.Type], Callable[[Any], st.SearchStrategy[Any]]]] = {
    inspect.Metadata: lambda info: _of(info.type),
    inspect.UnionType: lambda info: st.one_of([_of(one) for one in info.types]),
    inspect.VarTupleType: lambda info: st.lists(_of(info.item_type), max_size=_MAX_ITEMS).map(tuple),
    inspect.StructType: lambda info: st.deferred(lambda: _struct(info.cls)),
    inspect.StrType: _text,
    inspect.IntType: lambda info: st.integers(min_value=info.ge, max_value=99),
    inspect.NoneType: lambda _: st.none(),
    inspect.BoolType: lambda _: st.booleans(),
    inspect.DateType: lambda _: st.dates(min_value=date(1850, 1, 1), max_value=date(2100, 12, 31)),
    inspect.DecimalType: lambda _: st.decimals(min_value=-(10**9), max_value=10**9, places=2),
}
