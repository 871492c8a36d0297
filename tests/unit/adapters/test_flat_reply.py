"""The table that answers a file: what a clerk filters by, in the language that they read."""

import pytest

from adapters.flat.replyform import WORDS, reply_that, reply_to
from hub_core.message import Finding, Severity
from hub_core.ports import Became

FINDINGS = (Finding(code="F114", severity=Severity.WARNING, text="2 rows have no readable amount", source="sum"),)
FAULTS = (Finding(code="F105", severity=Severity.ERROR, text="the column is blank", line=3, source="cnp"),)
FILE = Became(refused=False, rows=2, refused_rows=1, findings=FINDINGS, faults=FAULTS)


def lines(body):
    return body.decode("utf-8-sig").splitlines()


def test_a_result_stands_in_a_column_of_its_own():
    told = lines(reply_to(FILE, "en"))
    assert told[:2] == ["line;column;code;result;what is wrong;what to do", ";;;taken;1 of 2 rows taken, 1 refused;"]
    assert [line.split(";")[:4] for line in told[2:]] == [["", "sum", "F114", "told"], ["3", "cnp", "F105", "refused"]]


def test_titles_and_results_are_said_in_romanian_where_the_endpoint_says_so():
    told = lines(reply_to(FILE, "ro"))
    assert told[:2] == [
        "rând;coloană;cod;rezultat;ce este greșit;ce este de făcut",
        ";;;preluat;rânduri preluate: 1 din 2, refuzate: 1;",
    ]
    assert [line.split(";")[3] for line in told[2:]] == ["semnalat", "refuzat"]


@pytest.mark.parametrize("language", [*WORDS])
def test_a_file_that_does_not_count_is_refused_in_its_first_line(language):
    too_large = reply_that("B413", "too large", language, refused=True)
    for body in (reply_to(Became(refused=True), language), too_large):
        assert lines(body)[1].split(";")[3] == WORDS[language].refused


def test_a_file_that_waits_to_be_readable_is_not_refused():
    assert lines(reply_that("D108", "the hub cannot read it", "en", refused=False))[1].split(";")[3] == "told"
