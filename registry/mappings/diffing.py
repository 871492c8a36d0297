"""Two sets of mappings over the same documents, in two processes: what would change, field by field.

Nothing of the hub's state is touched, and the hub may run. A document that both sets read by the same mapping is not
read at all: equal hashes give equal readings.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, date
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from hub_core import workers
from hub_core.directory.wording import InBand
from hub_core.document import Document
from hub_core.errors import PunteError, Rejected
from hub_core.journal.entries import Filter
from hub_core.mapping import CompiledMapping, MappingSet
from hub_core.mapping.trying.compare import Told, differences, told_by
from hub_core.mapping.trying.tally import Tally
from registry.mappings.sides import Side
from registry.offline.reading import CANONICAL, OfflineReader, body_of
from registry.parts import Parts

PROCESSES: Final = 2
FEW: Final = 100  # documents; starting other processes would take longer
_CHUNK: Final = 50
_CHUNK_BYTES: Final = 4_000_000
_PAGE: Final = 1_000
_UNREAD: Final = Told(verdict="refused", record=None, findings=())


class Item(NamedTuple):
    """One document; without an adapter it is recognised by its content."""

    name: str
    body: bytes
    on: date
    adapter: str | None = None
    allowed: tuple[str, ...] = ()
    in_band: InBand | None = None


def of_files(paths: Iterable[Path], *, on: date) -> Iterator[Item]:
    """Yield files as items; what cannot be read is an empty one, which nothing reads."""
    for path in paths:
        try:
            body = body_of(path)
        except PunteError:
            body = b""
        yield Item(str(path), body, on)


def of_messages(parts: Parts, last: int) -> Iterator[Item]:
    """Yield the newest kept messages that came in by an endpoint, the newest first."""
    before: str | None = None
    while last > 0 and (page := parts.view.messages(Filter(limit=min(last, _PAGE), before=before))):
        for row in page:
            endpoint = parts.directory_of(row.registry_set).endpoints.get(row.endpoint)
            body = _body(parts, row.id)
            if endpoint is not None and body is not None:
                on = row.received_at.astimezone(UTC).date()
                yield Item(row.id, body, on, endpoint.adapter, endpoint.mappings, endpoint.in_band)
        last, before = last - len(page), page[-1].id


def _body(parts: Parts, message_id: str) -> bytes | None:
    """Return the bytes of a message; ``None``: they were purged."""
    try:
        return parts.view.body(message_id)
    except Rejected:
        return None


def compare(old: Side, new: Side, items: Iterable[Item], *, total: int) -> Iterator[tuple[int, Tally]]:
    """Yield what each chunk of items counted, with its size; only a few chunks are in memory at once.

    Raises:
        ConfigError: M1xx, a set cannot be read.
    """
    chunks = _chunked(items)
    if total <= FEW:
        pair = Pair(old, new)
        yield from ((len(chunk), pair.count(chunk)) for chunk in chunks)
        return
    with ProcessPoolExecutor(
        PROCESSES, mp_context=get_context("spawn"), initializer=_begin, initargs=(old, new)
    ) as pool:
        running: deque[tuple[int, Future[Tally]]] = deque()
        for chunk in islice(chunks, PROCESSES * 2):
            running.append((len(chunk), pool.submit(_count, chunk)))
        while running:
            size, future = running.popleft()
            yield size, future.result()
            for chunk in islice(chunks, 1):
                running.append((len(chunk), pool.submit(_count, chunk)))


class Pair:
    """Two sets of mappings and what opens documents."""

    def __init__(self, old: Side, new: Side) -> None:
        from adapters.kit.load import load_adapters

        self._adapters = load_adapters()
        self.old, self.new = old.mappings(), new.mappings()
        both = {mapping.id: mapping for mapping in (*self.old.all, *self.new.all)}
        self._reader = OfflineReader(adapters=self._adapters, mappings=MappingSet(both.values()))

    def count(self, items: Iterable[Item]) -> Tally:
        """Compare documents; one that neither set reads is not counted."""
        tally = Tally()
        for item in items:
            try:
                for name, opened in self._opened(item):
                    self._compare(item._replace(name=name), opened, tally)
            except Rejected:
                continue  # the same before and after: no mapping was asked
            except Exception:  # noqa: BLE001 - one document must not end the others; how many is told
                tally.failed += 1
        return tally

    def _opened(self, item: Item) -> Iterator[tuple[str, Document]]:
        """Yield the documents of an item: one, or the rows of a flat file that are right."""
        if item.adapter:
            yield item.name, self._adapters[item.adapter].open(item.body, item.in_band)
        else:
            yield from self._reader.documents(item.body, name=item.name)

    def _compare(self, item: Item, opened: Document, tally: Tally) -> None:
        if opened.dialect == CANONICAL:
            return
        before, after = (one.find(opened, item.allowed) for one in (self.old, self.new))
        reads = after or before
        if reads is None:
            return
        found = []
        if not _same(before, after):
            found = differences(_read(before, opened, item.on), _read(after, opened, item.on))
        tally.add(item.name, reads.id, found)


def _same(before: CompiledMapping | None, after: CompiledMapping | None) -> bool:
    return before is not None and after is not None and before.version == after.version


def _read(mapping: CompiledMapping | None, opened: Document, on: date) -> Told:
    return told_by(mapping.read(opened, on=on)) if mapping else _UNREAD


def _chunked(items: Iterable[Item]) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    size = 0
    for item in items:
        chunk.append(item)
        size += len(item.body)
        if len(chunk) == _CHUNK or size > _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


_pair: Pair | None = None


def _begin(old: Side, new: Side) -> None:
    """Set up a process of its own."""
    global _pair  # noqa: PLW0603 - what a process is started with has no other place
    workers.begin()
    _pair = Pair(old, new)


def _count(items: list[Item]) -> Tally:
    assert _pair is not None  # noqa: S101 - every process begins with it
    return _pair.count(items)
