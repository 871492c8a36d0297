"""Objects of JSON Schema (2020-12, the part that contracts use), as forms."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from hub_core import yaml
from hub_core.contract.changes.forms import EMPTY, Body, Element, Group, Type, Values, Wildcard
from hub_core.contract.jsonschema import Reader
from hub_core.errors import ConfigError

_SCALARS: Final = ("string", "integer", "number", "boolean")
_FACETS: Final = {
    "minLength": "min_length", "maxLength": "max_length", "minimum": "minimum", "maximum": "maximum",
    "exclusiveMinimum": "above", "exclusiveMaximum": "below",
}  # fmt: skip


class JsonForms:
    """Reads one schema as forms.

    Args:
        schema: the whole of it.
        file: for people.
        lines: of its objects, by their identity, as far as they are known.
    """

    def __init__(self, schema: dict[str, Any], file: str, lines: Mapping[int, int] | None = None) -> None:
        self.reader = Reader(schema, file)
        self.file = file
        self.lines = lines or {}
        self._types: dict[tuple[int, ...], Type] = {}

    def root(self) -> Element:
        """Return the document."""
        return self._element("", self.reader.schema, required=True)

    def _element(self, name: str, schema: Any, *, required: bool) -> Element:
        parts = list(self.reader.parts(schema))
        lists = [part for part in parts if part.get("type") == "array" or "items" in part]
        if lists:
            inner = [part["items"] for part in lists if isinstance(part.get("items"), dict)]
            parts = [part for one in inner for part in self.reader.parts(one)]
        null = any(_says(part, "null") for part in parts)
        given = next((part["default"] for part in parts if "default" in part), None)
        return Element(
            name=name,
            type=self._type(parts),
            least=int(required),
            items=(int(lists[0].get("minItems", 0)), lists[0].get("maxItems")) if lists else None,
            nillable=null,
            default=None if given is None else str(given),
            at=(self.file, self.lines.get(id(schema), 0)),
        )

    def _type(self, parts: list[dict[str, Any]]) -> Type:
        key = tuple(id(part) for part in parts)
        if key not in self._types:
            # Objects that say nothing of their keys let anything in.
            objects = [part for part in parts if _says(part, "object") or "properties" in part]
            values = _values([part for part in parts if part not in objects])
            closed = all("properties" in part for part in objects)
            self._types[key] = Type(
                name="",
                values=values,
                open=(not objects and values is None) or (bool(objects) and not closed),
                at=(self.file, next((line for part in parts if (line := self.lines.get(id(part)))), 0)),
                expand=lambda: Body(content=self._keys(objects)),
            )
        return self._types[key]

    def _keys(self, objects: list[dict[str, Any]]) -> Group:
        found: dict[str, Element] = {}
        for part in objects:
            required = set(part.get("required", ())) if len(objects) == 1 else set()
            for key, schema in part.get("properties", {}).items():
                found.setdefault(key, self._element(key, schema, required=key in required))
        more: tuple[Wildcard, ...] = ()
        if objects and all(part.get("additionalProperties", True) is not False for part in objects):
            more = (Wildcard(namespaces=frozenset({"##any"}), process="skip"),)
        return Group(kind="all", items=(*found.values(), *more)) if found or more else EMPTY


def lines_of(schema: Any, body: bytes) -> dict[int, int]:
    """Return the lines of the objects of a schema by their identity; JSON is read as YAML, which knows its places.

    Args:
        schema: as it was read; what came into it from other files has no lines.
        body: of its file.
    """
    try:
        root = yaml.parse(body, file="", code="V401")
    except ConfigError:
        return {}  # with tabs, for example
    found: dict[int, int] = {}
    waiting: list[tuple[Any, yaml.Node]] = [(schema, root)]
    while waiting:
        value, node = waiting.pop()
        if isinstance(value, dict) and isinstance(node, yaml.Mapping):
            found[id(value)] = node.line
            waiting += [(value[key], inner) for key, inner in node.items.items() if key in value]
        elif isinstance(value, list) and isinstance(node, yaml.Sequence):
            waiting += zip(value, node.items, strict=False)
    return found


def _values(parts: list[dict[str, Any]]) -> Values | None:
    found = [one for part in parts for one in _own(part)]
    if len(found) <= 1:
        return found[0] if found else None
    return Values(base="union", parts=tuple(found))


def _own(part: Mapping[str, Any]) -> Iterator[Values]:
    said = part.get("type")
    names = [said] if isinstance(said, str) else list(said or ())
    texts = part.get("enum", [part["const"]] if "const" in part else None)
    enum = None if texts is None else frozenset(str(text) for text in texts if text is not None)
    plain = [name for name in names if name in _SCALARS] or (["string"] if enum else [])
    made = [
        Values(
            base="decimal" if name == "number" else _format(part) if name == "string" else name,
            enum=enum,
            patterns=frozenset([part["pattern"]] if isinstance(part.get("pattern"), str) else []),
            facets={ours: Decimal(str(part[key])) for key, ours in _FACETS.items() if key in part},
        )
        for name in plain
    ]
    yield from made if len(made) <= 1 else [Values(base="union", parts=tuple(made))]


def _format(part: Mapping[str, Any]) -> str:
    return {"date": "date", "date-time": "dateTime"}.get(str(part.get("format")), "string")


def _says(part: Mapping[str, Any], kind: str) -> bool:
    said = part.get("type")
    return kind in said if isinstance(said, list) else said == kind
