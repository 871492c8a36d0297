"""JSON Schema: admitted by jsonschema against its own meta-schema, used through jsonschema-rs.

A schema refers to itself and to files of its folder only (``json_files``): nothing is ever fetched.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hub_core.errors import ConfigError
from hub_core.message import Finding, Severity
from hub_core.places import around
from hub_core.validation.json_files import read_json_schema

if TYPE_CHECKING:
    import jsonschema_rs

MAX_FINDINGS: Final = 50

# Keywords (JSON Schema 2020-12, Validation), and what each means for whoever sent the document.
_RULES: Final[Mapping[str, str]] = {
    "type": "the value is of the wrong type",
    "required": "a required member is missing",
    "enum": "the value is not in the list",
    "const": "the value is not the one expected",
    "pattern": "the value does not fit the pattern",
    "format": "the value is not of the named format",
    "minLength": "the value is too short",
    "maxLength": "the value is too long",
    "minimum": "the value is too small",
    "maximum": "the value is too large",
    "exclusiveMinimum": "the value is too small",
    "exclusiveMaximum": "the value is too large",
    "multipleOf": "the value is not a multiple of its step",
    "minItems": "the list is too short",
    "maxItems": "the list is too long",
    "uniqueItems": "the list holds an item twice",
    "additionalProperties": "a member that is not allowed",
    "unevaluatedProperties": "a member that is not allowed",
    "dependentRequired": "a member is missing that another one asks for",
    "anyOf": "none of the allowed forms fits",
    "oneOf": "not exactly one of the allowed forms fits",
    "not": "a form that is not allowed",
    "contains": "the list lacks an item that it must hold",
}


class JsonSchema:
    """A schema that both validators took."""

    def __init__(self, schema: dict[str, Any]) -> None:
        import jsonschema_rs  # only endpoints with a JSON Schema need it

        self._validator = jsonschema_rs.validator_for(schema, retriever=_refuse, validate_formats=True)
        self._names = _names(schema)

    def __repr__(self) -> str:
        return f"JsonSchema({len(self._names)} names)"

    def faults(self, value: Any) -> list[Finding]:
        """Return one finding V202 per fault with its path; empty if the value is valid."""
        if self._validator.is_valid(value):
            return []
        found: list[Finding] = []
        for error in self._validator.iter_errors(value):
            keyword = error.kind.name
            rule = _RULES.get(keyword, "the value breaks a rule")
            missing = self._missing(error) if keyword == "required" else ""
            source = self._path(error.instance_path)
            found.append(
                Finding(
                    code="V202",
                    severity=Severity.ERROR,
                    text=f"{source}: {rule}{missing} ({keyword})",
                    source=source,
                )
            )
            if len(found) == MAX_FINDINGS:
                break
        return found

    def _missing(self, error: "jsonschema_rs.ValidationError") -> str:
        name = getattr(error.kind, "property", "")
        return f": {name}" if name in self._names else ""

    def _path(self, steps: list[str | int]) -> str:
        """Return a path in names that the schema declares: any other was written by the sender."""
        told = ""
        for step in steps:
            if isinstance(step, int):
                told += f"[{step}]"
            else:
                told += ("." if told else "") + (step if step in self._names else "*")
        return told or "."


def load_json_schema(path: Path, root: Path | None = None) -> JsonSchema:
    """Return the schema in a file.

    Args:
        path: of the file.
        root: the only folder that it may refer to; ``places.around`` the file if none is given.

    Raises:
        ConfigError: V401; a text says so if only one of the two validators takes it.
    """
    schema = read_json_schema(path, root or around(path))
    strict = _admission(schema)
    try:
        compiled = JsonSchema(schema)
    except ValueError as error:  # jsonschema-rs also speaks of the schema only here: there is no document yet
        told = strict or f"the two validators disagree, only jsonschema takes it: {str(error).splitlines()[0]}"
        raise ConfigError("V401", f"the schema is not valid: {told}", where=str(path)) from error
    if strict is not None:
        raise ConfigError(
            "V401", f"the two validators disagree: only jsonschema-rs takes it; {strict}", where=str(path)
        )
    return compiled


def _admission(schema: Any) -> str | None:
    """Return why jsonschema does not take the schema; ``None`` if it does."""
    import jsonschema  # takes 0.1 s, and only registration needs it
    from jsonschema.validators import validator_for

    try:
        validator_for(schema, default=jsonschema.Draft202012Validator).check_schema(schema)
    except jsonschema.SchemaError as error:
        return (
            f"{'.'.join(str(step) for step in error.path) or 'the root'}: breaks {error.validator} of its meta-schema"
        )
    return None


def _refuse(url: str) -> Any:
    """Answer jsonschema-rs, which asks for every reference that leaves the file."""
    raise ValueError(f"the reference {url} leaves the file")


def _names(schema: Any) -> frozenset[str]:
    """Return every member name that the schema declares."""
    names: set[str] = set()
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            for keyword in ("properties", "dependentRequired", "dependentSchemas"):
                names.update(part.get(keyword, {}) if isinstance(part.get(keyword), dict) else ())
            names.update(name for name in part.get("required", ()) if isinstance(name, str))
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return frozenset(names)
