from datetime import date

import msgspec
import pytest
from hypothesis import given

from hub_core.asking.merge import MERGED, Origin, merge
from hub_core.canonical import Beneficiary
from hub_core.canonical.benefit import Benefit
from hub_core.canonical.case import Exchange
from hub_core.canonical.household import Relative
from hub_core.canonical.person import Address, Birth, Death, Identifier, Name
from hub_core.canonical.values import Code, Gap, Period, Place
from hub_core.canonical.work import Insurance, InsurancePeriod
from hub_core.testing.records import a_cnp, a_code, a_name, a_record
from hub_core.testing.strategies import records

PRECEDENCE = {"*": ("dgep", "cnas", "anpis")}


def view(precedence=PRECEDENCE, **by_source):
    return merge({source: Beneficiary(**fields) for source, fields in by_source.items()}, precedence)


def without_empty_groups(value):
    if not isinstance(value, dict):
        return value
    pruned = {name: without_empty_groups(part) for name, part in value.items()}
    return {name: part for name, part in pruned.items() if part not in ({}, "")}


def contradictions(merged):
    return [(finding.at, finding.text) for finding in merged.findings]


def test_a_single_value_comes_from_the_first_source_that_has_it():
    merged = view(anpis={"name": a_name("POPA")}, dgep={"name": a_name("IONESCU")})
    assert merged.record.name.family == "IONESCU"
    assert merged.origins["name"] == Origin("dgep", "name")


def test_precedence_of_a_field_goes_before_that_of_every_other():
    precedence = {"*": ("dgep", "cnas"), "insured": ("cnas",)}
    states = {name: {"insured": Insurance(state=a_code(name))} for name in ("dgep", "cnas")}
    assert view(precedence, **states).record.insured.state.code == "cnas"


def test_precedence_of_a_group_holds_for_its_parts():
    precedence = {"birth": ("anpis",), "*": ("dgep",)}
    merged = view(precedence, dgep={"birth": Birth(date="1985")}, anpis={"birth": Birth(date="1990")})
    assert merged.record.birth.date == "1990"


def test_a_source_that_no_precedence_names_still_counts_where_nobody_else_speaks():
    merged = view({"name": ("dgep",)}, dgep={}, other={"name": a_name()})
    assert merged.origins["name"].source == "other"


@pytest.mark.parametrize("nothing", [None, Birth(), Birth(date=None, place=Place())])
def test_a_blank_value_never_hides_a_present_one(nothing):
    merged = view(dgep={"birth": nothing}, anpis={"birth": Birth(date="1985-04-15")})
    assert merged.record.birth.date == "1985-04-15"


@pytest.mark.parametrize("code", ["unknown", None])
def test_an_unknown_value_never_hides_a_known_one(code):
    vague = Code(list="sex@1", code=code, text="?")
    merged = view(dgep={"sex": vague}, anpis={"sex": a_code("female", "sex@1")})
    assert merged.record.sex.code == "female"
    assert merged.findings == ()


def test_an_unknown_value_is_better_than_none():
    assert view(dgep={"sex": a_code("unknown", "sex@1")}).record.sex.code == "unknown"


def test_a_name_is_never_put_together_from_two_sources():
    merged = view(dgep={"name": Name(family="POPA")}, anpis={"name": Name(family="POPA", given="ANA")})
    assert merged.record.name.given is None


def test_date_and_place_of_birth_may_come_from_two_sources():
    merged = view(dgep={"birth": Birth(date="1985-04-15")}, anpis={"birth": Birth(place=Place(siruta="1213"))})
    assert (merged.record.birth.date, merged.record.birth.place.siruta) == ("1985-04-15", "1213")
    assert merged.origins["birth.place"] == Origin("anpis", "birth.place")


def test_a_partial_date_gives_way_to_a_longer_one_that_agrees():
    merged = view(dgep={"birth": Birth(date="1985")}, anpis={"birth": Birth(date="1985-04-15")})
    assert merged.record.birth.date == "1985-04-15"
    assert merged.origins["birth.date"].source == "anpis"
    assert merged.findings == ()


def test_a_partial_date_stands_against_a_longer_one_that_does_not_agree():
    merged = view(dgep={"birth": Birth(date="1985")}, anpis={"birth": Birth(date="1990-04-15")})
    assert merged.record.birth.date == "1985"
    assert contradictions(merged) == [("birth.date", "anpis contradicts dgep")]


def test_the_same_identifier_is_kept_once_and_others_beside_it():
    merged = view(
        anpis={"identifiers": (a_cnp("1"), Identifier(value="9", scheme="source"))},
        dgep={"identifiers": (a_cnp("1"), a_cnp("2"))},
    )
    assert [it.value for it in merged.record.identifiers] == ["1", "2", "9"]
    assert merged.origins["identifiers[2]"] == Origin("anpis", "identifiers[1]")


def test_the_same_number_of_two_registers_is_two_identifiers():
    own = {"identifiers": (Identifier(value="9", scheme="source"),)}
    assert len(view(dgep=own, anpis=own).record.identifiers) == 2


def test_facts_of_all_sources_are_kept_exact_repetitions_once():
    one, other = (InsurancePeriod(kind=a_code(kind)) for kind in ("employee", "student"))
    merged = view(dgep={"insurance": (one,)}, cnas={"insurance": (one, other)})
    assert merged.record.insurance == (one, other)
    assert merged.origins["insurance[1]"] == Origin("cnas", "insurance[1]")


def test_what_one_source_says_twice_stays_twice():
    twice = (Benefit(case_number="7"), Benefit(case_number="7"))
    assert view(anpis={"benefits": twice}).record.benefits == twice


def test_addresses_of_one_use_come_from_the_best_source():
    def home(street, use="domicile"):
        return Address(use=a_code(use), street=street)

    merged = view(dgep={"addresses": (home("A"),)}, anpis={"addresses": (home("B"), home("C", "residence"))})
    assert [it.street for it in merged.record.addresses] == ["A", "C"]


def test_a_child_known_to_two_sources_is_one_child():
    def child(name, *cnps):
        return Relative(name=a_name(given=name), birth=Birth(date="2020-01-01"), identifiers=tuple(map(a_cnp, cnps)))

    merged = view(
        dgep={"children": (child("ANA", "1"), child("DAN"))},
        anpis={"children": (child("ANICA", "1"), child("DAN", "2"), child("ION", "3"))},
    )
    assert [it.name.given for it in merged.record.children] == ["ANA", "DAN", "ION"]


def test_two_children_of_one_name_and_day_with_numbers_of_their_own_are_two():
    def child(cnp):
        return Relative(name=a_name(), birth=Birth(date="2020-01-01"), identifiers=(a_cnp(cnp),))

    assert len(view(dgep={"children": (child("1"),)}, anpis={"children": (child("2"),)}).record.children) == 2


def test_what_belongs_to_a_document_stays_in_its_record():
    merged = view(dgep={"exchange": Exchange(system="DGEP"), "role": a_code("insured")})
    assert merged.record == Beneficiary()


def test_a_gap_that_another_source_fills_is_closed():
    gaps = (Gap(at="birth.date", why="unknown"), Gap(at="death.date", why="withheld"))
    merged = view(dgep={"gaps": gaps}, anpis={"birth": Birth(date="1985")})
    assert [gap.at for gap in merged.record.gaps] == ["death.date"]


@pytest.mark.parametrize(
    ("at", "left", "right"),
    [
        ("name", {"name": a_name("IONESCU")}, {"name": a_name("POPA")}),
        ("sex", {"sex": a_code("female", "sex@1")}, {"sex": a_code("male", "sex@2")}),
        (
            "insured",
            {"insured": Insurance(state=a_code("insured"))},
            {"insured": Insurance(state=a_code("not-insured"))},
        ),
        ("birth.place", {"birth": Birth(place=Place(siruta="1"))}, {"birth": Birth(place=Place(siruta="2"))}),
        ("mother", {"mother": Relative(identifiers=(a_cnp("1"),))}, {"mother": Relative(identifiers=(a_cnp("2"),))}),
        (
            "addresses[use=domicile]",
            {"addresses": (Address(use=a_code("domicile"), siruta="1"),)},
            {"addresses": (Address(use=a_code("domicile"), siruta="2"),)},
        ),
    ],
)
def test_a_contradiction_names_the_path_and_the_sources_and_no_value(at, left, right):
    merged = view(anpis=right, dgep=left)
    assert contradictions(merged) == [(at, "anpis contradicts dgep")]
    assert {finding.code for finding in merged.findings} == {"Q201"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"name": Name(family="ŞERBAN", given="ANA")}, {"name": Name(family="Serban", given="Ana")}),
        ({"name": Name(family="Popescu Ionescu", given="Ana")}, {"name": Name(full="ANA IONESCU-POPESCU")}),
        ({"name": Name(family="RÎMNICEANU")}, {"name": Name(family="Râmniceanu")}),
        ({"sex": a_code("1", "own@1")}, {"sex": a_code("female", "sex@1")}),
        ({"birth": Birth(place=Place(locality="AIUD"))}, {"birth": Birth(place=Place(locality="Oraș Aiud"))}),
        (
            {"insured": Insurance(state=a_code("insured"), as_of=date(2024, 1, 1))},
            {"insured": Insurance(state=a_code("not-insured"), as_of=date(2025, 1, 1))},
        ),
    ],
)
def test_what_only_is_written_otherwise_is_no_contradiction(left, right):
    assert view(dgep=left, anpis=right).findings == ()


@pytest.mark.parametrize("died", [None, "2025", "2025-09-01"])
def test_a_source_that_insures_the_dead_contradicts(died):
    insured = Insurance(state=a_code("insured"), as_of=date(2026, 1, 1))
    merged = view(
        dgep={"vital_status": a_code("deceased"), "death": Death(date=died)},
        cnas={"insured": insured},
        anpis={"benefits": (Benefit(status=a_code("awarded"), period=Period(start=date(2020, 1, 1))),)},
    )
    assert [at for at, _ in contradictions(merged)] == ["insured", "benefits"]


def test_insurance_and_benefits_before_a_death_contradict_nothing():
    merged = view(
        dgep={"vital_status": a_code("deceased"), "death": Death(date="2025-09-01")},
        cnas={"insured": Insurance(state=a_code("insured"), as_of=date(2025, 8, 31))},
        anpis={"benefits": (Benefit(status=a_code("awarded"), period=Period(end=date(2025, 8, 31))),)},
    )
    assert merged.findings == ()


def test_every_field_of_a_person_can_be_given_a_precedence():
    left_out = set(Beneficiary.__struct_fields__) - MERGED
    assert left_out == {"role", "exchange", "unmapped", "gaps"}


@given(records())
def test_the_view_of_one_source_is_its_record(record):
    merged = merge({"only": record}, {})
    kept = msgspec.structs.replace(record, role=None, exchange=None, unmapped=(), gaps=merged.record.gaps)
    assert without_empty_groups(msgspec.to_builtins(merged.record)) == without_empty_groups(msgspec.to_builtins(kept))
    assert merged.findings == ()


@given(records(), records())
def test_every_element_of_a_list_has_an_origin_that_leads_to_it(left, right):
    sources = {"left": left, "right": right}
    merged = merge(sources, {})
    for name in ("identifiers", "benefits", "insurance", "children"):
        for index, item in enumerate(getattr(merged.record, name)):
            origin = merged.origins[f"{name}[{index}]"]
            at = int(origin.at.removeprefix(f"{name}[").removesuffix("]"))
            assert getattr(sources[origin.source], name)[at] == item


def test_a_record_without_fault_is_merged_whole():
    record = a_record()
    assert merge({"a": record, "b": record}, {}).findings == ()
