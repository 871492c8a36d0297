from datetime import date
from decimal import Decimal

import pytest

from hub_core.canonical import Beneficiary
from hub_core.canonical.case import CaseReference
from hub_core.canonical.path import canonical_path, values
from hub_core.canonical.person import Identifier
from hub_core.canonical.values import Code, Money, Period
from hub_core.canonical.work import Income, Insurance, InsurancePeriod
from hub_core.errors import ConfigError
from hub_core.testing.records import a_cnp, a_code, a_record


def test_a_path_down_to_a_text_gives_that_text():
    assert values(a_record(), "name.given") == ["IOANA"]


def test_a_path_into_a_list_gives_every_element():
    record = Beneficiary(cases=(CaseReference(number="0012"), CaseReference(country="HU"), CaseReference(number="7")))
    assert values(record, "cases.number") == ["0012", "7"]


def test_a_selector_keeps_the_elements_whose_field_has_the_text():
    record = Beneficiary(identifiers=(Identifier(value="77", scheme="source"), a_cnp("2850415123450")))
    assert values(record, "identifiers[scheme=ro.cnp].value") == ["2850415123450"]


def test_a_selector_may_ask_for_a_code():
    record = Beneficiary(
        insurance=(
            InsurancePeriod(kind=a_code("employee"), period=Period(start=date(2018, 2, 1))),
            InsurancePeriod(kind=a_code("student"), period=Period(start=date(2004, 10, 1))),
        )
    )
    assert values(record, "insurance[kind=student].period.start") == ["2004-10-01"]


def test_an_index_takes_one_element_and_beyond_the_end_nothing():
    record = Beneficiary(cases=(CaseReference(number="a"), CaseReference(number="b")))
    assert values(record, "cases[1].number") == ["b"]
    assert values(record, "cases[2].number") == []


def test_a_path_that_ends_at_a_code_means_its_code():
    record = Beneficiary(insured=Insurance(state=a_code("insured")))
    assert values(record, "insured.state") == values(record, "insured.state.code") == ["insured"]


def test_a_code_that_no_list_knows_is_present_and_has_no_value():
    record = Beneficiary(sex=Code(list="sex@1", code=None, text="?"))
    assert canonical_path("sex").find(record)
    assert values(record, "sex") == []


def test_blank_text_is_not_there():
    assert canonical_path("cases.number").find(Beneficiary(cases=(CaseReference(number=""),))) == []


def test_numbers_and_dates_are_read_as_they_are_written():
    record = Beneficiary(
        incomes=(Income(gross=Money(amount=Decimal("5000.00"), currency="RON"), since=date(2025, 1, 1)),)
    )
    assert values(record, "incomes.gross.amount") == ["5000.00"]
    assert values(record, "incomes.since") == ["2025-01-01"]


@pytest.mark.parametrize(
    ("path", "mend"),
    [
        ("identifers.value", "write 'identifiers' instead"),
        ("name.famly", "write 'family' instead"),
        ("name.family.more", "end the path at 'name.family'"),
        ("insured[0].state", "write 'insured' without brackets: it is no list"),
        ("identifiers[shceme=ro.cnp].value", "write 'scheme' instead"),
    ],
)
def test_a_path_that_is_not_in_the_model_is_refused_with_the_nearest(path, mend):
    with pytest.raises(ConfigError) as caught:
        canonical_path(path)
    assert caught.value.code == "R108"
    assert caught.value.mend == mend


@pytest.mark.parametrize(
    "path", ["", ".", "name..family", "name.family]", "identifiers[=x]", "a" * 10_000, "name[[0]]", "__class__"]
)
def test_a_path_of_no_form_is_refused(path):
    with pytest.raises(ConfigError, match="R108"):
        canonical_path(path)


@pytest.mark.parametrize(
    ("path", "plain"), [("birth.date", True), ("sex", True), ("birth", False), ("identifiers", False), ("emails", True)]
)
def test_a_path_knows_whether_its_value_can_be_compared(path, plain):
    assert canonical_path(path).plain is plain


@pytest.mark.parametrize("path", ["identifiers[scheme=ro.cnp].value", "cases[2].number", "birth.date"])
def test_a_path_is_written_as_it_was_read(path):
    assert str(canonical_path(path)) == path
