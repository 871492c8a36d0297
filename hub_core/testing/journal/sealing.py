"""The journal's suite: what names a person is sealed, and is found all the same."""

import pytest

from hub_core.journal.entries import Filter
from hub_core.message import DeliveryState, Entry, Leaf
from hub_core.testing.builders import NOW, a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import AnyJournal, JournalSuite, claim, ended, keep_bare

CNP = "2850415123450"


class Sealing(JournalSuite):
    """Personal values at rest."""

    async def test_nothing_that_names_a_person_is_stored_as_it_is(self, journal: AnyJournal) -> None:
        message = a_message(body=CNP.encode(), sender_id=f"id-{CNP}", correlation_id=f"talk-{CNP}", media_type=CNP)
        facts = {"cases": (f"case {CNP}",), "persons": (f"ro.cnp:{CNP}",), "document": CNP, "record": CNP.encode()}
        delivery = a_delivery(message, order_key=CNP)
        await journal.record(message, an_outcome(message, delivery, unmapped=(Leaf("x", CNP),), **facts))
        (claimed,) = await claim(journal)
        said = {"code": "D201", "detail": f"no {CNP}", "reference": CNP}
        await journal.settle(ended(claimed, DeliveryState.PARKED, **said))
        entry = Entry(message_id=message.id, at=NOW, step="replayed", by="operator", detail=f"asked by {CNP}")
        await journal.redeliver([a_delivery(message, order_key=CNP), delivery], entry)
        assert [value for value in self.stored(journal) if CNP in value] == []
        assert {row.delivery.order_key for row in journal.deliveries(message.id)} == {CNP}
        assert f"asked by {CNP}" in {one.detail for one in journal.entries(message.id)}

    async def test_everybody_that_a_message_names_is_found_and_nobody_else(self, journal: AnyJournal) -> None:
        message = a_message()
        await journal.record(message, an_outcome(message, persons=(f"ro.cnp:{CNP}", "ro.cid:7", f"ro.cnp:{CNP}")))
        await keep_bare(journal)
        for person, found in ((f"ro.cnp:{CNP}", 1), ("ro.cid:7", 1), ("ro.cid:8", 0), (f"eu.pin:{CNP}", 0)):
            assert len(journal.messages(Filter(person=person))) == found

    @pytest.mark.parametrize("asked", [CNP, f"RO.CNP:{CNP}", f" ro.cnp: {CNP[:3]} {CNP[3:]}"])
    async def test_a_person_is_found_however_the_number_is_written(self, journal: AnyJournal, asked: str) -> None:
        message = a_message()
        await journal.record(message, an_outcome(message, persons=(f"ro.cnp:{CNP}",)))
        assert [row.id for row in journal.messages(Filter(person=asked))] == [message.id]

    @pytest.mark.parametrize("asked", ["Lista Popescu Ana 03.csv", "LISTA POPESCU ANA 03.CSV", "listapopescuana03.csv"])
    async def test_a_file_is_found_by_its_name_which_is_nowhere_to_be_read(
        self, journal: AnyJournal, asked: str
    ) -> None:
        message = a_message(name="Lista Popescu Ana 03.csv")
        await journal.record(message, an_outcome(message))
        await keep_bare(journal)
        (found,) = journal.messages(Filter(file=asked))
        assert (found.id, found.name) == (message.id, "Lista Popescu Ana 03.csv")
        assert journal.messages(Filter(file="Popescu")) == []
        assert [value for value in self.stored(journal) if "popescu" in value.lower()] == []

    async def test_the_same_file_under_another_name_is_found_by_each(self, journal: AnyJournal) -> None:
        first, again = (a_message(sender_id="7", name=name) for name in ("one.csv", "two: copy.csv"))
        for message in (first, again):
            await journal.record(message, an_outcome(message))
        for name in ("one.csv", "two: copy.csv"):
            assert [row.id for row in journal.messages(Filter(file=name))] == [first.id]

    async def test_a_text_is_not_found_where_it_means_something_else(self, journal: AnyJournal) -> None:
        message = a_message(sender_id="7")
        await journal.record(message, an_outcome(message))
        assert journal.messages(Filter(case="7")) == journal.messages(Filter(correlation_id="7")) == []

    async def test_lists_show_what_was_sealed(self, journal: AnyJournal) -> None:
        message = a_message(sender_id="7", correlation_id="talk", media_type="text/x")
        await journal.record(message, an_outcome(message, document="P2000", cases=("b", "a", "b")))
        (row,) = journal.messages()
        assert (row.sender_id, row.correlation_id, row.media_type) == ("7", "talk", "text/x")
        assert (row.document, row.cases, row.digest) == ("P2000", ("b", "a"), message.digest)

    async def test_a_partners_words_stay_when_its_delivery_is_tried_again(self, journal: AnyJournal) -> None:
        message = a_message()
        delivery = a_delivery(message)
        await journal.record(message, an_outcome(message, delivery))
        (claimed,) = await claim(journal)
        await journal.settle(ended(claimed, DeliveryState.PARKED, code="D201", detail="no"))
        await journal.redeliver([delivery], Entry(message_id=message.id, at=NOW, step="replayed"))
        (claimed,) = await claim(journal)
        await journal.settle(ended(claimed, DeliveryState.SENT, detail="202", reference="R-1"))
        (row,) = journal.deliveries(message.id)
        assert [attempt.detail for attempt in row.history] == ["no", "202"]
        assert (row.detail, row.reference) == ("202", "R-1")
