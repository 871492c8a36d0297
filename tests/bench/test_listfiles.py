"""What the files adapter is held against gives the same records of the same file."""

import sqlite3
from contextlib import closing
from datetime import date

import msgspec
import pytest

from adapters.flat import ADAPTER
from tests.bench import listfiles
from tests.bench.yardsticks import chunked
from tests.integration.file_child import LISTS
from tests.shipped import SHIPPED

ON = date(2025, 11, 3)


def test_the_chunked_reader_makes_the_records_that_the_mapping_makes():
    mapping = SHIPPED.named("anofm.monthly/1")
    parts = [*ADAPTER.split(LISTS, listfiles.a_list(40)).parts]
    for part in parts:
        document = ADAPTER.open(part.body)
        assert chunked.read(document.root) == mapping.read(document, on=ON).record
    assert len(parts) == 40


def test_the_chunked_reader_keeps_every_row_sealed_with_its_person(tmp_path):
    file, database = tmp_path / "list.csv", tmp_path / "kept.sqlite3"
    count = chunked.BATCH + 40
    file.write_bytes(listfiles.a_list(count))
    assert chunked.keep(file, database, on=ON) == count
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*), count(DISTINCT id) FROM message").fetchone() == (count, count)
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (count,)
    assert b"ERBAN" not in database.read_bytes()


@pytest.mark.parametrize("line", ["1;2", "1;A;B;CJ;15.06.2025;;I;1;", "2850415123450;A;B;CJ;31.06.2025;;I;1;"])
def test_the_chunked_reader_takes_no_row_that_the_description_refuses(tmp_path, line):
    file = tmp_path / "list.csv"
    file.write_bytes(listfiles.a_list(0) + f"{line}\r\n".encode())
    with pytest.raises(chunked.WrongFileError):
        chunked.keep(file, tmp_path / "kept.sqlite3", on=ON)


def test_both_take_the_same_file_and_say_what_it_took(tmp_path):
    found = listfiles.turns(tmp_path, rounds=1, rows=50)
    assert {name: len(some) for name, some in found.items()} == {listfiles.HUB: 1, listfiles.CHUNKED: 1}
    assert all(turn.core > 0 and turn.wall > 0 for some in found.values() for turn in some)
    for kind in listfiles.TURNS.values():
        with closing(sqlite3.connect(tmp_path / f"{kind}-0.sqlite3")) as connection:
            (kept,) = connection.execute("SELECT count(*) FROM message").fetchone()
        assert kept == 50 + (kind == "hub")  # the hub keeps the file as well


def test_the_goals_say_rate_and_room():
    found = {
        listfiles.HUB: [listfiles.Turn(2.0, 4.0, 50 * 1024**2)],
        listfiles.CHUNKED: [listfiles.Turn(1.5, 2.0, 1024)],
    }
    rate, room = listfiles.goals(found)
    assert (rate.value, rate.met, room.value, room.met) == (0.75, True, 50, True)
    assert listfiles.rates(found, rows=8) == {f"rows: {listfiles.HUB}": 2, f"rows: {listfiles.CHUNKED}": 4}
    assert msgspec.json.encode(rate)
