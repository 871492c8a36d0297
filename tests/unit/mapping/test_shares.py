"""Several rules read one JSON object: what none of them names is kept, once and with its path."""

import pytest

FIELDS = """
insurance[]: {each: 'work[]', fields: {period.start: {at: from, as: date}}}
households[]: {each: 'work[].home[]', fields: {size: {at: n, as: integer}}}
notes[]: {each: 'work[].home[]', fields: {text: {at: t}}}
"""
FLAT = FIELDS.replace("work[].home[]", "work[]")
BODY = {
    "work": [{"from": "2020-01-01", "home": {"n": 3, "t": "a", "x": "1"}}, {"to": "2", "home": [{"y": {"z": "3"}}]}]
}


def left(reading):
    return {leaf.path: leaf.value for leaf in reading.unmapped}


def test_what_none_of_them_names_is_kept(of_json):
    reading = of_json.read(FIELDS, BODY)
    assert left(reading) == {"work[0].home.x": "1", "work[1].to": "2", "work[1].home[0].y.z": "3"}
    assert (reading.record.households[0].size, reading.record.notes[0].text) == (3, "a")


def test_it_is_found_on_the_way_where_nothing_depends_on_values(of_json):
    assert "run.check(" not in of_json.mapping(FIELDS).python()


@pytest.mark.parametrize(
    "more",
    [
        "name.family: {at: work.from}",
        "name.family: {at: 'work[kind=A].why'}",
        "cases[]: {each: 'work[]', when: {kind: A}, fields: {number: {at: why}}}",
    ],
)
def test_it_is_looked_for_at_the_end_where_it_depends_on_them(of_json, more):
    fields = FLAT + more
    assert "run.check(" in of_json.mapping(fields).python()
    reading = of_json.read(fields, {"work": {"from": "2020-01-01", "odd": ["1", "1"]}})
    assert left(reading) == {"work.odd[0]": "1", "work.odd[1]": "1"}


@pytest.mark.parametrize("fields", [FIELDS, FLAT])
def test_plain_values_in_place_of_objects_are_all_kept(of_json, fields):
    assert left(of_json.read(fields, {"work": ["1", "1", ["1", {"from": "2020-01-01"}]]})) == {
        "work[0]": "1",
        "work[1]": "1",
        "work[2][0]": "1",
    }
    assert left(of_json.read(fields, {"work": "1"})) == {"work": "1"}


def test_an_object_in_place_of_a_value_is_kept(of_json):
    reading = of_json.read(FLAT, {"work": [{"from": {"day": "1"}}, {"from": [{"day": "2"}]}]})
    assert left(reading) == {"work[0].from.day": "1", "work[1].from[0].day": "2"}
