"""Places of a JSON Schema (2020-12, the part that contracts use). References stay inside its folder."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast

from hub_core.contract.place import JsonType, Kind, LeafType, Place
from hub_core.errors import ConfigError
from hub_core.validation.json_files import read_json_schema

MAX_REFERENCES: Final = 32  # references to references
_KINDS: Final[Mapping[str, Kind]] = {
    "string": "text", "integer": "integer", "number": "decimal", "boolean": "boolean",
}  # fmt: skip
_COMPOUND: Final = ("allOf", "anyOf", "oneOf")


def json_root(path: Path, root: Path) -> tuple[Place, dict[str, Any]]:
    """Return the root of a schema and the schema itself, with the files of the folder ``root`` that it refers to.

    Raises:
        ConfigError: V401, it cannot be read.
    """
    schema = read_json_schema(path, root)
    return Reader(schema, path.name).place("", schema, required=True), schema


class Reader:
    """Follows one schema."""

    def __init__(self, schema: dict[str, Any], file: str) -> None:
        self.schema = schema
        self.file = file

    def place(self, name: str, schema: Any, *, required: bool, choice: int | None = None) -> Place:
        """Return the place that a schema describes; arrays of arrays are one list."""
        parts = list(self.parts(schema))
        many = False
        while any(part.get("type") == "array" or "items" in part for part in parts):
            many = True
            items = [part["items"] for part in parts if isinstance(part.get("items"), dict)]
            others = [part for part in parts if part.get("type") != "array" and "items" not in part]
            parts = others + [part for item in items for part in self.parts(item)]
        # Of a text the properties say nothing.
        objects = [part for part in parts if _says(part, "object") or ("properties" in part and "type" not in part)]
        return Place(
            name=name,
            many=many,
            required=required,
            leaf=_leaf(parts),
            expand=lambda: self._children(objects),
            open=not parts or any(_is_open(part) for part in parts),
            choice=choice,
            declared=id(objects[0]) if objects else None,
        )

    def _children(self, objects: list[dict[str, Any]]) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for part in objects:
            required = set(part.get("required", ()))
            for key, schema in part.get("properties", {}).items():
                found.setdefault(key, self.place(key, schema, required=key in required and len(objects) == 1))
        return found

    def parts(self, schema: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
        """Yield a schema and what it is put together of, references followed."""
        if not isinstance(schema, dict) or depth > MAX_REFERENCES:
            return
        if "$ref" in schema:
            yield from self.parts(self._referred(str(schema["$ref"])), depth + 1)
        compound = [part for keyword in _COMPOUND for part in schema.get(keyword, ())]
        for part in compound:
            yield from self.parts(part, depth + 1)
        if (not compound and "$ref" not in schema) or schema.keys() & {"type", "properties", "items", "enum"}:
            yield schema

    def _referred(self, reference: str) -> Any:
        here: Any = self.schema
        if not reference.startswith("#"):
            raise ConfigError("V401", "a reference leaves the file", where=self.file)
        for step in filter(None, reference[1:].split("/")):
            key = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(here, dict) or key not in here:
                raise ConfigError("V401", f"no such part: {reference}", where=self.file)
            here = here[key]
        return here


def _says(part: Mapping[str, Any], kind: str) -> bool:
    said = part.get("type")
    return kind in said if isinstance(said, list) else said == kind


def _is_open(part: Mapping[str, Any]) -> bool:
    """Whether anything may stand below: the schema says nothing, or an object without naming its keys."""
    if "enum" in part or "const" in part:
        return False
    return ("type" not in part and "properties" not in part) or (_says(part, "object") and "properties" not in part)


def _leaf(parts: list[dict[str, Any]]) -> LeafType | None:
    leaves = [leaf for part in parts if (leaf := _own_leaf(part))]
    if len(leaves) <= 1:
        return leaves[0] if leaves else None
    kinds = {leaf.kind for leaf in leaves}
    enums = [text for leaf in leaves for text in leaf.enum] if all(leaf.enum for leaf in leaves) else []
    return LeafType(kind=leaves[0].kind if len(kinds) == 1 else "text", enum=tuple(enums), json=leaves[0].json)


def _own_leaf(part: Mapping[str, Any]) -> LeafType | None:
    said = part.get("type")
    names = [said] if isinstance(said, str) else [name for name in said or () if isinstance(name, str)]
    plain = [name for name in names if name in _KINDS]
    values = part.get("enum", [part["const"]] if "const" in part else [])
    if not plain and not values and (names or "properties" in part or "items" in part):
        return None
    json = cast("JsonType", plain[0] if plain else "string")
    kind: Kind = "text" if len(plain) > 1 else _KINDS[json]
    if kind == "text" and part.get("format") == "date":
        kind = "date"
    return LeafType(
        kind=kind,
        enum=tuple(_text(value) for value in values if value is not None),
        pattern=_pattern(part.get("pattern")),
        min_length=int(part.get("minLength", 0)),
        max_length=part.get("maxLength"),
        minimum=_bound(part.get("minimum")),
        maximum=_bound(part.get("maximum")),
        json=json,
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bound(value: Any) -> str | None:
    return None if value is None else str(value)


def _pattern(pattern: Any) -> str | None:
    """Return a pattern that JSON Schema searches for as one for the whole text."""
    if not isinstance(pattern, str):
        return None
    anchored = pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$")
    whole = pattern[1:-1] if anchored and not _has_alternatives(pattern) else f"(?s:(?=.*?(?:{pattern})).*)"
    try:
        re.compile(whole)
    except re.error:
        return None
    return whole


def _has_alternatives(pattern: str) -> bool:
    """Tell whether the pattern as a whole is several, so that ``^`` and ``$`` belong to the first and the last only."""
    bare, inner = "", re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", pattern)
    while inner != bare:
        bare, inner = inner, re.sub(r"\([^()]*\)", "", inner)
    return "|" in bare
