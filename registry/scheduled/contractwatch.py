"""Whether partners still publish the contracts that are in force, and what became another."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from hub_core.contract.changes import Change
from hub_core.contract.changes.services import compare_contracts
from hub_core.contract.wsdl import read_contract
from hub_core.directory import Endpoint
from hub_core.errors import ConfigError, PunteError
from hub_core.places import SCHEMAS, around
from registry.sets.references import followed

if TYPE_CHECKING:
    from registry.parts import Parts

#: Where a partner is called stands at the endpoint, whatever its contract says.
_ELSEWHERE: Final = frozenset({"address", "port-added", "port-renamed"})
_AT_ONCE: Final = 8  # partners that are asked


class Watched:
    """What came of looking at one partner's contract.

    Attributes:
        changes: that its endpoint meets, the worst first.
        why: it could not be looked at; empty: it could.
    """

    def __init__(self, changes: tuple[Change, ...] = (), why: str = "") -> None:
        self.changes = changes
        self.why = why

    @property
    def breaking(self) -> int:
        """How many changes break a side of the endpoint."""
        return sum(change.breaking for change in self.changes)

    def told(self, name: str) -> str:
        """Return it in words."""
        if self.why:
            return f"{name}: its contract cannot be looked at: {self.why}"
        first = self.changes[0]
        place = f" ({first.uses[0].path})" if first.uses and first.uses[0].steps else ""
        broken = f"{self.breaking} breaking: " if self.breaking else "none breaking: "
        ways = f"{len(self.changes)} ways" if len(self.changes) > 1 else "one way"
        return f"{name}: the partner's contract became another in {ways}, {broken}{first.text}{place}"


async def watch(parts: "Parts") -> dict[str, Watched]:
    """Hold the contracts that partners publish against those in force; of endpoints whose contract says where it lies.

    Returns:
        By endpoint, those whose contract became another, or could not be looked at.
    """
    at_once = asyncio.Semaphore(_AT_ONCE)
    watched = {
        name: endpoint
        for name, endpoint in parts.directory().endpoints.items()
        if endpoint.contract is not None and endpoint.contract.live and endpoint.contract.wsdl and endpoint.url
    }

    async def one(name: str, endpoint: Endpoint) -> Watched:
        async with at_once:
            try:
                return Watched(changes=await _changes(name, followed(endpoint, parts.environ)))
            except PunteError as error:
                return Watched(why=f"{error.code} {error.text}")

    looked = await asyncio.gather(*(one(name, endpoint) for name, endpoint in watched.items()))
    return {name: found for name, found in zip(watched, looked, strict=True) if found.changes or found.why}


async def _changes(name: str, endpoint: Endpoint) -> tuple[Change, ...]:
    from adapters.kit.livecontract import fetch_contract  # the HTTP client takes 0.2 s to import

    contract = endpoint.contract
    if contract is None or contract.wsdl is None or contract.live is None:
        raise ConfigError("R103", "nothing to look at", where="contract.live")
    with TemporaryDirectory(prefix="punte-") as folder:
        fetched = await fetch_contract(name, endpoint, contract.live, Path(folder))
        found = await asyncio.to_thread(_compared, SCHEMAS / contract.wsdl, fetched)
    operation = contract.operation
    return tuple(
        change
        for change in found
        if change.kind not in _ELSEWHERE and (not change.operations or not operation or operation in change.operations)
    )


def _compared(old: Path, new: Path) -> tuple[Change, ...]:
    return compare_contracts(read_contract(old, around(old)), read_contract(new)).changes()
