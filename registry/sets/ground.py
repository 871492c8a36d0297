"""What every check of a registry set stands on: the draft, its places, and the ways to name a fault."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from hub_core.canonical.path import CanonicalPath, canonical_path
from hub_core.directory import Direction, Directory
from hub_core.errors import ConfigError
from hub_core.message import Finding
from hub_core.ports import Adapter
from hub_core.typed import WRONG_VALUE, node_at
from hub_core.yaml import Node, Scalar, closest
from registry.sets.draft import Draft

NOT_REGISTERED: Final = "R105"
_PROMOTE: Final = "punte mapping promote FOLDER --reason TEXT"
_TYPING_ERROR: Final = 0.8  # likeness of two names


@dataclass(frozen=True)
class Place:
    """One object of a set; calling it gives the node at a path below it, without a path the node of its name."""

    key: Scalar
    node: Node

    def __call__(self, *steps: str | int) -> Node:
        """Return a node of the object, or the deepest one on the way to it that exists; at least its name."""
        node = node_at(self.node, steps)
        return self.key if node is self.node else node


@dataclass(frozen=True)
class Ground:
    """The set under check.

    Attributes:
        mappings: ids of the mappings that there are.
        environ: where ``env:NAME`` leads.
    """

    draft: Draft
    directory: Directory
    adapters: Mapping[str, Adapter]
    mappings: Iterable[str]
    environ: Mapping[str, str]
    warnings: list[Finding] = field(default_factory=list)

    def place(self, kind: str, name: str) -> Place:
        """Return where an object stands."""
        return Place(self.draft.keys[kind][name], self.draft.nodes[kind][name])

    def fault(self, node: Node, text: str, mend: str, code: str = WRONG_VALUE) -> None:
        """Note one fault."""
        self.draft.faults.add(node, text, mend=mend, code=code)

    def one_of(self, node: Node, name: str, known: Iterable[str], noun: str, code: str = NOT_REGISTERED) -> None:
        """Note a fault unless a name is known."""
        choices = tuple(known)
        if name not in choices:
            self.fault(node, f"there is no {noun} {name!r}", closest(name, choices), code)

    def mapping(self, node: Node, name: str) -> None:
        """Note a fault unless a mapping is there; one that is only new is no misspelt other one."""
        choices = tuple(self.mappings)
        if name not in choices:
            near = difflib.get_close_matches(name, choices, n=1, cutoff=_TYPING_ERROR)
            mend = f"{f'write {near[0]!r} instead, or ' if near else ''}bring it into force first: {_PROMOTE}"
            self.fault(node, f"there is no mapping {name!r} in force", mend, NOT_REGISTERED)

    def institution(self, node: Node, name: str) -> None:
        """Note a fault unless an institution is registered."""
        self.one_of(node, name, self.draft.keys["institutions"], "institution")

    def endpoint_of(self, node: Node, name: str, direction: Direction) -> None:
        """Note a fault unless there is an endpoint of that name and direction."""
        endpoint = self.directory.endpoints.get(name)
        fitting = [other for other, it in self.directory.endpoints.items() if it.direction is direction]
        if endpoint is not None and endpoint.direction is not direction:
            text = f"{name!r} has direction: {endpoint.direction}, not {direction}"
            self.fault(node, text, closest(name, fitting))
        elif endpoint is None and name not in self.draft.keys["endpoints"]:
            self.fault(node, f"there is no endpoint {name!r}", closest(name, fitting), NOT_REGISTERED)

    def services(self, *directions: Direction) -> set[str]:
        """Return the services of these directions, and those of endpoints that could not be read."""
        services = {it.service for it in self.directory.endpoints.values() if it.direction in directions}
        for name, node in self.draft.nodes["endpoints"].items():
            service = node_at(node, ["service"])
            if name not in self.directory.endpoints and isinstance(service, Scalar):
                services.add(service.text)
        return services

    def path(self, node: Node, text: str) -> CanonicalPath | None:
        """Return a canonical path; ``None`` if there is none, which is noted as a fault."""
        try:
            return canonical_path(text)
        except ConfigError as error:
            self.fault(node, error.text, error.mend, error.code)
            return None
