"""Secrets of a suite's endpoints: those of their credentials, and those among the adapter's own settings."""

import os
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import msgspec.inspect as kinds

from hub_core.directory import Endpoint
from hub_core.directory.credentials import Credentials, SecretReference
from hub_core.errors import PunteError
from hub_core.ports import Spec

VARIABLE: Final = "PUNTE_KIT_SECRET"
SECRET: Final = "hunter2-hunter2-hunter2"  # noqa: S105 - to be looked for, and of no use
BEARER: Final = Credentials(kind="bearer", secret=SecretReference(env=VARIABLE))


def hiding(spec: Spec, endpoint: Endpoint) -> Endpoint:
    """Return an endpoint each of whose own secrets is the one to be looked for, where a test has set that."""
    if spec.settings is None or VARIABLE not in os.environ:
        return endpoint
    return msgspec.structs.replace(endpoint, settings=_hidden(endpoint.settings, kinds.type_info(spec.settings)))


def told_by(one: object, error: PunteError | None) -> str:
    """Return everything that a target or a poller, and an error of it, say."""
    findings = () if error is None else getattr(error, "findings", ())
    return f"{error!s} {error!r} {findings} {one!r} {vars(one)}"


def secrets_of(spec: Spec) -> set[str]:
    """Return the settings of an adapter that are secrets, or hold some."""
    if spec.settings is None:
        return set()
    info = kinds.type_info(spec.settings)
    return {field.name for field in _fields(info) if _holds_one(field.type)}


def _hidden(said: Any, kind: kinds.Type) -> Any:
    match _bare(kind):
        case kinds.StructType() as struct if struct.cls is SecretReference:
            return {"env": VARIABLE}
        case kinds.StructType() as struct if isinstance(said, Mapping):
            types = {field.name: field.type for field in struct.fields}
            return {name: _hidden(value, types[name]) if name in types else value for name, value in said.items()}
        case kinds.VarTupleType() as many if isinstance(said, list | tuple):
            return [_hidden(one, many.item_type) for one in said]
        case kinds.DictType() as table if isinstance(said, Mapping):
            return {name: _hidden(value, table.value_type) for name, value in said.items()}
        case _:
            return said


def _holds_one(kind: kinds.Type) -> bool:
    match _bare(kind):
        case kinds.StructType() as struct:
            return struct.cls is SecretReference or any(_holds_one(field.type) for field in struct.fields)
        case kinds.VarTupleType() as many:
            return _holds_one(many.item_type)
        case kinds.DictType() as table:
            return _holds_one(table.value_type)
        case _:
            return False


def _bare(kind: kinds.Type) -> kinds.Type:
    """Return a type without what may be said about it, and without ``None``."""
    while isinstance(kind, kinds.Metadata | kinds.UnionType):
        if isinstance(kind, kinds.Metadata):
            kind = kind.type
        else:
            kind = next(one for one in kind.types if not isinstance(one, kinds.NoneType))
    return kind


def _fields(kind: kinds.Type) -> tuple[kinds.Field, ...]:
    return kind.fields if isinstance(kind, kinds.StructType) else ()
