"""The page of the canonical record."""

from collections.abc import Iterator
from typing import Any, Final, get_args

import msgspec.inspect as kinds

from cli.pages.structs import classes, own, shown, summary
from cli.pages.table import table
from hub_core.canonical import Beneficiary
from hub_core.canonical.values import Country, LegalDate, PartialDate
from hub_core.mapping.binding.model import Kind, codecs_for, fields


def canonical_model() -> Iterator[str]:
    """Yield the page of every struct of the record."""
    structs = list(_structs(Beneficiary, []))
    yield "What every mapping writes and every receiver reads: one person, and all that one document says about them."
    yield "A field that is not said is left out. The JSON Schema is `schemas/canonical/beneficiary-1.schema.json`."
    yield ""
    yield "## Kinds of values"
    yield ""
    yield from table(("kind", "meaning", "codecs that give it"), map(_kind_row, get_args(Kind)))
    for struct in structs:
        yield from ("", *_canonical_struct(struct))


def _structs(struct: type, seen: list[type]) -> Iterator[type]:
    """Yield a struct and those in it, each before what it holds."""
    seen.append(struct)
    yield struct
    for field in own(struct):
        for inner in classes(field.type):
            if inner not in seen:
                yield from _structs(inner, seen)
    for base in struct.__bases__:
        if base.__module__ == "hub_core.canonical.person" and base not in seen:
            yield from _structs(base, seen)


_ALIASES: Final[dict[str, Any]] = {"date": LegalDate, "partial date": PartialDate, "country": Country}
_MEANINGS: Final[dict[Kind, str]] = {
    "text": "Text as received, without outer white space.",
    "month": "YYYY-MM.",
    "decimal": "Exact decimal, written as text in JSON; never a float.",
    "integer": "Whole number.",
    "yes/no": "`true` or `false`.",
    "currency": "ISO 4217: three capital letters.",
    "code": "A coded value, see [Code](#code). Rules name a code list after `codes:` instead of a codec.",
    "object": "One of the structs below.",
}


def _kind_row(kind: Kind) -> tuple[str, ...]:
    meaning = _MEANINGS.get(kind) or _described(kinds.type_info(_ALIASES[kind])) or ""
    return kind, meaning, ", ".join(f"[{name}](codecs.md#{name})" for name in codecs_for(kind))


def _canonical_struct(struct: type) -> Iterator[str]:
    yield from (f"## {struct.__name__}", "", *summary(struct), "")
    for base in struct.__bases__:
        if _own_fields_matter(base):
            yield from (f"It also has every field of [{base.__name__}](#{base.__name__.lower()}).", "")
    yield from table(("field", "holds", "", "meaning"), (_canonical_row(struct, field) for field in own(struct)))


def _own_fields_matter(base: type) -> bool:
    return bool(getattr(base, "__struct_fields__", ()))


def _canonical_row(struct: type, field: kinds.Field) -> tuple[str, ...]:
    written = fields(struct).get(field.name)
    holds = shown(field.type, field.name)
    if written is not None and written.kind != "object":
        kind = "[code](#code)" if written.kind == "code" else written.kind
        holds = f"list of {kind}" if written.many else kind
    said = _described(field.type) or ""
    common = {_described(kinds.type_info(alias)) for alias in _ALIASES.values()}
    note = "required" if field.required else "" if written is not None else "by the hub"
    return f"`{field.name}`", holds, note, "" if said in common else said


def _described(kind: kinds.Type) -> str | None:
    """Return the outermost description of a type."""
    match kind:
        case kinds.Metadata():
            said = (kind.extra_json_schema or {}).get("description")
            return said or _described(kind.type)
        case kinds.UnionType():
            return next((said for member in kind.types if (said := _described(member))), None)
        case _:
            return None
