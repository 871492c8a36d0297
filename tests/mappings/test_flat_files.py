"""A flat file that is read into records and written again is the same file, byte for byte."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.errors import ConfigError
from hub_core.mapping.rowfiles import description_of, write_rows
from hub_core.rows import as_document, read_file, whole_file
from hub_demo.documents import job_seekers
from hub_demo.population import Population
from tests.shipped import SHIPPED

ON = date(2025, 12, 1)
PAYMENTS = SHIPPED.named("cnpp.payments/1")
DESCRIPTION = description_of(PAYMENTS)
HEADER = {"house": "IS", "month": "202511", "date": "20251103"}
NAMES = st.text("ABCDEIOPRSTUĂÂÎȘȚ '-", min_size=1, max_size=30).map(str.strip).filter(bool)
PAYMENT = st.fixed_dictionaries(
    {
        "cnp": st.from_regex(r"[1-8][0-9]{12}", fullmatch=True),
        "family": NAMES,
        "given": NAMES,
        "file": st.integers(0, 9_999_999_999).map(str),
        "kind": st.sampled_from(["LV", "AN", "IV", "UR"]),
        "amount": st.integers(0, 999_999_999).map(lambda bani: f"{bani // 100}.{bani % 100:02d}"),
        "method": st.sampled_from(["C", "M"]),
        "iban": st.sampled_from(["", "RO49AAAA1B31007593840000"]),
        "header": st.just(HEADER),
    }
)


def again(mapping, body, **given):
    """Return what is written of the records of a file."""
    description = description_of(mapping)
    file = read_file(body, description)
    readings = [mapping.read(as_document(row, description.name), on=ON) for row in file.rows]
    return write_rows(mapping, [reading.record for reading in readings], on=ON, **given)


@given(st.lists(PAYMENT, min_size=1, max_size=6))
def test_a_file_of_payments_is_the_same_but_for_the_day_that_no_record_says(rows):
    body = whole_file(rows, DESCRIPTION)
    writing = again(PAYMENTS, body, header={"date": HEADER["date"]})
    assert (writing.body, writing.findings) == (body, ())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_list_of_job_seekers_is_the_same(seed):
    body = job_seekers(Population(seed), 200, broken=0)
    writing = again(SHIPPED.named("anofm.monthly/1"), body)
    assert (writing.body, writing.findings) == (body, ())


def test_what_no_record_says_of_the_header_is_asked_for_by_its_column():
    body = whole_file([], DESCRIPTION, header=HEADER)
    writing = again(PAYMENTS, body)
    assert writing.body is None
    assert [(one.code, one.source) for one in writing.findings] == [
        ("F105", "house"),
        ("F105", "month"),
        ("F105", "date"),
    ]


def test_records_of_two_months_make_no_file():
    first, second = (whole_file([row], DESCRIPTION) for row in _two_months())
    file = [read_file(body, DESCRIPTION) for body in (first, second)]
    records = [PAYMENTS.read(as_document(one.rows[0], DESCRIPTION.name), on=ON).record for one in file]
    writing = write_rows(PAYMENTS, records, on=ON, header={"date": HEADER["date"]})
    assert (writing.body, [(one.code, one.line, one.source) for one in writing.findings]) == (
        None,
        [("F118", 3, "header.month")],
    )


def _two_months():
    row = {
        "cnp": "1490817221141", "family": "POPA", "given": "ION", "file": "7", "kind": "LV", "amount": "1.00", "method": "M",
    }  # fmt: skip
    return [row | {"header": HEADER}, row | {"header": HEADER | {"month": "202512"}}]


def test_only_flat_files_hold_several_records():
    with pytest.raises(ConfigError, match="M113"):
        write_rows(SHIPPED.named("dgep.person/1"), [], on=ON)
