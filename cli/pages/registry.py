"""The page of every field of the registry's files."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

import msgspec.inspect as kinds

from cli.pages.structs import classes, own, shown, summary
from cli.pages.table import table
from hub_core.typed import BYTES, duration, size
from registry.sets.draft import KINDS
from registry.sets.schema import described


def registry() -> Iterator[str]:
    """Yield the page of every field of the registry's files."""
    yield "Every `*.yaml` below the folder given to `punte apply` belongs to the set. A file holds any of the parts"
    yield "below; each part holds objects by name: small letters, digits and hyphens, unique across all files. Where a"
    yield "list is asked for, one value may stand alone. Editors take `schemas/hub/registry.schema.json`. See"
    yield "[how to connect an institution](../how-to/connect-an-institution.md)."
    seen: list[type] = []
    for part, struct in KINDS.items():
        seen.append(struct)
        yield from ("", f"## {part}", "", *described_struct(struct))
    for struct in within(KINDS.values(), seen):
        yield from ("", f"## {struct.__name__}", "", *described_struct(struct))


def within(structs: Iterable[type], seen: list[type]) -> Iterator[type]:
    """Yield the structs that fields of some structs hold, each once; ``seen`` are left out, and grows."""
    for struct in structs:
        for field in own(struct):
            for inner in classes(field.type):
                if inner not in seen:
                    seen.append(inner)
                    yield inner
                    yield from within([inner], seen)


def described_struct(struct: type) -> Iterator[str]:
    """Yield what a struct that is written in YAML says about itself, and the table of its fields."""
    yield from (*summary(struct), "", *fields(struct))


def fields(struct: type) -> Iterator[str]:
    """Yield the table of the fields of a struct that is written in YAML."""
    said = described(struct)
    yield from table(("field", "holds", "default", "meaning"), (_row(one, said[one.name]) for one in own(struct)))


def settings_of(struct: type, above: str = "") -> Iterator[dict[str, str]]:
    """Yield the fields of a struct for people, those of inner structs by their path."""
    said = described(struct)
    for one in own(struct):
        name, holds, default, meaning = (text.replace("`", "") for text in _row(one, said[one.name]))
        inner = [*classes(one.type)]
        yield {
            "setting": above + name,
            "holds": inner[0].__name__.lower() if inner else holds,
            "default": default,
            "meaning": meaning,
        }
        for struct_inside in inner:
            yield from settings_of(struct_inside, f"{above}{name}.")


def _row(field: kinds.Field, said: str) -> tuple[str, ...]:
    default = "required" if field.required else _default(field)
    said = said.replace("``", "`").replace("`None`", "left out")
    return f"`{field.name}`", shown(field.type, field.name), default, said


def _default(field: kinds.Field) -> str:
    match field.default:
        case timedelta() as span:
            units = (f"{span // timedelta(**{unit: 1})}{unit[0]}" for unit in ("hours", "minutes", "seconds"))
            return next(f"`{text}`" for text in units if duration(text) == span)
        case int() as number if field.name.endswith("_bytes"):
            sizes = (f"{number // factor} {unit}" for unit, factor in reversed(BYTES.items()))
            return next(f"`{text}`" for text in sizes if size(text) == number)
        case int() | str() as value:
            return f"`{value}`"
        case _:
            return ""
