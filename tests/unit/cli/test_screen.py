"""Tables, times and text that came from outside."""

import json
import string
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from cli import screen
from cli.screen import Column, _fitting, _without_today


@given(st.text())
def test_cleaned_text_has_nothing_that_a_terminal_obeys(text):
    assert screen.clean(text).isprintable()


@given(st.text(string.ascii_letters + "șțăâîæøå "))
def test_ordinary_text_stays_as_it_is(text):
    assert screen.clean(text) == text


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2025-11-21T17:22:31.123456Z", "2025-11-21 19:22:31 +02"),
        ("2025-07-21T17:22:31Z", "2025-07-21 20:22:31 +03"),
        ("2025-11-21T17:22:31+00:00", "2025-11-21 19:22:31 +02"),
        (None, ""),
        ("", ""),
    ],
)
def test_times_are_local_with_their_offset(bucharest, instant, shown):
    assert screen.local(instant) == shown


def test_an_offset_with_minutes_keeps_them():
    assert screen.offset_short("2025-11-21 19:22:31 +0530") == "2025-11-21 19:22:31 +0530"


def test_columns_give_way_in_the_declared_order():
    columns = (Column("ID"), Column("DOCUMENT", drop=1), Column("PARTY", drop=2))
    rows = [[Text("x" * 20), Text("y" * 10), Text("z" * 10)]]
    assert _fitting(columns, rows, 50) == [0, 1, 2]
    assert _fitting(columns, rows, 40) == [0, 1]
    assert _fitting(columns, rows, 25) == [0]
    assert _fitting(columns, rows, 5) == [0]


def test_a_column_that_says_nothing_is_left_out_on_a_terminal():
    columns = (Column("ID"), Column("EMPTY"))
    assert _fitting(columns, [[Text("x"), Text("")], [Text("y"), Text("")]], 80) == [0]


def test_times_of_today_give_their_date_before_a_column_gives_way():
    today = datetime.now().astimezone().strftime("%Y-%m-%d")
    columns = (Column("ID"), Column("AT"), Column("CODE", drop=1))
    rows = [[Text("x" * 8), Text(f"{today} 03:01:02 +02"), Text("D201")], [Text("y" * 8), Text(""), Text("")]]
    shortened = _without_today(columns, rows)
    assert [row[1].plain for row in shortened] == ["03:01:02 +02", ""]
    assert _fitting(columns, shortened, 30) == [0, 1, 2]


def test_a_time_of_another_day_keeps_all_dates_of_its_column():
    today = datetime.now().astimezone().strftime("%Y-%m-%d")
    rows = [[Text(f"{today} 03:01:02 +02")], [Text("2025-11-21 23:59:59 +02")]]
    assert _without_today((Column("AT"),), rows) == rows


def test_long_words_of_a_wrapping_column_do_not_push_others_out():
    columns = (Column("TEXT", wrap=True), Column("RULE", drop=1))
    assert _fitting(columns, [[Text("w" * 500), Text("r" * 10)]], 60) == [0, 1]


def test_an_empty_table_prints_only_what_to_do_next(capsys):
    screen.table((Column("A"),), [], empty="do this next")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "do this next\n")


def test_facts_without_value_are_left_out(capsys):
    screen.facts((("a", "1"), ("bb", None), ("ccc", "")))
    assert capsys.readouterr().out == "a  1\n"


def test_a_number_stands_right(capsys):
    screen.table((Column("N", right=True), Column("W")), [("1", "a"), ("100", "b")], empty="")
    assert capsys.readouterr().out.splitlines() == ["  N  W", "  1  a", "100  b"]


def test_a_line_break_inside_a_cell_does_not_break_the_row(capsys):
    screen.table((Column("A"), Column("B")), [("one\ntwo", "x")], empty="")
    assert capsys.readouterr().out.splitlines()[1] == "one\\ntwo  x"


@given(st.text())
def test_json_says_the_same_and_steers_no_terminal(text):
    shown = screen.json_text({"name": text})
    assert json.loads(shown) == {"name": text}
    assert not screen.STEERING.search(shown)
