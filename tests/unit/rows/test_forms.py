"""JSON lines, XML and zip: read as rows are, and refused as a whole where a sender could do harm with them."""

import io
import tracemalloc
import zipfile

import pytest

from hub_core.errors import Rejected
from hub_core.message import Severity
from hub_core.rows import open_file, read_file, row_in, whole_file, write_file

LINES = """
encoding: {encoding}
form: json-lines
max_line: 300
row:
  columns:
    - {{name: cnp, required: true}}
    - {{name: county, path: address/county}}
    - {{name: amount, type: decimal}}
trailer:
  token: kind=total
  columns:
    - {{name: rows, type: integer, equals: count}}
    - {{name: sum, type: decimal, equals: sum(amount)}}
"""
ELEMENTS = """
encoding: {encoding}
form: xml
max_line: 300
header: {{columns: [{{name: rows, path: "@rows", type: integer, required: true, equals: count}}]}}
row:
  token: list/person
  columns:
    - {{name: cnp, path: "@cnp", required: true}}
    - {{name: county, path: address/county}}
    - {{name: amount, type: decimal}}
trailer: {{columns: [{{name: sum, path: total, type: decimal, equals: sum(amount)}}]}}
"""
CSV = "encoding: {encoding}\nform: csv\nrow: {{columns: [{{name: cnp}}, {{name: county}}, {{name: amount, type: decimal}}]}}"
FORMS = {"csv": CSV, "json-lines": LINES, "xml": ELEMENTS}
PERSONS = [
    {"cnp": "2850415123450", "county": "Timiș", "amount": "957.50"},
    {"cnp": "1900101123457", "county": "", "amount": "42.50"},
]


@pytest.fixture(params=FORMS)
def form(request):
    return request.param


@pytest.fixture
def lines(described):
    return described(LINES.format(encoding="utf-8"))


@pytest.fixture
def elements(described):
    return described(ELEMENTS.format(encoding="utf-8"))


def whole(rows, description):
    header = {"rows": str(len(rows))} if description.header else None
    trailer = (
        {column.name: {"rows": str(len(rows)), "sum": "1000.00"}[column.name] for column in description.trailer.columns}
        if description.trailer
        else None
    )
    return write_file(rows, description, header=header, trailer=trailer)


def refused(body, description):
    with pytest.raises(Rejected) as error:
        read_file(body, description)
    return [one.code for one in error.value.findings]


def persons(*records, rows=None, total=None, root="list", prolog=""):
    inside = "".join(records)
    total = f"<total>{2.5 * records.count(PERSON)}</total>" if total is None else total
    return f'{prolog}<{root} rows="{len(records) if rows is None else rows}">{inside}{total}</{root}>'.encode()


PERSON = '<person cnp="1"><amount>2.50</amount></person>'


def zipped(*files, **facts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", facts.pop("method", zipfile.ZIP_DEFLATED)) as archive:
        for name, body in files:
            archive.writestr(name, body)
    return buffer.getvalue()


# Romanian letters

CEDILLA, COMMA = "ŞŢşţĂÂÎăâî", "ȘȚșțĂÂÎăâî"
LETTERS = {
    "cp1250": CEDILLA,
    "iso-8859-2": CEDILLA,
    "iso-8859-16": COMMA,
    "utf-8": CEDILLA + COMMA,
}


@pytest.mark.parametrize("encoding", LETTERS)
def test_romanian_letters_are_read_as_they_are_written(described, form, encoding):
    description = described(FORMS[form].format(encoding=encoding))
    rows = [PERSONS[0] | {"county": LETTERS[encoding]}, PERSONS[1]]
    body = whole(rows, description)
    assert LETTERS[encoding].encode(encoding) in body
    assert [row.values for row in read_file(body, description).rows] == rows


def test_a_mark_of_the_byte_order_is_no_part_of_any_form(described, form):
    description = described(FORMS[form].format(encoding="utf-8"))
    assert len(read_file(b"\xef\xbb\xbf" + whole(PERSONS, description), description).rows) == 2


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_a_file_in_utf_16_is_told_as_one(described, form, mark):
    description = described(FORMS[form].format(encoding="utf-8"))
    with pytest.raises(Rejected) as error:
        read_file(mark + "1;2;3".encode("utf-16-le"), description)
    assert error.value.text == "the file is UTF-16, and utf-8 is expected"


def test_xml_is_read_in_the_encoding_that_it_declares_and_refused_in_another_one(elements):
    text = persons('<person cnp="1"><address><county>Timiş</county></address></person>').decode()
    said = f'<?xml version="1.0" encoding="windows-1250"?>{text}'.encode("cp1250")
    assert read_file(said, elements).rows[0].values["county"] == "Timiş"
    assert refused(text.encode("cp1250"), elements) == ["F104"]
    assert refused(f'<?xml version="1.0" encoding="utf-7"?>{text}'.encode(), elements) == ["F104"]


# JSON lines


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("[]", "F120"),
        ('{"cnp": "1"', "F120"),
        ('{"cnp": "1", "cnp": "2"}', "F120"),
        ('{"cnp": NaN}', "F120"),
        ('{"cnp": "1", "other": "x"}', "F122"),
        ('{"cnp": "1", "address": "x"}', "F122"),
        ('{"cnp": ["1"]}', "F122"),
        ('{"cnp": {"a": "1"}}', "F122"),
        ('{"cnp": "' + "1" * 300 + '"}', "F103"),
        ('{"cnp": "\\u0000"}', "F104"),
        ('{"cnp": "\\ud800"}', "F104"),
        ('{"cnp": null}', "F105"),
        ('{"cnp": "1", "amount": 1e5}', "F106"),
        ('{"cnp": ' + "[" * 200, "F120"),
        ('{"cnp": ' + '{"a":' * 40 + "1" + "}" * 41, "F122"),
        ("", "F120"),
    ],
)
def test_a_bad_line_of_json_is_told_and_the_others_are_read(lines, line, code):
    body = f'{{"cnp":"1"}}\n{line}\n{{"cnp":"3"}}\n{{"kind":"total","rows":3}}\n'.encode()
    file = read_file(body, lines)
    assert [(one.code, one.line) for row in file.rows for one in row.faults] == [(code, 2)]
    assert file.rows[2].values["cnp"] == "3"


def test_a_last_line_of_json_that_is_missing_or_counts_otherwise_refuses_the_file(lines):
    one = b'{"cnp": "1", "amount": 2.50}\n'
    assert refused(one, lines) == ["F110"]
    assert refused(one + b'{"kind": "total", "rows": 2, "sum": 2.51}\n', lines) == ["F111", "F112"]


def test_a_last_line_of_json_may_be_known_by_a_key_that_only_it_has(described):
    total = "trailer: {token: total, columns: [{name: total, type: integer, equals: count}]}\n"
    file = described("encoding: utf-8\nform: json-lines\nrow: {columns: [{name: cnp}]}\n" + total)
    assert read_file(b'{"cnp": "1"}\n{"total": 1}\n', file).trailer == {"total": "1"}
    assert refused(b'{"cnp": "1"}\n{"total": 2}\n', file) == ["F111"]
    assert refused(b'{"cnp": "1"}\n{"cnp": "2"}\n', file) == ["F110"]
    assert whole_file([{"cnp": "1"}], file) == b'{"cnp":"1"}\r\n{"total":1}\r\n'


def test_a_fault_repeats_no_value_and_no_number_that_stands_as_a_name(lines):
    file = read_file(b'{"SECRET": "SECRET", "2850415123450": "x"}\n{"kind": "total"}\n', lines)
    (found,) = file.rows[0].faults
    assert "2850415123450" not in found.text
    assert found.text.count("SECRET") == 1


def test_what_the_description_skips_is_no_fault(described):
    skipping = described(LINES.format(encoding="utf-8") + "others: skip\n")
    assert not read_file(b'{"cnp": "1", "more": [{"a": 1}]}\n{"kind": "total"}\n', skipping).rows[0].faults


# XML


def test_counts_and_sums_around_the_records_of_xml_are_compared(elements):
    assert len(read_file(persons(PERSON, PERSON), elements).rows) == 2
    assert refused(persons(PERSON, total=""), elements) == ["F110"]
    assert refused(persons(PERSON, rows=2, total="<total>2.51</total>"), elements) == ["F111", "F112"]
    assert refused(persons(PERSON).replace(b' rows="1"', b""), elements) == ["F109"]


def test_text_between_the_records_is_no_blank_wherever_the_file_is_cut_into_parts(elements):
    for length in range(16_300, 16_400, 7):
        body = persons(PERSON, "x", PERSON, prolog=f"<!--{'-x' * (length // 2)}-->")
        assert refused(body, elements) == ["F122"]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (b"", ["F121"]),
        (b"1;2;3", ["F121"]),
        (persons(PERSON)[:-3], ["F121"]),
        (persons(PERSON) + b"<list/>", ["F121"]),
        (persons(PERSON, root="other"), ["F109"]),
        (persons(PERSON, prolog='<!DOCTYPE list [<!ENTITY a "b">]>'), ["F123"]),
        (persons(PERSON, prolog="<!--" + "x" * 16_376 + '--><!DOCTYPE list SYSTEM "file:///etc/passwd">'), ["F123"]),
        (persons("<other>1</other>"), ["F122"]),
        (persons(PERSON, "x"), ["F122"]),
        (persons("x", PERSON), ["F122"]),
        (persons(f"<person>{'<cnp>1</cnp>' * 10_000}</person>"), ["F103"]),
        (persons(f'<person cnp="{"1" * 100_000}"/>'), ["F122"]),
        (persons("<a/>" * 1_001), ["F122"]),
        (persons("<a>" * 300 + "</a>" * 300), ["F121"]),
        (persons("<person>" + "<a>" * 300 + "</a>" * 300 + "</person>"), ["F121"]),
        (persons(PERSON, prolog='<?xml version="1.0" encoding="utf-16"?>'), ["F104"]),
    ],
)
def test_a_file_of_xml_that_could_do_harm_is_refused_as_a_whole(elements, body, codes):
    assert refused(body, elements) == codes


def test_an_element_that_holds_more_than_its_columns_is_a_bad_row(elements):
    odd = [
        "<person cnp='1'><a>1</a></person>",
        "<person cnp='1'><amount>1</amount><amount>2</amount></person>",
        "<person cnp='1'>x</person>",
        "<person cnp='1'><amount>1</amount>x</person>",
    ]
    file = read_file(persons(*odd, PERSON), elements)
    assert [[one.code for one in row.faults] for row in file.rows] == [["F122"], ["F122"], ["F122"], ["F122"], []]


def test_elements_take_no_more_room_the_more_of_them_there_are(elements):
    def most(count):
        file = open_file(persons(*[PERSON] * count), elements)
        tracemalloc.start()
        assert sum(1 for _ in file.rows()) == file.count == count
        _, room = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return room

    assert most(4_000) < 1.5 * most(1_000)


# Zip


@pytest.fixture
def packed(described):
    return described(LINES.format(encoding="utf-8") + "packed: zip\n")


ONE = b'{"cnp": "1", "amount": 2.50}\n{"cnp": "2"}\n{"kind": "total", "rows": 2, "sum": 2.5}\n'


def test_lines_count_on_from_one_file_of_a_zip_to_the_next_which_is_told(packed):
    file = read_file(zipped(("b.jsonl", ONE), ("lists/", b""), (".hidden", b"x"), ("a.jsonl", ONE)), packed)
    assert [(row.line, row.values["cnp"]) for row in file.rows] == [(1, "1"), (2, "2"), (4, "1"), (5, "2")]
    assert [row.trailer["sum"] for row in file.rows] == ["2.5"] * 4
    assert [(one.code, one.severity, one.line) for one in file.findings] == [
        ("F127", Severity.INFO, 1),
        ("F127", Severity.INFO, 4),
    ]


def test_one_file_in_a_zip_is_read_as_if_it_came_alone(packed, lines):
    assert read_file(zipped(("list.jsonl", ONE)), packed) == read_file(ONE, lines)
    assert row_in(zipped(("list.jsonl", ONE)), packed, "2").root["cnp"] == "2"


def test_rows_are_written_into_a_zip_as_the_description_says(packed):
    body = whole(PERSONS, packed)
    assert [row.values for row in read_file(body, packed).rows] == PERSONS
    assert zipfile.ZipFile(io.BytesIO(body)).namelist() == ["list.jsonl"]


def test_a_description_may_take_files_with_and_without_a_zip_and_they_are_written_without(described, lines):
    either = described(LINES.format(encoding="utf-8") + "packed: zip-or-plain\n")
    assert read_file(zipped(("list.jsonl", ONE)), either) == read_file(ONE, either) == read_file(ONE, lines)
    assert whole(PERSONS, either) == whole(PERSONS, lines)


def test_a_fault_in_one_file_of_a_zip_refuses_all_of_it(packed):
    with pytest.raises(Rejected) as error:
        read_file(zipped(("a", ONE), ("b", ONE[:-30])), packed)
    assert [(one.code, one.line) for one in error.value.findings] == [("F120", 6)]


def damaged(body):
    middle = body.index(b"PK\x01\x02") - 8
    return body[:middle] + bytes([body[middle] ^ 0xFF]) + body[middle + 1 :]


def encrypted(body):
    # The flag stands in the header of the member and in the directory.
    local, listed = bytearray(body), body.index(b"PK\x01\x02")
    local[6] |= 1
    local[listed + 8] |= 1
    return bytes(local)


NAMES = ["/etc/x", "../x", "a/../../x", "C:\\x", "\\\\host\\x", "a\\..\\x", "a/.."]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(ONE, "F124", id="no zip"),
        pytest.param(b"PK\x03\x04", "F124", id="only its beginning"),
        pytest.param(zipped(("a", ONE))[:-40], "F124", id="cut"),
        pytest.param(damaged(zipped(("a", ONE * 50))), "F124", id="damaged"),
        pytest.param(encrypted(zipped(("a", ONE))), "F124", id="encrypted"),
        pytest.param(zipped(("a", ONE), method=zipfile.ZIP_LZMA), "F124", id="another method"),
        pytest.param(zipped(*((f"{number}", ONE) for number in range(101))), "F125", id="too many"),
        pytest.param(b"PK\x01\x02" + b"\0" * 42 + b"a", "F124", id="only its end"),
        pytest.param((b"PK\x01\x02" + b"\0" * 42 + b"a") * 101, "F125", id="too many, told and not there"),
        pytest.param(zipped(("a", b"\n" * 3_000_000)), "F113", id="bomb of lines"),
        pytest.param(zipped(("a", b" " * 3_000_000)), "F125", id="bomb of one line"),
        pytest.param(zipped(("a.zip", zipped(("a", ONE)))), "F126", id="zip in a zip"),
        pytest.param(zipped(("a.txt", zipped(("a", ONE)))), "F126", id="zip in a zip by another name"),
        pytest.param(zipped(), "F126", id="empty"),
        pytest.param(zipped(("__MACOSX/._a", ONE)), "F126", id="only what a desktop adds"),
        *(pytest.param(zipped((name, ONE)), "F126", id=name) for name in NAMES),
    ],
)
def test_a_zip_that_could_do_harm_is_refused_with_a_code_of_its_own(packed, body, code):
    assert refused(body, packed) == [code]


def test_a_zip_where_none_is_described_is_told_as_one(lines):
    assert refused(zipped(("a", ONE)), lines) == ["F124"]


def test_a_bomb_is_given_up_before_it_takes_room(packed):
    body = zipped(("a", b"\0" * 50_000_000))
    tracemalloc.start()
    assert refused(body, packed) == ["F125"]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000
