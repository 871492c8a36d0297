"""The JSON Schema of the canonical record, generated from the model, and the check of incoming JSON against it.

python -m hub_core.canonical.schema           write schemas/canonical/beneficiary-1.schema.json
python -m hub_core.canonical.schema --check   exit 1 if the file is not what the model says
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import msgspec

from hub_core.canonical.beneficiary import Beneficiary
from hub_core.canonical.values import LINE_FEED_GUARD
from hub_core.message import Finding, Severity

FILE: Final = Path(__file__).parents[2] / "schemas" / "canonical" / "beneficiary-1.schema.json"
MAX_FAULTS: Final = 100  # of one record; a hostile one has a fault in every byte
MAX_NODES: Final = 5000  # the validator needs 20 us for each fault, all of them at once

# The model says Decimal, JSON carries text: a finite number that a column can hold, as str(Decimal) writes it.
_DECIMAL: Final = {"type": "string", "pattern": r"^-?[0-9]{1,28}(\.[0-9]{1,28})?(E[+-][0-9]{1,2})?$"}
# Names of fields are shown, but a sender may have put a personal value in the place of a name.
_FIELD: Final = re.compile(r"[a-z][a-z_]{0,39}")
# What a fault says for each keyword of the schema; texts of the validator quote the value.
_TEXTS: Final = {
    "required": "a required field is missing",
    "type": "the value has the wrong JSON type",
    "pattern": "the value does not have the form that the schema gives",
    "format": "the value is not a calendar date YYYY-MM-DD",
    "minimum": "the number is too small",
}


def components(ref_template: str = "#/components/schemas/{name}") -> dict[str, Any]:
    """Return the schema of every Struct of the model by its name, with references as the template says."""
    _, schemas = msgspec.json.schema_components((Beneficiary,), ref_template=ref_template)
    return {name: _published(schema) for name, schema in schemas.items()}


def _published(schema: Any) -> Any:
    """Return a part of the schema as other engines must read it."""
    if isinstance(schema, dict):
        if schema.get("format") == "decimal":
            return {key: value for key, value in schema.items() if key != "format"} | _DECIMAL
        if isinstance(pattern := schema.get("pattern"), str):
            return schema | {"pattern": pattern.removesuffix(LINE_FEED_GUARD)}
        return {key: _published(value) for key, value in schema.items()}
    return [_published(item) for item in schema] if isinstance(schema, list) else schema


def document() -> dict[str, Any]:
    """Return the whole schema (JSON Schema 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:punte:schema:canonical:beneficiary:1",
        "title": "Beneficiary, version 1",
        "description": (Beneficiary.__doc__ or "").strip(),
        "$ref": "#/$defs/Beneficiary",
        "$defs": components("#/$defs/{name}"),
    }


@lru_cache(maxsize=1)
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(document(), validate_formats=True)


def record_faults(data: Any) -> list[Finding]:
    """Return the faults of JSON data that claims to be a canonical record: C101, canonical path, no values.

    All of them, up to ``MAX_FAULTS``; one more then says that there are others. Of data with more than ``MAX_NODES``
    values only the first fault is named. Data without fault can be converted to ``Beneficiary``.
    """
    validator = _validator()
    try:
        if validator.is_valid(data):
            return _conversion_faults(data)
        large = _is_large(data)
        faults = list(_faults(_first_error(validator, data) if large else validator.iter_errors(data)))
    except ValueError:  # the validator's limit on depth, far below what a record needs
        return [_fault((), "the data is nested too deeply")]
    if large or len(faults) > MAX_FAULTS:
        return [*faults[:MAX_FAULTS], _fault((), "there may be more faults; only the first are listed")]
    return faults


def _first_error(validator: jsonschema_rs.Draft202012Validator, data: Any) -> list[jsonschema_rs.ValidationError]:
    try:
        validator.validate(data)
    except jsonschema_rs.ValidationError as error:
        return [error]
    return []


def _is_large(data: Any) -> bool:
    count, open_nodes = 0, [data]
    while open_nodes and count <= MAX_NODES:
        node = open_nodes.pop()
        children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        count += len(children)
        open_nodes.extend(islice(children, MAX_NODES))
    return count > MAX_NODES


def _conversion_faults(data: Any) -> list[Finding]:
    """Return what the schema cannot say: the year 0, 1.0 where a whole number is asked for."""
    try:
        msgspec.convert(data, Beneficiary)
    except msgspec.ValidationError:
        return [_fault((), "a value has the right form, but there is no such date or number")]
    return []


def _faults(errors: Iterable[jsonschema_rs.ValidationError]) -> Iterator[Finding]:
    for error in errors:
        kind = error.kind
        if isinstance(kind, jsonschema_rs.ValidationErrorKind.AnyOf):
            # An optional field: the faults of its one alternative that is not null say more.
            yield from _faults(kind.context[0])
        elif isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
            names = [name if _FIELD.fullmatch(name) else "?" for name in kind.unexpected[:MAX_FAULTS]]
            for name in names:
                yield _fault((*error.instance_path, name), "the schema has no such field")
        elif isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
            yield _fault((*error.instance_path, kind.property), _TEXTS["required"])
        else:
            yield _fault(error.instance_path, _TEXTS.get(kind.name, "the value breaks the schema"))


def _fault(path: Sequence[str | int], text: str) -> Finding:
    at = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")
    return Finding(code="C101", severity=Severity.ERROR, text=text, at=at or None)


def main(arguments: Sequence[str]) -> int:
    """Write the file, or check that it is current; return the exit code."""
    current = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if "--check" in arguments:
        if FILE.is_file() and FILE.read_text(encoding="utf-8") == current:
            return 0
        sys.stderr.write(f"{FILE.name} is not what the model says; run: python -m hub_core.canonical.schema\n")
        return 1
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(current, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
