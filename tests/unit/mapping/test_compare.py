"""What differs between two readings, and how it is counted."""

import msgspec
import pytest

from hub_core.canonical import Beneficiary
from hub_core.mapping.trying.compare import Difference, differences, told_by, told_in
from hub_core.mapping.trying.tally import EXAMPLES, MAX_FIELDS, Tally
from hub_core.message import Finding, Leaf, Outcome, Severity, State
from hub_core.reading import Reading, Verdict
from hub_core.testing.builders import NOW


def a_reading(record=None, *findings, verdict=None):
    made = None if record is None else msgspec.convert(record, Beneficiary)
    found = tuple(Finding(code=code, severity=Severity.WARNING, text="", at=at) for code, at in findings)
    verdict = verdict or (Verdict.REFUSED if made is None else Verdict.RECORD)
    return Reading(verdict=verdict, record=made, findings=found, unmapped=())


def between(before, after):
    return [(one.at, one.before, one.after) for one in differences(told_by(before), told_by(after))]


def test_equal_readings_do_not_differ():
    one, other = (a_reading({"name": {"family": "Popa"}}, ("M203", "sex")) for _ in range(2))
    assert between(one, other) == []


def test_every_value_that_came_went_or_changed_is_named_with_its_place():
    before = a_reading({"name": {"family": "Popa", "given": "Ana"}, "emails": ["a@x.test"]})
    after = a_reading({"name": {"family": "Pop"}, "emails": ["a@x.test", "b@x.test"]})
    assert between(before, after) == [
        ("emails[1]", None, "b@x.test"),
        ("name.family", "Popa", "Pop"),
        ("name.given", "Ana", None),
    ]


def test_a_document_that_is_refused_now_says_so():
    changed = between(a_reading({"name": {"family": "Popa"}}), a_reading(None, ("M202", "birth.date")))
    assert ("verdict", "record", "refused") in changed
    assert ("finding M202 birth.date", None, "there") in changed


def test_an_unmapped_leaf_is_known_by_its_source_path_wherever_it_stands_in_the_list():
    before = a_reading({"unmapped": [{"path": "a", "value": "1"}, {"path": "b", "value": "2"}]})
    after = a_reading({"unmapped": [{"path": "b", "value": "2"}]})
    assert between(before, after) == [("unmapped a", "1", None)]


def test_findings_of_other_families_are_not_of_the_mapping():
    assert between(a_reading({}, ("R301", None)), a_reading({})) == []


@pytest.mark.parametrize(
    ("reading", "state"),
    [
        (a_reading({"name": {"family": "Popa"}}, ("M203", "sex")), State.DELIVERING),
        (a_reading(verdict=Verdict.NONE), State.ACCEPTED),
        (a_reading(None, ("M202", "sex")), State.REFUSED),
        (a_reading({}, *(("C101", f"emails[{number}]") for number in range(500))), State.ACCEPTED),
    ],
)
def test_a_kept_outcome_says_what_its_reading_said(reading, state):
    findings = (*reading.findings[:200], Finding(code="R301", severity=Severity.INFO, text=""))
    record = None if reading.record is None else msgspec.json.encode(reading.record)
    outcome = Outcome(
        message_id="1", state=state, decided_at=NOW, record=record, findings=findings, unmapped=(Leaf("a", "1"),)
    )
    assert told_in(outcome) == told_by(reading)


def changed(*places):
    return [Difference(at=at, before="1", after="2") for at in places]


def test_elements_of_a_list_are_one_field_and_count_once_per_document():
    tally = Tally()
    tally.add("one", "a/1", changed("children[0].name.given", "children[12].name.given"))
    tally.add("two", "a/1", [])
    ((key, field),) = tally.fields.items()
    assert (key, field.documents) == (("a/1", "children[].name.given", "changed"), 1)
    assert field.examples[0].difference.at == "children[0].name.given"
    assert (tally.compared, tally.different) == (2, 1)


def test_counting_apart_and_together_is_the_same():
    whole, parts = Tally(), Tally()
    for number in range(10):
        found = changed("sex") if number % 2 else changed("name.family", "sex")
        whole.add(str(number), "a/1", found)
        part = Tally(failed=1)
        part.add(str(number), "a/1", found)
        parts.merge(part)
    assert parts.failed == 10
    assert msgspec.structs.replace(parts, failed=0) == whole
    assert all(len(field.examples) <= EXAMPLES for field in whole.fields.values())


def test_however_many_fields_differ_only_so_many_are_counted_one_by_one():
    tally = Tally()
    tally.add("one", "a/1", changed(*(f"unmapped x{number}" for number in range(MAX_FIELDS + 7))))
    assert (len(tally.fields), tally.more) == (MAX_FIELDS, 7)
