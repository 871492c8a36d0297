"""What a sender or a partner wrote down is there, whole and in order."""

import asyncio

from hub_torture.ledger import Ledger, lines


async def test_what_was_written_is_there_once_writing_returned(tmp_path):
    with Ledger(tmp_path / "book") as ledger:
        await ledger.write(intent=1)
        assert list(lines(tmp_path / "book")) == [{"intent": 1}]


async def test_lines_that_come_at_once_are_all_there_in_order(tmp_path):
    with Ledger(tmp_path / "book") as ledger:
        await asyncio.gather(*(ledger.write(number=number) for number in range(500)))
    assert [line["number"] for line in lines(tmp_path / "book")] == list(range(500))


async def test_a_book_is_continued(tmp_path):
    for number in (1, 2):
        with Ledger(tmp_path / "book") as ledger:
            await ledger.write(number=number)
    assert [line["number"] for line in lines(tmp_path / "book")] == [1, 2]


def test_a_book_that_nobody_wrote_is_empty(tmp_path):
    assert list(lines(tmp_path / "book")) == []
