"""Reading and writing are each other's inverse, for any description and any rows that it can carry."""

import io
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub_core.errors import Rejected
from hub_core.rows import Column, Description, Record, read_file, write_file
from hub_core.rows.lines import other_encoding

LETTERS = st.characters(codec="cp1250", exclude_categories=("Cc", "Cs"))
RARELY = st.sampled_from(";,|\"' \t")
AMOUNT = Column(name="amount", width=9, align="right", pad="0", type="decimal", scale=2)
CENTS = st.integers(0, 999_999_999).map(lambda cents: f"{Decimal(cents) / 100:.2f}")


@st.composite
def csv_files(draw):
    names = [f"c{number}" for number in range(draw(st.integers(1, 5)))]
    description = Description(
        name="law",
        encoding="cp1250",
        form="csv",
        delimiter=draw(st.sampled_from([";", ",", "\t", "|"])),
        quote=draw(st.sampled_from(['"', "'"])),
        titles=draw(st.booleans()),
        line_end=draw(st.sampled_from(["crlf", "lf"])),
        row=Record(columns=tuple(Column(name=name) for name in names), token=draw(st.sampled_from(["", "D"]))),
        header=draw(st.sampled_from([None, Record(columns=(Column(name="day"),), token="H")])),
    )
    value = st.text(LETTERS | RARELY, max_size=8).filter(lambda text: text.lstrip()[:1] not in {*"=+-@"})  # formulas
    rows = draw(st.lists(st.fixed_dictionaries(dict.fromkeys(names, value)), max_size=5))
    header = {"day": draw(value)} if description.header else None
    return description, rows, header, None


@st.composite
def fixed_files(draw):
    widths = draw(st.lists(st.integers(1, 8), min_size=1, max_size=4))
    columns = tuple(
        Column(name=f"c{number}", width=width, align=draw(st.sampled_from(["left", "right"])))
        for number, width in enumerate(widths)
    )
    count = Column(name="count", width=4, align="right", pad="0", type="integer", equals="count")
    total = Column(name="sum", width=11, align="right", pad="0", type="decimal", scale=2, equals="sum(amount)")
    description = Description(
        name="law",
        encoding="iso-8859-16",
        form="fixed",
        line_end=draw(st.sampled_from(["crlf", "lf"])),
        row=Record(columns=(*columns, AMOUNT), token=draw(st.sampled_from(["", "D"]))),
        trailer=Record(columns=(count, total), token="T"),
    )
    letters = st.characters(codec="iso-8859-16", exclude_categories=("Cc", "Cs"))
    texts = {column.name: st.text(letters, max_size=column.width).map(str.strip) for column in columns}
    rows = draw(st.lists(st.fixed_dictionaries({**texts, "amount": CENTS}), max_size=5))
    trailer = {"count": str(len(rows)), "sum": f"{sum(Decimal(row['amount']) for row in rows):.2f}"}
    return description, rows, None, trailer


@st.composite
def nested_files(draw):
    form = draw(st.sampled_from(["json-lines", "xml"]))
    paths = ["plain", "deep/inner", "deep/other/inner", "deep/other"] + (["@id", "deep/@id"] if form == "xml" else [])
    chosen = draw(st.lists(st.sampled_from(paths), min_size=1, unique=True))
    if form == "json-lines" and "deep/other/inner" in chosen:
        chosen = [path for path in chosen if path != "deep/other"]  # an object holds no text beside its keys
    description = Description(
        name="law",
        encoding="utf-8",
        form=form,
        packed=draw(st.sampled_from([None, "zip"])),
        namespace=draw(st.sampled_from(["", "urn:law"])) if form == "xml" else "",
        line_end=draw(st.sampled_from(["crlf", "lf"])),
        row=Record(
            columns=tuple(Column(name=f"c{number}", path=path) for number, path in enumerate(chosen)),
            token="law/rows/row" if form == "xml" else draw(st.sampled_from(["", "kind=row"])),
        ),
        header=Record(columns=(Column(name="day", path="@day"),)) if form == "xml" else None,
    )
    letters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")
    value = st.text(letters, max_size=8).map(str.strip)
    names = [column.name for column in description.row.columns]
    rows = draw(st.lists(st.fixed_dictionaries(dict.fromkeys(names, value)), max_size=5))
    return description, rows, {"day": "3"} if form == "xml" else None, None


def is_told_from_utf_8(case):
    """Say whether a file cannot be taken for one in UTF-8: few letters of another encoding may look like that."""
    description, rows, header, trailer = case
    body = write_file(rows, description, header=header, trailer=trailer)
    return other_encoding(body, io.BytesIO(), description) is None


FILES = csv_files().filter(is_told_from_utf_8) | fixed_files().filter(is_told_from_utf_8) | nested_files()


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(FILES)
def test_what_is_written_is_read_back(case):
    description, rows, header, trailer = case
    file = read_file(write_file(rows, description, header=header, trailer=trailer), description)
    assert [row.values for row in file.rows] == rows
    assert (file.header, file.trailer) == (header, trailer)
    assert all(not row.faults for row in file.rows)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(FILES)
def test_a_file_in_normal_form_is_written_as_it_was(case):
    description, rows, header, trailer = case
    body = write_file(rows, description, header=header, trailer=trailer)
    file = read_file(body, description)
    again = write_file([row.values for row in file.rows], description, header=file.header, trailer=file.trailer)
    assert again == body


@settings(max_examples=300)
@given(st.binary(max_size=200), FILES)
def test_any_bytes_are_read_or_refused_with_a_code(body, case):
    description = case[0]
    names = {column.name for column in description.row.columns}
    found, rows = (), ()
    try:
        rows = read_file(body, description).rows
    except Rejected as error:
        found = error.findings
    assert all(one.code.startswith("F") for one in found)
    assert all(row.values.keys() == names for row in rows if not row.faults)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"cnp": "2850415123450", "name": " leads", "amount": "1.00"}, None),
        ({"cnp": "2850415123450", "name": "much too long", "amount": "1.00"}, "line"),
        ({"cnp": "2850415123450", "name": "trails ", "amount": "1.00"}, "name"),
        ({"cnp": "2850415123450", "name": "a", "amount": "1.0"}, "amount"),
        ({"cnp": "2850415123450", "name": "a", "amount": "-1.00"}, "amount"),
        ({"cnp": "2850415123450", "name": "a", "amount": "1.00", "other": "b"}, "other"),
        ({"cnp": "285041512345", "name": "a", "amount": "1.00"}, "cnp"),
        ({"cnp": "2850415123450", "name": "Ω", "amount": "1.00"}, "line"),
        ({"cnp": "2850415123450", "name": "a\nb", "amount": "1.00"}, "line"),
    ],
)
def test_a_value_that_the_file_cannot_carry_is_refused(payments, row, column):
    def written():
        return write_file([row], payments, header={"date": "20251101"}, trailer={"count": "1", "sum": "1.00"})

    if column is None:
        assert b" leads" in written()
        return
    with pytest.raises(Rejected) as error:
        written()
    assert error.value.findings
    if column != "line":
        assert error.value.findings[0].source == column
