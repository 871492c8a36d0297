"""The synthetic country: sound numbers, families that hold together, and no contradiction but those planted."""

import time
from collections.abc import Callable
from datetime import date

import pytest
from stdnum.ro import cnp as national_number
from stdnum.ro import cui as fiscal_number

from hub_demo.names import FOREIGN, GERMAN, HUNGARIAN
from hub_demo.places import EMPLOYERS, PENSION_HOUSE, TOWNS
from hub_demo.planted import PLANTED
from hub_demo.population import Population
from hub_demo.registers import REFERENCE_DATE, Person, Spell

OCTOBER = date(2025, 10, 1)
"""The last month that employers have declared at the reference date."""


@pytest.fixture(scope="module")
def country() -> Population:
    return Population(seed=7)


def taxpayer_of(country: Population, person: Person):
    return country.taxpayer(person.former_cnp or person.cnp)


def earns_wages(country: Population, person: Person) -> bool:
    known = taxpayer_of(country, person)
    pays = known.pays if known else ()
    return any(row.kind == "SAL" and row.since <= OCTOBER and (row.until or OCTOBER) >= OCTOBER for row in pays)


def paid_now(spell: Spell) -> bool:
    return bool(spell.benefit) and spell.since <= REFERENCE_DATE and (spell.until or REFERENCE_DATE) >= REFERENCE_DATE


def client_of(country: Population, person: Person):
    found = country.benefit_file(person.cnp)
    return found.client if found else None


def rights_in_payment(country: Population, person: Person):
    found = country.benefit_file(person.cnp)
    return [right for right in found.rights if right.state == "P"] if found else []


def employee_cover(country: Population, person: Person) -> bool:
    insured = country.insured(person.cnp)
    return any(row.code == "SALARIAT" and (row.until or REFERENCE_DATE) >= REFERENCE_DATE for row in insured.covers)


# How one would find each contradiction by looking into two registers, written without the code that plants them.
FINDERS: dict[str, Callable[[Population, Person], bool]] = {
    "dead-but-paid": lambda c, p: p.died is not None and bool(rights_in_payment(c, p)),
    "dead-but-insured": lambda c, p: p.died is not None and c.insured(p.cnp).died is None,
    "unemployed-with-wage": lambda c, p: any(map(paid_now, c.spells(p.cnp))) and earns_wages(c, p),
    "other-family-name": lambda c, p: any(spell.family != p.family for spell in c.spells(p.cnp)),
    "birth-date-differs": lambda c, p: client_of(c, p) is not None and client_of(c, p).born != p.born,
    "insured-without-job": lambda c, p: employee_cover(c, p) and not earns_wages(c, p) and p.died is None,
    "number-changed": lambda c, p: p.former_cnp is not None,
    "paid-twice": lambda c, p: (
        len({r.holder for r in rights_in_payment(c, p) if r.code == "03"} - {p.cnp}) > 1
        and all(r.beneficiary == p.cnp for r in rights_in_payment(c, p))
    ),
    "two-persons-one-number": lambda c, p: len(c.holders(p.cnp)) > 1,
    "spelled-without-marks": lambda c, p: (
        client_of(c, p) is not None and (client_of(c, p).family, client_of(c, p).given) != (p.family, p.given)
    ),
}


def test_the_same_seed_gives_the_same_country_and_another_seed_another(country):
    again, other = Population(seed=7), Population(seed=8)
    assert dict(again.people) == dict(country.people)
    assert again.planted == country.planted
    assert [again.benefit_file(p) for p in again.people] == [country.benefit_file(p) for p in country.people]
    assert [again.insured(p) for p in again.people] == [country.insured(p) for p in country.people]
    assert set(other.people) != set(country.people)


def test_ten_thousand_people_cost_less_than_two_seconds_of_work():
    begun = time.process_time()
    assert len(Population(seed=1).people) == 10_000
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("size", [20, 50, 333, 1_000])
def test_a_country_has_exactly_the_size_asked_for(size):
    assert len(Population(seed=3, size=size).people) == size


def test_every_citizens_number_is_valid_and_tells_birth_date_and_sex(country):
    citizens = [person for person in country.people.values() if not person.foreign]
    assert len(citizens) > 9_000
    for person in citizens:
        assert national_number.is_valid(person.cnp)
        assert national_number.get_birth_date(person.cnp) == person.born
        assert (person.sex == "M") == (int(person.cnp[0]) % 2 == 1)


def test_foreigners_are_few_and_their_numbers_hide_the_century(country):
    foreigners = [person for person in country.people.values() if person.foreign]
    assert 50 < len(foreigners) < 500
    assert {person.cnp[0] for person in foreigners} == {"7", "8"}
    assert any(person.born.year >= 2000 for person in foreigners)
    for person in foreigners:
        assert national_number.calc_check_digit(person.cnp[:-1]) == person.cnp[-1]
        assert person.cnp[1:7] == f"{person.born:%y%m%d}"


def test_people_are_born_from_1930_to_this_autumn_and_die_after_birth(country):
    born = [person.born for person in country.people.values()]
    assert date(1930, 1, 1) <= min(born) < date(1940, 1, 1)
    assert date(2025, 1, 1) < max(born) <= REFERENCE_DATE
    dead = [person for person in country.people.values() if person.died]
    assert len(dead) > 100
    assert all(person.born < person.died <= REFERENCE_DATE for person in dead)


def test_spouses_name_each_other_and_children_are_younger_than_their_parents(country):
    people = country.people
    married = [person for person in people.values() if person.spouse]
    children = [person for person in people.values() if person.mother or person.father]
    assert len(married) > 2_000
    assert len(children) > 1_000
    for person in married:
        assert people[person.spouse].spouse == person.cnp
        assert people[person.spouse].household == person.household
    for child in children:
        for parent in filter(None, (child.mother, child.father)):
            assert people[parent].born.year + 17 < child.born.year
            assert child in country.children(parent)


def test_a_household_shares_one_address(country):
    homes: dict[int, set[object]] = {}
    for person in country.people.values():
        homes.setdefault(person.household, set()).add(person.home)
    assert all(len(addresses) == 1 for addresses in homes.values())


def test_names_cover_the_letters_and_peoples_of_the_country(country):
    citizens = [person for person in country.people.values() if not person.foreign]
    letters = {letter for person in citizens for letter in person.family + person.given}
    assert set("ăâîșțȘȚőüßá") <= letters
    assert not letters & set("şţŞŢ"), "how the agencies write them, not how they are"
    families = {person.family for person in country.people.values()}
    for tongue in (HUNGARIAN, GERMAN, FOREIGN):
        assert families & set(tongue.families)
    assert any("-" in family for family in families)
    assert any(" " in person.given for person in citizens)


def test_towns_carry_siruta_codes_whose_control_digit_is_right():
    for town in TOWNS:
        *rest, control = map(int, town.siruta)
        weighed = "".join(str(digit * weight) for digit, weight in zip(reversed(rest), (1, 2, 3, 5, 7), strict=False))
        assert (11 - sum(map(int, weighed)) % 10) % 10 == control, town.name


def test_payers_carry_valid_fiscal_numbers_and_no_two_share_one():
    payers = (*EMPLOYERS, PENSION_HOUSE)
    assert all(fiscal_number.is_valid(payer.cui) for payer in payers)
    assert len({payer.cui for payer in payers}) == len(payers)


@pytest.mark.parametrize("kind", [plant.kind for plant in PLANTED])
def test_looking_for_a_contradiction_finds_the_planted_ones_and_no_other(country, kind):
    found = {number for number, person in country.people.items() if FINDERS[kind](country, person)}
    assert found == set(country.planted[kind])
    assert len(found) >= 10


@pytest.mark.parametrize("seed", [0, 1, 2, 5, 9])
def test_no_country_holds_a_contradiction_that_was_not_planted(seed):
    country = Population(seed, size=2_000)
    for kind, find in FINDERS.items():
        found = {number for number, person in country.people.items() if find(country, person)}
        assert found == set(country.planted[kind]), kind


def test_the_old_number_leads_to_the_person_and_two_agencies_still_use_it(country):
    for number in country.planted["number-changed"]:
        person = country.person(number)
        assert country.person(person.former_cnp) == person
        assert national_number.is_valid(person.former_cnp)
        assert country.taxpayer(number) is None
        assert country.taxpayer(person.former_cnp) is not None
        assert country.benefit_file(number) is None
        assert country.benefit_file(person.former_cnp).rights


def test_every_right_belongs_to_clients_of_the_paying_agency(country):
    rights = {right for number in country.people for right in getattr(country.benefit_file(number), "rights", ())}
    assert {"03", "07", "08", "11", "12", "21", "31"} <= {right.code for right in rights}
    for right in rights:
        for number in filter(None, (right.holder, right.beneficiary)):
            assert right in country.benefit_file(number).rights


def test_the_showcase_is_the_same_in_every_country(country):
    other = Population(seed=99, size=400)
    assert other.showcase == country.showcase
    assert 8 <= len(country.showcase) <= 10
    for shown in country.showcase:
        assert shown.reason
        assert other.person(shown.cnp) == country.person(shown.cnp)
        assert other.insured(shown.cnp) == country.insured(shown.cnp)
        assert other.spells(shown.cnp) == country.spells(shown.cnp)
        assert other.benefit_file(shown.cnp) == country.benefit_file(shown.cnp)
        assert other.taxpayer(shown.cnp) == country.taxpayer(shown.cnp)
        assert shown.kind is None or shown.cnp in country.planted[shown.kind]


def test_the_first_of_the_showcase_is_known_to_all_five_agencies(country):
    number = country.showcase[0].cnp
    assert len(country.holders(number)) == 1
    assert country.insured(number).covers
    assert country.benefit_file(number).rights
    assert country.spells(number)
    assert country.taxpayer(number).pays
    assert not any(find(country, country.person(number)) for find in FINDERS.values())
