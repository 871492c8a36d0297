"""Faults of what writes files."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from adapters.kit.broken.files import GoodFiles, Settings, Writing
from adapters.kit.broken.good import breaks
from adapters.kit.folders.local import LocalFolder
from adapters.kit.folders.port import Folder
from hub_core.directory import Endpoint
from hub_core.document import Document
from hub_core.errors import ConfigError, PunteError, Rejected, TryLater
from hub_core.ports import Whole

loud: Final = logging.getLogger("broken")  # not `log`: what it says is no line of the hub
_LEFT: Final[list[Folder]] = []


def fault(**methods: Callable[..., Any]) -> type[Writing]:
    """Return what writes files with some of its methods replaced."""
    return type("Fault", (Writing,), methods)


def _by_our_clock(self: Writing, documents: Sequence[Document], *, number: int, at: datetime) -> Whole:  # noqa: ARG001 - which is the fault
    return Writing.whole(self, documents, number=number, at=datetime.now().astimezone())


def _any_name(self: Writing, documents: Sequence[Document], *, number: int, at: datetime) -> Whole:
    made = Writing.whole(self, documents, number=number, at=at)
    return msgspec.structs.replace(made, name=f"{uuid.uuid4()}.jsonl")


def _named_after_a_person(self: Writing, documents: Sequence[Document], *, number: int, at: datetime) -> Whole:
    made = Writing.whole(self, documents, number=number, at=at)
    return msgspec.structs.replace(made, name=f"{documents[0].root['cnp']}_{number}.jsonl")


def _without_number(self: Writing, documents: Sequence[Document], *, number: int, at: datetime) -> Whole:
    made = Writing.whole(self, documents, number=number, at=at)
    return msgspec.structs.replace(made, name=f"{self.name}_{at:%Y%m%d}.jsonl")


def _sorted(self: Writing, documents: Sequence[Document], *, number: int, at: datetime) -> Whole:
    in_order = sorted(documents, key=lambda document: str(document.root["cnp"]))
    return Writing.whole(self, in_order, number=number, at=at)


def _each_once(self: Writing, documents: Sequence[Document], *, number: int, at: datetime) -> Whole:
    once = {self.line(document): document for document in documents}
    return Writing.whole(self, [*once.values()], number=number, at=at)


def _carries_anything(self: Writing, document: Document) -> bytes:  # noqa: ARG001 - the shape of ``line``
    return msgspec.json.encode(document.root) + b"\n"


def _without_column(self: Writing, document: Document) -> bytes:
    try:
        return Writing.line(self, document)
    except Rejected as error:
        raise Rejected(error.code, error.text, where=self.name) from error


def _tells_value(self: Writing, document: Document) -> bytes:
    try:
        return Writing.line(self, document)
    except Rejected as error:
        raise Rejected(error.code, f"{document.root} does not fit", findings=error.findings) from error


def _collects_itself(self: Writing, document: Document) -> Hashable:
    _collected(self).append(msgspec.json.encode(document.root) + b"\n")
    return Writing.kind(self, document)


def _of_all_it_saw(self: Writing, documents: Sequence[Document], *, number: int, at: datetime) -> Whole:
    made = Writing.whole(self, documents, number=number, at=at)
    return msgspec.structs.replace(made, body=b"".join(_collected(self)))


def _collected(self: Writing) -> list[bytes]:
    return vars(self).setdefault("collected", [])  # type: ignore[no-any-return] # a list, by this line


def _looks_first(self: Writing, document: Document) -> Hashable:
    if isinstance(self.folder, LocalFolder) and not self.folder.path.is_dir():
        raise TryLater("D101", "the folder is away", where=self.name)
    return Writing.kind(self, document)


async def _replaces(self: Writing, name: str, body: bytes) -> None:
    await self.folder.write(name, body)


async def _compares_sizes(self: Writing, name: str, body: bytes) -> None:
    lying = await self.folder.find(name)
    if lying is None:
        await self.folder.write(name, body)
    elif lying.size != len(body):
        raise TryLater("D107", "another file lies there", where=self.name)


async def _finds_another_name(self: Writing, name: str, body: bytes) -> None:
    try:
        await Writing.put(self, name, body)
    except TryLater as error:
        if error.code != "D107":
            raise
        await Writing.put(self, f"2_{name}", body)


async def _puts_once(self: Writing, name: str, body: bytes) -> None:
    if await self.folder.find(name):
        raise TryLater("D107", "a file lies there", where=self.name)
    await self.folder.write(name, body)


async def _in_the_open(self: Writing, name: str, body: bytes) -> None:
    if not isinstance(self.folder, LocalFolder) or (self.folder.path / name).exists():
        return await Writing.put(self, name, body)
    try:
        (self.folder.path / name).write_bytes(body)
    except OSError as error:
        raise TryLater("D101", "the folder cannot be used", where=self.name) from error


async def _in_the_open_and_tidy(self: Writing, name: str, body: bytes) -> None:
    try:
        await _in_the_open(self, name, body)
    except TryLater:
        if isinstance(self.folder, LocalFolder):
            (self.folder.path / name).unlink(missing_ok=True)
        raise


async def _under_any_name_first(self: Writing, name: str, body: bytes) -> None:
    if isinstance(self.folder, LocalFolder) and not (self.folder.path / name).exists():
        new = self.folder.path / f".{uuid.uuid4()}"
        new.write_bytes(body)
        new.rename(self.folder.path / name)
    await Writing.put(self, name, body)


async def _glad(self: Writing, name: str, body: bytes) -> None:
    try:
        await Writing.put(self, name, body)
    except TryLater as error:
        loud.info("%s", error.code)


async def _gives_up(self: Writing, name: str, body: bytes) -> None:
    try:
        await Writing.put(self, name, body)
    except TryLater as error:
        raise ConfigError(error.code, error.text, where=self.name) from error


def _patient(self: Writing, name: str, endpoint: Endpoint, settings: Settings) -> None:
    Writing.__init__(self, name, msgspec.structs.replace(endpoint, timeout=endpoint.timeout * 60), settings)


async def _deaf(self: Writing, name: str, body: bytes) -> None:
    try:
        await Writing.put(self, name, body)
    except asyncio.CancelledError:
        raise TryLater("D101", "stopped", where=self.name) from None


async def _logs_rows(self: Writing, name: str, body: bytes) -> None:
    loud.debug("putting %s: %r", name, body[:100])
    await Writing.put(self, name, body)


async def _tells_rows(self: Writing, name: str, body: bytes) -> None:
    try:
        await Writing.put(self, name, body)
    except PunteError as error:
        raise TryLater(error.code, f"cannot put {body[:100]!r}", where=self.name) from error


async def _keeps_it(self: Writing, name: str, body: bytes) -> None:
    await Writing.put(self, name, bytes(bytearray(body)))


async def _stays_open(self: Writing) -> None:
    _LEFT.append(self.folder)


async def _ends_badly(self: Writing) -> None:
    await self.folder.close()
    del self.folder


def lapse(promise: str, **methods: Callable[..., Any]) -> None:
    """Note what writes files and breaks a promise by one of its methods."""
    breaks(promise, GoodFiles, writing=fault(**methods))


FITS: Final = "what_no_file_can_carry_is_refused_by_code_and_column_and_harms_no_other"
OTHERS: Final = "another_file_of_its_name_is_left_alone"
TROUBLE: Final = "a_place_in_trouble_is_tried_later_in_time_and_never_shows_half_a_file"
KILLED: Final = "whoever_is_killed_in_the_middle_of_a_file_leaves_nothing_that_lasts"
TOLD: Final = "neither_rows_nor_secrets_are_told_or_logged"
CLOSED: Final = "what_wrote_files_is_closed_twice_and_leaves_nothing_open"

lapse("the_same_documents_number_and_time_make_the_same_file", whole=_by_our_clock)
lapse("the_same_documents_number_and_time_make_the_same_file", whole=_any_name)
lapse("a_name_says_nothing_of_a_message_and_is_no_path", whole=_named_after_a_person)
lapse("two_files_have_two_names", whole=_without_number)
lapse("every_document_stands_in_its_file_in_their_order", whole=_sorted)
lapse("every_document_stands_in_its_file_in_their_order", whole=_each_once)
lapse(FITS, line=_carries_anything)
lapse(FITS, line=_without_column)
lapse(FITS, line=_tells_value)
lapse(FITS, kind=_collects_itself, whole=_of_all_it_saw)
lapse("a_file_is_made_while_its_place_is_away", kind=_looks_first)
lapse("a_file_that_is_put_again_lies_there_once", put=_puts_once)
lapse(OTHERS, put=_replaces)
lapse(OTHERS, put=_compares_sizes)
lapse(OTHERS, put=_finds_another_name)
lapse(TROUBLE, put=_in_the_open)
lapse(TROUBLE, put=_glad)
lapse(TROUBLE, put=_gives_up)
lapse(TROUBLE, __init__=_patient)
lapse(KILLED, put=_in_the_open_and_tidy)
lapse(KILLED, put=_under_any_name_first)
lapse("putting_that_is_cancelled_ends_at_once_and_the_next_one_works", put=_deaf)
lapse(TOLD, put=_logs_rows)
lapse(TOLD, put=_tells_rows)
lapse("a_large_file_is_in_memory_once", put=_keeps_it)
lapse(CLOSED, close=_stays_open)
lapse(CLOSED, close=_ends_badly)
