"""The target model as mappings see it: which field lies at a canonical path, and what kind of value it takes."""

from collections.abc import Iterable
from functools import cache
from typing import Any, Final, Literal

import msgspec
import msgspec.inspect as kinds

from hub_core.canonical import Beneficiary
from hub_core.canonical.person import Name
from hub_core.canonical.values import Code, Country, Currency, Month, PartialDate
from hub_core.mapping.codecs import CODECS, BadValue, Gives, chain

Kind = Literal[
    "text", "date", "partial date", "month", "decimal", "integer", "yes/no", "country", "currency", "code", "object"
]
MODELS: Final = {"Beneficiary@1": Beneficiary}
# Written by the hub itself, never by a mapping.
RESERVED: Final = {"normal", "unmapped", "gaps"}


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a struct.

    Attributes:
        kind: of the value, or of the elements of a list.
        struct: class of the value or of the elements, where it is an object.
        many: it is a list.
        required: the struct cannot be made without it.
    """

    name: str
    kind: Kind
    struct: type | None
    many: bool
    required: bool


@cache
def fields(struct: type) -> dict[str, Field]:
    """Return the fields of a struct of the model that a mapping may write."""
    info = kinds.type_info(struct)
    assert isinstance(info, kinds.StructType)  # noqa: S101 - only structs of the model come here
    return {
        field.name: _field(field.name, field.type, required=field.required)
        for field in info.fields
        if not (field.name in RESERVED and struct in {Name, Beneficiary})
    }


@cache
def needed(struct: type) -> tuple[str, ...]:
    """Return the names of the fields without which a struct cannot be made."""
    return tuple(name for name, field in fields(struct).items() if field.required)


def _field(name: str, kind: kinds.Type, *, required: bool) -> Field:
    kind = _bare(kind)
    many = isinstance(kind, kinds.VarTupleType)
    inner = _bare(kind.item_type) if isinstance(kind, kinds.VarTupleType) else kind
    struct = inner.cls if isinstance(inner, kinds.StructType) else None
    return Field(name=name, kind=_kind(inner), struct=struct, many=many, required=required)


def _bare(kind: kinds.Type) -> kinds.Type:
    """Take off documentation and ``None``."""
    while True:
        if isinstance(kind, kinds.Metadata):
            kind = kind.type
        elif isinstance(kind, kinds.UnionType):
            kind = next(part for part in kind.types if not isinstance(part, kinds.NoneType))
        else:
            return kind


def _kind(kind: kinds.Type) -> Kind:
    match kind:
        case kinds.StructType(cls=cls):
            return "code" if cls is Code else "object"
        case kinds.DateType():
            return "date"
        case kinds.DecimalType():
            return "decimal"
        case kinds.IntType():
            return "integer"
        case kinds.BoolType():
            return "yes/no"
        case kinds.StrType(pattern=pattern):
            return _PATTERNS.get(pattern, "text")
        case _:
            raise TypeError(f"the model holds a type that mappings do not know: {kind}")


def _pattern(annotation: Any) -> str | None:
    bare = _bare(kinds.type_info(annotation))
    return bare.pattern if isinstance(bare, kinds.StrType) else None


_PATTERNS: Final[dict[str | None, Kind]] = {
    _pattern(Country): "country",
    _pattern(PartialDate): "partial date",
    _pattern(Month): "month",
    _pattern(Currency): "currency",
}


def codecs_for(kind: Kind) -> list[str]:
    """Return the codecs that give what a field of this kind takes."""
    return [codec.name for codec in CODECS.values() if codec.gives == kind]


def takes(kind: Kind, gives: Gives) -> bool:
    """Tell whether a field of this kind takes what a codec gives."""
    return kind == gives or (kind == "text" and gives in {"country", "currency", "month", "partial date", "instant"})


def constant(kind: Kind, text: str) -> Any:
    """Return a ``const`` as a value of a field.

    Raises:
        ValueError: the text is no such value.
    """
    match kind:
        case "text":
            return text
        case "yes/no":
            if text not in {"true", "false"}:
                raise ValueError("write true or false")
            return text == "true"
        case "decimal" | "date" | "partial date" | "month" | "country" | "currency" | "integer":
            try:
                return chain(codecs_for(kind)[0]).parse(text)
            except BadValue:
                near = next((one for one in (text.upper(), text[:-1].upper()) if _fits(kind, one)), None)
                raise ValueError(f"write {near!r} instead" if near else f"write a {kind}") from None
        case _:
            raise ValueError(f"a constant cannot be a whole {kind}")


def _fits(kind: Kind, text: str) -> bool:
    try:
        chain(codecs_for(kind)[0]).parse(text)
    except BadValue:
        return False
    return True


def listed(names: Iterable[str]) -> str:
    """Return names for a person: ``a, b or c``."""
    *front, last = names
    return f"{', '.join(front)} or {last}" if front else last
