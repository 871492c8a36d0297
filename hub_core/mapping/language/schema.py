"""The JSON Schema of mapping files, for editors; ``load`` looks much further.

Written to ``schemas/hub/mapping.schema.json``; a test compares. Editors read YAML with types, the hub reads text, so a
text may be a number, a yes/no or nothing here.
"""

import json
from typing import Any, Final

from hub_core.mapping.codecs import CODECS
from hub_core.reading import Verdict

URI: Final = "https://json-schema.org/draft/2020-12/schema"
TEXT: Final = {"type": ["string", "number", "boolean", "null"]}
NAME: Final = {"type": "string"}
_TEXTS: Final = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
_NAMES: Final = {"type": "object", "additionalProperties": TEXT}
_DESCRIPTIONS: Final = {
    "at": "Source path, relative to the base.",
    "any": "Source paths; the first that holds something counts, the others must agree with it.",
    "each": "Source path of the elements of a list.",
    "use": "Name of a block.",
    "const": "A value that needs no source; it only joins an object that holds something.",
    "derive": 'join("-", path, path), document() or request().',
    "as": f"Codecs, joined with |: {', '.join(CODECS)}.",
    "codes": "Short name of a code list.",
    "unmapped": "What happens to a text that the code list does not know.",
    "absent": "Texts that mean that nothing is there; open: no end means an open period.",
    "unknown": "Texts that mean that the source does not know.",
    "withheld": "Texts that mean that the source may not tell.",
    "need": "A missing value is a fault.",
    "when": "Conditions, relative to where the rule stands.",
    "where": "Conditions that choose among elements, relative to the element.",
    "fields": "Rules inside the object, relative to it.",
    "key": "Fields that tell the elements apart.",
    "faulty": "What happens to a value that cannot be read.",
    "spill": "Text field that keeps what cannot be read.",
    "out": "never: the rule is read and not written.",
    "why": "Reason, for people.",
}


def _object(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
    }


def _rule() -> dict[str, Any]:
    """Return the schema of one rule; its keys are those that ``rulereader`` knows."""
    place = _object({"at": NAME, "as": NAME}, ("at",))
    kinds: dict[str, Any] = {
        "any": {"type": "array", "minItems": 1, "items": {"anyOf": [NAME, place]}},
        "const": TEXT,
        "unmapped": {"enum": ["refuse", "keep", "flag"]},
        "absent": _TEXTS,
        "unknown": _TEXTS,
        "withheld": _TEXTS,
        "need": {"enum": ["required", "optional"]},
        "when": {"type": "object", "minProperties": 1, "additionalProperties": _TEXTS},
        "where": {"type": "object", "minProperties": 1, "additionalProperties": _TEXTS},
        "fields": {"$ref": "#/$defs/fields"},
        "key": {"type": "array", "items": NAME},
        "faulty": {"enum": ["refuse", "flag"]},
        "out": {"enum": ["never"]},
    }
    return _object({key: {"description": text, **kinds.get(key, NAME)} for key, text in _DESCRIPTIONS.items()})


def _test() -> dict[str, Any]:
    error = {"anyOf": [NAME, _object({"code": NAME, "at": NAME})]}
    return _object(
        {
            "name": NAME, "in": NAME, "on": NAME, "document": NAME, "line": TEXT, "request": TEXT, "set": _NAMES,
            "remove": _TEXTS, "expect": {"type": ["object", "string", "null"]}, "error": error,
            "findings": _TEXTS, "unmapped": _TEXTS,
            "round_trip": {"enum": ["exact", "normal"]},
            "verdict": {"enum": [str(verdict) for verdict in Verdict]},
        },
        ("name", "in"),
    )  # fmt: skip


def schema() -> dict[str, Any]:
    """Return the JSON Schema of mapping files and of files of blocks."""
    source = {
        "anyOf": [
            _object({"xml": NAME, "ns": _NAMES}, ("xml",)),
            _object({"rows": NAME}, ("rows",)),
            _object({"json": NAME, "document": NAME, "schema": NAME}, ("json",)),
        ]
    }
    blocks = {"type": "object", "additionalProperties": {"$ref": "#/$defs/fields"}}
    answer = _object({"at": NAME, "code": NAME, "failed": _NAMES, "none": _NAMES, "later": _NAMES}, ("at",))
    mapping = _object(
        {
            "mapping": {"type": "string", "pattern": r"^[a-z0-9][a-z0-9.\-]*/[0-9]+$"},
            "source": source, "target": NAME, "direction": {"enum": ["in", "out", "both"]},
            "faulty": {"enum": ["refuse", "flag"]},
            "blocks_from": {"type": "array", "items": NAME}, "codes": _NAMES, "answer": answer,
            "fields": {"$ref": "#/$defs/fields"}, "blocks": blocks, "ignore": _NAMES, "fixed": _NAMES,
            "dated": _object({"at": NAME, "as": NAME}, ("at",)),
            "tests": {"type": "array", "items": {"$ref": "#/$defs/test"}},
        },
        ("mapping", "source", "target", "fields"),
    )  # fmt: skip
    rules = {"anyOf": [{"$ref": "#/$defs/rule"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/rule"}}]}
    return {
        "$schema": URI,
        "title": "Mapping file",
        "anyOf": [mapping, _object({"blocks": blocks, "codes": _NAMES}, ("blocks",))],
        "$defs": {"fields": {"type": "object", "additionalProperties": rules}, "rule": _rule(), "test": _test()},
    }


def rendered() -> str:
    """Return the text of ``schemas/hub/mapping.schema.json``."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
