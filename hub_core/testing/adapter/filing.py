"""Files of many messages: the same ones make the same file, which lies in its place once and whole, or not at all."""

import asyncio
import contextlib
import logging
import time
import tracemalloc
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

import pytest

from hub_core import ports
from hub_core.codes import CODES
from hub_core.directory import Endpoint
from hub_core.document import Document
from hub_core.errors import PunteError, Rejected, TryLater
from hub_core.testing.adapter.base import AdapterSuite
from hub_core.testing.adapter.lasting import SOON, open_files
from hub_core.testing.adapter.place import HALF, FolderPlace, Place, folder_place
from hub_core.testing.adapter.secrets import SECRET, VARIABLE, hiding

AT: Final = datetime(2003, 7, 9, 5, 4, 3, tzinfo=UTC)  # long ago: whoever asks the clock of the machine is seen
BODY: Final = b"0123456789" * (2 * HALF // 10)
LARGE: Final = 12_000_000  # bytes
BRIEF: Final = timedelta(seconds=1)  # in which a place that hangs is left
LONGEST_NAME: Final = 255  # bytes, as file systems have it
ATTEMPTS: Final = 5  # after which a place that is well again has surely taken a file


@pytest.mark.network
class Filing(AdapterSuite):
    """``hub_core.ports.Filing``: files that are made, and put into a place.

    Attributes:
        rows: documents of one kind, two or more, no two of them alike, with ``secret`` in the first.
        unfit: what no file can carry, by what is wrong: a document, the code, and the column, which holds ``secret``.
    """

    rows: ClassVar[tuple[Document, ...]]
    unfit: ClassVar[Mapping[str, tuple[Document, str, str]]]

    def place(self) -> AbstractAsyncContextManager[Place]:
        """Return an empty place for files; a folder of this machine, if nothing else is said."""
        return _here()

    def filed(self, place: Any, **changes: object) -> Endpoint:
        """Return the endpoint with ``collect`` that leads to a place."""
        raise NotImplementedError

    @contextlib.asynccontextmanager
    async def filing(self, place: Place, **changes: object) -> AsyncIterator[ports.Filing]:
        """Open what writes into a place."""
        endpoint = hiding(self.adapter.spec, self.filed(place, **changes))
        self.adapter.check("there", endpoint)
        assert isinstance(self.adapter, ports.Files)
        filing = await asyncio.to_thread(self.adapter.filing, "there", endpoint)  # as the hub does
        try:
            yield filing
        finally:
            await filing.close()

    @contextlib.asynccontextmanager
    async def opened(self, **changes: object) -> AsyncIterator[tuple[Place, ports.Filing, str]]:
        """Open what writes into an empty place; with the name of a first file."""
        async with self.place() as place, self.filing(place, **changes) as filing:
            yield place, filing, self.first(filing).name

    def first(self, filing: ports.Filing) -> ports.Whole:
        """Make the first file."""
        return filing.whole(self.rows, number=1, at=AT)

    async def test_the_same_documents_number_and_time_make_the_same_file(self) -> None:
        async with self.opened() as (place, filing, _), self.filing(place) as another:
            first = self.first(filing)
            assert [self.first(filing), self.first(another)] == [first, first]
        for day in {datetime.now().astimezone().date(), datetime.now(UTC).date()}:
            for today in (f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day:%d.%m.%Y}"):
                assert today not in first.name
                assert today.encode() not in first.body

    async def test_every_document_stands_in_its_file_in_their_order(self) -> None:
        assert len(self.rows) >= 2
        async with self.opened() as (_, filing, _):
            assert len({filing.kind(document) for document in self.rows}) == 1
            orders = (self.rows, self.rows[::-1], self.rows[:1], self.rows[1:], (*self.rows, self.rows[0]))
            files = [filing.whole(order, number=1, at=AT) for order in orders]
        assert len({file.body for file in files}) == len(files)
        assert len({file.first_line for file in files}) == 1
        assert files[0].first_line >= 1

    async def test_a_name_says_nothing_of_a_message_and_is_no_path(self) -> None:
        async with self.opened() as (_, filing, name):
            names = {filing.whole([document], number=1, at=AT).name for document in self.rows}
        assert names == {name}
        assert name.isprintable()
        assert not name.startswith(".")
        assert not {"/", "\\"} & {*name}
        assert len(name.encode()) <= LONGEST_NAME
        assert self.secret not in name

    async def test_two_files_have_two_names(self) -> None:
        async with self.opened() as (_, filing, name):
            assert filing.whole(self.rows, number=2, at=AT).name != name

    async def test_what_no_file_can_carry_is_refused_by_code_and_column_and_harms_no_other(self) -> None:
        async with self.opened() as (_, filing, _):
            first = self.first(filing)
            for what, (document, code, column) in self.unfit.items():
                with pytest.raises(Rejected) as refused:
                    filing.kind(document)
                assert refused.value.code == code, what
                assert code in CODES
                assert column in {finding.source for finding in refused.value.findings}, what
                assert self.secret not in _words(refused.value)
                assert self.first(filing) == first, what

    async def test_a_file_is_made_while_its_place_is_away(self) -> None:
        async with self.opened() as (place, filing, _):
            first = self.first(filing)
            async with place.troubles["away"]():
                filing.kind(self.rows[0])
                assert self.first(filing) == first

    async def test_a_file_that_is_put_again_lies_there_once(self) -> None:
        async with self.opened() as (place, filing, name), self.filing(place) as another:
            await filing.put(name, BODY)
            once = place.files()
            await filing.put(name, BODY)
            await another.put(name, BODY)
            assert once[name] == BODY
            assert place.files() == once

    @pytest.mark.parametrize("other", [b"", BODY[::-1], BODY + b"0"], ids=["empty", "as long", "longer"])
    async def test_another_file_of_its_name_is_left_alone(self, other: bytes) -> None:
        async with self.opened() as (place, filing, name):
            place.leave(name, other)
            with pytest.raises(TryLater) as put_off:
                await filing.put(name, BODY)
            assert put_off.value.code == "D107"
            assert place.files() == {name: other}

    async def test_a_place_in_trouble_is_tried_later_in_time_and_never_shows_half_a_file(self) -> None:
        async with self.opened() as (place, filing, name):
            await filing.put(name, BODY)
            whole, troubles = place.files(), [*place.troubles]
        for what in troubles:
            async with self.opened(timeout=BRIEF) as (place, filing, name):
                async with place.troubles[what]():
                    started = time.monotonic()
                    with pytest.raises(TryLater):
                        await asyncio.wait_for(filing.put(name, BODY), SOON)
                    assert time.monotonic() - started < SOON, what
                assert name not in place.files(), f"{what}: half a file lies there under its name"
                await self._until_it_lies(filing, name)
                assert place.files() == whole, f"{what}: something else lies there than if all had been well"

    async def _until_it_lies(self, filing: ports.Filing, name: str) -> None:
        for _ in range(ATTEMPTS):
            with contextlib.suppress(TryLater):  # as the hub does, later
                return await filing.put(name, BODY)
        pytest.fail("the place is well again, and no file is put there")

    async def test_whoever_is_killed_in_the_middle_of_a_file_leaves_nothing_that_lasts(self) -> None:
        async with self.opened() as (place, filing, name):
            await filing.put(name, BODY)
            whole = place.files()
        async with self.opened() as (place, filing, name):
            if not isinstance(place, FolderPlace):
                return  # what goes on there is the server's; that the line breaks off is one of its troubles
            assert place.killed(lambda: filing.put(name, BODY)), "it wrote no file"
            assert name not in place.files(), "half a file lies there under its name"
            await filing.put(name, BODY)
            assert place.files() == whole, "something of the half one still lies there"

    async def test_putting_that_is_cancelled_ends_at_once_and_the_next_one_works(self) -> None:
        async with self.opened() as (place, filing, name):
            trouble = place.troubles.get("hangs")
            async with trouble() if trouble else contextlib.nullcontext():
                putting = asyncio.ensure_future(filing.put(name, BODY))
                await asyncio.sleep(0.2 if trouble else 0)  # until it hangs, or has begun
                if putting.cancel():  # else it is done
                    with pytest.raises(asyncio.CancelledError):
                        async with asyncio.timeout(SOON):
                            await putting
            await self._until_it_lies(filing, name)
            assert place.files()[name] == BODY

    async def test_neither_rows_nor_secrets_are_told_or_logged(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setenv(VARIABLE, SECRET)
        caplog.set_level(logging.DEBUG)
        body = self.secret.encode() + BODY
        told = []
        async with self.opened(timeout=BRIEF) as (place, filing, name):
            for trouble in place.troubles.values():
                async with trouble():
                    told.append(await _fault(filing, name, body))
            place.leave(name, b"another")
            told.append(await _fault(filing, name, body))
            assert SECRET not in f"{filing!r} {vars(filing)}"
        said = " ".join([*told, *(f"{record.getMessage()} {vars(record)}" for record in caplog.records)])
        assert SECRET not in said
        assert self.secret not in said

    async def test_a_large_file_is_in_memory_once(self) -> None:
        body = BODY * (LARGE // len(BODY))
        async with self.opened() as (_, filing, name):
            tracemalloc.start()
            try:
                await filing.put(name, body)
                await filing.put(name, body)
                _, most = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
        assert most < len(body)

    async def test_what_wrote_files_is_closed_twice_and_leaves_nothing_open(self) -> None:
        async with self.place() as place:
            for turn in range(6):
                async with self.filing(place) as filing:
                    await filing.put(self.first(filing).name, BODY)
                    await filing.close()
                if turn == 0:
                    before = open_files(), len(asyncio.all_tasks())
            after = open_files(), len(asyncio.all_tasks())
        assert after[0] <= before[0] + 3  # the partner's own ends of connections may still be closing
        assert after[1] <= before[1] + 3


@contextlib.asynccontextmanager
async def _here() -> AsyncIterator[Place]:
    with folder_place() as place:
        yield place


async def _fault(filing: ports.Filing, name: str, body: bytes) -> str:
    with pytest.raises(PunteError) as failed:
        await asyncio.wait_for(filing.put(name, body), SOON)
    return _words(failed.value)


def _words(error: PunteError) -> str:
    return f"{error!s} {error!r} {error.where} {error.findings}"
