"""Rows that were written one by one become one file."""

import pytest

from hub_core.errors import Rejected
from hub_core.rows import Column, Description, Record, read_file, whole_file

AMOUNT = Column(name="amount", type="decimal", point=",")
FILE = Description(
    name="own/list",
    encoding="utf-8",
    form="csv",
    line_end="lf",
    titles=True,
    header=Record(token="H", columns=(Column(name="month"), Column(name="rows", type="integer", equals="count"))),
    row=Record(columns=(Column(name="name"), AMOUNT)),
    trailer=Record(token="T", columns=(Column(name="sum", type="decimal", point=",", equals="sum(amount)"),)),
)


def row(name, amount, month="2025-11"):
    return {"name": name, "amount": amount, "header": {"month": month}}


def test_rows_get_their_header_titles_count_and_sum():
    body = whole_file([row("Popa", "12,5"), row("Ionescu", ""), row("Şerban", "0,75")], FILE)
    assert body.decode() == "H;2025-11;3\nname;amount\nPopa;12,5\nIonescu;\nŞerban;0,75\nT;13,25\n"


def test_no_rows_are_a_file_whose_sum_is_zero():
    assert whole_file([], FILE, header={"month": "2025-11"}).decode() == "H;2025-11;0\nname;amount\nT;0\n"


def test_a_sum_without_a_written_sign_has_the_digits_of_its_scale():
    scaled = Column(name="amount", width=6, align="right", pad="0", type="decimal", scale=2)
    total = Column(name="sum", width=8, align="right", pad="0", type="decimal", scale=2, equals="sum(amount)")
    file = Description(
        name="own/list", encoding="ascii", form="fixed", line_end="lf",
        row=Record(columns=(scaled,)), trailer=Record(token="T", columns=(total,)),
    )  # fmt: skip
    body = whole_file([{"amount": "1.50"}, {"amount": "10.00"}], file)
    assert body == b"000150\n001000\nT00001150\n"
    assert read_file(body, file).trailer == {"sum": "11.50"}


def test_numbers_are_numbers_in_json_and_what_json_has_no_number_for_is_text():
    columns = (Column(name="id", type="integer"), Column(name="sum", type="decimal"), Column(name="cnp"))
    file = Description(name="x/y", encoding="utf-8", form="json-lines", line_end="lf", row=Record(columns=columns))
    rows = [
        {"id": "12", "sum": "957.50", "cnp": "2850415123450"},
        {"id": "007", "sum": "-0.5", "cnp": ""},
        {"id": "1234567890123456", "sum": "", "cnp": ""},
    ]
    body = whole_file(rows, file)
    assert body.decode().splitlines() == [
        '{"id":12,"sum":957.50,"cnp":"2850415123450"}',
        '{"id":"007","sum":-0.5}',
        '{"id":"1234567890123456"}',
    ]


def test_a_given_value_of_the_header_counts_more_than_the_rows():
    assert whole_file([row("Popa", "1")], FILE, header={"month": "2025-12"}).startswith(b"H;2025-12;1\n")


def test_rows_of_two_months_are_no_file_and_each_line_is_told():
    with pytest.raises(Rejected) as caught:
        whole_file([row("Popa", "1"), row("Ionescu", "2", "2025-10"), row("Ene", "3", "2025-09")], FILE)
    assert [(one.code, one.line, one.source) for one in caught.value.findings] == [
        ("F118", 4, "header.month"),
        ("F118", 5, "header.month"),
    ]


def test_a_value_that_is_no_number_is_refused_by_its_line():
    with pytest.raises(Rejected) as caught:
        whole_file([row("Popa", "1"), row("Ionescu", "two")], FILE)
    assert [(one.code, one.line, one.source) for one in caught.value.findings] == [("F106", 4, "amount")]


@pytest.mark.parametrize(
    ("form", "encoding", "value"),
    [
        ("csv", "cp1250", "Ω"),
        ("csv", "utf-8", "Popa\nAna"),
        ("xml", "utf-8", "Popa\aAna"),
        ("xml", "utf-8", "Popa\ufffe"),
    ],
)
def test_a_character_that_a_file_cannot_hold_is_refused_by_its_column(form, encoding, value):
    token = "list/person" if form == "xml" else ""
    columns = (Column(name="number"), Column(name="name"))
    file = Description(name="own/list", encoding=encoding, form=form, row=Record(token=token, columns=columns))
    with pytest.raises(Rejected) as caught:
        whole_file([{"number": "1", "name": value}], file)
    assert [(one.code, one.source) for one in caught.value.findings] == [("F116", "name")]
    assert value not in caught.value.text


@pytest.mark.parametrize("value", ["=HYPERLINK(A1)", "=cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", " @SUM(A1:A9)"])
def test_what_a_spreadsheet_would_run_gets_into_no_file_that_one_opens(value):
    columns = (Column(name="number"), Column(name="name"))
    file = Description(name="own/list", encoding="utf-8", form="csv", row=Record(columns=columns))
    with pytest.raises(Rejected) as caught:
        whole_file([{"number": "1", "name": value}], file)
    assert [(one.code, one.source) for one in caught.value.findings] == [("F116", "name")]
    assert value not in caught.value.text


@pytest.mark.parametrize("value", ["+40 (722) 000 000", "-", "=", "-12,50", "@ana", "Popa (fost Ene) | 3"])
def test_what_only_begins_like_a_formula_is_written(value):
    file = Description(name="own/list", encoding="utf-8", form="csv", row=Record(columns=(Column(name="name"),)))
    assert whole_file([{"name": value}], file) == f"{value}\r\n".encode()


@pytest.mark.parametrize(
    ("encoding", "there"),
    [
        ("iso-8859-2", "Ştefan Ţepeş"),
        ("cp1250", "Ştefan Ţepeş"),
        ("iso-8859-16", "Ștefan Țepeș"),
        ("utf-8", "Ștefan Țepeș"),
    ],
)
def test_letters_get_the_cedilla_where_an_encoding_has_no_comma_below(encoding, there):
    file = Description(name="own/list", encoding=encoding, form="csv", row=Record(columns=(Column(name="name"),)))
    assert whole_file([{"name": "Ștefan Țepeș"}], file).decode(encoding).split() == there.split()
