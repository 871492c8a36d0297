"""The texts with a fixed form are the same to the model, to the hub's validator and to a reader of the schema."""

import re

import msgspec
import pytest

from hub_core.canonical import Beneficiary
from hub_core.canonical.schema import document, record_faults


def date(text):
    return {"birth": {"date": text}}


def country(text):
    return {"citizenships": [{"country": text}]}


def currency(text):
    return {"debts": [{"balance": {"amount": "1", "currency": text}}]}


def month(text):
    return {"incomes": [{"month": text}]}


def why(text):
    return {"gaps": [{"at": "birth.date", "why": text}]}


GOOD = [
    *map(date, ["1985", "1985-01", "1985-12", "1985-01-01", "1985-12-31", "1985-10-09", "1985-09-20"]),
    *map(country, ["RO", "XU", "PCHH"]),
    *map(currency, ["RON", "EUR"]),
    *map(month, ["2025-01", "2025-09", "2025-10", "2025-12"]),
    *map(why, ["unknown", "withheld"]),
]
BAD = [
    *map(date, ["", "985", "1985-", "1985-00", "1985-13", "1985-1", "1985-12-", "1985-12-00", "1985-12-32"]),
    *map(date, ["1985-12-40", "1985-12-1", "1985-12-311", "١٩٨٥", "1985-12-31T00:00:00", " 1985"]),
    *map(country, ["", "ro", "R", "ROU", "ROMAN", "PCHHX"]),
    *map(currency, ["", "RO", "ron", "RONN"]),
    *map(month, ["2025", "2025-00", "2025-13", "2025-1", "2025-10-01"]),
    *map(why, ["", "absent", "unknown."]),
]
WITH_A_NEW_LINE = [
    make(text + end)
    for make, text in [
        *((date, "1985"), (date, "1985-12"), (date, "1985-12-31"), (country, "RO"), (country, "PCHH")),
        *((currency, "RON"), (month, "2025-10"), (why, "unknown")),
    ]
    for end in ("\n", "\r\n", "\n\n")
]


def _patterns(node):
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for value in node.values():
            yield from _patterns(value)
    elif isinstance(node, list):
        for value in node:
            yield from _patterns(value)


@pytest.mark.parametrize("data", GOOD, ids=str)
def test_a_text_of_the_right_form_is_taken(data):
    assert record_faults(data) == []
    msgspec.convert(data, Beneficiary)


@pytest.mark.parametrize("data", [*BAD, *WITH_A_NEW_LINE], ids=repr)
def test_any_other_text_is_refused_by_schema_and_model_alike(data):
    ((fault),) = record_faults(data)
    assert "does not have the form" in fault.text
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(data, Beneficiary)


def test_the_patterns_of_the_schema_are_whole_and_use_only_what_every_engine_knows():
    patterns = set(_patterns(document()))
    assert len(patterns) == 6
    for pattern in patterns:
        assert re.fullmatch(r"\^.*[^\\]\$", pattern)
        assert not re.search(r"\\[AZzdwsb]|\(\?", pattern), "look-around and shorthands differ between engines"
