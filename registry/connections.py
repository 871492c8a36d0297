"""Targets and sources of the registered endpoints: opened on first use, closed when they are no longer registered."""

import os
from collections.abc import Mapping

from hub_core.directory import Directory, Endpoint
from hub_core.ports import Adapter, Source, Target
from registry.references import followed


class Connections:
    """Keeps one target or source per endpoint; an endpoint that changed gets a new one."""

    def __init__(self, adapters: Mapping[str, Adapter]) -> None:
        self._adapters = adapters
        self._targets: dict[str, tuple[Endpoint, Target]] = {}
        self._sources: dict[str, tuple[Endpoint, Source]] = {}

    def target(self, name: str, endpoint: Endpoint) -> Target:
        """Return the target of an ``OUT`` endpoint."""
        known = self._targets.get(name)
        if known is None or known[0] != endpoint:
            opened = self._adapters[endpoint.adapter].target(name, followed(endpoint, os.environ))
            known = self._targets[name] = endpoint, opened
        return known[1]

    def source(self, name: str, endpoint: Endpoint) -> Source:
        """Return the source of an ``ASK`` endpoint."""
        known = self._sources.get(name)
        if known is None or known[0] != endpoint:
            opened = self._adapters[endpoint.adapter].source(name, followed(endpoint, os.environ))
            known = self._sources[name] = endpoint, opened
        return known[1]

    async def keep_only(self, directory: Directory) -> None:
        """Close what a new registry set no longer names as it was."""
        for opened in (self._targets, self._sources):
            for name, (endpoint, connection) in list(opened.items()):
                if directory.endpoints.get(name) != endpoint:
                    del opened[name]
                    await connection.close()

    async def close(self) -> None:
        """Close all."""
        await self.keep_only(Directory())
