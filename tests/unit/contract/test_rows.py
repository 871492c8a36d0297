"""The description of a flat file is a contract like any other: its columns are places, its rows can be checked."""

import pytest

from hub_core.contract import contract_of
from hub_core.mapping.language.paths import parse_path
from hub_core.mapping.language.rules import Source


def contract(file):
    found = contract_of(Source(kind="json", dialect="ROWS", document=file, schema=f"partners/{file}.rows.yaml", ns={}))
    assert found is not None
    return found


def leaf(file, path):
    return contract(file).at(parse_path(path, "json")).leaf


def test_columns_header_and_trailer_are_places():
    known = contract("cnpp/payments")
    assert known.kind == "rows"
    assert [*known.root.children] == [
        "cnp",
        "family",
        "given",
        "file",
        "kind",
        "amount",
        "method",
        "iban",
        "header",
        "trailer",
    ]
    assert known.at(parse_path("header.month", "json")).required
    assert known.at(parse_path("header.year", "json")) is None


def test_a_leaf_says_what_its_column_holds():
    assert leaf("cnpp/payments", "kind").enum == ("LV", "AN", "IV", "UR")
    assert leaf("cnpp/payments", "family").max_length == 30
    assert leaf("cnpp/payments", "file").kind == "integer"


@pytest.mark.parametrize(
    ("file", "path", "right", "wrong"),
    [
        ("cnpp/payments", "amount", ["957.50", "0.05"], ["957,50", "957.5", "0957.50"]),
        ("anofm/monthly", "allowance", ["957,50", "957"], ["957.50"]),
        ("anofm/monthly", "registered", ["15.06.2025"], ["2025-06-15", "15.13.2025"]),
    ],
)
def test_numbers_and_dates_of_another_form_are_texts_of_a_pattern(file, path, right, wrong):
    import re

    found = leaf(file, path)
    assert found.kind == "text"
    assert [text for text in [*right, *wrong] if re.fullmatch(found.pattern, text)] == right


def test_a_row_is_held_against_its_columns():
    row = {"cnp": "2850415123450", "family": "A", "given": "B", "county": "CJ", "registered": "15.06.2025", "kind": "I"}
    known = contract("anofm/monthly")
    assert known.faults(row) == []
    faults = known.faults({**row, "kind": "X", "given": ""})
    assert [(one.code, one.source) for one in faults] == [("F105", "given"), ("F106", "kind")]
