"""What a struct says about itself: its fields, what they hold, its summary."""

from collections.abc import Iterator

import msgspec.inspect as kinds


def own(struct: type) -> list[kinds.Field]:
    """Return the fields that a struct has itself, without those of the struct that it extends."""
    info = kinds.type_info(struct)
    assert isinstance(info, kinds.StructType)  # noqa: S101 - only structs come here
    return [field for field in info.fields if field.name in struct.__annotations__]


def classes(kind: kinds.Type) -> Iterator[type]:
    """Yield the structs that a type names."""
    match kind:
        case kinds.StructType():
            yield kind.cls
        case kinds.Metadata():
            yield from classes(kind.type)
        case kinds.UnionType():
            for member in kind.types:
                yield from classes(member)
        case kinds.VarTupleType():
            yield from classes(kind.item_type)
        case kinds.DictType():
            yield from classes(kind.value_type)


def summary(struct: type) -> list[str]:
    """Return the line that a struct says about itself, without its attributes."""
    text = (struct.__doc__ or "").partition("Attributes:")[0].replace("``", "`")
    return [" ".join(text.split())]


def shown(kind: kinds.Type, name: str) -> str:
    """Return what a field holds, in words."""
    match kind:
        case kinds.Metadata():
            return shown(kind.type, name)
        case kinds.UnionType():
            return next(shown(member, name) for member in kind.types if not isinstance(member, kinds.NoneType))
        case kinds.StructType():
            return f"[{kind.cls.__name__}](#{kind.cls.__name__.lower()})"
        case kinds.VarTupleType():
            return f"list of {shown(kind.item_type, name)}"
        case kinds.DictType():
            return f"by name: {shown(kind.value_type, name)}"
        case _:
            return _scalar(kind, name)


def _scalar(kind: kinds.Type, name: str) -> str:
    match kind:
        case kinds.EnumType():
            return ", ".join(f"`{member.value}`" for member in kind.cls)
        case kinds.LiteralType():
            return ", ".join(f"`{value}`" for value in kind.values)
        case kinds.TimeDeltaType():
            return "time, such as `30s`"
        case kinds.IntType():
            return "size, such as `10 MB`" if name.endswith("_bytes") else "whole number"
        case kinds.BoolType():
            return "`true`, `false`"
        case _:
            return "text"
