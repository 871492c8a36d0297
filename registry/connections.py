"""What speaks to the partners of endpoints: opened on first use, closed when they are no longer registered.

Opening may load large libraries, or look at a folder whose share hangs: each is done in a thread, once for all who wait
for it.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, Generic, TypeVar

from adapters.kit.load import guarded, usable
from hub_core.directory import Directory, Endpoint
from hub_core.errors import ConfigError
from hub_core.ports import Adapter, Files, Filing, Poller, Polls, Source, Target
from registry.sets.references import followed

C = TypeVar("C", Target, Source, Poller, Filing)
_STILL_OPENING: Final = 5.0  # seconds that whoever closes waits for what is being opened


class Connections:
    """Keeps one target, source, poller or filing per endpoint; an endpoint that changed gets a new one."""

    def __init__(self, adapters: Mapping[str, Adapter]) -> None:
        self._targets: _Opened[Target] = _Opened(lambda name, e: usable(adapters, e.adapter).target(name, e))
        self._sources: _Opened[Source] = _Opened(lambda name, e: usable(adapters, e.adapter).source(name, e))
        self._pollers: _Opened[Poller] = _Opened(lambda name, e: _polling(usable(adapters, e.adapter)).poller(name, e))
        self._filings: _Opened[Filing] = _Opened(lambda name, e: _writing(usable(adapters, e.adapter)).filing(name, e))

    async def target(self, name: str, endpoint: Endpoint) -> Target:
        """Return the target of an ``OUT`` endpoint."""
        return await self._targets.get(name, endpoint)

    async def source(self, name: str, endpoint: Endpoint) -> Source:
        """Return the source of an ``ASK`` endpoint."""
        return await self._sources.get(name, endpoint)

    async def poller(self, name: str, endpoint: Endpoint) -> Poller:
        """Return the poller of an ``IN`` endpoint with ``poll``."""
        return await self._pollers.get(name, endpoint)

    async def filing(self, name: str, endpoint: Endpoint) -> Filing:
        """Return what writes the files of an ``OUT`` endpoint with ``collect``."""
        return await self._filings.get(name, endpoint)

    async def keep_only(self, directory: Directory) -> None:
        """Close what a new registry set no longer names as it was."""
        await self._targets.keep_only(directory)
        await self._sources.keep_only(directory)
        await self._pollers.keep_only(directory)
        await self._filings.keep_only(directory)

    async def close(self) -> None:
        """Close all."""
        await self.keep_only(Directory())


def _polling(adapter: Adapter) -> Polls:
    if not isinstance(adapter, Polls):
        raise ConfigError("R104", f"the adapter {adapter.spec.name} does not poll", where="poll", mend="remove poll:")
    return adapter


def _writing(adapter: Adapter) -> Files:
    if not isinstance(adapter, Files):
        text = f"the adapter {adapter.spec.name} writes no files"
        raise ConfigError("R104", text, where="collect", mend="remove collect:")
    return adapter


class _Opened(Generic[C]):
    def __init__(self, connect: Callable[[str, Endpoint], C]) -> None:
        self._connect: Callable[[str, Endpoint], C] = connect
        self._opened: dict[str, tuple[Endpoint, asyncio.Task[C]]] = {}

    async def get(self, name: str, endpoint: Endpoint) -> C:
        known = self._opened.get(name)
        if known is None or known[0] != endpoint or _failed(known[1]):
            opening = asyncio.create_task(asyncio.to_thread(self._open, name, endpoint))
            known = self._opened[name] = endpoint, opening
        return await asyncio.shield(known[1])  # who gives up waiting does not end it for the others

    def _open(self, name: str, endpoint: Endpoint) -> C:
        with guarded(endpoint.adapter, f"opening {name}"):
            return self._connect(name, followed(endpoint, os.environ))

    async def keep_only(self, directory: Directory) -> None:
        for name, (endpoint, opening) in list(self._opened.items()):
            if directory.endpoints.get(name) != endpoint:
                del self._opened[name]
                with suppress(ConfigError), guarded(endpoint.adapter, f"closing {name}"):  # the others are closed, too
                    async with asyncio.timeout(_STILL_OPENING):
                        connection = await asyncio.shield(opening)
                    await connection.close()


def _failed(opening: "asyncio.Task[C]") -> bool:
    return opening.done() and (opening.cancelled() or opening.exception() is not None)
