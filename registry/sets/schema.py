"""The JSON Schema of our registry files, generated from ``hub_core.directory``, for editors and for documentation.

It says what ``hub_core.typed`` accepts: friendly spans of time and sizes, a list of one written as that one. Names
are checked across files, which no schema can do: ``punte apply --plan`` does.
"""

import inspect
import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec
import msgspec.inspect as kinds

from adapters.kit.load import shipped
from hub_core.directory.credentials import SecretReference
from hub_core.ports import Spec
from hub_core.typed import DURATION, SIZE
from registry.sets.draft import KINDS, NAME

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def registry_schema(specs: Iterable[Spec] = ()) -> dict[str, Any]:
    """Return the schema of one registry file.

    Args:
        specs: of the adapters whose own settings it describes.
    """
    definitions: dict[str, Any] = {}
    parts = {
        kind: {
            "type": "object",
            "propertyNames": {"pattern": f"^{NAME}$"},
            "additionalProperties": _schema(kinds.type_info(struct), "", definitions),
        }
        for kind, struct in KINDS.items()
    }
    if own := [_own_settings(spec, definitions) for spec in specs if spec.settings is not None]:
        definitions["Endpoint"]["allOf"] = own
    return {
        "$schema": DIALECT,
        "title": "Punte registry file",
        "description": "Every *.yaml below the folder given to punte apply is read; names are unique across all.",
        "type": "object",
        "additionalProperties": False,
        "properties": parts,
        "$defs": dict(sorted(definitions.items())),
    }


def described(struct: type[msgspec.Struct]) -> dict[str, str]:
    """Return what the docstring of a struct says about each of its fields, or what the field's type says of itself."""
    properties = _struct(kinds.type_info(struct), {})["properties"]  # type: ignore[arg-type]  # of a struct
    return {name: schema.get("description", "") for name, schema in properties.items()}


def _own_settings(spec: Spec, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return what holds for endpoints of one adapter only."""
    settings = kinds.type_info(spec.settings)
    needed = any(field.required for field in settings.fields)  # type: ignore[attr-defined]  # of a struct
    return {
        "if": {"properties": {"adapter": {"const": spec.name}}, "required": ["adapter"]},
        "then": {
            "properties": {"settings": _schema(settings, "", definitions)},
            **({"required": ["settings"]} if needed else {}),
        },
    }


def _schema(kind: kinds.Type, name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    match kind:
        case kinds.Metadata():
            return {**_schema(kind.type, name, definitions), **(kind.extra_json_schema or {})}
        case kinds.UnionType():
            (inner,) = (member for member in kind.types if not isinstance(member, kinds.NoneType))
            return _schema(inner, name, definitions)
        case kinds.StructType():
            named = _name(kind.cls)
            if named not in definitions:
                definitions[named] = _struct(kind, definitions)
            return {"$ref": f"#/$defs/{named}"}
        case kinds.VarTupleType():
            item = _schema(kind.item_type, name, definitions)
            return {"anyOf": [{"type": "array", "items": item}, item]}
        case kinds.DictType():
            return {"type": "object", "additionalProperties": _schema(kind.value_type, name, definitions)}
        case _:
            return _scalar(kind, name)


def _name(kind: type) -> str:
    """Return what a struct is called: those of adapters by their module too, as two of them may choose one name."""
    ours = kind.__module__.startswith("hub_core.")
    return kind.__name__ if ours else f"{kind.__module__}.{kind.__name__}"


def _struct(kind: kinds.StructType, definitions: dict[str, Any]) -> dict[str, Any]:
    summary, attributes = _documented(kind.cls)
    schema: dict[str, Any] = {
        "description": summary,
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _field(field, attributes.get(field.name), definitions) for field in kind.fields},
    }
    if kind.cls is SecretReference:
        schema["oneOf"] = [{"required": [field.name]} for field in kind.fields]
    if required := [field.name for field in kind.fields if field.required]:
        schema["required"] = required
    return schema


def _documented(kind: type) -> tuple[str, dict[str, str]]:
    """Return what the docstring of a struct says about it and about its fields."""
    text, _, attributes = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")
    entries = re.split(r"^    (?=\w+: )", attributes, flags=re.MULTILINE)[1:]
    pairs = (entry.split(": ", 1) for entry in entries)
    return " ".join(text.split()), {name: " ".join(said.split()) for name, said in pairs}


def _field(field: kinds.Field, said: str | None, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = _schema(field.type, field.name, definitions)
    if said is not None:
        schema = {"description": said, **schema}
    if isinstance(field.default, str | int):
        schema["default"] = field.default
    return schema


def _scalar(kind: kinds.Type, name: str) -> dict[str, Any]:
    """Editors give YAML types of their own: numbers and yes/no are not text to them."""
    match kind:
        case kinds.AnyType():
            schema: dict[str, Any] = {}
        case kinds.IntType():
            number: dict[str, Any] = {"type": "integer", "minimum": kind.ge or 0}
            number |= {} if kind.le is None else {"maximum": kind.le}
            sized = {"anyOf": [number, {"type": "string", "pattern": f"^{SIZE}$"}]}
            schema = sized if name.endswith("_bytes") else number
        case kinds.BoolType():
            schema = {"type": "boolean"}
        case kinds.TimeDeltaType():
            schema = {"type": "string", "pattern": f"^{DURATION}$"}
        case kinds.EnumType():
            schema = {"enum": [str(member.value) for member in kind.cls]}
        case kinds.LiteralType():
            schema = {"enum": sorted(map(str, kind.values))}
        case kinds.StrType():
            schema = {"type": "string"} | ({"pattern": kind.pattern} if kind.pattern else {})
        case _:
            raise AssertionError(kind)  # a kind of field that hub_core.directory does not have yet
    return schema


def rendered() -> bytes:
    """Return the schema as it stands in ``schemas/hub/registry.schema.json``."""
    schema = registry_schema(adapter.spec for adapter in shipped().values())
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"
