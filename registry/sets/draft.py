"""The structure of a registry set: files into named objects, each with its place; nothing is looked up yet."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from hub_core import yaml
from hub_core.directory import Access, Contract, Directory, Endpoint, Institution, Query, Route
from hub_core.errors import ConfigError
from hub_core.places import SCHEMAS
from hub_core.typed import UNKNOWN_FIELD, WRONG_VALUE, read_struct
from hub_core.yaml import Faults, Node, Scalar, closest

NOT_READABLE: Final = "R101"
TWICE: Final = "R106"
Rooted = Callable[[Contract], Contract]
NAME: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"  # names stand in addresses and in file names
KINDS: Final[dict[str, type[msgspec.Struct]]] = {
    "institutions": Institution,
    "endpoints": Endpoint,
    "routes": Route,
    "access": Access,
    "queries": Query,
}


@dataclass
class Draft:
    """A set as far as it could be read, with the places of its objects, for the checks that follow.

    ``keys`` and ``nodes`` also hold the objects that could not be read: a reference to one of them is no fault.
    """

    faults: Faults
    objects: dict[str, dict[str, msgspec.Struct]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    keys: dict[str, dict[str, Scalar]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    nodes: dict[str, dict[str, Node]] = field(default_factory=lambda: {kind: {} for kind in KINDS})

    def directory(self, number: int = 0) -> Directory:
        """Return what could be read."""
        return Directory(number=number, **self.objects)  # type: ignore[arg-type]  # each kind was read as its own


def draft_of(bodies: Mapping[str, bytes | str], *, folder: Path, label: str = "", schemas: Path = SCHEMAS) -> Draft:
    """Read the structure of a set; faults are added to the draft, nothing is raised.

    Args:
        bodies: files by name.
        folder: where contracts written as ``./...`` lie, relative to the file that names them.
        label: stands before the name of a file in every position.
        schemas: where other contracts are looked for before the hub's own.
    """
    draft = Draft(Faults(NOT_READABLE))
    for name, body in bodies.items():
        try:
            root = yaml.parse(body, file=label + name, code=NOT_READABLE)
        except ConfigError as error:
            draft.faults.findings.extend(error.findings)
        else:
            _read_file(draft, root, partial(_rooted, beside=(folder / name).parent, schemas=schemas))
    return draft


def _read_file(draft: Draft, root: Node, rooted: Rooted) -> None:
    for key, objects in _entries(draft.faults, root, "institutions, endpoints, routes, access or queries"):
        if key.text not in KINDS:
            mend = closest(key.text, KINDS)
            draft.faults.add(key, f"there is no part {key.text!r} in a registry", mend=mend, code=UNKNOWN_FIELD)
            continue
        for name, node in _entries(draft.faults, objects, "names of what is registered"):
            _read_object(draft, key.text, name, node, rooted)


def _entries(faults: Faults, node: Node, expected: str) -> list[tuple[Scalar, Node]]:
    if isinstance(node, yaml.Mapping):
        return [(node.keys[key], value) for key, value in node.items.items()]
    faults.add(node, f"{expected} are expected here", mend="write name: {...}, or remove it", code=WRONG_VALUE)
    return []


def _read_object(draft: Draft, kind: str, name: Scalar, node: Node, rooted: Rooted) -> None:
    if not re.fullmatch(NAME, name.text):
        mend = "write up to 63 small letters, digits and hyphens"
        draft.faults.add(name, f"{name.text!r} cannot be a name", mend=mend, code=WRONG_VALUE)
    if (first := draft.keys[kind].get(name.text)) is not None:
        mend = f"remove or rename one; the other is at {yaml.where(first)}"
        draft.faults.add(name, f"{name.text!r} stands twice among the {kind}", mend=mend, code=TWICE)
        return
    draft.keys[kind][name.text], draft.nodes[kind][name.text] = name, node
    value = read_struct(node, KINDS[kind], draft.faults)
    if isinstance(value, Endpoint) and value.contract is not None:
        value = msgspec.structs.replace(value, contract=rooted(value.contract))
    if value is not None:
        draft.objects[kind][name.text] = value


def _rooted(contract: Contract, *, beside: Path, schemas: Path) -> Contract:
    """Turn ``./file``, and what lies in a folder of contracts other than the hub's, into a full path."""
    own = {}
    for name in ("wsdl", "xsd", "json_schema"):
        path = getattr(contract, name)
        if path and path.startswith("."):
            own[name] = str((beside / path).resolve())
        elif path and schemas != SCHEMAS and (schemas / path).is_file():
            own[name] = str((schemas / path).resolve())
    return msgspec.structs.replace(contract, **own)
