"""Flat files are read line by line: a bad row is named with its line, a file that is not whole gives nothing."""

import io
import tracemalloc

import msgspec
import pytest

from hub_core.errors import Rejected
from hub_core.message import Severity
from hub_core.rows import Column, Record, open_file, read_file
from hub_core.rows.lines import other_encoding

HEADER = "H20251101"
ROWS = ["D2850415123450IONESCU M.  000095750", "D1900101123457POP ȘTEFAN  000004250".replace("Ș", "Ş")]
TRAILER = "T0000200000100000"
TITLES = "CNP;Nume și prenume;Cuantum (lei);Tip".replace("ș", "ş")


def fixed(*lines):
    return "".join(f"{line}\r\n" for line in lines).encode("iso-8859-2")


def csv(*lines, titles=TITLES, end="\r\n"):
    return "".join(f"{line}{end}" for line in (titles, *lines)).encode("cp1250")


def seekers_with_cedilla(described):
    from tests.unit.rows.conftest import SEEKERS

    return described(SEEKERS.replace("ș", "ş"))


@pytest.fixture
def seekers(described):
    return seekers_with_cedilla(described)


def faults(error):
    return [(one.code, one.line, one.source) for one in error.value.findings]


def row_faults(file):
    return [(one.code, one.line, one.source) for row in file.rows for one in row.faults]


def test_a_file_of_fixed_width_gives_header_rows_and_trailer(payments):
    file = read_file(fixed(HEADER, *ROWS, TRAILER), payments)
    assert file.header == {"date": "20251101"}
    assert [row.line for row in file.rows] == [2, 3]
    assert file.rows[0].values == {"cnp": "2850415123450", "name": "IONESCU M.", "amount": "957.50"}
    assert file.rows[1].values["name"] == "POP ŞTEFAN"
    assert file.trailer == {"count": "2", "sum": "1000.00"}


def test_a_csv_file_gives_rows_below_its_titles(seekers):
    file = read_file(csv('2850415123450;"Pop; ""Ion""";957,50;I', "1900101123457;;;"), seekers)
    assert file.rows[0].values == {"cnp": "2850415123450", "name": 'Pop; "Ion"', "allowance": "957,50", "kind": "I"}
    assert file.rows[1].values == {"cnp": "1900101123457", "name": "", "allowance": "", "kind": ""}
    assert row_faults(file) == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_both_line_ends_are_read(seekers, end):
    assert len(read_file(csv("1;a;;", "2;b;;", end=end), seekers).rows) == 2


def test_empty_lines_at_the_end_are_no_rows(seekers):
    assert len(read_file(csv("1;a;;", "", ""), seekers).rows) == 1


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("1;a;2", ("F102", 3, None)),
        ("1;a;2;I;more", ("F102", 3, None)),
        ("", ("F102", 3, None)),
        ("1" * 10_001, ("F103", 3, None)),
        (";a;2;I", ("F105", 3, "cnp")),
        ("  ;a;2;I", ("F105", 3, "cnp")),
        ("1;a;2.5;I", ("F106", 3, "allowance")),
        ("1;a;1e5;I", ("F106", 3, "allowance")),
        ("1;a;2;X", ("F106", 3, "kind")),
        ("1;aaaaaaaaaaaaaaaaaaaaa;2;I", ("F106", 3, "name")),
        ('1;"a;2;I', ("F107", 3, None)),
        ('1;"a"b;2;I', ("F107", 3, None)),
        ("1;a\x00;2;I", ("F104", 3, None)),
        ("1;a\r;2;I", ("F104", 3, None)),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_the_others_are_read(seekers, line, fault):
    file = read_file(csv("1;a;;", line, "3;c;;"), seekers)
    assert row_faults(file) == [fault]
    assert [row.line for row in file.rows] == [2, 3, 4]
    assert file.rows[2].values["cnp"] == "3"


def test_all_faults_of_a_row_are_named(seekers):
    file = read_file(csv(";a;x;X"), seekers)
    assert row_faults(file) == [("F105", 2, "cnp"), ("F106", 2, "allowance"), ("F106", 2, "kind")]


def test_a_byte_that_the_encoding_does_not_know_is_a_fault_of_its_row_alone(seekers):
    file = read_file(csv("1;a;;") + b"2;b\x81;;\r\n3;c;;\r\n", seekers)
    assert row_faults(file) == [("F104", 3, None)]


def test_a_fault_never_repeats_a_value(seekers):
    file = read_file(csv("1;SECRETNAME-SECRETNAME-X;2.5;Y", "SECRET;only"), seekers)
    assert row_faults(file)
    assert not any("SECRET" in one.text for row in file.rows for one in row.faults)


@pytest.mark.parametrize("eaten", ["2,85042E+12", "2.85E+12", " 1,9E+12 "])
def test_a_number_that_a_spreadsheet_shortened_is_told_and_nothing_else_of_its_column(seekers, eaten):
    file = read_file(csv("1;a;;", f"{eaten};b;;", "3;c;;"), seekers)
    assert row_faults(file) == [("F119", 3, "cnp")]


@pytest.mark.parametrize("kept", ["E+12", "2,85042E12", "12,85E+12"])
def test_what_no_spreadsheet_writes_is_left_alone(seekers, kept):
    assert read_file(csv(f"1;{kept};;"), seekers).rows[0].values["name"] == kept


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_in_utf_8_is_told_as_one_where_another_encoding_is_described(seekers, mark):
    with pytest.raises(Rejected) as error:
        read_file(f"{mark}{TITLES}\r\n1;Ștefan Țăndărică;;\r\n".encode(), seekers)
    assert faults(error) == [("F104", None, None)]
    assert "the file is UTF-8, and cp1250 is expected" in error.value.text


def test_two_halves_of_a_letter_far_apart_make_no_letter_of_utf_8(seekers):
    first, second = (bytes([byte]) for byte in "ș".encode())
    between = b"." * 64 * 1024
    assert other_encoding(b"abc" + first, io.BytesIO(between + second + "țăî".encode()), seekers) is None


def test_a_count_that_is_known_to_differ_is_told_and_the_file_counts(payments):
    (date, *more) = payments.header.columns
    told = Column(name="rows", width=3, type="integer", equals="count", differs="warn")
    counted = msgspec.structs.replace(payments, header=Record(token="H", columns=(date, told, *more)))
    whole = read_file(fixed(HEADER[:9] + "009" + HEADER[9:], *ROWS, TRAILER), counted)
    assert [(one.code, one.severity, one.line) for one in whole.findings] == [("F111", Severity.WARNING, 1)]
    assert len(whole.rows) == len(ROWS)


@pytest.mark.parametrize("cut", [1, 5, 17, 18, 19, 25, 60])
def test_nothing_of_a_cut_file_is_accepted(payments, cut):
    whole = fixed(HEADER, *ROWS, TRAILER)
    with pytest.raises(Rejected) as error:
        read_file(whole[: -2 - cut], payments)
    assert error.value.code in {"F103", "F110"}


def test_a_trailer_that_was_cut_off_is_missed(payments):
    with pytest.raises(Rejected) as error:
        read_file(fixed(HEADER, *ROWS), payments)
    assert faults(error) == [("F110", 3, None)]


def test_a_missing_header_is_missed(payments):
    with pytest.raises(Rejected) as error:
        read_file(fixed(*ROWS, TRAILER), payments)
    assert faults(error) == [("F109", 1, None)]


@pytest.mark.parametrize("body", [b"", b"\r\n\r\n"])
def test_an_empty_file_misses_header_and_trailer(payments, body):
    with pytest.raises(Rejected) as error:
        read_file(body, payments)
    assert faults(error) == [("F109", None, None), ("F110", None, None)]


def test_a_day_in_the_header_that_is_none_refuses_the_file(payments):
    with pytest.raises(Rejected) as error:
        read_file(fixed("H20251301", *ROWS, TRAILER), payments)
    assert faults(error) == [("F106", 1, "date")]


def test_count_and_sum_of_the_trailer_are_compared(payments):
    with pytest.raises(Rejected) as error:
        read_file(fixed(HEADER, *ROWS, "T0000300000100001"), payments)
    assert faults(error) == [("F111", 4, "count"), ("F112", 4, "sum")]


def test_a_file_that_counts_otherwise_is_told_of_its_faulty_rows_as_well(payments):
    bad = ROWS[0].replace("2850415123450", "285041512345X")
    with pytest.raises(Rejected, match="F111") as error:
        read_file(fixed(HEADER, bad, "D190", ROWS[1], TRAILER), payments)
    assert faults(error)[-2:] == [("F106", 2, "cnp"), ("F103", 3, None)]


def test_of_the_rows_of_such_a_file_the_first_thousand_faults_are_told(payments):
    with pytest.raises(Rejected) as error:
        read_file(fixed(HEADER, *["D190"] * 1200, TRAILER), payments)
    assert faults(error)[-1] == ("F103", 1001, None)


def test_a_row_is_known_by_the_columns_of_its_key(payments):
    by_key = msgspec.structs.replace(payments, row=msgspec.structs.replace(payments.row, key=("cnp", "amount")))
    file = read_file(fixed(HEADER, ROWS[0], "D1900101123457POP", TRAILER), by_key)
    assert [row.key(by_key) for row in file.rows] == ["2850415123450\x1f957.50", None]
    assert file.rows[0].key(payments) is None


def test_a_sum_is_not_compared_where_a_row_cannot_be_read(payments):
    file = read_file(fixed(HEADER, ROWS[0], "D1900101123457POP", TRAILER), payments)
    assert row_faults(file) == [("F103", 3, None)]
    assert [(one.code, one.source) for one in file.findings] == [("F114", "sum")]


def test_a_file_without_rows_is_whole(payments):
    assert read_file(fixed(HEADER, "T0000000000000000"), payments).rows == ()


def test_a_line_of_another_kind_among_the_rows_is_a_bad_row(payments):
    file = read_file(fixed(HEADER, ROWS[0], HEADER, "T0000200000095750"), payments)
    assert row_faults(file) == [("F117", 3, None)]


def test_titles_in_another_order_refuse_the_file(seekers):
    with pytest.raises(Rejected) as error:
        read_file(csv("1;a;;", titles="Nume şi prenume;CNP;Cuantum (lei);Tip".replace("şi", "şi")), seekers)
    assert faults(error) == [("F108", 1, "CNP"), ("F108", 1, "Nume şi prenume")]


@pytest.mark.parametrize("titles", ["", "CNP;Nume"])
def test_missing_titles_refuse_the_file(seekers, titles):
    with pytest.raises(Rejected) as error:
        read_file(csv("1;a;;", titles=titles), seekers)
    assert {one.code for one in error.value.findings} == {"F108"}


def test_a_file_with_too_many_rows_is_refused(described):
    few = described("encoding: utf-8\nform: csv\nmax_rows: 2\nrow: {columns: [{name: a}]}")
    assert len(read_file(b"1\n2\n", few).rows) == 2
    for body in (b"1\n2\n3\n", b"1\n" * 1_000_000):
        with pytest.raises(Rejected) as error:
            read_file(body, few)
        assert faults(error) == [("F113", None, None)]


def test_empty_lines_without_end_are_given_up_before_they_take_time(described):
    plain = described("encoding: utf-8\nform: csv\nrow: {columns: [{name: a}]}")
    assert len(read_file(b"1\n" + b"\n" * 1_000, plain).rows) == 1
    with pytest.raises(Rejected) as error:
        read_file(b"1\n" + b"\n" * 100_001, plain)
    assert faults(error) == [("F113", None, None)]


def test_a_mark_of_the_byte_order_is_no_part_of_the_first_value(described):
    plain = described("encoding: utf-8\nform: csv\nrow: {columns: [{name: a}]}")
    assert read_file(b"\xef\xbb\xbf1\n", plain).rows[0].values == {"a": "1"}


def test_rows_are_read_one_by_one_whatever_their_number(seekers):
    body = csv(*("2850415123450;Ion;957,50;I" for _ in range(5_000)))
    file = open_file(body, seekers)
    tracemalloc.start()
    count = sum(1 for _ in file.rows())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (count, file.count) == (5_000, 5_000)
    assert most < len(body) / 4


def test_rows_may_be_read_again(seekers):
    file = open_file(csv("1;a;;", "2;b;;"), seekers)
    assert [*file.rows()] == [*file.rows()]
