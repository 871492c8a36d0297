"""The composition root: the one place where the parts become a running hub."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Final

from hub_core.accepting.splitting import Splitter
from hub_core.errors import ConfigError
from hub_core.journal.sealing_anew import Resealer
from hub_core.laps import Laps
from hub_core.settings import Settings
from registry.desk.releasing import begin
from registry.neighbours import Neighbours
from registry.outward import deliverer_of, filer_of
from registry.parts import Parts
from registry.running import DRAIN, Running
from registry.scheduled.schedule import Schedule
from registry.sets.references import followed

log = logging.getLogger("punte.assemble")
_CLIENT: Final = "adapters.kit.client"  # takes as long to load as half of the rest


@contextlib.asynccontextmanager
async def assemble(settings: Settings, laps: Laps | None = None) -> AsyncIterator[Running]:
    """Put a hub together, ready to accept; what it begins with ``Running.begin`` ends when the context is left.

    Args:
        settings: of this process.
        laps: where the steps of the start are noted.

    Raises:
        ConfigError: the database belongs to another process or cannot be used; a shipped mapping is wrong.
    """
    parts = Parts(settings, write=True)
    parts.started_at = datetime.now(UTC).isoformat()
    try:
        async with _at_work(parts, laps or Laps()) as running:
            yield running
    finally:
        parts.close()


@contextlib.asynccontextmanager
async def _at_work(parts: Parts, laps: Laps) -> AsyncIterator[Running]:
    """Let the parts that work by themselves know each other; they stop when the context is left."""
    deliverer, filer = deliverer_of(parts), filer_of(parts)
    laps.end("journal")
    parts.deliveries_added = deliverer.wake
    parts.serving = True
    await begin(parts)
    splitter = splitter_of(parts)

    def split() -> None:
        if parts.database.leads:
            splitter.wake()

    parts.files_added = split
    neighbours = Neighbours(parts, deliveries_added=deliverer.wake, files_added=split)
    resealer = Resealer(parts.database, parts.vault)
    parts.keys_changed = resealer.wake
    schedule = Schedule(parts)
    parts.registry_changed = schedule.follow

    async def begin_work() -> None:
        await asyncio.to_thread(_load_rest, parts)
        await deliverer.start()
        split()
        resealer.start()
        schedule.start()
        filer.start()
        neighbours.listen()

    _warn_of_unusable(parts)
    _compile(parts)
    laps.end("mappings")
    try:
        yield Running(parts, deliverer, begin=begin_work)
    finally:
        for part in (filer, schedule, neighbours, resealer, splitter):
            await part.stop()
        await deliverer.stop(DRAIN)
        await parts.connections.close()


def splitter_of(parts: Parts) -> Splitter:
    """Return what makes messages of the rows of files."""
    return Splitter(
        parts.hub,
        journal=parts.journal,
        view=parts.view,
        adapters=parts.adapters,
        directory_of=parts.directory_of,
        clock=parts.clock,
    )


def _compile(parts: Parts) -> None:
    """Compile before the door opens what never was: no message waits for it, and none holds up the others."""
    begun = time.perf_counter()
    mappings = parts.mappings()
    slow = [mapping for mapping in mappings.all if not mapping.quick]
    for mapping in slow:
        mapping.prepare()
    took = round((time.perf_counter() - begun) * 1000)
    log.info("mappings.ready", extra={"mappings": len(mappings.all), "compiled": len(slow), "ms": took})


def _load_rest(parts: Parts) -> None:
    """Load what the first messages and deliveries would otherwise wait for."""
    parts.mappings().prepare()
    import_module(_CLIENT)


def _warn_of_unusable(parts: Parts) -> None:
    """Say at the start which endpoints cannot be reached as they are set up; the others work."""
    for name, endpoint in parts.directory().endpoints.items():
        try:
            followed(endpoint, parts.environ)
        except ConfigError as error:
            log.warning("endpoint.unusable", extra={"endpoint": name, "code": error.code, "why": error.text})
