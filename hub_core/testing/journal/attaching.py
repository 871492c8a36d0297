"""Attachments: which files a message has, and which files nothing has any more."""

from typing import Any

import pytest

from hub_core.attachments.attachment import Attachment
from hub_core.errors import Rejected
from hub_core.message import Message
from hub_core.testing.builders import NOW, a_message, an_outcome
from hub_core.testing.journal.base import AnyJournal, JournalSuite, by_operator, keep_bare
from hub_core.testing.journal.purging import CUT, OLD


def an_attachment(file: str = "a", **facts: Any) -> Attachment:
    """Return an attachment whose file is called by one digit, many times."""
    made_up: dict[str, Any] = {
        "digest": b"d" * 32,
        "size": 2_000_000,
        "media_type": "application/pdf",
        "name": "scan-of-2850415123450",
        "file": file * 64,
        "key": b"k" * 32,
    }
    return Attachment(**made_up | facts)


async def keep_with(journal: AnyJournal, *attachments: Attachment, **facts: object) -> Message:
    """Keep a message with attachments."""
    return await keep_bare(journal, attachments=attachments, **facts)


async def freed_by(journal: AnyJournal, part: Any) -> tuple[str, ...]:
    """Purge what is old and return the files that are free then."""
    return (await journal.purge(part, before=CUT, at=NOW)).freed


class Attaching(JournalSuite):
    """``attachments``, ``unnamed``, and what purging frees."""

    async def test_attachments_come_back_as_they_were_in_their_order(self, journal: AnyJournal) -> None:
        message = await keep_with(journal, an_attachment("b"), an_attachment("a", name="", key=b"o" * 32))
        assert journal.attachments(message.id) == message.attachments

    async def test_a_message_without_any_has_none(self, journal: AnyJournal) -> None:
        message = await keep_bare(journal)
        assert journal.attachments(message.id) == ()
        with pytest.raises(Rejected):
            journal.attachments("nobody")

    async def test_nothing_but_the_name_of_the_file_can_be_read_in_the_store(self, journal: AnyJournal) -> None:
        await keep_with(journal, an_attachment())
        stored = " ".join(self.stored(journal))
        assert "a" * 64 in stored
        assert not [secret for secret in ("2850415123450", "application/pdf", "k" * 32, "d" * 32) if secret in stored]

    async def test_files_go_with_the_contents_of_their_message(self, journal: AnyJournal) -> None:
        message = await keep_with(journal, an_attachment("a"), an_attachment("b"), received_at=OLD)
        await keep_with(journal, an_attachment("c"))
        assert await freed_by(journal, "bodies") == ("a" * 64, "b" * 64)
        assert journal.attachments(message.id) == ()
        assert journal.unnamed(["a" * 64, "c" * 64]) == ["a" * 64]

    async def test_or_with_the_message_itself(self, journal: AnyJournal) -> None:
        await keep_with(journal, an_attachment("a"), received_at=OLD)
        assert await freed_by(journal, "messages") == ("a" * 64,)
        assert self.stored(journal) == []

    async def test_a_file_that_two_messages_have_goes_with_the_last(self, journal: AnyJournal) -> None:
        await keep_with(journal, an_attachment("a"), received_at=OLD)
        await keep_with(journal, an_attachment("a"))
        assert await freed_by(journal, "bodies") == ()
        assert journal.unnamed(["a" * 64]) == []

    async def test_a_message_that_comes_again_brings_no_second_file(self, journal: AnyJournal) -> None:
        first = await keep_with(journal, an_attachment("a"), sender_id="7")
        again = a_message(sender_id="7", attachments=(an_attachment("b"),))
        assert (await journal.record(again, an_outcome(again))).message_id == first.id
        assert journal.unnamed(["a" * 64, "b" * 64]) == ["b" * 64]

    async def test_a_corrected_copy_has_the_files_of_the_first(self, journal: AnyJournal) -> None:
        first = await keep_with(journal, an_attachment("a"))
        copy = a_message(repairs=first.id, body=b"<mended/>", attachments=first.attachments)
        await journal.repair(copy, an_outcome(copy), by_operator(first.id))
        assert journal.attachments(copy.id) == first.attachments

    async def test_but_not_files_that_were_freed_meanwhile(self, journal: AnyJournal) -> None:
        first = await keep_with(journal, an_attachment("a"), received_at=OLD)
        copy = a_message(repairs=first.id, body=b"<mended/>", attachments=first.attachments)
        await freed_by(journal, "bodies")
        with pytest.raises(Rejected) as raised:
            await journal.repair(copy, an_outcome(copy), by_operator(first.id))
        assert raised.value.code == "J410"
        assert journal.message(copy.id) is None
