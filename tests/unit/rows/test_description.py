"""A description of a flat file that is not right is refused with all its faults, each with its line."""

import pytest

from hub_core.errors import ConfigError
from hub_core.rows import name_of
from tests.unit.rows.conftest import PAYMENTS


def faults(described, text):
    with pytest.raises(ConfigError) as error:
        described(text)
    assert {one.code for one in error.value.findings} == {"F101"}
    assert all(one.help for one in error.value.findings)
    return [(one.line, one.text) for one in error.value.findings]


def test_its_name_is_that_of_its_file(described):
    assert described(PAYMENTS, file="partners/cnpp/payments.rows.yaml").name == "cnpp/payments"
    assert name_of("partners/cnpp/payments.rows.yaml") == "cnpp/payments"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[]", [(1, "keys are expected here")]),
        ("encoding: utf-8", [(1, "form: is missing"), (1, "row: is missing")]),
        ("form: csv\nencoding: utf-8\nrow: {columns: []}", [(3, "columns are expected")]),
        ("form: csv\nencoding: utf-9\nrow: {columns: [{name: a}]}", [(2, "an encoding that is not read")]),
        ("form: csv\nencoding: utf-8\nrows: 1\nrow: {columns: [{name: a}]}", [(3, "unknown key 'rows'")]),
        ("form: csv\nencoding: utf-8\nrow: {columns: [{name: header}]}", [(3, "not the name of a column")]),
        (
            "form: csv\nencoding: utf-8\nrow: {columns: [{name: a}, {name: a}]}",
            [(3, "two columns are named 'a'")],
        ),
        (
            "form: fixed\nencoding: utf-8\nrow: {columns: [{name: a}]}",
            [(3, "the width does not fit the form of the file")],
        ),
        (
            "form: csv\nencoding: utf-8\nrow: {columns: [{name: a, equals: count}]}",
            [(3, "equals: has another form")],
        ),
        (
            "{form: csv, encoding: utf-8, row: {columns: [{name: a}]},\ntrailer: {columns: [{name: s, type: integer, equals: sum(a)}]}}",
            [(2, "no number 'a' among the columns")],
        ),
        (
            "form: csv\nencoding: utf-8\nrow: {columns: [{name: a, pattern: '('}]}",
            [(3, "the pattern is no regular expression")],
        ),
        (
            "form: csv\nencoding: utf-8\nrow: {columns: [{name: a, path: b/c}]}",
            [(3, "path: belongs to json-lines and xml")],
        ),
        (
            "form: json-lines\nencoding: utf-8\ntitles: true\nrow: {token: x, columns: [{name: a}]}",
            [(3, "only CSV has titles"), (4, "no column stands at 'x'")],
        ),
        (
            "form: json-lines\nencoding: utf-8\nrow: {token: x=, columns: [{name: a}]}",
            [(3, "the token has another form")],
        ),
        (
            "form: csv\nencoding: utf-8\nrow: {key: [b], columns: [{name: a}]}\nheader: {key: [c], columns: [{name: c}]}",
            [(3, "no column 'b'"), (4, "only rows have a key")],
        ),
        (
            "form: json-lines\nencoding: utf-8\nnamespace: urn:x\nrow: {columns: [{name: a}]}",
            [(3, "only XML has a namespace")],
        ),
        (
            "form: xml\nencoding: cp852\nrow: {columns: [{name: a}]}\nheader: {token: h, columns: [{name: b}]}",
            [
                (2, "an encoding that is not read in XML"),
                (3, "the element of a row is not named"),
                (4, "in XML only rows have a token"),
            ],
        ),
    ],
)
def test_a_wrong_description_is_refused(described, text, found):
    assert list(dict.fromkeys(faults(described, text))) == found


def test_all_faults_are_told_at_once(described):
    text = "form: csv\nencoding: utf-8\nmax_rows: many\nrow: {columns: [{name: a, width: b}]}\nx: 1"
    assert len(faults(described, text)) == 3
