"""Every fault of a record is found, at its path, without its value."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given

from hub_core.canonical import Beneficiary
from hub_core.canonical.benefit import Amount, BankAccount, Benefit, Decision, ServiceReceived
from hub_core.canonical.case import CaseReference, Exchange
from hub_core.canonical.faults import check
from hub_core.canonical.household import Household, Member, Relative
from hub_core.canonical.identifiers.cnp import check_digit
from hub_core.canonical.person import Address, Birth, Citizenship, Death, Identifier, Name, Person
from hub_core.canonical.values import Money, Period, Place
from hub_core.canonical.work import (
    Disability,
    Employer,
    EmployerIdentifier,
    Employment,
    Income,
    InsurancePeriod,
    JobSeeking,
)
from hub_core.codes import CODES
from hub_core.message import Severity
from hub_core.testing.records import a_cnp, a_code, a_name, a_record
from hub_core.testing.strategies import records

ON = date(2026, 1, 31)
BACKWARDS = Period(start=date(2024, 5, 2), end=date(2024, 5, 1))
BAD_CUI = Employer(identifiers=(EmployerIdentifier(value="18547291", scheme="ro.cui"),))


def faults(record: Beneficiary) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.at) for finding in check(record, on=ON)]


def with_cnp(value: str, **changes) -> Beneficiary:
    return Beneficiary(identifiers=(a_cnp(value),), **changes)


def somebody(**changes) -> Beneficiary:
    return Beneficiary(**({"name": a_name()} | changes))


PLACES_OF_PERSONS = {
    "Beneficiary": lambda known: Beneficiary(**known),
    "Beneficiary.father": lambda known: Beneficiary(father=Person(**known)),
    "Beneficiary.mother": lambda known: Beneficiary(mother=Person(**known)),
    "Beneficiary.spouse": lambda known: Beneficiary(spouse=Relative(**known)),
    "Beneficiary.survivor": lambda known: Beneficiary(survivor=Relative(**known)),
    "Beneficiary.guardian": lambda known: Beneficiary(guardian=Relative(**known)),
    "Beneficiary.children": lambda known: Beneficiary(children=(Relative(), Relative(**known))),
    "Beneficiary.relatives": lambda known: Beneficiary(relatives=(Relative(), Relative(**known))),
    "Relative.father": lambda known: Beneficiary(spouse=Relative(father=Person(**known))),
    "Relative.mother": lambda known: Beneficiary(children=(Relative(mother=Person(**known)),)),
    "Member.person": lambda known: Beneficiary(
        households=(Household(), Household(members=(Member(person=Relative(**known)),)))
    ),
}


def test_a_good_record_has_no_fault():
    assert check(a_record(), on=ON) == []


def test_all_faults_are_collected():
    record = a_record(
        identifiers=(a_cnp("2850415123451"), a_cnp("1")),
        birth=Birth(date="2030", place=Place(siruta="86453")),
        bank_accounts=(BankAccount(iban="RO48AAAA1B31007593840000"),),
        insurance=(InsurancePeriod(period=BACKWARDS),),
    )
    assert faults(record) == [
        ("C202", "identifiers[0].value"),
        ("C201", "identifiers[1].value"),
        ("C302", "birth.date"),
        ("C202", "birth.place.siruta"),
        ("C301", "insurance[0].period"),
        ("C202", "bank_accounts[0].iban"),
    ]


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        (Identifier(value="12", scheme="ro.cnp"), "C201"),
        (Identifier(value="0000000000000", scheme="ro.cnp"), "C201"),
        (Identifier(value="2850415123451", scheme="ro.cnp"), "C202"),
        (Identifier(value="185043112345" + check_digit("185043112345"), scheme="ro.cnp"), "C203"),
        (Identifier(value="1850415123459", scheme="ro.nif"), "C201"),
        (Identifier(value="18547291", scheme="ro.cui"), "C202"),
        (Identifier(value="x", scheme="ro.cui"), "C201"),
    ],
)
def test_each_scheme_is_judged_by_its_own_rule(identifier, expected):
    assert faults(Beneficiary(identifiers=(identifier,))) == [(expected, "identifiers[0].value")]


@pytest.mark.parametrize(
    "identifier",
    [
        Identifier(value="9000000001236", scheme="ro.cnp"),
        Identifier(value="9000000001236", scheme="ro.nif"),
        Identifier(value="whatever", scheme="source"),
        Identifier(value="whatever"),
    ],
)
def test_numbers_without_a_rule_are_left_alone(identifier):
    record = Beneficiary(identifiers=(identifier,), birth=Birth(date="1990-01-01"), sex=a_code("male"))
    assert check(record, on=ON) == []


class TestCnpAgainstBirthAndSex:
    @pytest.mark.parametrize("birth", ["1985-04-15", "1985-04", "1985"])
    def test_a_partial_date_is_compared_as_far_as_it_is_known(self, birth):
        assert faults(with_cnp("2850415123450", birth=Birth(date=birth))) == []

    @pytest.mark.parametrize("birth", ["1985-04-16", "1985-05", "1986"])
    def test_another_birth_date_is_a_contradiction(self, birth):
        assert faults(with_cnp("2850415123450", birth=Birth(date=birth))) == [("C204", "identifiers[0].value")]

    @pytest.mark.parametrize(("birth", "expected"), [("1920-05-15", []), ("2020-05-15", []), ("1820-05-15", ["C204"])])
    def test_a_residents_number_agrees_with_either_century(self, birth, expected):
        record = with_cnp("7200515123454", birth=Birth(date=birth))
        assert [code for code, _ in faults(record)] == expected

    def test_another_sex_is_a_contradiction(self):
        assert faults(with_cnp("2850415123450", sex=a_code("male"))) == [("C205", "identifiers[0].value")]

    @pytest.mark.parametrize("sex", ["unknown", "other", None])
    def test_a_sex_that_says_nothing_contradicts_nothing(self, sex):
        record = with_cnp("2850415123450", sex=msgspec.structs.replace(a_code("x"), code=sex))
        assert faults(record) == []

    def test_a_former_number_contradicts_nothing(self):
        former = Identifier(value="2850415123450", scheme="ro.cnp", status=a_code("former"))
        assert faults(Beneficiary(identifiers=(former,), birth=Birth(date="1986"), sex=a_code("male"))) == []

    def test_wrong_digits_prove_nothing(self):
        record = with_cnp("2850415123451", birth=Birth(date="1986"), sex=a_code("male"))
        assert faults(record) == [("C202", "identifiers[0].value")]

    def test_the_holder_of_a_benefit_is_not_compared_with_the_subject(self):
        record = a_record(benefits=(Benefit(holder=a_cnp("5120301123457"), beneficiary=a_cnp("12")),))
        assert faults(record) == [("C201", "benefits[0].beneficiary.value")]


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"identifiers": (Identifier(value="x", valid=BACKWARDS),)}, "identifiers[0].valid"),
        ({"spouse": Relative(period=BACKWARDS)}, "spouse.period"),
        ({"guardian": Relative(period=BACKWARDS)}, "guardian.period"),
        ({"survivor": Relative(period=BACKWARDS)}, "survivor.period"),
        ({"children": (Relative(), Relative(period=BACKWARDS))}, "children[1].period"),
        ({"relatives": (Relative(period=BACKWARDS),)}, "relatives[0].period"),
        (
            {"households": (Household(members=(Member(person=Relative(period=BACKWARDS)),)),)},
            "households[0].members[0].person.period",
        ),
        ({"employments": (Employment(period=BACKWARDS),)}, "employments[0].period"),
        ({"insurance": (InsurancePeriod(period=BACKWARDS),)}, "insurance[0].period"),
        ({"job_seeking": (JobSeeking(period=BACKWARDS),)}, "job_seeking[0].period"),
        ({"disabilities": (Disability(period=BACKWARDS),)}, "disabilities[0].period"),
        ({"benefits": (Benefit(period=BACKWARDS),)}, "benefits[0].period"),
        ({"benefits": (Benefit(paid=BACKWARDS),)}, "benefits[0].paid"),
        ({"benefits": (Benefit(amounts=(Amount(period=BACKWARDS),)),)}, "benefits[0].amounts[0].period"),
        ({"benefits": (Benefit(holder=Identifier(value="x", valid=BACKWARDS)),)}, "benefits[0].holder.valid"),
        ({"decisions": (Decision(period=BACKWARDS),)}, "decisions[0].period"),
        ({"decisions": (Decision(amounts=(Amount(period=BACKWARDS),)),)}, "decisions[0].amounts[0].period"),
        ({"services": (ServiceReceived(period=BACKWARDS),)}, "services[0].period"),
    ],
)
def test_a_period_that_ends_before_it_starts_is_found_everywhere(changes, at):
    assert faults(somebody(**changes)) == [("C301", at)]


def test_every_period_of_the_model_is_visited():
    """A new field of type Period must be added to the walk, or this fails."""
    info = {
        name: schema for name, schema in _schemas().items() if "#/$defs/Period" in msgspec.json.encode(schema).decode()
    }
    fields = {(name, field) for name, schema in info.items() for field, value in schema["properties"].items()
              if "#/$defs/Period" in msgspec.json.encode(value).decode()}  # fmt: skip
    assert fields == {
        ("Identifier", "valid"), ("Relative", "period"), ("Employment", "period"), ("InsurancePeriod", "period"),
        ("JobSeeking", "period"), ("Disability", "period"), ("Benefit", "period"), ("Benefit", "paid"),
        ("Amount", "period"), ("Decision", "period"), ("ServiceReceived", "period"),
    }  # fmt: skip


def _schemas():
    return msgspec.json.schema_components((Beneficiary,), ref_template="#/$defs/{name}")[1]


@pytest.mark.parametrize("period", [Period(start=ON, end=ON), Period(start=ON), Period(end=ON), Period()])
def test_periods_of_one_day_and_half_known_ones_are_good(period):
    assert faults(somebody(insurance=(InsurancePeriod(period=period),))) == []


class TestBirthAndDeath:
    @pytest.mark.parametrize("born", ["2026-01-31", "2026-01", "2026", "1899"])
    def test_today_is_not_in_the_future(self, born):
        assert faults(Beneficiary(birth=Birth(date=born))) == []

    @pytest.mark.parametrize("day", ["2026-02-01", "2026-02", "2027"])
    def test_tomorrow_is(self, day):
        assert faults(Beneficiary(birth=Birth(date=day))) == [("C302", "birth.date")]
        assert faults(somebody(death=Death(date=day))) == [("C302", "death.date")]

    @pytest.mark.parametrize(
        ("born", "died", "expected"),
        [
            ("1950-05-02", "1950-05-01", ["C303"]),
            ("1950-05-02", "1950-04", ["C303"]),
            ("1951", "1950-12-31", ["C303"]),
            ("1950-05-02", "1950-05-02", []),
            ("1950-05-02", "1950", []),
            ("1950", "1950-01-01", []),
        ],
    )
    def test_death_before_birth_is_seen_as_far_as_both_are_known(self, born, died, expected):
        record = Beneficiary(birth=Birth(date=born), death=Death(date=died))
        assert [code for code, _ in faults(record)] == expected

    @pytest.mark.parametrize("at", ["father", "mother", "spouse", "survivor", "guardian"])
    def test_every_person_is_looked_at(self, at):
        kind = Person if at in {"father", "mother"} else Relative
        assert faults(Beneficiary(**{at: kind(birth=Birth(date="2030"))})) == [("C302", f"{at}.birth.date")]

    def test_parents_of_a_relative_are_looked_at(self):
        child = Relative(father=Person(birth=Birth(date="2030")), mother=Person(identifiers=(a_cnp("1"),)))
        expected = [("C302", "children[0].father.birth.date"), ("C201", "children[0].mother.identifiers[0].value")]
        assert faults(Beneficiary(children=(child,))) == expected


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"addresses": (Address(), Address(siruta="86453"))}, "addresses[1].siruta"),
        ({"death": Death(place=Place(siruta="86453"))}, "death.place.siruta"),
        ({"children": (Relative(addresses=(Address(siruta="86453"),)),)}, "children[0].addresses[0].siruta"),
        ({"employments": (Employment(place=Address(siruta="86453")),)}, "employments[0].place.siruta"),
        (
            {"employments": (Employment(employer=Employer(address=Address(siruta="86453"))),)},
            "employments[0].employer.address.siruta",
        ),
        ({"employments": (Employment(employer=BAD_CUI),)}, "employments[0].employer.identifiers[0].value"),
        (
            {"employments": (Employment(incomes=(Income(payer=BAD_CUI),)),)},
            "employments[0].incomes[0].payer.identifiers[0].value",
        ),
        ({"incomes": (Income(payer=BAD_CUI),)}, "incomes[0].payer.identifiers[0].value"),
        ({"insurance": (InsurancePeriod(employer=BAD_CUI),)}, "insurance[0].employer.identifiers[0].value"),
    ],
)
def test_places_and_employers_are_looked_at_everywhere(changes, at):
    assert faults(somebody(**changes)) == [("C202", at)]


class TestNobody:
    @pytest.mark.parametrize(
        "record",
        [
            Beneficiary(),
            Beneficiary(exchange=Exchange(system="TEST"), cases=(CaseReference(number="12"),)),
            Beneficiary(sex=a_code("female"), citizenships=(Citizenship(country="RO"),), death=Death(date="2020")),
            Beneficiary(name=Name(), birth_name=Name(), birth=Birth()),
            Beneficiary(father=Person(), children=(Relative(relation=a_code("child")),)),
            Beneficiary(households=(Household(size=3), Household(members=(Member(person=Relative()),)))),
            Beneficiary(benefits=(Benefit(holder=a_cnp()),)),
        ],
    )
    def test_a_record_that_tells_nobody_apart_is_doubtful(self, record):
        assert faults(record) == [("C304", None)]

    @pytest.mark.parametrize(
        "known",
        [
            {"identifiers": (Identifier(value="x"),)},
            {"name": Name(given="ANA")},
            {"birth_name": Name(family="POP")},
            {"former_names": (Name(family="POP"),)},
            {"birth": Birth(date="1985")},
            {"birth": Birth(place=Place(country="RO"))},
        ],
    )
    @pytest.mark.parametrize("place", PLACES_OF_PERSONS)
    def test_a_number_a_name_or_a_birth_of_anyone_is_enough(self, place, known):
        assert faults(PLACES_OF_PERSONS[place](known)) == []

    def test_every_person_of_the_model_is_visited(self):
        """A new field of type Person or Relative must be added to the walk, or this fails."""
        fields = {(name, field) for name, schema in _schemas().items() for field, value in schema["properties"].items()
                  if any(f"#/$defs/{kind}" in msgspec.json.encode(value).decode() for kind in ("Person", "Relative"))}  # fmt: skip
        assert {f"{name}.{field}" for name, field in fields} == PLACES_OF_PERSONS.keys() - {"Beneficiary"}


def test_faults_warn_and_never_name_the_value():
    record = a_record(
        identifiers=(a_cnp("2850415123451"),),
        incomes=(Income(gross=Money(amount=Decimal(1), currency="RON"), payer=BAD_CUI),),
        bank_accounts=(BankAccount(iban="RO48AAAA1B31007593840000"),),
    )
    found = check(record, on=ON)
    assert len(found) == 3
    assert {finding.severity for finding in found} == {Severity.WARNING}
    assert all(value not in repr(found) for value in ("2850415123451", "18547291", "RO48AAAA1B31007593840000"))


@given(records())
def test_any_record_can_be_judged(record):
    for finding in check(record, on=ON):
        assert finding.code in CODES
