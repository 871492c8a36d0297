import asyncio
import hashlib
import sqlite3
from contextlib import closing

from tests.bench.yardsticks.group_commit import MAX_ROWS, Journal, Row
from tests.bench.yardsticks.sealing import Sealed


def a_row(number: int, body: bytes = b"body", sender_id: str | None = None) -> Row:
    digest = hashlib.sha256(body).digest()
    sender = (sender_id or f"sender-{number}").encode()
    return Row(f"id-{number}", number, Sealed(sender, digest, b"envelope", body, b"{}", [b"one", b"two"]))


async def write(journal: Journal, rows: list[Row]) -> list[str | None]:
    """Add rows in one turn of the loop and wait for their answers."""
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in rows]
    for row, future in zip(rows, futures, strict=True):
        journal.add(row, future.set_result)
    return await asyncio.gather(*futures)


async def test_what_was_answered_can_be_read_by_others(tmp_path):
    journal = Journal(tmp_path / "a.sqlite3", asyncio.get_running_loop())
    rows = [a_row(number) for number in range(3 * MAX_ROWS + 1)]
    assert await write(journal, rows) == [row.id for row in rows]
    with closing(sqlite3.connect(tmp_path / "a.sqlite3")) as other:
        assert other.execute("SELECT count(*) FROM message").fetchone() == (len(rows),)
        assert other.execute("SELECT count(*) FROM person WHERE person = ?", (b"two",)).fetchone() == (len(rows),)
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    journal.close()


async def test_a_repeat_gets_the_first_id_and_other_content_none(tmp_path):
    journal = Journal(tmp_path / "a.sqlite3", asyncio.get_running_loop())
    first = a_row(1, sender_id="same")
    assert await write(journal, [first]) == ["id-1"]
    repeat, other = a_row(2, sender_id="same"), a_row(3, b"other", sender_id="same")
    assert await write(journal, [repeat, other, a_row(4)]) == ["id-1", None, "id-4"]
    journal.close()


async def test_a_repeat_within_one_group_is_noticed(tmp_path):
    journal = Journal(tmp_path / "a.sqlite3", asyncio.get_running_loop())
    rows = [a_row(1, sender_id="same"), a_row(2, sender_id="same"), a_row(3, b"other", sender_id="same")]
    assert await write(journal, rows) == ["id-1", "id-1", None]
    journal.close()
