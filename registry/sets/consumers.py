"""Who works with a contract: endpoints, the routes and queries that lead to them, and institutions that call."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from hub_core.contract.changes import Change
from hub_core.contract.wsdl import Contract, read_contract
from hub_core.directory import Directory, Endpoint
from hub_core.errors import ConfigError
from hub_core.places import SCHEMAS, around


class Consumer(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint.

    Attributes:
        operation: of its contract that it calls; empty: all.
        routes: that deliver to it.
        queries: that ask it.
        callers: institutions that may call its service, or ask those queries.
    """

    endpoint: str
    institution: str
    direction: str
    operation: str = ""
    routes: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()

    def touched_by(self, change: Change) -> bool:
        """Whether a change is met in what it calls."""
        return not change.operations or not self.operation or self.operation in change.operations


def consumers_of(contract: Path, directory: Directory) -> tuple[Consumer, ...]:
    """Return the endpoints that work with a contract: its file, the same bytes, or operations of the same messages.

    Args:
        contract: WSDL, XML Schema or JSON Schema, as it is in force.
        directory: registered.
    """
    found = (
        _consumer(name, endpoint, directory)
        for name, endpoint in directory.endpoints.items()
        if any(_same(contract, SCHEMAS / file) for file in _files(endpoint))
    )
    return tuple(found)


def _files(endpoint: Endpoint) -> Iterator[str]:
    if endpoint.contract is not None:
        for file in (endpoint.contract.wsdl, endpoint.contract.xsd, endpoint.contract.json_schema):
            if file:
                yield file


def _same(contract: Path, other: Path) -> bool:
    if not other.is_file():
        return False
    if contract.is_dir():
        return other.resolve().is_relative_to(contract.resolve())
    if contract.resolve() == other.resolve() or contract.read_bytes() == other.read_bytes():
        return True
    ours, theirs = _messages(contract), _messages(other)
    return bool(ours & theirs)


def _messages(path: Path) -> frozenset[tuple[str, str]]:
    """Return the operations of a contract with the elements that they ask with."""
    contract = _read(path.resolve(), path.stat().st_mtime_ns)
    return (
        frozenset((name, one.input.element) for name, one in contract.operations.items()) if contract else frozenset()
    )


@lru_cache(maxsize=64)
def _read(path: Path, _version: int) -> Contract | None:
    if path.suffix.lower() != ".wsdl":
        return None
    try:
        return read_contract(path, around(path))
    except ConfigError:
        return None  # told by the check of contracts


def _consumer(name: str, endpoint: Endpoint, directory: Directory) -> Consumer:
    queries = {key: query for key, query in directory.queries.items() if name in query.sources}
    services = {endpoint.service, *(query.service for query in queries.values())}
    callers = {one.institution for one in directory.access.values() if one.service in services}
    operation = endpoint.contract.operation if endpoint.contract else None
    return Consumer(
        endpoint=name,
        institution=endpoint.institution,
        direction=endpoint.direction.value,
        operation=operation or "",
        routes=tuple(key for key, route in directory.routes.items() if name in route.to),
        queries=tuple(queries),
        callers=tuple(sorted(callers)),
    )
